"""The model: its features, the choice among candidates, its evaluation, the commands."""

<%_ if (level < 2) { _%>
import json
<%_ } _%>
import pickle
import pickletools
from collections.abc import Callable
<%_ if (level < 2) { _%>
from pathlib import Path
<%_ } _%>
from typing import Any

import numpy as np
import pandas as pd
import pytest

from <%= pkg %> import evaluate, train
from <%= pkg %>.data import Contract, columns, inputs, outcome
from <%= pkg %>.evaluate import PRIMARY, metrics
from <%= pkg %>.features import build_preprocessor

Rows = Callable[..., pd.DataFrame]


def test_every_feature_reaches_the_model(rows: Rows, contract: Contract) -> None:
    fed = inputs(rows(contract, 80), contract)
    preprocessor = build_preprocessor(contract).fit(fed)
    before = preprocessor.transform(fed)
    dead = []
    for name in fed.columns:
        mixed = pd.DataFrame({**fed, name: fed[name].sample(frac=1, random_state=1).to_numpy()})
        if np.array_equal(preprocessor.transform(mixed), before):
            dead.append(name)
    assert dead == []


def test_columns_that_are_no_features_do_not_matter(rows: Rows, contract: Contract) -> None:
    frame = rows(contract, 80)
    others = [c["name"] for c in contract["columns"] if c["role"] != "feature"]
    shuffled = {name: frame[name].sample(frac=1).to_numpy() for name in others}
    mixed = pd.DataFrame({**frame, **shuffled})
    pd.testing.assert_frame_equal(inputs(mixed, contract), inputs(frame, contract))


def test_a_contract_without_features_is_refused(contract: Contract) -> None:
    bare = {**contract, "columns": [c for c in contract["columns"] if c["role"] != "feature"]}
    with pytest.raises(ValueError, match="names no feature"):
        build_preprocessor(bare)


@pytest.mark.parametrize("name", ["linear", "forest"])
def test_a_model_learns_what_a_constant_cannot(name: str, rows: Rows, contract: Contract) -> None:
    known, unseen = rows(contract, 80, seed=1), rows(contract, 60, seed=2)
    scores = {}
    for candidate in ("constant", name):
        model = train.candidates(contract)[candidate]
        model.fit(inputs(known, contract), outcome(known, contract))
        scores[candidate] = metrics(model, unseen, contract)[PRIMARY]
    # A perfect model scores 1, whatever the task.
    assert scores[name] > scores["constant"] + 0.25 * (1 - scores["constant"]), scores


@pytest.mark.parametrize("name", ["linear", "forest"])
def test_the_same_seed_makes_the_same_model(name: str, rows: Rows, contract: Contract) -> None:
    frame, unseen = rows(contract, 40), inputs(rows(contract, 40, seed=1), contract)
    fed, truth = inputs(frame, contract), outcome(frame, contract)
    models = [train.candidates(contract, seed=5)[name].fit(fed, truth) for _ in range(2)]
    assert list(models[0].predict(unseen)) == list(models[1].predict(unseen))


def test_the_chosen_candidate_is_fitted(
    rows: Rows, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {"scores": {"constant": 0.0, "linear": 0.5, "forest": 0.9}, "chosen": "linear"}
    monkeypatch.setattr(train, "select", lambda *_: found)
    frame = rows(contract, 40)
    model, selection = train.fit(frame, contract, seed=2)
    expected = train.candidates(contract, seed=2)["linear"]
    expected.fit(inputs(frame, contract), outcome(frame, contract))
    assert selection is found
    fed = inputs(rows(contract, 40, seed=1), contract)
    assert list(model.predict(fed)) == list(expected.predict(fed))


def test_gaps_and_novelties_are_borne(model: Any, rows: Rows, contract: Contract) -> None:
    frame = rows(contract, 5)
    frame.loc[0, :] = float("nan")
    for name in columns(contract, "feature", "category", "text"):
        frame.loc[1, name] = "never seen"
    assert len(model.predict(inputs(frame, contract))) == 5


def test_the_model_file_needs_no_code_of_ours(model: Any) -> None:
    """It must load where only scikit-learn is installed."""
    own = "<%= pkg %>"
    words = {
        str(argument)
        for operation, argument, _ in pickletools.genops(pickle.dumps(model))
        if "UNICODE" in operation.name or operation.name == "GLOBAL"
    }
    assert any(word.startswith("sklearn.") for word in words)
    assert [word for word in words if word.split(".")[0].split(" ")[0] == own] == []


@pytest.mark.parametrize(
    ("scores", "chosen"),
    [
        ({"constant": [0.9, 0.9], "linear": [0.1, 0.1], "forest": [0.5, 0.5]}, "forest"),
        ({"constant": [0.0, 0.0], "linear": [0.6, 0.6], "forest": [0.5, 0.9]}, "linear"),
        ({"constant": [0.0, 0.0], "linear": [0.4, 0.4], "forest": [0.5, 0.9]}, "forest"),
        ({"constant": [0.0, 0.0], "linear": [0.7, 0.7], "forest": [0.7, 0.7]}, "linear"),
    ],
    ids=["never the constant", "the simpler of equals", "the better one", "a tie"],
)
def test_the_choice(
    scores: dict[str, list[float]],
    chosen: str,
    rows: Rows,
    contract: Contract,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Whatever candidates there are today: the rule is what is tested.
    monkeypatch.setattr(train, "candidates", lambda *_: dict.fromkeys(scores))
    left = iter(scores.values())
    monkeypatch.setattr(train, "cross_val_score", lambda *_, **__: np.array(next(left)))
    selection = train.select(rows(contract, 20), contract)
    assert selection["chosen"] == chosen
    assert selection["rows"] == 20
    assert selection["scores"] == pytest.approx({k: sum(v) / 2 for k, v in scores.items()})


class Oracle:
    """A model that answers what it is told to, whatever it is asked."""

    def __init__(self, answers: pd.Series) -> None:
        """Keep the answers, one per row to come."""
        self.answers = answers

    def predict(self, fed: pd.DataFrame) -> np.ndarray:
        """Give the answers."""
        assert len(fed) == len(self.answers)
        return self.answers.to_numpy()


SCORES = {"constant": 0.0, "linear": 1.0}
SELECTION: dict[str, Any] = {"scores": SCORES, "chosen": "linear", "rows": 7}


def judge(frame: pd.DataFrame, answers: pd.Series, contract: Contract) -> dict[str, Any]:
    """Evaluate an oracle."""
    return evaluate.evaluate(Oracle(answers), frame, contract, SELECTION)


def test_a_perfect_model_scores_1_everywhere(rows: Rows, contract: Contract) -> None:
    frame = rows(contract, 60)
    evaluation = judge(frame, outcome(frame, contract), contract)
    assert evaluation["primary"] == PRIMARY
    assert evaluation["metrics"][PRIMARY] == 1
    assert evaluation["selection"] == {"scores": SCORES, "chosen": "linear"}
    assert evaluation["rows"] == {"train": 7, "test": 60}
    expected = columns(contract, "feature", "category", "boolean")
    assert list(dict.fromkeys(part["column"] for part in evaluation["slices"])) == expected
    for name in expected:
        parts = [part for part in evaluation["slices"] if part["column"] == name]
        assert sum(part["rows"] for part in parts) == 60
        assert {part["score"] for part in parts} <= {1, None}
        assert all((part["score"] is None) == (part["rows"] < 10) for part in parts)


def test_a_constant_scores_no_more_than_a_constant(rows: Rows, contract: Contract) -> None:
    frame = rows(contract, 60)
    truth = outcome(frame, contract)
<%_ if (classification) { _%>
    answers, worth = pd.Series([truth[0]] * 60), 1 / truth.nunique()
<%_ } else { _%>
    answers, worth = pd.Series([truth.mean()] * 60), 0.0
<%_ } _%>
    evaluation = judge(frame, answers, contract)
    assert evaluation["metrics"][PRIMARY] == pytest.approx(worth)


def sensitive_contract() -> Contract:
    """A contract with one sensitive column, one feature and a target, whatever the data is."""
    kind = {"type": "category", "missing": 0}
<%_ if (classification) { _%>
    target = {"name": "t", "role": "target", **kind}
<%_ } else { _%>
    target = {"name": "t", "role": "target", "type": "decimal", "missing": 0}
<%_ } _%>
    names = [{"name": "f", "role": "feature", **kind}, {"name": "s", "role": "sensitive", **kind}]
    task = {"task": "<%= task %>", "target": "t", "sensitive": ["s"]}
    return {"version": 1, **task, "columns": [*names, target]}


def test_a_model_that_fails_one_group_shows_a_gap() -> None:
    contract = sensitive_contract()
<%_ if (classification) { _%>
    truth = pd.Series(["a", "b"] * 20)
    wrong = truth.map({"a": "b", "b": "a"})
<%_ } else { _%>
    truth = pd.Series([1.0, 3.0] * 20)
    wrong = 4 - truth
<%_ } _%>
    groups = pd.Series(["kept"] * 20 + ["failed"] * 15 + ["few"] * 5)
    frame = pd.DataFrame({"f": "x", "s": groups, "t": truth.astype(str)})
    fairness = judge(frame, truth.where(groups != "failed", wrong), contract)["fairness"]
    assert fairness["status"] == "measured"
    assert fairness["column"] == "s"
    scores = {group["value"]: group["score"] for group in fairness["groups"]}
    assert scores["kept"] == 1
    assert scores["few"] is None
    assert fairness["gap"] == pytest.approx(scores["kept"] - scores["failed"])
    assert fairness["gap"] >= 1


def test_without_a_sensitive_column_fairness_is_not_applicable() -> None:
    contract = sensitive_contract()
    contract["columns"][1]["role"] = "ignored"
    frame = pd.DataFrame({"f": "x", "s": "y", "t": ["1", "2"] * 20})
    fairness = judge(frame, outcome(frame, contract), contract)["fairness"]
    assert fairness == {"status": "not applicable", "column": None, "gap": None, "groups": []}


def test_codes_are_groups_of_their_own_and_numbers_are_halved() -> None:
    values = pd.Series(["1", "2.0", "3", None])
    codes = {"type": "whole", "categories": ["1", "2", "3"]}
    assert list(evaluate.group_labels(values, codes).dropna()) == ["1", "2", "3"]
    halves = evaluate.group_labels(values, {"type": "whole", "min": 1, "max": 3})
    assert list(halves.dropna()) == ["up to 2", "up to 2", "above 2"]


def test_groups_too_small_to_judge_have_no_gap() -> None:
    contract = sensitive_contract()
    frame = pd.DataFrame({"f": "x", "s": ["a"] * 30 + ["b"] * 3, "t": ["1", "2", "3"] * 11})
    fairness = judge(frame, outcome(frame, contract), contract)["fairness"]
    assert (fairness["status"], fairness["gap"]) == ("measured", None)
<%_ if (classification) { _%>


def test_a_class_with_few_rows_in_a_group_is_no_measure_of_it() -> None:
    truth = pd.Series(["a"] * 12 + ["b"] * 5 + ["c"] * 2)
    wrong = truth.where(truth != "c", "a")
    assert evaluate.group_score(truth, wrong, truth) == 1
    missed = truth.where(truth != "b", "a")
    assert evaluate.group_score(truth, missed, truth) == pytest.approx(0.5)
    few = pd.Series(["a", "b", "c", "d"])
    assert evaluate.group_score(few, few.replace("d", "a"), few) == pytest.approx(0.75)
<%_ } _%>


def test_nan_is_never_a_score() -> None:
    assert evaluate.finite(float("nan")) is None
    assert evaluate.finite(float("-inf")) is None
    assert evaluate.finite(0) == 0.0
<%_ if (level < 2) { _%>


@pytest.fixture
def data_folder(
    rows: Rows, contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder of data, and its contract in use by the commands."""
    (tmp_path / "contract.json").write_text(json.dumps(contract))
    for module in (train, evaluate):
        monkeypatch.setattr(module, "CONTRACT", tmp_path / "contract.json")
    folder = tmp_path / "data"
    folder.mkdir()
    rows(contract, 60).to_csv(folder / "a.csv", index=False)
    return folder


def test_the_commands_train_and_judge(data_folder: Path, contract: Contract) -> None:
    model = data_folder.parent / "model"
    words = ["--data", str(data_folder), "--model", str(model), "--seed", "3"]
    train.main(words)
    evaluation = json.loads((model / "evaluation.json").read_text())
    assert evaluation["task"] == contract["task"]
    assert set(evaluation["selection"]["scores"]) == set(train.candidates(contract))
    assert evaluation["rows"] == {"train": 45, "test": 15}
    written = (model / "evaluation.json").read_bytes()
    evaluate.main(words)
    assert (model / "evaluation.json").read_bytes() == written


def test_nothing_is_trained_on_bad_data(data_folder: Path, contract: Contract) -> None:
    file = data_folder / "a.csv"
    pd.read_csv(file).drop(columns=[contract["target"]]).to_csv(file, index=False)
    model = data_folder.parent / "model"
    with pytest.raises(SystemExit, match="nothing trained"):
        train.main(["--data", str(data_folder), "--model", str(model)])
    assert not model.exists()
    with pytest.raises(SystemExit, match="evaluation"):
        evaluate.main(["--data", str(data_folder), "--model", str(model)])


def test_nan_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        evaluate.write_evaluation({"score": float("nan")}, tmp_path / "evaluation.json")
<%_ } _%>
