"""Data: read, check against the contract, split; as a command, gather.

    python -m <%= pkg %>.data --place laptop

fetches the source that config/source.yml names for the place, checks it against the data contract
and publishes it under `<destination>/<UTC date>/`. Bad data is never published.
"""

import argparse
import json
import math
import re
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.model_selection import train_test_split

# It lies beside the code, and so travels with it into jobs and images.
CONTRACT = Path(__file__).with_name("contract.json")

<%- include('data.py') -%>


def default_folder() -> Path:
    """Give the folder to train from on a laptop: what was gathered, before that what came along."""
    gathered = Path("data/gathered")
    return gathered if gathered.is_dir() else Path("data/raw")


def expect_rows(folder: Path) -> None:
    """Check that a folder of this machine holds data, which is not in git.

    Raises:
        FileNotFoundError: It does not; the message says what to do.
        ValueError: Made-up rows stand beside others, and would be read as one table with them.
    """
    tables = [*folder.glob("*.csv"), *folder.glob("[0-9]*/*.csv")]
    if len(tables) > 1 and folder / "synthetic.csv" in tables:
        raise ValueError(f"{folder}: synthetic.csv is made up: delete it, others stand beside it")
    if not tables:
        raise FileNotFoundError(
            f"{folder}: there is no CSV file in it. Put the files there, or make rows up that keep "
            "the data contract: make synthetic, or python -m <%= pkg %>.synthetic"
        )


<%_ if (level >= 3) { _%>
def replaced(frame: pd.DataFrame, values: dict[str, Any]) -> pd.DataFrame:
    """Put other values into some columns; unlike ``assign`` for columns of any name."""
    return pd.DataFrame({**frame, **values}, index=frame.index)


def as_gathered(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Write the model's inputs as the gathered data is: truth values and dates as such.

    For what others compare: production with the rows that the model learned from. Free text is
    left out: it may be personal, and no drift is measured on it.
    """
    written = {}
    for name in columns(contract, "feature", "decimal", "category"):
        written[name] = frame[name]
    for name in columns(contract, "feature", "whole"):
        # 3.0 where whole numbers belong would count as an error of type.
        written[name] = frame[name].astype("Int64")
    for name in columns(contract, "feature", "boolean"):
        written[name] = frame[name].map({1.0: True, 0.0: False})
    for name in columns(contract, "feature", "date"):
        days = pd.to_datetime(frame[name], unit="D", errors="coerce")
        written[name] = days.dt.strftime("%Y-%m-%d")
    table = pd.DataFrame({name: written[name] for name in frame.columns if name in written})
    return table.astype(object).where(table.notna(), None)


<%_ } _%>
def main(argv: list[str] | None = None) -> None:
    """Gather the data of one place; exit 1 with every problem when it is not as promised."""
    # Here, as scoring imports this module too, and the image that scores has no PyYAML.
    from .source import fetch, load_place, publish, rewritten

    parser = argparse.ArgumentParser(description="Fetch, check and publish the data.")
    parser.add_argument("--place", default="laptop", help="a place in the configuration")
    parser.add_argument("--config", type=Path, default=Path("config/source.yml"))
    parser.add_argument("--folder", help="name of the folder to publish; today's date unless told")
    arguments = parser.parse_args(argv)
    try:
        place = load_place(arguments.config, arguments.place)
        contract = load_contract(CONTRACT)
        if "://" not in place["source"]:
            expect_rows(Path(place["source"]))
        with tempfile.TemporaryDirectory() as temporary:
            fetched = fetch(place["source"], Path(temporary))
            numbers = [c["name"] for c in contract["columns"] if c["type"] in ("whole", "decimal")]
            copies = Path(temporary) / "rewritten"
            frame = read_folder(rewritten(fetched, place, numbers, copies))
            found = problems(frame, contract)
            if found:
                lines = "".join(f"\n- {problem}" for problem in found)
                sys.exit(f"{place['source']}: not as the contract says, nothing published:{lines}")
            file = Path(temporary) / "data.csv"
            frame.to_csv(file, index=False)
            today = datetime.now(timezone.utc).date().isoformat()
            where = publish(file, place["destination"], arguments.folder or today)
    except (OSError, ValueError, RuntimeError) as error:
        sys.exit(str(error))
    print(f"{len(frame)} rows published: {where}")


if __name__ == "__main__":
    main()
