"""Change what one function does, to see whether a test suite notices: mutate.py FILE FUNCTION MODE CODE

MODE wrap: CODE is an expression over `result` (what the function gave), `args` and `kwargs`.
MODE body: CODE replaces the function's body; its parameters keep their names.
Exit status 1, and the file as it was, when there is no such function.
"""

from __future__ import annotations

import ast
import sys
import textwrap
from pathlib import Path


def mutate(source: str, function: str, mode: str, code: str) -> str:
    lines = source.splitlines(keepends=True)
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            if mode == "body":
                first, last = node.body[0].lineno, node.end_lineno
                return "".join([*lines[: first - 1], textwrap.indent(code, "    ") + "\n", *lines[last:]])
            wrapper = (
                f"\n\n_as_written = {function}\n\n\ndef {function}(*args, **kwargs):\n"
                f"    result = _as_written(*args, **kwargs)\n    return {code}\n"
            )
            return "".join([*lines[: node.end_lineno], wrapper, *lines[node.end_lineno :]])
    raise SystemExit(f"no function {function}")


if __name__ == "__main__":
    path, name, how, what = sys.argv[1:]
    file = Path(path)
    file.write_text(mutate(file.read_text(encoding="utf-8"), name, how, what), encoding="utf-8")
