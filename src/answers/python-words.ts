// Words that a Python package of the emitted repository may not have for a name.

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** `keyword.kwlist` of Python 3.10 to 3.13. */
export const KEYWORDS = words(`
  and as assert async await break class continue def del elif else except finally for from global if
  import in is lambda nonlocal not or pass raise return try while with yield
`);

/** `sys.stdlib_module_names` of Python 3.10, 3.11, 3.12 and 3.13 together, without private ones. */
export const STDLIB = words(`
  abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii
  binhex bisect builtins bz2 calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys
  compileall concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses
  dataclasses datetime dbm decimal difflib dis distutils doctest email encodings ensurepip enum errno
  faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass
  gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect
  io ipaddress itertools json keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math
  mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers
  opcode operator optparse os ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib
  poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue
  quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex
  shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants
  sre_parse ssl stat statistics string stringprep struct subprocess sunau symtable sys sysconfig syslog
  tabnanny tarfile telnetlib tempfile termios textwrap this threading time timeit tkinter token tokenize
  tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu
  uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile
  zipimport zlib zoneinfo
`);

/** Modules that the emitted dependencies, and theirs, put on the path. */
export const DEPENDENCIES = words(`
  alembic annotated_doc annotated_types anyio ast_serialize asttokens attr attrs azure azureml bleach
  blinker bs4 build cachetools certifi cffi charset_normalizer click cloudpickle comm contourpy coverage
  cryptography cycler databricks dateutil debugpy defusedxml docker dotenv executing fairlearn fastapi
  fastjsonschema flask flask_cors formulaic git gitdb google graphene graphql graphql_relay greenlet gunicorn h11
  hatchling hypothesis idna importlib_metadata inference_schema iniconfig interface_meta ipykernel ipykernel_launcher
  ipython_pygments_lexers itsdangerous jedi jinja2 joblib jsonschema jupyter jupyter_client jupyter_core
  jupyterlab jupyterlab_pygments jwt kiwisolver librt lightgbm mako markdown markupsafe matplotlib
  matplotlib_inline mistune mlflow mpl_toolkits msal msal_extensions mypy mypy_extensions mypyc narwhals nbclient
  nbconvert nbformat nest_asyncio2 notebook numpy opencensus opentelemetry packaging palmerpenguins pandas
  pandocfilters parso pathspec patsy pexpect pip pkg_resources platformdirs pluggy pre_commit prompt_toolkit
  proto psutil ptyprocess pure_eval py pyarrow pyasn1 pyasn1_modules pycparser pydantic pydantic_core
  pydantic_settings pygments pylab pyparsing pyproject_hooks pytest pytest_cov pytz raiutils referencing
  requests responsibleai rpds ruff scipy setuptools shap six sklearn smmap soupsieve sqlalchemy sqlparse
  stack_data starlette statsmodels threadpoolctl tinycss2 tomlkit tornado traitlets trove_classifiers
  typing_extensions typing_inspection tzdata urllib3 uv uvicorn wcwidth webencodings werkzeug wheel wrapt
  xgboost yaml zipp zmq
`);

/** Modules and folders of the emitted repository itself that would hide the package, or be hidden by it. */
export const OURS = words(`
  test tests src score score_batch scoring conftest delivery local_azure run_pipeline loop report
`);
