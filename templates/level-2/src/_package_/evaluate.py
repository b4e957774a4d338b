"""Evaluation: how good a model is, as a whole, in slices and between groups, and what it uses.

    python -m <%= pkg %>.evaluate --model model --selection selection.json \
        --test test --evaluation evaluation.json

is the third step of the training pipeline.
"""

import argparse
import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.inspection import permutation_importance
<%_ if (classification) { _%>
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, recall_score
<%_ } else { _%>
from sklearn.metrics import (
    mean_absolute_error,
    mean_squared_error,
    r2_score,
    root_mean_squared_error,
)
<%_ } _%>

from . import tracking
from .data import (
    CONTRACT,
    Contract,
    columns,
    convert,
    inputs,
    labels,
    load_contract,
    outcome,
    read_folder,
)
from .scoring import load_model

<%- include('evaluate.py') -%>


def importance(
    model: Any, test: pd.DataFrame, contract: Contract, seed: int = 0
) -> list[dict[str, Any]]:
    """Measure how much the primary metric loses when the values of a column are shuffled.

    Returns the feature columns, the most important first, each with the mean and the standard
    deviation of ten shuffles. Columns that say the same share their importance: each looks
    less important than it is.
    """
    x, y = inputs(test, contract), outcome(test, contract)
    found = permutation_importance(model, x, y, scoring=PRIMARY, n_repeats=10, random_state=seed)
    rows = [
        {"column": name, "mean": finite(mean), "std": finite(std)}
        for name, mean, std in zip(
            x.columns, found.importances_mean, found.importances_std, strict=True
        )
    ]
    return sorted(rows, key=lambda row: -math.inf if row["mean"] is None else -row["mean"])


def write_evaluation(evaluation: dict[str, Any], path: Path) -> None:
    """Write evaluation.json; NaN is refused, as JSON has none and every reader would differ."""
    text = json.dumps(evaluation, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def main(argv: list[str] | None = None) -> None:
    """Write the evaluation of a model on rows that its training did not see; log it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="folder of model.pkl")
    parser.add_argument("--selection", type=Path, required=True, help="written by train (JSON)")
    parser.add_argument("--test", type=Path, required=True, help="folder of the test rows")
    parser.add_argument("--evaluation", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    contract = load_contract(CONTRACT)
    model, test = load_model(options.model), read_folder(options.test)
    selection = json.loads(options.selection.read_text(encoding="utf-8"))
    evaluation = evaluate(model, test, contract, selection)
<%_ if (level >= 3) { _%>
    # A trial of a sweep tries no mitigation.
    evaluation["selection"]["mitigation"] = selection.get("mitigation")
<%_ } _%>
    evaluation["importance"] = importance(model, test, contract, options.seed)
    options.evaluation.parent.mkdir(parents=True, exist_ok=True)
    write_evaluation(evaluation, options.evaluation)
    tracking.log(
        metrics={**evaluation["metrics"], "fairness.gap": evaluation["fairness"]["gap"]},
        documents={"evaluation.json": evaluation},
    )
    for name, value in evaluation["metrics"].items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
