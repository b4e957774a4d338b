#!/usr/bin/env bash
# Stands in for uv, so that `make setup` needs no network: a new environment gets the packages of .tools/py by a .pth
# file where the real one would install them. What is proven of the set-up is that a workflow calls it, not that the
# packages of pyproject.toml can be installed.
set -euo pipefail
case "$1" in
  --version) exec "$UV" --version ;;
  venv)
    # Whatever Python is asked for: there is one.
    exec "$UV" venv --quiet --python "$SHARED/bin/python" "${@: -1}"
    ;;
  pip)
    [[ "$2 $3 $5" = "install --python --editable" && -f pyproject.toml ]]
    packages=$("$4" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    shared=$("$SHARED/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    # Waiting for Azure is what a step should do; the test need not.
    waiting='import time; time.sleep = lambda seconds, sleep=time.sleep: sleep(seconds if seconds < 5 else 0)'
    printf 'import site; site.addsitedir("%s")\n%s\n%s\n' "$shared" "$waiting" "$PWD/src" > "$packages/shared.pth"
    ln -sf "$SHARED/bin/ruff" "$SHARED/bin/mypy" "$(dirname "$4")"
    ;;
  build) exec "$UV" build --offline --no-build-isolation --python "$SHARED/bin/python" "${@:2}" ;;
  *)
    echo "uv $*: not known here" >&2
    exit 2
    ;;
esac
