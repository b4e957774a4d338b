"""Rows that nobody has lived: made from the data contract, where the real ones may not go.

    python -m <%= pkg %>.synthetic --rows 400 --out data/raw/synthetic.csv

They keep the contract, and every column rises with one hidden signal: code can be run and tested
with them, but what a model learns from them says nothing of the world.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .data import CONTRACT, Contract, load_contract

# How far a value strays from the signal, as a share of the column's range. Categories stray so far
# that each goes with many rows of every class: of two rows a score by category says nothing.
NOISE, LOOSE = 0.05, 0.4


def column_values(column: dict[str, Any], signal: np.ndarray) -> list[Any]:
    """Make values of one column that rise with a signal of 0 to 1."""
    kind, names = column["type"], column.get("categories")
    if kind in ("whole", "decimal") and not names:
        low, high = column.get("min"), column.get("max")
        low, high = (0, 1) if low is None or high is None else (low, high)
        # Not the width of the range, which may be no finite number.
        values = low * (1 - signal) + high * signal
        return [round(value) if kind == "whole" else float(value) for value in values]
    if kind == "boolean":
        return ["true" if value > 0.5 else "false" for value in signal]
    if kind == "date":
        start = pd.Timestamp("2024-01-01")
        return [(start + pd.Timedelta(days=round(300 * x))).date().isoformat() for x in signal]
    if kind == "id":
        return [f"row {number}" for number in range(len(signal))]
    names = names or ["first", "second", "third"]
    return [names[min(int(value * len(names)), len(names) - 1)] for value in signal]


def measured(column: dict[str, Any]) -> bool:
    """Say whether values of a column can tell any two points of the signal apart."""
    return column["type"] in ("whole", "decimal", "date") and not column.get("categories")


def synthetic(contract: Contract, count: int, seed: int = 0) -> pd.DataFrame:
    """Make rows that keep a contract: text, as from a file; the same for the same seed."""
    random = np.random.default_rng(seed)
    signal = np.linspace(0, 1, count)
    features = [column for column in contract["columns"] if column["role"] == "feature"]
    # Where no column is measured, one of the others has to tell the target.
    lead = max(features, key=lambda column: len(column.get("categories") or []))
    if any(measured(column) for column in features):
        lead = {}
    table = {}
    for column in contract["columns"]:
        width = NOISE if measured(column) else LOOSE
        still = column["role"] == "target" or column is lead
        noise = 0 if still else random.normal(0, width, count)
        table[column["name"]] = column_values(column, np.clip(signal + noise, 0, 1))
    frame = pd.DataFrame(table, dtype=object).map(str)
    return frame.sample(frac=1, random_state=seed).reset_index(drop=True)


def is_made_up(file: Path, contract: Contract, seed: int) -> bool:
    """Say whether a file holds what was made up from this contract and seed, and nothing else."""
    try:
        there = pd.read_csv(file, dtype=str, keep_default_na=False)
    except (OSError, ValueError):
        return False
    return bool(there.to_dict("list") == synthetic(contract, len(there), seed).to_dict("list"))


def main(argv: list[str] | None = None) -> None:
    """Write a CSV file of such rows; refuse where others are, beside it or in its place."""
    parser = argparse.ArgumentParser(description="Make rows that keep the data contract.")
    parser.add_argument("--rows", type=int, default=400, help="how many, 8 at least")
    parser.add_argument("--seed", type=int, default=0, help="another one makes other rows")
    parser.add_argument("--out", type=Path, default=Path("data/raw/synthetic.csv"))
    arguments = parser.parse_args(argv)
    out: Path = arguments.out
    if arguments.rows < 8:
        sys.exit(f"--rows is {arguments.rows}; 8 is the least that can be split")
    try:
        contract = load_contract(CONTRACT)
        # All CSV files of a folder are read as one table: made-up rows would mix with real ones.
        others = [
            file.name
            for file in sorted(out.parent.glob("*.csv"))
            if file.name != out.name or not is_made_up(file, contract, arguments.seed)
        ]
        if others:
            sys.exit(f"{out.parent} holds {', '.join(others)}: nothing is made up beside real rows")
        frame = synthetic(contract, arguments.rows, arguments.seed)
        out.parent.mkdir(parents=True, exist_ok=True)
        frame.to_csv(out, index=False)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    print(f"{len(frame)} made-up rows: {out}")


if __name__ == "__main__":
    main()
