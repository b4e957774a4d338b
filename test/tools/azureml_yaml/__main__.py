"""Check every Azure ML (CLI v2) YAML file of one or more repositories without Azure.

    python -m azureml_yaml --closed --strict [--given KIND:NAME]... FOLDER...

Three passes per file: the loader of azure-ai-ml, what else the SDK checks offline (`_validate()`, the REST body),
and our own rules for what the SDK lets pass. With --closed, names of assets, endpoints and computes that no file
of the same folder defines are reported; --given model:churn says that a script makes it.
Exit status: 0 good, 1 something failed (--strict: or warned), 2 misuse.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from .documents import Doc, find_documents
from .rules import Checks
from .sdk import Sdk

# Given on the command line (`--set`, `--name`, `--endpoint-name`), so their absence is no error.
ALLOW_SET = {"endpoint_name", "name", "version"}


def check(folder: Path, sdk: Sdk, closed: bool = False, given: frozenset[tuple[str, str]] = frozenset()) -> list[Doc]:
    """The documents of one repository with their problems."""
    docs = find_documents(folder)
    rules = Checks(docs, sdk, closed, given)
    for doc in docs:
        if doc.kind == "?":
            if not doc.problems:
                doc.error("schema", f"unknown $schema {doc.data.get('$schema')}")
            continue
        sdk.check(doc, ALLOW_SET)
        rules.check(doc)
        doc.problems = list(dict.fromkeys(doc.problems))
    return docs


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="azureml_yaml", description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--strict", action="store_true", help="warnings fail too")
    parser.add_argument("--closed", action="store_true", help="every azureml: name must be defined in the folder")
    parser.add_argument("--given", action="append", default=[], metavar="KIND:NAME", help="made by a script")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    for folder in options.folders:
        if not folder.is_dir():
            parser.error(f"{folder} is no folder")
    sdk = Sdk()
    given = frozenset(tuple(pair.split(":", 1)) for pair in options.given)
    docs = [d for f in options.folders for d in check(f, sdk, options.closed, given)]
    problems = [
        {"file": str(d.path), "kind": d.kind, "level": level, "code": code, "message": message}
        for d in docs
        for level, code, message in d.problems
    ]
    if options.json:
        kinds = sorted({d.kind for d in docs})
        print(json.dumps({"files": len(docs), "kinds": kinds, "problems": problems}, indent=1))
    else:
        for p in problems:
            print(f"{p['file']}: {p['level']}: {p['message']} [{p['code']}]")
        print(f"{len(docs)} files, {len(problems)} problems")
    return 1 if any(p["level"] == "error" or options.strict for p in problems) else 0


if __name__ == "__main__":
    sys.exit(main())
