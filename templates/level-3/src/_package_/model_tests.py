"""Model tests: what a registered model must show on held-out rows before it is released.

    python -m <%= pkg %>.model_tests --model model --test test \
        --evaluation evaluation.json --champion champion.json --champion-model champion \
        --report tests.json --fairness fairness.json

is a step of azureml/pipelines/test.yml. The limits are those of gate.yml. The exit code is 0 for
every verdict: whoever asked reads the report. A test that cannot be made fails.
"""

import argparse
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from . import responsible_ai, tracking
from .data import CONTRACT, Contract, columns, inputs, load_contract, read_folder, replaced
from .evaluate import PRIMARY, against, evaluate, metrics
from .gate import load_champion, load_limits, number, on_unseen, score_of
from .scoring import load_model, predict

PASS = "pass"
FAIL = "fail"
# How many answers the 95th percentile is taken of, and how many come before it to warm up.
CALLS, WARM_UP = 100, 10
SHUFFLES = 10
NOVELTY = "a category that was never seen"

# The name of a test, whether it is passed, and the sentence that says so to a person.
Found = tuple[str, bool, str]


def check_limits(limits: dict[str, Any]) -> None:
    """Raise ValueError, naming the key, when the limits of the tests cannot be used."""
    tests = limits.get("tests")
    if not isinstance(tests, dict):
        raise ValueError("tests must be a mapping: see gate.yml")
    for key in ("latency_ms", "reproduced"):
        limit = number(tests.get(key))
        if limit is None or limit < 0:
            raise ValueError(f"tests.{key} must be at least 0, it is {tests.get(key)!r}")
    expectations = tests.get("direction")
    if not isinstance(expectations, list):
        raise ValueError("tests.direction must be a list, [] if nothing is expected")
    for entry in expectations:
        if not isinstance(entry, dict) or entry.get("expect") not in ("up", "down"):
            raise ValueError(f"tests.direction: 'expect' must be up or down in {entry!r}")


def run_tests(
    model: Any,
    test: pd.DataFrame,
    contract: Contract,
    evaluation: dict[str, Any],
    champion: dict[str, Any] | None,
    limits: dict[str, Any],
    clock: Callable[[], float] = time.perf_counter,
    *,
    measured: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Put a model to all tests.

    Args:
        model: Fitted; takes what ``inputs`` gives.
        test: Rows with a target that the training did not see.
        contract: The data contract.
        evaluation: What was stored when the model was trained.
        champion: The stored evaluation of the model in production, None when there is none.
        limits: What gate.yml holds.
        clock: Seconds that pass, for the latency.
        measured: What ``evaluate.against`` found of this model and the one in production.

    Returns:
        ``{"verdict": "pass" or "fail", "tests": [{"name", "passed", "detail"}, ...], "rows"}``.

    Raises:
        ValueError: The limits cannot be used.
    """
    check_limits(limits)
    chosen = evaluation.get("selection")
    scores = chosen.get("scores") if isinstance(chosen, dict) else None
    known = {"scores": scores, "chosen": None, "rows": None}
    # Measured again, with this code on this machine: what was stored is only compared with.
    fresh = evaluate(model, test, contract, known)
    score = score_of(fresh)
    found = [
        _reproduced(score, evaluation, limits),
        _floor(score, scores, limits),
        _champion(score, fresh, champion, limits, measured),
        *_slices(score, fresh["slices"], limits["slices"]),
        *_invariance(model, test, contract),
        _information(model, test, contract, evaluation),
        *_direction(model, test, contract, limits["tests"]["direction"]),
        _latency(model, test, contract, float(limits["tests"]["latency_ms"]), clock),
    ]
    return {
        "verdict": PASS if all(passed for _, passed, _ in found) else FAIL,
        "tests": [
            {"name": name, "passed": passed, "detail": detail} for name, passed, detail in found
        ],
        "rows": len(test),
    }


def _reproduced(score: float | None, evaluation: dict[str, Any], limits: dict[str, Any]) -> Found:
    """The stored score must come out again: else it is another model, or these are other rows."""
    name, stored = "the stored score comes out again", score_of(evaluation)
    if score is None or stored is None or evaluation.get("primary") != PRIMARY:
        return name, False, f"There is no finite {PRIMARY} of both, so they cannot be compared."
    allowed = float(limits["tests"]["reproduced"])
    told = f"{PRIMARY} is {score:.4f}, {stored:.4f} is stored, {allowed} apart is allowed."
    return name, abs(score - stored) <= allowed, told


def _floor(score: float | None, scores: Any, limits: dict[str, Any]) -> Found:
    """The least of the gate: its floor, or better than a constant by the margin."""
    name = "minimum quality"
    if score is None:
        return name, False, f"{PRIMARY} cannot be measured."
    if limits["floor"] is not None:
        needed = float(limits["floor"])
    else:
        constant = number(scores.get("constant")) if isinstance(scores, dict) else None
        if constant is None:
            return name, False, "The score of a constant prediction is missing."
        needed = constant + float(limits["margin"])
    return name, score >= needed, f"{PRIMARY} is {score:.4f}, {needed:.4f} is asked."


def _champion(
    score: float | None,
    fresh: dict[str, Any],
    champion: dict[str, Any] | None,
    limits: dict[str, Any],
    measured: dict[str, Any] | None = None,
) -> Found:
    """Not worse than the model in production by more than the band, measured as the gate does."""
    name = "not worse than production"
    if champion is None:
        return name, True, "No model is in production yet."
    if any(champion.get(key) != fresh[key] for key in ("task", "primary")):
        return name, False, "The model in production was measured by something else."
    stored = score, score_of(champion), ""
    own, best, where = on_unseen(measured, limits) or stored
    if own is None or best is None:
        return name, False, f"There is no finite {PRIMARY} of both, so they cannot be compared."
    # Rounded, so that 0.90 - 0.89 is 0.01 and lies inside a band of 0.01.
    passed = round(own - best, 9) >= -float(limits["band"])
    return name, passed, f"{PRIMARY} is {own:.4f}, in production it is {best:.4f}{where}."


def _slices(
    score: float | None, slices: list[dict[str, Any]], limits: dict[str, Any]
) -> list[Found]:
    """No slice with enough rows falls too far below the whole."""
    name = "slices"
    if score is None:
        return [(name, False, f"{PRIMARY} cannot be measured.")]
    needed = score - float(limits["tolerance"])
    judged = [part for part in slices if part["rows"] >= limits["rows"]]
    weak = [part for part in judged if part["score"] is None or part["score"] < needed]
    if not judged:
        return [(name, True, f"None is judged: none has {limits['rows']} rows.")]
    if not weak:
        return [(name, True, f"{len(judged)} judged, none below {needed:.4f}.")]
    asked = f"{needed:.4f} is asked"
    return [
        (name, False, f"{part['column']} = {part['value']}: {part['score']}, {asked}.")
        for part in weak
    ]


def answers(model: Any, frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Predict rows as an endpoint does; one row per row, with every probability if there are."""
    given = predict(model, frame, contract)
    table = {"prediction": [answer["prediction"] for answer in given]}
    for label in given[0].get("probabilities", {}):
        table[f"probability of {label}"] = [answer["probabilities"][label] for answer in given]
    return pd.DataFrame(table)


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Say whether two sets of answers are equal but for the last digits of a number."""
    if list(one.columns) != list(other.columns) or len(one) != len(other):
        return False
    return all(
        np.allclose(one[name], other[name])
        if pd.api.types.is_numeric_dtype(one[name])
        else (one[name] == other[name]).all()
        for name in one
    )


def valid(given: pd.DataFrame) -> bool:
    """Say whether every answer is there and every number in it is finite."""
    numbers = given.select_dtypes("number").to_numpy()
    return bool(given["prediction"].notna().all() and np.isfinite(numbers).all())


def _invariance(model: Any, test: pd.DataFrame, contract: Contract) -> list[Found]:
    """What must not change an answer does not, and what is unusual still gets one."""
    before = answers(model, test, contract)
    random = np.random.default_rng(0)
    found: list[Found] = []
    for role in ("sensitive", "ignored"):
        for column in columns(contract, role):
            mixed = replaced(test, {column: random.permutation(test[column].to_numpy())})
            changed = not same(before, answers(model, mixed, contract))
            told = "changes answers" if changed else "changes no answer"
            found.append((f"{role} column", not changed, f"Shuffling {column} {told}."))
    order = random.permutation(len(test))
    mixed = answers(model, test.iloc[order].reset_index(drop=True), contract)
    kept = same(before.iloc[order].reset_index(drop=True), mixed)
    told = "follow the order of the rows" if kept else "depend on the order of the rows"
    found.append(("order of rows", kept, f"Answers {told}."))
    for kinds, name, value in (
        (("category",), "unknown category", NOVELTY),
        ((), "missing values", None),
    ):
        names = columns(contract, "feature", *kinds)
        found += [_unusual(model, test, contract, name, column, value) for column in names]
    found.append(_unusual(model, test, contract, "missing values", None, None))
    return found


def _unusual(
    model: Any,
    test: pd.DataFrame,
    contract: Contract,
    name: str,
    column: str | None,
    value: str | None,
) -> Found:
    """One column, or every feature, holds a value that the training did not see."""
    names = columns(contract, "feature") if column is None else [column]
    odd = replaced(test.head(20), dict.fromkeys(names, value))
    what = "every feature" if column is None else column
    try:
        passed = valid(answers(model, odd, contract))
    except ValueError as error:
        return name, False, f"With {what} changed, there is no answer: {error}."
    told = "is an answer" if passed else "is an answer that is no number"
    return name, passed, f"With {what} changed, there {told}."


def _information(
    model: Any, test: pd.DataFrame, contract: Contract, evaluation: dict[str, Any]
) -> Found:
    """The model uses what it is said to use: shuffling the most important column costs score.

    This needs nothing that people expect, so it is made whatever ``tests.direction`` holds.
    """
    name = "information"
    listed = evaluation.get("importance")
    first = listed[0].get("column") if isinstance(listed, list) and listed else None
    if first not in columns(contract, "feature"):
        return name, False, "The stored evaluation does not name the most important column."
    random, before = np.random.default_rng(0), metrics(model, test, contract)[PRIMARY]
    shuffled = [
        metrics(model, replaced(test, {first: random.permutation(test[first])}), contract)[PRIMARY]
        for _ in range(SHUFFLES)
    ]
    after = float(np.mean(shuffled))
    told = f"{PRIMARY} is {before:.4f}, with {first} shuffled {after:.4f}."
    return name, math.isfinite(before) and after < before, told


def _direction(
    model: Any, test: pd.DataFrame, contract: Contract, expectations: list[dict[str, Any]]
) -> list[Found]:
    """What people expect: with more of this column, the answer goes up, or down, on average."""
    found: list[Found] = []
    for entry in expectations:
        column, expected, label = entry.get("column"), entry["expect"], entry.get("class")
        name = f"direction: {column} {expected}"
        if column not in columns(contract, "feature", "whole", "decimal", "date"):
            found.append((name, False, f"{column} is no feature that holds numbers or dates."))
            continue
        part = "prediction" if label is None else f"probability of {label}"
        fed = inputs(test, contract)
        step = float(fed[column].std())
        before = answers(model, fed, contract)
        after = answers(model, replaced(fed, {column: fed[column] + step}), contract)
        if part not in before or not pd.api.types.is_numeric_dtype(before[part]):
            told = "'class' must name a class of the model" if label else "name a 'class'"
            found.append((name, False, f"There is no number to look at: {told}."))
            continue
        change = float((after[part] - before[part]).mean())
        passed = change > 0 if expected == "up" else change < 0
        told = f"{part} changes by {change:+.4g} on average when {column} grows by {step:.4g}."
        found.append((name, passed, told))
    return found


def _latency(
    model: Any,
    test: pd.DataFrame,
    contract: Contract,
    limit: float,
    clock: Callable[[], float],
) -> Found:
    """95 of 100 single rows are answered in time on this machine, once it is warm."""
    fed = inputs(test, contract)
    taken = []
    for call in range(WARM_UP + CALLS):
        row = fed.iloc[[call % len(fed)]]
        started = clock()
        predict(model, row, contract)
        taken.append((clock() - started) * 1000)
    slowest = float(np.percentile(taken[WARM_UP:], 95))
    told = f"95 of {CALLS} single rows take at most {slowest:.1f} ms, {limit:g} ms is allowed."
    return "latency", slowest <= limit, told


def main(argv: list[str] | None = None) -> None:
    """Write the reports of the tests and of fairness; print both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="folder of model.pkl")
    parser.add_argument("--test", type=Path, required=True, help="folder of the test rows")
    parser.add_argument("--evaluation", type=Path, required=True, help="stored with the model")
    parser.add_argument("--champion", type=Path, required=True, help="of the one in production")
    parser.add_argument("--champion-model", type=Path, help="folder of it and of its file learned")
    parser.add_argument("--report", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--fairness", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--limits", type=Path, default=Path(__file__).with_name("gate.yml"))
    options = parser.parse_args(argv)
    contract, limits = load_contract(CONTRACT), load_limits(options.limits)
    model, test = load_model(options.model), read_folder(options.test)
    evaluation = json.loads(options.evaluation.read_text(encoding="utf-8"))
    if not isinstance(evaluation, dict):
        raise ValueError(f"{options.evaluation} holds no evaluation")
    champion = load_champion(options.champion)
    folder = options.champion_model
    measured = against(model, folder, test, contract) if folder else None
    report = run_tests(model, test, contract, evaluation, champion, limits, measured=measured)
    fairness = responsible_ai.fairness_report(model, test, contract, evaluation, limits)
    documents = {"tests.json": report, "fairness.json": fairness}
    for path, document in zip((options.report, options.fairness), documents.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
        path.write_text(text + "\n", encoding="utf-8")
    tracking.log(documents=documents)
    print(f"Model tests: {report['verdict']}")
    for entry in report["tests"]:
        print(f"- {'passed' if entry['passed'] else 'FAILED'}: {entry['name']}. {entry['detail']}")
    print("\n- ".join([f"Fairness: {fairness['verdict']}", *fairness["reasons"]]))


if __name__ == "__main__":
    main()
