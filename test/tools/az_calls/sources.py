"""Where `az` calls stand: shell scripts, workflows, Markdown, notebooks, Python, recorded argument lists."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from .shell import OPAQUE, Call, Word, az_calls

SHELL_FENCES = {"", "bash", "sh", "shell", "zsh", "console", "azurecli", "shell-session"}


@dataclass
class Source:
    """Az calls that share one shell home (a script, or all steps of one workflow job)."""

    file: str
    calls: list
    env: dict = field(default_factory=dict)
    cwd: str = ""


def read_sources(path: Path) -> Iterator[Source]:
    """Yield Sources of one file; raises ValueError with a reason when it cannot be read."""
    text = path.read_text(encoding="utf-8", errors="replace")
    name = str(path)
    suffix = path.suffix.lower()
    if suffix in (".sh", ".bash") or (not suffix and re.match(r"#!.*\b(ba|z|da)?sh\b", text)):
        yield Source(name, az_calls(text))
    elif suffix in (".yml", ".yaml"):
        yield from yaml_sources(name, text)
    elif suffix == ".md":
        calls = []
        for m in re.finditer(r"^([ \t]*)```[ \t]*([\w-]*)[^\n]*\n(.*?)^[ \t]*```", text, flags=re.S | re.M):
            if m.group(2).lower() in SHELL_FENCES:
                body = re.sub(r"^[ \t]*\$ ", "", m.group(3), flags=re.M)
                body = re.sub(r"<[a-zA-Z][\w .-]*>", "$PLACEHOLDER", body)  # <resource-group>
                calls += az_calls(body, text.count("\n", 0, m.start(3)) + 1)
        yield Source(name, calls)
    elif suffix == ".py":
        yield Source(name, list(python_calls(text)))
    elif suffix == ".jsonl":
        rows = [json.loads(row) for row in text.splitlines()]
        yield Source(name, [Call([Word(w) for w in row], n) for n, row in enumerate(rows, 1)])
    elif suffix == ".ipynb":
        calls = []
        for k, cell in enumerate(json.loads(text).get("cells", []), 1):
            src = "".join(cell.get("source", []))
            if cell.get("cell_type") != "code":
                continue
            if re.match(r"%%(bash|sh)\b", src):
                calls += az_calls(src.split("\n", 1)[-1], k)
            else:
                for row in re.findall(r"^[ \t]*!\s*(az (?:[^\n]*\\\n)*[^\n]*)", src, flags=re.M):
                    calls += az_calls(re.sub(r"\{(\w[^{}]*)\}", "$X", row), k)  # {x}: IPython value
        yield Source(name, calls)


def yaml_sources(name: str, text: str):
    if not re.search(r"\baz\s", text):
        return
    try:
        docs = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError as e:
        raise ValueError("not YAML: " + str(e).split("\n")[0]) from e
    for doc in docs:
        if not isinstance(doc, yaml.MappingNode):
            continue
        top = mapping(doc)
        if not ({"jobs", "runs", "steps", "stages"} & set(top)):
            continue  # e.g. an Azure ML job file
        env = plain(top.get("env"))
        jobs = mapping(top["jobs"]) if isinstance(top.get("jobs"), yaml.MappingNode) else {"": doc}
        for job in jobs.values():
            job_map = mapping(job) if isinstance(job, yaml.MappingNode) else {}
            src = Source(name, [], {**env, **plain(job_map.get("env"))})
            for script, line, cwd in shell_scripts(job):
                for call in az_calls(script, line):
                    call.cwd = cwd
                    src.calls.append(call)
            yield src


def mapping(node) -> dict:
    return {k.value: v for k, v in node.value} if isinstance(node, yaml.MappingNode) else {}


def plain(node) -> dict:
    return {k: v.value for k, v in mapping(node).items() if isinstance(v, yaml.ScalarNode)} if node else {}


def shell_scripts(node):
    """(text, first line, working directory) of every bash script below a YAML node."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from shell_scripts(item)
    elif isinstance(node, yaml.MappingNode):
        m = mapping(node)
        shell = plain(node).get("shell", "bash")
        kind = plain(node).get("scriptType", "bash")
        for key, value in m.items():
            if key in ("run", "inlineScript", "script", "bash") and isinstance(value, yaml.ScalarNode):
                if re.match(r"(ba)?sh\b", shell) and kind == "bash":
                    line = value.start_mark.line + (2 if value.style in ("|", ">") else 1)
                    yield value.value, line, plain(node).get("working-directory", "")
            else:
                yield from shell_scripts(value)


def python_calls(text: str) -> Iterator[Call]:
    """Calls of a function named `az` with its arguments as words: `az("ml", "job", "show", *more)`."""
    for node in ast.walk(ast.parse(text)):
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if name == "az":
            # `*("storage", "blob")` is how a long call is grouped in lines: its words are known.
            args = [
                inner
                for a in node.args
                for inner in (a.value.elts if isinstance(a, ast.Starred) and isinstance(a.value, ast.Tuple) else [a])
            ]
            words = [python_word(a) for a in args]
            yield Call(words, node.lineno, loose=[w for w in words if w.splat])


def python_word(node: ast.expr) -> Word:
    if isinstance(node, ast.Starred):
        return Word(OPAQUE, splat=True)
    if isinstance(node, ast.Constant):
        return Word(str(node.value))
    if isinstance(node, ast.JoinedStr):
        parts = [p.value if isinstance(p, ast.Constant) else OPAQUE for p in node.values]
        return Word("".join(map(str, parts)))
    return Word(OPAQUE)
