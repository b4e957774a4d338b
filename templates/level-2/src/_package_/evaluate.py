"""Evaluation: how good a model is, as a whole, in slices and between groups, and what it uses.

    python -m <%= pkg %>.evaluate --model model --selection selection.json \
        --test test --evaluation evaluation.json

is the third step of the training pipeline. With ``--champion`` the model and the champion are also
scored on the test rows that neither learned from: what the gate compares.
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
from .prepare import unseen
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


def against(
    model: Any, folder: Path, test: pd.DataFrame, contract: Contract
) -> dict[str, float | None] | None:
    """Score a model and the champion on the test rows that the champion did not learn from either.

    The score stored with the champion is of other rows once the data has changed, and rows that it
    learned from would flatter it.

    Args:
        model: The new model, which did not learn from the test rows.
        folder: Holds the champion's model.pkl and its file ``learned``, at any depth.
        test: The test rows.
        contract: The data contract.

    Returns:
        ``{"rows": how many, "candidate": primary metric, "champion": primary metric}``; None when
        there is no champion, or it cannot be told what it learned from, or it cannot predict these
        rows. Then the gate has the stored score alone.
    """
    known = [path for path in sorted(folder.rglob("learned")) if path.is_file()]
    if len(known) != 1 or not any(folder.rglob("model.pkl")):
        return None
    rows = unseen(test, contract, known[0])
    if rows is None:
        print("The champion learned from other columns: its stored score is compared.")
        return None
    if len(rows) < 2:
        return {"rows": len(rows), "candidate": None, "champion": None}
    try:
        theirs = metrics(load_model(folder), rows, contract)[PRIMARY]
    except Exception as error:  # a model of older code stumbles over anything
        print(f"The champion cannot be scored, so its stored score is compared: {error!r}")
        return None
    own = metrics(model, rows, contract)[PRIMARY]
    return {"rows": len(rows), "candidate": finite(own), "champion": finite(theirs)}


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
    parser.add_argument("--champion", type=Path, help="folder of its model and its file learned")
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
    if options.champion:
        evaluation["champion"] = against(model, options.champion, test, contract)
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
