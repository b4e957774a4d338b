"""Training: compare the candidates, fit the chosen one, judge it.

    python -m <%= pkg %>.train --model model

writes model.pkl and evaluation.json into the folder.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import joblib
<%- include('train_imports.py') -%>

from .data import (
    CONTRACT,
    Contract,
    default_folder,
    expect_rows,
    inputs,
    load_contract,
    outcome,
    problems,
    read_folder,
    split,
)
from .evaluate import PRIMARY, evaluate, write_evaluation
from .features import build_preprocessor

<%- include('train.py') -%>


def main(argv: list[str] | None = None) -> None:
    """Train on a folder of data and judge on a quarter of its rows, held back."""
    parser = argparse.ArgumentParser(description="Choose, fit and judge a model.")
    parser.add_argument("--data", type=Path, default=default_folder(), help="CSV files")
    parser.add_argument("--model", type=Path, default=Path("model"), help="folder to write to")
    parser.add_argument("--seed", type=int, default=0, help="of the split and of the training")
    arguments = parser.parse_args(argv)
    try:
        expect_rows(arguments.data)
        contract, frame = load_contract(CONTRACT), read_folder(arguments.data)
        if found := problems(frame, contract):
            lines = "".join(f"\n- {problem}" for problem in found)
            sys.exit(f"{arguments.data}: not as the contract says, nothing trained:{lines}")
        train, test = split(frame, contract, arguments.seed)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    model, selection = fit(train, contract, arguments.seed)
    evaluation = evaluate(model, test, contract, selection)
    arguments.model.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, arguments.model / "model.pkl")
    write_evaluation(evaluation, arguments.model / "evaluation.json")
    for name, score in selection["scores"].items():
        print(f"{name}: {PRIMARY} {score:.3f} by cross-validation")
    value = evaluation["metrics"][PRIMARY]
    print(f"{selection['chosen']}: {PRIMARY} {value:.3f} on {len(test)} unseen rows")
    print(f"written to {arguments.model}")


if __name__ == "__main__":
    main()
