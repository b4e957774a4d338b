"""Check every `az` call in scripts, workflows, docs and Python without Azure.

    python -m az_calls --assume group,workspace --root PATH...

Read are shell scripts, GitHub workflows and composite actions (`run:`), fenced shell blocks in Markdown,
`!az` lines and `%%bash` cells in notebooks, calls of a function `az(...)` in Python, and *.jsonl files that
hold one recorded argument list a line.

A value that comes from `$X`, `$(...)`, `${{ }}` or a Python name is opaque: it satisfies an option but is never
compared with allowed values. An unquoted expansion standing alone may hide any number of arguments, so a
missing option is then not reported for that call.

Exit status: 0 nothing found, 1 errors or warnings, 2 wrong use.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from .checks import Checker
from .grammar import Grammar
from .sources import read_sources

SKIP_DIRS = {".git", "node_modules", ".venv", "__pycache__", "dist"}


def files_under(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    for folder, dirs, names in os.walk(path):
        dirs[:] = sorted(d for d in dirs if d not in SKIP_DIRS)
        yield from (Path(folder) / name for name in sorted(names))


def check(paths: Iterable[Path], assume: Iterable[str] = (), root: bool = False) -> Checker:
    """Check all files below each path; with `root`, literal --file arguments must exist below that path."""
    checker = Checker(Grammar(), assume)
    for path in paths:
        checker.root = path if root else None
        for file in files_under(path):
            for source in read_sources(file):
                checker.check(source)
    return checker


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="az_calls", description=__doc__.split("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--assume", default="", help="defaults set elsewhere, e.g. group,workspace")
    parser.add_argument("--root", action="store_true", help="literal --file arguments must exist below PATH")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    for path in options.paths:
        if not path.exists():
            parser.error(f"{path} does not exist")
    checker = check(options.paths, filter(None, options.assume.split(",")), options.root)
    bad = [f for f in checker.findings if f.level != "note"]
    if options.json:
        print(json.dumps({"calls": checker.count, "findings": [asdict(f) for f in checker.findings]}, indent=1))
    else:
        for f in bad:
            print(f"{f.file}:{f.line}: {f.level}: {f.command}: {f.message} [{f.code}]")
        print(f"{checker.count['calls']} az calls, {checker.count['unverifiable']} unverifiable, {len(bad)} findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
