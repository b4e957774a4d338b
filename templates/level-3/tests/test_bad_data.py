"""Bad data: what keeps it from becoming a model that is released.

Data that breaks the contract stops at the first step of the pipeline. Data that keeps the
contract and is wrong all the same gives a model that the gate or the model tests stop.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from <%= pkg %> import evaluate, gate, model_tests, prepare, train
from <%= pkg %>.data import (
    Contract,
    columns,
    inputs,
    outcome,
    problems,
    replaced,
    split,
)

Rows = Callable[..., pd.DataFrame]
Spoil = Callable[[pd.DataFrame, Contract], pd.DataFrame]
LIMITS: dict[str, Any] = {
    "floor": None,
    "margin": 0.2,
    "band": 0.01,
    "unseen_rows": 20,
    "slices": {"rows": 20, "tolerance": 1.0},
    "fairness": {"gap": 2.0},
    "tests": {"latency_ms": 60_000, "reproduced": 0.001, "direction": []},
}


def some_number(contract: Contract) -> str:
    """A column of numbers whose range is known, whatever it is for."""
    for entry in contract["columns"]:
        low, high = entry.get("min"), entry.get("max")
        numbers = entry["role"] != "ignored" and entry["type"] in ("whole", "decimal")
        if numbers and low is not None and low < high:
            return str(entry["name"])
    pytest.skip("the data has no such column")


def other_unit(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Numbers in grams where kilograms belong."""
    name = some_number(contract)
    return replaced(frame, {name: (frame[name].astype(float) * 1000).astype(str)})


def one_wrong_value(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """A single value that is no number."""
    spoiled = frame.copy()
    spoiled.loc[17, some_number(contract)] = "twelve"
    return spoiled


def column_lost(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """A feature that is not delivered."""
    return frame.drop(columns=columns(contract, "feature")[0])


def column_added(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """A column that nobody promised."""
    return replaced(frame, {"a column that nobody knows": "1"})


def mostly_missing(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Most values of the column that is usually the most complete are not delivered."""
    used = [entry for entry in contract["columns"] if entry["role"] != "ignored"]
    name = min(used, key=lambda entry: float(entry["missing"]))["name"]
    return replaced(frame, {name: frame[name].where(frame.index % 10 == 0)})


def no_targets(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Nothing to learn from."""
    return replaced(frame, {contract["target"]: None})


def no_rows(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """A header and nothing below it."""
    return frame.head(0)


BROKEN: list[Spoil] = [
    other_unit,
    one_wrong_value,
    column_lost,
    column_added,
    mostly_missing,
    no_targets,
    no_rows,
]


@pytest.fixture
def run(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[pd.DataFrame], Path]:
    """Prepare data as the pipeline does; returns the folder of what was written."""
    (tmp_path / "contract.json").write_text(json.dumps(contract), encoding="utf-8")
    monkeypatch.setattr(prepare, "CONTRACT", tmp_path / "contract.json")

    def prepared(frame: pd.DataFrame) -> Path:
        raw, work = tmp_path / "raw", tmp_path / "work"
        raw.mkdir(exist_ok=True)
        frame.to_csv(raw / "data.csv", index=False)
        words = [word for part in ("train", "test") for word in (f"--{part}", str(work / part))]
        prepare.main(["--raw", str(raw), *words])
        return work

    return prepared


def test_good_data_passes(
    rows: Rows, contract: Contract, run: Callable[[pd.DataFrame], Path]
) -> None:
    """Else the tests below would show nothing."""
    frame = rows(contract, 80)
    assert problems(frame, contract) == []
    work = run(frame)
    assert {path.name for path in work.iterdir()} == {"train", "test"}


@pytest.mark.parametrize("spoil", BROKEN, ids=lambda spoil: spoil.__name__)
def test_data_that_breaks_the_contract_never_reaches_the_training(
    spoil: Spoil, rows: Rows, contract: Contract, run: Callable[[pd.DataFrame], Path]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(spoil(rows(contract, 80), contract))
    assert stopped.value.code not in (0, None)


def shuffled_targets(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Rows joined to the targets of other rows."""
    target = contract["target"]
    return replaced(frame, {target: np.random.default_rng(5).permutation(frame[target])})


def features_stuck(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Every sensor reports the same value all the time."""
    stuck = frame.copy()
    for name in columns(contract, "feature"):
        stuck[name] = frame[name].iloc[0]
    return stuck


@pytest.fixture
def few_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the time of a hundred answers: the latency does not matter here."""
    monkeypatch.setattr(model_tests, "CALLS", 3)
    monkeypatch.setattr(model_tests, "WARM_UP", 0)


@pytest.mark.parametrize("spoil", [None, shuffled_targets, features_stuck])
def test_what_is_learned_from_wrong_data_is_rejected(
    spoil: Spoil | None, rows: Rows, contract: Contract, few_calls: None
) -> None:
    """The contract is kept, so only the model can tell; good data is the counter-proof."""
    frame = rows(contract, 320)
    spoiled = spoil(frame, contract) if spoil else frame
    known, unseen = split(spoiled, contract)
    models = {name: train.candidates(contract)[name] for name in ("constant", "linear")}
    fed, truth = inputs(known, contract), outcome(known, contract)
    scores = {
        name: float(train.cross_val_score(model, fed, truth, scoring=train.PRIMARY, cv=3).mean())
        for name, model in models.items()
    }
    model = models["linear"].fit(fed, truth)
    selection = {"scores": scores, "chosen": "linear", "rows": len(known)}
    stored = evaluate.evaluate(model, unseen, contract, selection)
    stored["importance"] = evaluate.importance(model, unseen, contract)
    report = model_tests.run_tests(model, unseen, contract, stored, None, LIMITS)
    failed = {entry["name"] for entry in report["tests"] if not entry["passed"]}
    fairness_aside = {**stored, "fairness": {"status": "not applicable"}}
    verdict = gate.decide(fairness_aside, None, LIMITS)["verdict"]
    assert (verdict == gate.PROMOTE) == (spoil is None)
    assert (failed == set()) == (spoil is None)
    if spoil is not None:
        assert "minimum quality" in failed


def test_a_model_is_not_judged_by_rows_of_another_day(
    rows: Rows, contract: Contract, few_calls: None
) -> None:
    """The stored score must come out again; with other rows it does not, and the test says so."""
    known, unseen = split(rows(contract, 120), contract)
    model = train.candidates(contract)["linear"]
    model.fit(inputs(known, contract), outcome(known, contract))
    selection = {"scores": {"constant": 0.0}, "chosen": "linear", "rows": len(known)}
    stored = evaluate.evaluate(model, unseen, contract, selection)
    other = shuffled_targets(unseen, contract)
    report = model_tests.run_tests(model, other, contract, stored, None, LIMITS)
    failed = {entry["name"] for entry in report["tests"] if not entry["passed"]}
    assert "the stored score comes out again" in failed
