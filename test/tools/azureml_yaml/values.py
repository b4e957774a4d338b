"""Small readings of YAML values that every check uses."""

from __future__ import annotations

import re

REF = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
ISO_DURATION = re.compile(r"P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$")


def strings(node, path=""):
    """Every (path, string) below a node."""
    if isinstance(node, dict):
        for k, v in node.items():
            yield from strings(v, f"{path}.{k}".lstrip("."))
    elif isinstance(node, list):
        for i, v in enumerate(node):
            yield from strings(v, f"{path}[{i}]")
    elif isinstance(node, str):
        yield path, node


def as_dict(x):
    return x if isinstance(x, dict) else {}


def is_local(value) -> bool:
    return (
        isinstance(value, str)
        and value != ""
        and "{{" not in value
        and not re.match(r"(azureml:|https?:|wasbs?:|abfss?:|adl:|git\+|runs:|/subscriptions/|file:)", value)
    )


def compatible(produced, wanted) -> bool:
    folders = {"uri_folder", "custom_model", "mlflow_model", "triton_model", "mltable"}
    if produced == wanted or "path" in (produced, wanted):
        return True
    if produced in ("number", "integer") and wanted in ("number", "integer", "string"):
        return produced == "integer" or wanted != "integer"
    # a model is a folder on disk, and a folder may be read as one; a file never is
    return wanted == "uri_folder" and produced in folders


def find_cycle(edges):
    state, stack = {}, []

    def visit(n):
        state[n] = 1
        stack.append(n)
        for m in sorted(edges.get(n, ())):
            if state.get(m) == 1:
                return stack[stack.index(m) :] + [m]
            if m not in state:
                found = visit(m)
                if found:
                    return found
        stack.pop()
        state[n] = 2
        return None

    for n in edges:
        if n not in state:
            found = visit(n)
            if found:
                return found
    return None
