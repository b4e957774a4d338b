"""Evaluation: how good a model is, as a whole, in slices and between groups of people.

    python -m <%= pkg %>.evaluate --model model

judges a model again that <%= pkg %>.train has made, on the rows that it did not see.
"""

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

<%- include('evaluate_imports.py') -%>

from .data import (
    CONTRACT,
    Contract,
    columns,
    convert,
    default_folder,
    inputs,
    labels,
    load_contract,
    outcome,
    read_folder,
    split,
)
from .scoring import load_model

<%- include('evaluate.py') -%>


def write_evaluation(evaluation: dict[str, Any], path: Path) -> None:
    """Write evaluation.json; NaN is refused, as JSON has none and every reader would differ."""
    text = json.dumps(evaluation, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def main(argv: list[str] | None = None) -> None:
    """Judge the model in a folder again, with the data and seed that it was trained with."""
    parser = argparse.ArgumentParser(description="Judge a model on the rows it did not see.")
    parser.add_argument("--model", type=Path, default=Path("model"), help="folder of model.pkl")
    parser.add_argument("--data", type=Path, default=default_folder(), help="CSV files")
    parser.add_argument("--seed", type=int, default=0, help="of the split, as in training")
    arguments = parser.parse_args(argv)
    try:
        contract, file = load_contract(CONTRACT), arguments.model / "evaluation.json"
        before = json.loads(file.read_text(encoding="utf-8"))
        selection = {**before["selection"], "rows": before["rows"]["train"]}
        _, test = split(read_folder(arguments.data), contract, arguments.seed)
        evaluation = evaluate(load_model(arguments.model), test, contract, selection)
        write_evaluation(evaluation, file)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    print(f"{file}: {PRIMARY} {evaluation['metrics'][PRIMARY]:.3f} on {len(test)} rows")


if __name__ == "__main__":
    main()
