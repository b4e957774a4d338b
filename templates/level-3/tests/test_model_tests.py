"""The model tests: a good model passes them all, and each fails for a model it is meant for."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import run_pipeline
import yaml

from <%= pkg %> import evaluate, gate, model_tests, tracking
from <%= pkg %>.data import CONTRACT, Contract, columns, inputs, load_contract
from <%= pkg %>.evaluate import PRIMARY
from <%= pkg %>.scoring import load_model

Rows = Callable[..., pd.DataFrame]
ROOT = Path(__file__).parents[1]
LIMITS: dict[str, Any] = {
    "floor": None,
    "margin": 0.05,
    "band": 0.01,
    "unseen_rows": 20,
    "slices": {"rows": 10, "tolerance": 1.0},
    "fairness": {"gap": 0.5},
    "tests": {"latency_ms": 10_000, "reproduced": 0.001, "direction": []},
}
SELECTION = {"scores": {"constant": 0.0, "linear": 0.9}, "chosen": "linear", "rows": 80}


def still() -> float:
    """A clock that stands still."""
    return 0.0


@pytest.fixture
def few_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the time of a hundred answers where the latency does not matter."""
    monkeypatch.setattr(model_tests, "CALLS", 3)
    monkeypatch.setattr(model_tests, "WARM_UP", 0)


@pytest.fixture(scope="session")
def unseen(rows: Rows, contract: Contract) -> pd.DataFrame:
    """Rows that the model was not trained with."""
    return rows(contract, 60, seed=7)


@pytest.fixture(scope="session")
def stored(model: Any, unseen: pd.DataFrame, contract: Contract) -> dict[str, Any]:
    """What was stored when the model was trained."""
    found = evaluate.evaluate(model, unseen, contract, SELECTION)
    return {**found, "importance": evaluate.importance(model, unseen, contract)}


def failed(report: dict[str, Any]) -> set[str]:
    """The names of the tests that were not passed; the verdict must agree with them."""
    names = {entry["name"] for entry in report["tests"] if not entry["passed"]}
    assert report["verdict"] == ("fail" if names else "pass")
    return names


def test_a_good_model_passes_every_test(
    model: Any, unseen: pd.DataFrame, contract: Contract, stored: dict[str, Any]
) -> None:
    report = model_tests.run_tests(model, unseen, contract, stored, None, LIMITS, still)
    assert failed(report) == set()
    assert report["rows"] == 60
    names = [entry["name"] for entry in report["tests"]]
    assert {
        *("the stored score comes out again", "minimum quality", "not worse than production"),
        *("slices", "order of rows", "missing values", "information", "latency"),
    } <= set(names)
    # One per column that it is about, and one with no value at all.
    assert names.count("missing values") == len(columns(contract, "feature")) + 1
    assert names.count("unknown category") == len(columns(contract, "feature", "category"))
    assert names.count("sensitive column") == len(columns(contract, "sensitive"))
    assert all(entry["detail"] for entry in report["tests"])


def test_the_same_model_gets_the_same_report(
    model: Any,
    unseen: pd.DataFrame,
    contract: Contract,
    stored: dict[str, Any],
    few_calls: None,
) -> None:
    once, again = (
        model_tests.run_tests(model, unseen, contract, stored, stored, LIMITS, still)
        for _ in range(2)
    )
    assert once == again


STORED: dict[str, Any] = {
    "task": "a task",
    "primary": PRIMARY,
    "metrics": {PRIMARY: 0.8},
    "selection": {"scores": {"constant": 0.3}},
}


@pytest.mark.parametrize(
    ("change", "passed"),
    [
        ({}, True),
        ({"metrics": {PRIMARY: 0.8009}}, True),
        ({"metrics": {PRIMARY: 0.802}}, False),
        ({"metrics": {PRIMARY: 0.798}}, False),
        ({"metrics": {PRIMARY: math.nan}}, False),
        ({"metrics": {}}, False),
        ({"primary": "another"}, False),
    ],
)
def test_a_stored_evaluation_of_another_model_is_noticed(
    change: dict[str, Any], passed: bool
) -> None:
    assert model_tests._reproduced(0.8, {**STORED, **change}, LIMITS)[1] is passed
    assert model_tests._reproduced(None, {**STORED, **change}, LIMITS)[1] is False


@pytest.mark.parametrize(
    ("score", "constant", "floor", "passed"),
    [
        (0.35, 0.3, None, True),
        (0.349, 0.3, None, False),
        (0.9, None, None, False),
        (0.9, math.nan, None, False),
        (0.5, 0.9, 0.5, True),
        (0.499, 0.0, 0.5, False),
        (0.0, 0.9, 0.0, True),
        (None, 0.3, None, False),
        (None, 0.3, 0.0, False),
    ],
)
def test_the_least_that_is_asked(
    score: float | None, constant: float | None, floor: float | None, passed: bool
) -> None:
    """A floor takes the place of the constant; a score of 0 is a score."""
    limits = {**LIMITS, "floor": floor}
    assert model_tests._floor(score, {"constant": constant}, limits)[1] is passed
    assert model_tests._floor(score, None, limits)[1] is (passed and floor is not None)


@pytest.mark.parametrize(
    ("change", "passed"),
    [
        ({}, True),
        ({"metrics": {PRIMARY: 0.81}}, True),
        ({"metrics": {PRIMARY: 0.811}}, False),
        ({"metrics": {PRIMARY: 0.1}}, True),
        ({"metrics": {PRIMARY: math.nan}}, False),
        ({"metrics": {}}, False),
        ({"task": "another"}, False),
        ({"primary": "another"}, False),
    ],
)
def test_a_model_worse_than_production_is_noticed(change: dict[str, Any], passed: bool) -> None:
    assert model_tests._champion(0.8, STORED, {**STORED, **change}, LIMITS)[1] is passed
    assert model_tests._champion(None, STORED, {**STORED, **change}, LIMITS)[1] is False
    # On rows that neither learned from, if there are enough; whatever is stored.
    for rows, verdict in ((20, True), (19, passed)):
        measured = {"rows": rows, "candidate": 0.5, "champion": 0.51}
        production = {**STORED, **change}
        _, told, detail = model_tests._champion(0.8, STORED, production, LIMITS, measured)
        assert told is (verdict and "measured by something else" not in detail)
    # An empty file is not the absence of a model.
    assert model_tests._champion(0.8, STORED, {}, LIMITS)[1] is False
    assert model_tests._champion(0.8, STORED, None, LIMITS)[1] is True


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"metrics": {PRIMARY: 5.0}}, {"the stored score comes out again"}),
        ({"selection": {"scores": {"constant": 0.99}}}, {"minimum quality"}),
        ({"importance": []}, {"information"}),
        ({"importance": [{"column": "no such column"}]}, {"information"}),
    ],
)
def test_one_failed_test_fails_the_model(
    change: dict[str, Any],
    names: set[str],
    model: Any,
    unseen: pd.DataFrame,
    contract: Contract,
    stored: dict[str, Any],
    few_calls: None,
) -> None:
    changed = {**stored, **change}
    report = model_tests.run_tests(model, unseen, contract, changed, None, LIMITS, still)
    assert failed(report) == names


def test_a_weak_slice_is_noticed() -> None:
    slices = [
        {"column": "a", "value": "good", "rows": 10, "score": 0.4},
        {"column": "a", "value": "weak", "rows": 10, "score": 0.39},
        {"column": "a", "value": "few", "rows": 9, "score": 0.0},
        {"column": "a", "value": "unknown", "rows": 10, "score": None},
    ]

    def judge(*positions: int) -> list[bool]:
        chosen = [slices[position] for position in positions]
        limits = {"rows": 10, "tolerance": 0.4}
        return [passed for _, passed, _ in model_tests._slices(0.8, chosen, limits)]

    assert judge(0, 2) == [True]
    assert judge(2) == [True]
    assert judge(0, 1, 2, 3) == [False, False]
    assert judge(3) == [False]


class Odd:
    """A model that is wrong in one way."""

    def __init__(self, model: Any, way: str) -> None:
        """Keep a good model to ask, and in which way to be wrong."""
        self.model, self.way = model, way
        self.classes_ = getattr(model, "classes_", None)
        self.first: Any = None

    def predict(self, fed: pd.DataFrame) -> np.ndarray:
        """Answer as the good model does, but for one way."""
        text = fed.select_dtypes("object")
        if self.way == "refuses what is new" and (text == model_tests.NOVELTY).any(axis=None):
            raise ValueError("a category that I do not know")
        given = self.model.predict(fed)
        if self.way == "looks at the row above":
            return np.roll(given, 1)
        if self.way == "always says the same":
            self.first = given[0] if self.first is None else self.first
            return np.full_like(given, self.first)
        if self.way == "has no answer to a gap":
            return np.where(fed.isna().any(axis=1), np.nan, given)
        return given
<%_ if (classification) { _%>

    def predict_proba(self, fed: pd.DataFrame) -> np.ndarray:
        """Answer as the good model does, but for a gap."""
        given = self.model.predict_proba(fed)
        if self.way == "has no answer to a gap":
            return np.where(fed.isna().any(axis=1).to_numpy()[:, None], np.nan, given)
        return given
<%_ } _%>


@pytest.mark.parametrize(
    ("way", "name"),
    [
        ("looks at the row above", "order of rows"),
        ("always says the same", "information"),
        ("has no answer to a gap", "missing values"),
        ("refuses what is new", "unknown category"),
    ],
)
def test_a_model_that_is_wrong_in_one_way_is_noticed(
    way: str,
    name: str,
    model: Any,
    unseen: pd.DataFrame,
    contract: Contract,
    stored: dict[str, Any],
    few_calls: None,
) -> None:
    odd = Odd(model, way)
    report = model_tests.run_tests(odd, unseen, contract, stored, None, LIMITS, still)
    tested = {entry["name"] for entry in report["tests"]}
    # Data without a category has none that could be new.
    assert (name in failed(report)) == (name in tested)
    assert name in tested or not columns(contract, "feature", "category")


def test_an_answer_that_depends_on_a_sensitive_column_is_noticed(
    model: Any, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = load_contract(CONTRACT)
    entry = {"name": "a group", "role": "sensitive", "type": "category", "missing": 0}
    contract = {**contract, "columns": [*contract["columns"], entry]}
    frame = rows(contract, 40)

    def leaky(_: Any, fed: pd.DataFrame, __: Contract) -> list[dict[str, Any]]:
        return [{"prediction": value} for value in fed["a group"]]

    monkeypatch.setattr(model_tests, "predict", leaky)
    found = model_tests._invariance(model, frame, contract)
    assert any(name == "sensitive column" and not passed for name, passed, _ in found)


SLOPE: Contract = {
    "version": 1,
    "task": "<%= task %>",
    "target": "t",
    "columns": [
        {"name": "x", "role": "feature", "type": "decimal", "missing": 0},
        {"name": "c", "role": "feature", "type": "category", "missing": 0},
    ],
}


class Slope:
    """A model whose answer grows, or falls, with one column."""

    classes_ = ("no", "yes")

    def __init__(self, sign: int) -> None:
        """Keep the direction."""
        self.sign = sign

    def predict_proba(self, fed: pd.DataFrame) -> np.ndarray:
        """Return the probability of no and of yes."""
        yes = 1 / (1 + np.exp(-self.sign * fed["x"].to_numpy()))
        return np.column_stack([1 - yes, yes])

    def predict(self, fed: pd.DataFrame) -> np.ndarray:
<%_ if (classification) { _%>
        """Return the likelier label."""
        return np.where(self.predict_proba(fed)[:, 1] > 0.5, "yes", "no")
<%_ } else { _%>
        """Return a number."""
        return self.sign * fed["x"].to_numpy()
<%_ } _%>


@pytest.mark.parametrize(
    ("sign", "more", "passed"),
    [
        (1, {"expect": "up"}, True),
        (1, {"expect": "down"}, False),
        (-1, {"expect": "up"}, False),
        (-1, {"expect": "down"}, True),
        (0, {"expect": "up"}, False),
        (0, {"expect": "down"}, False),
        (1, {"expect": "up", "column": "c"}, False),
        (1, {"expect": "up", "column": "no such column"}, False),
        (1, {"expect": "up", "class": "no such class"}, False),
<%_ if (classification) { _%>
        (1, {"expect": "up", "class": None}, False),
        (1, {"expect": "down", "class": "no"}, True),
<%_ } _%>
    ],
)
def test_what_experts_expect_is_tested(sign: int, more: dict[str, Any], passed: bool) -> None:
    frame = pd.DataFrame({"x": np.linspace(-1, 1, 30), "c": "a"})
<%_ if (classification) { _%>
    entry = {"column": "x", "class": "yes", **more}
<%_ } else { _%>
    entry = {"column": "x", **more}
<%_ } _%>
    [(name, found, _)] = model_tests._direction(Slope(sign), frame, SLOPE, [entry])
    assert name == f"direction: {entry['column']} {more['expect']}"
    assert found is passed


class Clock:
    """A clock by which each answer takes as long as it is told to, in seconds."""

    def __init__(self, taken: list[float]) -> None:
        """Keep how long the answers take, in their order."""
        self.now, self.left = 0.0, list(taken)
        self.running = False

    def __call__(self) -> float:
        """Tell the time; every second look is the end of an answer."""
        if self.running:
            self.now += self.left.pop(0)
        self.running = not self.running
        return self.now


@pytest.mark.parametrize(
    ("slow", "milliseconds", "passed"),
    [(0, 2.0, True), (0, 0.9, False), (4, 2.0, True), (6, 2.0, False)],
)
def test_slow_answers_are_noticed(slow: int, milliseconds: float, passed: bool) -> None:
    calls, warm_up = model_tests.CALLS, model_tests.WARM_UP
    # The first answers do not count, however slow.
    taken = [60.0] * warm_up + [1.0] * slow + [0.001] * (calls - slow)
    frame = pd.DataFrame({"x": [0.5, -0.5], "c": "a"})
    clock = Clock(taken)
    _, found, detail = model_tests._latency(Slope(1), frame, SLOPE, milliseconds, clock)
    assert found is passed, detail
    assert clock.left == []


@pytest.mark.parametrize(
    "tests",
    [
        None,
        {},
        {"latency_ms": math.nan},
        {"latency_ms": -1},
        {"latency_ms": None},
        {"reproduced": "0.1"},
        {"direction": None},
        {"direction": [{"column": "x", "expect": "sideways"}]},
        {"direction": ["x"]},
    ],
)
def test_limits_that_cannot_be_used_are_refused(tests: Any) -> None:
    usable = {**LIMITS["tests"], **tests} if tests else tests
    with pytest.raises(ValueError, match="tests"):
        model_tests.check_limits({**LIMITS, "tests": usable})


def test_the_limits_of_this_repository_can_be_used() -> None:
    limits = gate.load_limits(Path(gate.__file__).with_name("gate.yml"))
    model_tests.check_limits(limits)
    known = columns(load_contract(CONTRACT), "feature")
    assert [e for e in limits["tests"]["direction"] if e["column"] not in known] == []


def test_answers_that_differ_in_the_last_digit_are_the_same() -> None:
    table = pd.DataFrame({"prediction": ["a", "b"], "share": [0.1, 0.2]})
    assert model_tests.same(table, table.assign(share=[0.1 + 1e-12, 0.2]))
    assert not model_tests.same(table, table.assign(share=[0.11, 0.2]))
    assert not model_tests.same(table, table.assign(prediction=["a", "a"]))
    assert not model_tests.same(table, table.head(1))
    assert not model_tests.same(table, table[["prediction"]])


def test_the_component_writes_both_reports(
    model_folder: Path,
    rows: Rows,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    few_calls: None,
) -> None:
    """With the very command line of the component, filled in as the pipeline does."""
    logged: dict[str, Any] = {}
    monkeypatch.setattr(tracking, "log", lambda **what: logged.update(what["documents"]))
    contract, model = load_contract(CONTRACT), load_model(model_folder)
    frame = rows(contract, 60, seed=7)
    frame.to_csv(tmp_path / "data.csv", index=False)
    stored = evaluate.evaluate(model, frame, contract, SELECTION)
    stored["importance"] = evaluate.importance(model, frame, contract)
    (tmp_path / "evaluation.json").write_text(json.dumps(stored), encoding="utf-8")
    component = yaml.safe_load(
        (ROOT / "azureml" / "components" / "test_model.yml").read_text(encoding="utf-8")
    )
    given = {
        "model": model_folder,
        "test": tmp_path,
        "evaluation": tmp_path / "evaluation.json",
        "champion": ROOT / "config" / "no-champion.json",
        "champion_model": ROOT / "config",
    }
    assert set(component["inputs"]) == set(given)
    outputs = {name: tmp_path / "new" / name for name in component["outputs"]}
    words = run_pipeline.arguments(component["command"], given, outputs)
    assert words[1:3] == ["-m", "<%= pkg %>.model_tests"]
    model_tests.main(words[3:])
    report = json.loads(outputs["tests"].read_text(encoding="utf-8"))
    fairness = json.loads(outputs["fairness"].read_text(encoding="utf-8"))
    assert logged == {"tests.json": report, "fairness.json": fairness}
    assert report["rows"] == len(inputs(frame, contract))
    assert fairness["verdict"] in ("pass", "fail", "not applicable")
    given["evaluation"] = ROOT / "config" / "no-champion.json"
    model_tests.main(run_pipeline.arguments(component["command"], given, outputs)[3:])
    assert json.loads(outputs["tests"].read_text(encoding="utf-8"))["verdict"] == "fail"
