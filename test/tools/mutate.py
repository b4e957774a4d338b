"""Change what one function or method does, to see whether a test suite notices: mutate.py FILE NAME MODE CODE

NAME is a function of the module, or Class.method.

MODE wrap: CODE is an expression over `result` (what the function gave), `args` and `kwargs`.
MODE body: CODE replaces the function's body; its parameters keep their names.
Exit status 1, and the file as it was, when there is no such function.
"""

from __future__ import annotations

import ast
import sys
import textwrap
from pathlib import Path


def mutate(source: str, name: str, mode: str, code: str) -> str:
    lines = source.splitlines(keepends=True)
    node, last = find(ast.parse(source), name)
    if mode == "body":
        indented = textwrap.indent(code, " " * (node.col_offset + 4)) + "\n"
        return "".join([*lines[: node.body[0].lineno - 1], indented, *lines[node.end_lineno :]])
    wrapper = (
        f"\n\n_as_written = {name}\n\n\ndef _changed(*args, **kwargs):\n"
        f"    result = _as_written(*args, **kwargs)\n    return {code}\n\n\n{name} = _changed\n"
    )
    return "".join([*lines[:last], wrapper, *lines[last:]])


def find(module: ast.Module, name: str) -> tuple[ast.FunctionDef, int | None]:
    """Return the definition, and the last line of the statement of the module that holds it."""
    first, _, method = name.partition(".")
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node, node.end_lineno
        if method and isinstance(node, ast.ClassDef) and node.name == first:
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and part.name == method:
                    return part, node.end_lineno
    raise SystemExit(f"no function {name}")


if __name__ == "__main__":
    path, name, how, what = sys.argv[1:]
    file = Path(path)
    file.write_text(mutate(file.read_text(encoding="utf-8"), name, how, what), encoding="utf-8")
