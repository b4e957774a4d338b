"""Preparation: check the gathered data against the contract, then split it.

    python -m <%= pkg %>.prepare --raw data/gathered \
        --train train --test test --learned learned

is the first step of the training pipeline. Each split is a folder with one CSV file; ``learned``
is a file of hashes of the training rows (learned.py).
"""

import argparse
import sys
from pathlib import Path

import pandas as pd

from . import learned
from .data import CONTRACT, load_contract, problems, read_folder, split


def sample_rows(frame: pd.DataFrame, rows: int, seed: int = 0) -> pd.DataFrame:
    """Take ``rows`` rows at random, the same for the same data and seed; 0 takes all.

    Raises ValueError when ``rows`` is negative.
    """
    if rows < 0:
        raise ValueError(f"sample must be 0 or more rows, it is {rows}")
    if rows == 0 or rows >= len(frame):
        return frame
    return frame.sample(rows, random_state=seed).reset_index(drop=True)


def main(argv: list[str] | None = None) -> None:
    """Write the two splits; exit 1 with all problems when the data is not as promised."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path, required=True, help="folder of the gathered data")
    parser.add_argument("--train", type=Path, required=True, help="folder to write")
    parser.add_argument("--test", type=Path, required=True, help="folder to write")
    parser.add_argument("--learned", type=Path, help="file to write")
    parser.add_argument("--sample", type=int, default=0, help="rows to keep, 0 keeps all")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    contract = load_contract(CONTRACT)
    try:
        frame = read_folder(options.raw)
        if found := problems(frame, contract):
            sys.exit("\n".join(["the data breaks the contract:", *found]))
        rows = sample_rows(frame, options.sample, options.seed)
        train, test = split(rows, contract, options.seed)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    for folder, part in ((options.train, train), (options.test, test)):
        folder.mkdir(parents=True, exist_ok=True)
        part.to_csv(folder / "data.csv", index=False)
        print(f"{len(part)} rows in {folder}")
    if options.learned:
        learned.write(train, contract, options.learned)


if __name__ == "__main__":
    main()
