#!/usr/bin/env python3
"""Stands for az, gh and uv while a workflow runs on this machine; the name it is called by says for which.

STAND_IN names a JSON file: `log` (every call is appended, one JSON list a line), `answers` (the beginning of a
command line -> what it prints; a list is used up answer by answer; null is a failure), `files` (name of a job's
output -> content of the file that `az ml job download` writes), `uv`, `python` and `packages` (of .tools/).
A call that has no answer fails with exit code 2, so that a typo never passes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

program, words = Path(sys.argv[0]).name, sys.argv[1:]
plan = json.loads(Path(os.environ["STAND_IN"]).read_text(encoding="utf-8"))
log = Path(plan["log"])


def option(name: str) -> str:
    return words[words.index(name) + 1]


def uv() -> None:
    """The set-up of a repository, with the packages that are on this machine already."""
    if words[:1] == ["venv"]:
        words[words.index("--python") + 1] = plan["python"]
    elif words[:2] == ["pip", "install"]:
        packages = next(Path(option("--python")).parent.parent.glob("lib/python*/site-packages"))
        source = Path.cwd() / "src"
        shared = f"import site; site.addsitedir({plan['packages']!r})\n{source}\n"
        (packages / "shared.pth").write_text(shared, encoding="utf-8")
        return
    elif words[:1] == ["build"]:
        # With the build backend that is on this machine: nothing is downloaded here.
        words.extend(["--offline", "--no-build-isolation", "--python", plan["python"]])
    sys.exit(subprocess.run([plan["uv"], *words], check=False).returncode)


if program == "uv":
    uv()
    sys.exit()
if words == ["auth", "token"]:
    sys.exit()  # act itself asks for it, not a step
earlier = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
with log.open("a", encoding="utf-8") as out:
    out.write(json.dumps([program, *words]) + "\n")
line = " ".join([program, *words])
if line.startswith("az ml job download "):
    name = option("--output-name")
    if name in plan["files"]:
        file = Path(option("--download-path")) / "named-outputs" / name / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(plan["files"][name], encoding="utf-8")
    sys.exit()
for start, answer in plan["answers"].items():
    if re.match(start + r"(?!\S)", line):
        if isinstance(answer, list):
            before = sum(bool(re.match(start + r"(?!\S)", " ".join(json.loads(row)))) for row in earlier)
            answer = answer[min(before, len(answer) - 1)]
        if answer is None:
            sys.exit(f"ERROR: {line}: refused, as the test asks")
        print(answer)
        sys.exit()
print(f"ERROR: the stand-in has no answer to: {line}", file=sys.stderr)
sys.exit(2)
