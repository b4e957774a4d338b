#!/usr/bin/env python3
"""Make the example data and its profile, once, from the PyPI package palmerpenguins (data: CC0).

    python -m pip install palmerpenguins==0.1.6
    python scripts/make-example-data.py [--check]

Writes templates/level-0/data/raw/penguins.csv and src/profile/example.json; with --check it only
says whether they still are what the package gives. Needs nothing but the standard library and that
package's CSV: a data frame would turn whole numbers beside missing values into 181.0.
"""

import argparse
import csv
import importlib.util
import io
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "templates/level-0/data/raw/penguins.csv"
PROFILE = ROOT / "src/profile/example.json"
MISSING = "NA"
MAX_CATEGORIES = 20


def source() -> Path:
    """The CSV inside the package, found without importing the package and its pandas."""
    spec = importlib.util.find_spec("palmerpenguins")
    if spec is None or spec.origin is None:
        sys.exit("palmerpenguins is not installed: python -m pip install palmerpenguins==0.1.6")
    return Path(spec.origin).with_name("data") / "penguins.csv"


def rows() -> list[dict[str, str]]:
    """All rows; a missing value is an empty text."""
    with source().open(newline="", encoding="utf-8") as file:
        return [
            {name: "" if value == MISSING else value for name, value in row.items()}
            for row in csv.DictReader(file)
        ]


def number(value: float) -> int | float:
    """3750.0 -> 3750, so that JSON shows whole numbers as such."""
    return int(value) if value == int(value) else value


def column(name: str, values: list[str]) -> dict[str, object]:
    """What one column looks like: name, type, missing share, range or categories."""
    present = [value for value in values if value]
    missing = number(round(1 - len(present) / len(values), 4))
    try:
        numbers = [float(value) for value in present]
    except ValueError:
        categories = sorted(set(present))
        if len(categories) > MAX_CATEGORIES:
            sys.exit(f"{name}: {len(categories)} categories, at most {MAX_CATEGORIES} are kept")
        return {"name": name, "type": "category", "missing": missing, "categories": categories}
    whole = all(re.fullmatch(r"-?\d+", value) for value in present)
    low, high = number(min(numbers)), number(max(numbers))
    kind = "whole" if whole else "decimal"
    return {"name": name, "type": kind, "missing": missing, "min": low, "max": high}


def data_text(table: list[dict[str, str]]) -> str:
    """The CSV, in the order of the source."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue()


def profile_text(table: list[dict[str, str]]) -> str:
    """The profile as Prettier would leave it: short lists on one line."""
    columns = [column(name, [row[name] for row in table]) for name in table[0]]
    text = json.dumps(
        {"version": 1, "rows": len(table), "example": True, "columns": columns}, indent=2
    )
    flat = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda m: "[" + " ".join(m[1].split()) + "]", text)
    return flat + "\n"


def main() -> None:
    """Write both files, or with --check compare them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if one differs")
    check = parser.parse_args().check
    table = rows()
    stale = []
    for path, text in ((DATA, data_text(table)), (PROFILE, profile_text(table))):
        if check:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                stale.append(str(path.relative_to(ROOT)))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"{path.relative_to(ROOT)}: {len(table)} rows")
    if stale:
        sys.exit(f"not what palmerpenguins gives: {', '.join(stale)}")


if __name__ == "__main__":
    main()
