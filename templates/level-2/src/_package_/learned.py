"""Which rows a model learned from, so that another one is compared with it on rows it never saw.

Beside each model lies a file ``learned``: a line of JSON that names the columns and their types,
then a hash for each row of the training data, by content, however the values are written.
"""

import hashlib
import json
from pathlib import Path

import pandas as pd

from .data import Contract, convert


def kinds(contract: Contract) -> dict[str, str]:
    """Give the types of the columns that tell rows apart: all but the ignored ones."""
    told = [column for column in contract["columns"] if column["role"] != "ignored"]
    return {str(column["name"]): str(column["type"]) for column in told}


def keys(frame: pd.DataFrame, contract: Contract) -> list[str]:
    """Give a hash of each row: 16 hexadecimal digits, the same for the same values."""
    table = {name: convert(frame[name], kind) for name, kind in kinds(contract).items()}
    rows = pd.DataFrame(table).itertuples(index=False, name=None)
    return [hashlib.blake2b(repr(row).encode(), digest_size=8).hexdigest() for row in rows]


def write(frame: pd.DataFrame, contract: Contract, file: Path) -> None:
    """Write the file ``learned`` of training rows, sorted: it tells nothing of their order."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(kinds(contract)), *sorted(set(keys(frame, contract)))]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def unseen(frame: pd.DataFrame, contract: Contract, file: Path) -> pd.DataFrame | None:
    """Give those rows that the file ``learned`` of another model does not name.

    Returns:
        The rows, perhaps none. None when the other model learned from other columns or types: then
        nobody can tell the rows apart.
    """
    head, *known = file.read_text(encoding="utf-8").splitlines()
    if json.loads(head) != kinds(contract):
        return None
    return frame[~pd.Series(keys(frame, contract), index=frame.index).isin(known)]
