"""Preparation: check the gathered data against the contract, then split it.

    python -m <%= pkg %>.prepare --raw data/gathered \
        --train train --test test --learned learned

is the first step of the training pipeline. Each split is a folder with one CSV file. ``learned``
is a file that tells which rows the model learned from, so that a later one is compared with it on
rows that neither saw: a line of JSON with the columns and their types, then a hash for each row of
the training data, by content, however the values are written.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import pandas as pd

from .data import CONTRACT, Contract, convert, load_contract, problems, read_folder, split


def sample_rows(frame: pd.DataFrame, rows: int, seed: int = 0) -> pd.DataFrame:
    """Take ``rows`` rows at random, the same for the same data and seed; 0 takes all.

    Raises ValueError when ``rows`` is negative.
    """
    if rows < 0:
        raise ValueError(f"sample must be 0 or more rows, it is {rows}")
    if rows == 0 or rows >= len(frame):
        return frame
    return frame.sample(rows, random_state=seed).reset_index(drop=True)


def kinds(contract: Contract) -> dict[str, str]:
    """Give the types of the columns that tell rows apart: all but the ignored ones."""
    told = [column for column in contract["columns"] if column["role"] != "ignored"]
    return {str(column["name"]): str(column["type"]) for column in told}


def keys(frame: pd.DataFrame, contract: Contract) -> list[str]:
    """Give a hash of each row: 16 hexadecimal digits, the same for the same values."""
    table = {name: convert(frame[name], kind) for name, kind in kinds(contract).items()}
    rows = pd.DataFrame(table).itertuples(index=False, name=None)
    return [hashlib.blake2b(repr(row).encode(), digest_size=8).hexdigest() for row in rows]


def write_learned(train: pd.DataFrame, contract: Contract, file: Path) -> None:
    """Write the file ``learned`` of training rows, sorted: it tells nothing of their order."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(kinds(contract)), *sorted(set(keys(train, contract)))]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def unseen(frame: pd.DataFrame, contract: Contract, learned: Path) -> pd.DataFrame | None:
    """Give those rows that the file ``learned`` of another model does not name.

    Returns:
        The rows, perhaps none. None when the other model learned from other columns or types: then
        nobody can tell the rows apart.
    """
    head, *known = learned.read_text(encoding="utf-8").splitlines()
    if json.loads(head) != kinds(contract):
        return None
    return frame[~pd.Series(keys(frame, contract), index=frame.index).isin(known)]


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
        write_learned(train, contract, options.learned)


if __name__ == "__main__":
    main()
