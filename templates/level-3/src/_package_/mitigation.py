"""Mitigation: when a model serves one group far worse, try it with the groups reweighted.

Training asks this module after the choice of a candidate. Fairlearn's grid search trains the same
candidate with more weight on the rows of the groups that are served worse; predictions on rows
left out of the training judge it. It takes the place of the original only if it closes the gap
without losing more of the score than the band of the gate. What was tried is recorded either way.
"""

from typing import Any

import numpy as np
import pandas as pd
from fairlearn.reductions import BoundedGroupLoss, GridSearch<% if (regression) { %>, SquareLoss<% } %>
from sklearn.base import clone
<%_ if (classification) { _%>
from sklearn.model_selection import StratifiedKFold
<%_ } else { _%>
from sklearn.model_selection import KFold
<%_ } _%>
from sklearn.pipeline import Pipeline

from .data import Contract, columns, inputs, outcome
from .evaluate import fairness, group_labels, group_score

FOLDS = 5
# How many times as much a row of the group served worst weighs as one of the group served best.
FACTORS = (2, 4, 8, 16)
# Rows that name no group keep the weight they have; fairlearn asks for a group of every row.
UNKNOWN = "unknown"

# The names that fairlearn hands on to the last step of a pipeline.
WEIGHTS = "model__sample_weight"
<%_ if (classification) { _%>


class Misclassification:
    """The loss that fairlearn is given: 1 for a wrong label, however many labels there are."""

    min, max = 0.0, 1.0

    def eval(self, truth: pd.Series, predicted: pd.Series) -> pd.Series:
        """Return the loss of each row."""
        return (truth != predicted).astype(float)
<%_ } _%>


class Rows:
    """Training rows: what the model is fed, what it must say, and the group of each row."""

    def __init__(self, frame: pd.DataFrame, contract: Contract) -> None:
        """Take the rows as ``split`` gives them; the groups come with ``group_by``."""
        self.frame, self.contract = frame.reset_index(drop=True), contract
        self.fed, self.truth = inputs(self.frame, contract), outcome(self.frame, contract)
<%_ if (classification) { _%>
        # Fairlearn computes with numbers: it is given the position of each label in this list.
        self.labels = np.array(sorted(self.truth.unique()), dtype=object)
        self.target = pd.Series(np.searchsorted(self.labels, self.truth))
<%_ } else { _%>
        self.target = self.truth
<%_ } _%>

    def group_by(self, column: str) -> pd.Series:
        """Name the group of each row in a sensitive column."""
        known = {entry["name"]: entry for entry in self.contract["columns"]}
        return group_labels(self.frame[column], known[column]).fillna(UNKNOWN)

    def moment(self) -> BoundedGroupLoss:
        """Return what fairlearn reweights by: the loss of each group."""
<%_ if (classification) { _%>
        return BoundedGroupLoss(Misclassification())
<%_ } else { _%>
        return BoundedGroupLoss(SquareLoss(self.truth.min(), self.truth.max()))
<%_ } _%>

    def answers(self, predicted: np.ndarray) -> np.ndarray:
        """Turn what a model trained by fairlearn says into what the original would say."""
<%_ if (classification) { _%>
        return np.asarray(self.labels[predicted.astype(int)])
<%_ } else { _%>
        return predicted
<%_ } _%>

    def folds(self, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return positions of rows to train with and to judge with, five times."""
<%_ if (classification) { _%>
        count = max(2, min(FOLDS, int(self.truth.value_counts().min())))
        folds = StratifiedKFold(count, shuffle=True, random_state=seed)
<%_ } else { _%>
        folds = KFold(FOLDS, shuffle=True, random_state=seed)
<%_ } _%>
        return list(folds.split(self.fed, self.target))


def multipliers(groups: pd.Series, scores: dict[str, float | None], factor: float) -> pd.Series:
    """Return how much the rows of each group weigh, 1 on average over all rows.

    The group served worst weighs ``factor`` times as much as the one served best, the others lie
    between them by their score. A group that is too small to have a score weighs as the best.
    """
    known = {group: score for group, score in scores.items() if score is not None}
    best, worst = max(known.values()), min(known.values())
    shares = groups.value_counts(normalize=True).sort_index()
    weights = pd.Series(
        [
            factor ** ((best - known.get(str(group), best)) / (best - worst))
            for group in shares.index
        ],
        index=shares.index,
    )
    return weights / float((weights * shares).sum())


def grid(groups: pd.Series, weights: list[pd.Series]) -> pd.DataFrame:
    """Return the multipliers as fairlearn wants them: one column per model, one row per group.

    Fairlearn divides them by the share of the group to get the weight of a row.
    """
    shares = groups.value_counts(normalize=True).sort_index()
    found = {
        number: (weight.reindex(shares.index).fillna(1.0) * shares)
        for number, weight in enumerate(weights)
    }
    return pd.DataFrame(found)


def search(model: Pipeline, rows: Rows, groups: pd.Series, weights: list[pd.Series]) -> GridSearch:
    """Return an unfitted search that trains ``model`` once for each choice of weights."""
    return GridSearch(
        clone(model), rows.moment(), grid=grid(groups, weights), sample_weight_name=WEIGHTS
    )


def out_of_fold(model: Pipeline, rows: Rows, seed: int) -> pd.Series:
    """Predict every row by a model that was not trained with it."""
    found = pd.Series(index=rows.truth.index, dtype=rows.truth.dtype)
    for known, unseen in rows.folds(seed):
        fitted = clone(model).fit(rows.fed.iloc[known], rows.truth.iloc[known])
        found.iloc[unseen] = fitted.predict(rows.fed.iloc[unseen])
    return found


def reweighted(
    model: Pipeline, rows: Rows, groups: pd.Series, weights: list[pd.Series], seed: int
) -> list[pd.Series]:
    """Predict every row, for each choice of weights, by a model not trained with the row."""
    found = [pd.Series(index=rows.truth.index, dtype=rows.truth.dtype) for _ in weights]
    for known, unseen in rows.folds(seed):
        part = groups.iloc[known].reset_index(drop=True)
        tried = search(model, rows, part, weights)
        tried.fit(
            rows.fed.iloc[known].reset_index(drop=True),
            rows.target.iloc[known].reset_index(drop=True),
            sensitive_features=part,
        )
        for answers, fitted in zip(found, tried.predictors_, strict=True):
            answers.iloc[unseen] = rows.answers(fitted.predict(rows.fed.iloc[unseen]))
    return found


def fit_weighted(model: Pipeline, rows: Rows, groups: pd.Series, weights: pd.Series) -> Pipeline:
    """Fit the candidate to all rows with the weights that fairlearn gives them.

    The result is a pipeline of scikit-learn, as without weights: where it scores, nothing needs
    fairlearn.
    """
    moment = rows.moment()
    moment.load_data(rows.fed, rows.target, sensitive_features=groups)
    signed = moment.signed_weights(grid(groups, [weights])[0])
    return clone(model).fit(rows.fed, rows.truth, **{WEIGHTS: signed.to_numpy()})


def mitigate(
    model: Pipeline,
    frame: pd.DataFrame,
    contract: Contract,
    limits: dict[str, Any],
    seed: int = 0,
) -> tuple[Pipeline, dict[str, Any]]:
    """Replace a model by a reweighted one if that closes a gap between groups.

    Args:
        model: The fitted choice of the training; its last step, ``model``, takes sample weights.
        frame: The training rows.
        contract: The data contract.
        limits: Of the gate: ``fairness.gap`` is what is allowed, ``band`` what a score may lose.
        seed: Of the folds.

    Returns:
        The model to go on with, and a record: status ("not applicable" without a sensitive
        column, "not measured" when no two groups are large enough, "not needed", "no help",
        "reweighted"), the column with the widest gap, the gap and the score before, and what
        was tried.
    """
    if not columns(contract, "sensitive"):
        return model, {"status": "not applicable", "column": None, "tried": []}
    rows = Rows(frame, contract)
    before = out_of_fold(model, rows, seed)
    widest = fairness(rows.frame, rows.truth, before, contract)
    column, gap, allowed = widest["column"], widest["gap"], float(limits["fairness"]["gap"])
    score = group_score(rows.truth, before, rows.truth)
    record: dict[str, Any] = {
        "status": "not needed",
        "column": column,
        "gap": gap,
        "allowed": allowed,
        "score": score,
        "tried": [],
    }
    if gap is None or score is None:
        return model, {**record, "status": "not measured"}
    if gap <= allowed:
        return model, record
    groups = rows.group_by(column)
    scores = {str(group["value"]): group["score"] for group in widest["groups"]}
    weights = [multipliers(groups, scores, factor) for factor in FACTORS]
    least = score - float(limits["band"])
    best: tuple[float, int] | None = None
    for number, predicted in enumerate(reweighted(model, rows, groups, weights, seed)):
        # Over all sensitive columns: closing one gap must not open another.
        left = fairness(rows.frame, rows.truth, predicted, contract)["gap"]
        value = group_score(rows.truth, predicted, rows.truth)
        shown = {str(group): float(weight) for group, weight in weights[number].items()}
        record["tried"].append({"weights": shown, "gap": left, "score": value})
        if left is None or left > allowed or value is None or value < least:
            continue
        # Of equals the first, which changes the weights least.
        if best is None or value > best[0]:
            best = (value, number)
    if best is None:
        return model, {**record, "status": "no help"}
    record |= {"status": "reweighted", "chosen": best[1]}
    return fit_weighted(model, rows, groups, weights[best[1]]), record
