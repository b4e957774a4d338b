"""Responsible AI: mitigation, the fairness report, what the dashboard is fed, the model card."""

import copy
import json
import pickle
import pickletools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import run_pipeline
import yaml

from <%= pkg %> import (
    evaluate,
    gate,
    mitigation,
    model_card,
    responsible_ai,
    train,
)
from <%= pkg %>.data import Contract, columns, inputs, outcome
from <%= pkg %>.scoring import load_model

Rows = Callable[..., pd.DataFrame]
ROOT = Path(__file__).parents[1]
LIMITS: dict[str, Any] = {"band": 0.05, "fairness": {"gap": 0.1}}


def column(name: str, role: str, kind: str = "category") -> dict[str, Any]:
    """One entry of a contract."""
    return {"name": name, "role": role, "type": kind, "missing": 0}


def two_groups() -> Contract:
    """One number, the target, and a group that the model is not told."""
<%_ if (classification) { _%>
    target = column("t", "target")
<%_ } else { _%>
    target = column("t", "target", "decimal")
<%_ } _%>
    found = [column("x", "feature", "decimal"), column("s", "sensitive"), target]
    task = {"task": "<%= task %>", "target": "t", "sensitive": ["s"]}
    return {"version": 1, **task, "columns": found}


def unequal(shift: float, noise: float = 0, seed: int = 0) -> pd.DataFrame:
    """Rows of two groups, the smaller a quarter, whose target lies higher by ``shift``.

    A model that does not know the group can only lie between the two: with more weight on the
    few it serves both alike. Noise among the few is nothing that weights could take away.
    """
    random, x = np.random.default_rng(seed), np.linspace(-2, 2, 240)
    few = np.arange(240) % 4 == 3
    y = x + shift * few + random.normal(0, noise, 240) * few
<%_ if (classification) { _%>
    t = np.array(["low", "middle", "high"])[np.digitize(y, [-0.6, 0.8])]
<%_ } else { _%>
    t = y
<%_ } _%>
    return pd.DataFrame({"x": x, "s": np.where(few, "few", "many"), "t": t}).astype(str)


def fitted(frame: pd.DataFrame, contract: Contract) -> Any:
    """The linear candidate, fitted as training fits it."""
    model = train.candidates(contract)["linear"]
    return model.fit(inputs(frame, contract), outcome(frame, contract))


def gap_of(model: Any, frame: pd.DataFrame, contract: Contract) -> float:
    """The gap between the groups of some rows."""
    predicted = pd.Series(model.predict(inputs(frame, contract)))
    return float(evaluate.fairness(frame, outcome(frame, contract), predicted, contract)["gap"])


def test_reweighting_closes_a_gap_that_weights_can_close() -> None:
    contract, frame = two_groups(), unequal(shift=0.8)
    model = fitted(frame, contract)
    better, record = mitigation.mitigate(model, frame, contract, LIMITS)
    assert record["status"] == "reweighted"
    assert record["column"] == "s"
    assert record["gap"] > record["allowed"] == 0.1
    chosen = record["tried"][record["chosen"]]
    assert chosen["gap"] <= 0.1
    assert chosen["score"] >= record["score"] - LIMITS["band"]
    assert chosen["weights"]["few"] > 1 > chosen["weights"]["many"]
    # The model that is handed on has learned it, not only those of the folds.
    assert gap_of(model, frame, contract) > 0.1
    assert gap_of(better, frame, contract) <= 0.1
    assert type(better) is type(model)


def test_a_reweighted_model_loads_where_fairlearn_is_not() -> None:
    contract, frame = two_groups(), unequal(shift=0.8)
    better, record = mitigation.mitigate(fitted(frame, contract), frame, contract, LIMITS)
    assert record["status"] == "reweighted"
    words = {
        str(argument)
        for operation, argument, _ in pickletools.genops(pickle.dumps(better))
        if "UNICODE" in operation.name or operation.name == "GLOBAL"
    }
    packages = {word.split(".")[0] for word in words}
    assert "sklearn" in packages
    assert packages.isdisjoint({"fairlearn", "<%= pkg %>"})
    assert json.loads(json.dumps(record)) == record


@pytest.mark.parametrize(
    ("shift", "noise", "band"),
    [(0.0, 3.0, 1.0), (0.8, 0.0, 0.0)],
    ids=["noise stays noise", "it would cost more than the band"],
)
def test_the_original_stays_when_reweighting_does_not_help(
    shift: float, noise: float, band: float
) -> None:
    contract, frame = two_groups(), unequal(shift, noise)
    model = fitted(frame, contract)
    kept, record = mitigation.mitigate(model, frame, contract, {**LIMITS, "band": band})
    assert kept is model
    assert record["status"] == "no help"
    assert record["gap"] > 0.1
    assert len(record["tried"]) == len(mitigation.FACTORS)


def test_nothing_is_tried_without_need() -> None:
    contract, frame = two_groups(), unequal(shift=0.0)
    model = fitted(frame, contract)
    kept, record = mitigation.mitigate(model, frame, contract, LIMITS)
    assert kept is model
    assert (record["status"], record["tried"]) == ("not needed", [])
    few = frame.assign(s=["few"] * 9 + ["many"] * 231)
    kept, record = mitigation.mitigate(model, few, contract, LIMITS)
    assert kept is model
    assert (record["status"], record["gap"]) == ("not measured", None)
    contract["columns"][1]["role"] = "ignored"
    kept, record = mitigation.mitigate(model, frame, contract, LIMITS)
    assert kept is model
    assert record["status"] == "not applicable"


def test_of_several_sensitive_columns_the_widest_gap_is_closed() -> None:
    contract, frame = two_groups(), unequal(shift=0.8)
    contract["columns"].insert(1, column("even", "sensitive"))
    frame["even"] = np.where(np.arange(len(frame)) % 8 < 4, "yes", "no")
    _, record = mitigation.mitigate(fitted(frame, contract), frame, contract, LIMITS)
    assert (record["column"], record["status"]) == ("s", "reweighted")


def test_rows_that_name_no_group_are_kept() -> None:
    contract, frame = two_groups(), unequal(shift=0.8)
    frame.loc[::16, "s"] = None
    _, record = mitigation.mitigate(fitted(frame, contract), frame, contract, LIMITS)
    assert record["status"] == "reweighted"
    assert set(record["tried"][0]["weights"]) == {"few", "many", mitigation.UNKNOWN}


def test_the_record_goes_with_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Training mitigates and says so; the evaluation keeps it, for the reports to come."""
    contract, frame = two_groups(), unequal(shift=0.8)
    original = fitted(frame, contract)
    frame.to_csv(tmp_path / "data.csv", index=False)
    (tmp_path / "contract.json").write_text(json.dumps(contract), encoding="utf-8")
    selection = {"scores": {"constant": 0.0, "linear": 0.9}, "chosen": "linear", "rows": 240}
    saved: list[Any] = []
    for module in (train, evaluate):
        monkeypatch.setattr(module, "CONTRACT", tmp_path / "contract.json")
        monkeypatch.setattr(module.tracking, "log", lambda **_: None)
    monkeypatch.setattr(train, "load_limits", lambda _: LIMITS)
    monkeypatch.setattr(train, "fit", lambda *_: (original, dict(selection)))
    monkeypatch.setattr(train, "save", lambda model, _: saved.append(model))
    chosen, folder = tmp_path / "selection.json", tmp_path / "model"
    words = ["--train", str(tmp_path), "--model", str(folder), "--selection", str(chosen)]
    train.main(words)
    folder.mkdir()
    (folder / "model.pkl").write_bytes(pickle.dumps(saved[0]))
    words = ["--model", str(folder), "--selection", str(chosen), "--test", str(tmp_path)]
    evaluate.main([*words, "--evaluation", str(tmp_path / "evaluation.json")])
    stored = json.loads((tmp_path / "evaluation.json").read_text(encoding="utf-8"))
    record = stored["selection"]["mitigation"]
    assert record["status"] == "reweighted"
    assert stored["fairness"]["gap"] <= 0.1 < gap_of(original, frame, contract)
    report = responsible_ai.fairness_report(saved[0], frame, contract, stored, LIMITS)
    assert report["mitigation"] == record


def test_weights_follow_the_scores_and_are_one_on_average() -> None:
    groups = pd.Series(["a"] * 60 + ["b"] * 30 + ["c"] * 10)
    scores = {"a": 0.9, "b": 0.7, "c": None}
    weights = mitigation.multipliers(groups, scores, 4)
    assert weights["b"] / weights["a"] == pytest.approx(4)
    assert weights["c"] == weights["a"]
    assert groups.map(weights).mean() == pytest.approx(1)
    middle = mitigation.multipliers(groups, {**scores, "c": 0.8}, 4)
    assert middle["b"] > middle["c"] > middle["a"]


def judged(model: Any, frame: pd.DataFrame, contract: Contract, **limits: Any) -> dict[str, Any]:
    """The fairness report of a model that was trained without mitigation."""
    return responsible_ai.fairness_report(model, frame, contract, {}, {**LIMITS, **limits})


def test_the_report_measures_what_the_gate_measures(
    model: Any, rows: Rows, contract: Contract
) -> None:
    frame = rows(contract, 60, seed=3)
    report = judged(model, frame, contract)
    selection: dict[str, Any] = {"scores": {}, "chosen": None, "rows": 0}
    found = evaluate.evaluate(model, frame, contract, selection)["fairness"]
    measured = [entry["gap"] for entry in report["columns"] if entry["gap"] is not None]
    assert [entry["column"] for entry in report["columns"]] == columns(contract, "sensitive")
    assert (max(measured) if measured else None) == found["gap"]
    if found["gap"] is not None:
        [widest] = [e for e in report["columns"] if e["column"] == found["column"]]
        assert widest["groups"] == found["groups"]
    assert len(report["reasons"]) >= 1


def test_a_gap_wider_than_allowed_fails() -> None:
    contract, frame = two_groups(), unequal(shift=0.8)
    model = fitted(frame, contract)
    gap = gap_of(model, frame, contract)
    for allowed, verdict in ((gap + 0.001, "pass"), (gap - 0.001, "fail"), (gap, "pass")):
        report = judged(model, frame, contract, fairness={"gap": allowed})
        assert report["verdict"] == report["columns"][0]["verdict"] == verdict
        assert f"{gap:.4f}" in report["reasons"][0]


def test_what_is_not_measured_has_not_passed() -> None:
    contract, frame = two_groups(), unequal(shift=0.0)
    model = fitted(frame, contract)
    few = judged(model, frame.assign(s=["few"] * 9 + ["many"] * 231), contract)
    assert (few["verdict"], few["columns"][0]["verdict"]) == ("fail", "not measured")
    nobody = judged(model, frame.assign(s=None), contract)
    assert nobody["verdict"] == "fail"
    contract["columns"].append(column("also", "sensitive"))
    one = judged(model, frame.assign(also="all"), contract)
    assert [entry["verdict"] for entry in one["columns"]] == ["pass", "not measured"]
    assert one["verdict"] == "pass"


def test_without_a_sensitive_column_the_report_says_so() -> None:
    contract, frame = two_groups(), unequal(shift=0.8)
    contract["columns"][1]["role"] = "ignored"
    report = judged(fitted(frame, contract), frame, contract)
    assert (report["verdict"], report["columns"]) == ("not applicable", [])
    assert "nothing was measured" in report["reasons"][0]


def test_a_table_gives_the_model_what_it_was_trained_with(
    model: Any, rows: Rows, contract: Contract, tmp_path: Path
) -> None:
    frame = rows(contract, 40)
    for name in columns(contract, "feature"):
        frame.loc[frame.sample(5, random_state=len(name)).index, name] = None
    responsible_ai.write_mltable(responsible_ai.table(frame, contract), tmp_path / "table")
    document = yaml.safe_load((tmp_path / "table" / "MLTable").read_text(encoding="utf-8"))
    [entry] = document["paths"]
    read = pd.read_parquet(tmp_path / "table" / entry["file"])
    assert list(read.columns) == [*columns(contract, "feature"), contract["target"]]
    fed = inputs(frame, contract)
    assert (read[fed.columns].isna().to_numpy() == fed.isna().to_numpy()).all()
    again = model.predict(inputs(read, contract))
    assert list(again) == list(model.predict(fed))
    assert list(read[contract["target"]]) == list(outcome(frame, contract))


def test_the_reference_holds_values_as_a_deployment_collects_them(
    rows: Rows, contract: Contract, tmp_path: Path
) -> None:
    frame = rows(contract, 40)
    responsible_ai.write_mltable(responsible_ai.reference(frame, contract), tmp_path)
    read = pd.read_parquet(tmp_path / "data.parquet")
    kinds = ("whole", "decimal", "boolean", "category", "date")
    kept = set(columns(contract, "feature", *kinds))
    assert list(read.columns) == [
        *(name for name in columns(contract, "feature") if name in kept),
        contract["target"],
    ]
    for name in columns(contract, "feature", "boolean", "date", "category"):
        told = frame[name].map({"true": True, "false": False}).fillna(frame[name])
        assert list(read[name]) == list(told)
    for name in columns(contract, "feature", "whole"):
        assert pd.api.types.is_integer_dtype(read[name])


def test_the_dashboard_gets_complete_rows_and_no_more_than_it_takes(
    rows: Rows, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, name = rows(contract, 50), columns(contract, "feature")[0]
    text = columns(contract, "feature", "text")
    frame.loc[:9, name] = None
    found = responsible_ai.complete(frame, contract)
    assert len(found) == (50 if name in text else 40)
    assert found.notna().all(axis=None)
    monkeypatch.setattr(responsible_ai, "MOST_ROWS", 25)
    assert len(responsible_ai.complete(frame, contract)) == 25


def test_a_column_that_is_mostly_empty_stops_no_dashboard(rows: Rows, contract: Contract) -> None:
    frame = rows(contract, 50)
    for name in columns(contract, "feature"):
        frame.loc[5:, name] = None
    found = responsible_ai.complete(frame, contract)
    assert len(found) == 50
    assert found.notna().all(axis=None)
    for name in columns(contract, "feature", "decimal"):  # what is known stays as it is
        assert set(inputs(frame, contract)[name].head(5)) <= set(found[name])


def test_the_model_is_saved_for_an_older_numpy(model_folder: Path, tmp_path: Path) -> None:
    """NumPy before 1.26 has no module of the name that NumPy 2 writes."""
    model = load_model(model_folder)
    responsible_ai.older_model(model, model_folder, tmp_path / "older")
    [file] = (tmp_path / "older").rglob("model.pkl")
    modules = {
        str(argument).split(" ")[0]
        for operation, argument, _ in pickletools.genops(file.read_bytes())
        if operation.name in ("GLOBAL", "STACK_GLOBAL")
    }
    assert any(name.startswith("numpy.core.") for name in modules)
    assert [name for name in modules if "._" in name and name.startswith("numpy")] == []


def test_a_model_that_an_older_numpy_cannot_load_stops_only_the_dashboard(
    rows: Rows, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("the model holds a part of NumPy that NumPy 1 does not have")

    monkeypatch.setattr(responsible_ai, "older_model", refuse)
    contract = responsible_ai.load_contract(responsible_ai.CONTRACT)
    words = ["data", "--model", str(model_folder)]
    for part in ("train", "test"):
        (tmp_path / part).mkdir()
        rows(contract, 40).to_csv(tmp_path / part / "data.csv", index=False)
        words += [f"--{part}", str(tmp_path / part)]
    for output in ("reference", "known", "unseen", "older"):
        words += [f"--{output}", str(tmp_path / output)]
    responsible_ai.main(words)
    assert (tmp_path / "reference" / "MLTable").is_file()
    assert load_model(tmp_path / "older") is not None


def test_the_component_writes_what_it_promises(
    rows: Rows, model_folder: Path, tmp_path: Path
) -> None:
    """With the very command line of the component, filled in as the pipeline does."""
    contract = responsible_ai.load_contract(responsible_ai.CONTRACT)
    for part in ("train", "test"):
        (tmp_path / part).mkdir()
        rows(contract, 40).to_csv(tmp_path / part / "data.csv", index=False)
    file = ROOT / "azureml" / "components" / "responsible_ai_data.yml"
    component = yaml.safe_load(file.read_text(encoding="utf-8"))
    given = {"train": tmp_path / "train", "test": tmp_path / "test", "model": model_folder}
    assert set(component["inputs"]) == set(given)
    outputs = {name: tmp_path / "new" / name for name in component["outputs"]}
    words = run_pipeline.arguments(component["command"], given, outputs)
    assert words[1:3] == ["-m", "<%= pkg %>.responsible_ai"]
    responsible_ai.main(words[3:])
    for name, spec in component["outputs"].items():
        kind = "MLTable" if spec["type"] == "mltable" else "model.pkl"
        assert list(outputs[name].rglob(kind)), name
    assert len(pd.read_parquet(outputs["reference"] / "data.parquet")) == 40


def target_of(contract: Contract, **change: Any) -> Contract:
    """The contract with another kind of target."""
    changed = copy.deepcopy(contract)
    [target] = [entry for entry in changed["columns"] if entry["role"] == "target"]
    target.update(change)
    return changed


@pytest.mark.parametrize("classes", [2, 3])
def test_the_pipeline_of_the_dashboard_fits_the_contract(classes: int, tmp_path: Path) -> None:
    """Every name that a step reads is there, every file is found, causes only where they apply."""
    contract = two_groups()
    contract["columns"] += [column("a place", "feature"), column("a text", "feature", "text")]
    contract = target_of(contract, categories=list("abc")[:classes])
    path = tmp_path / "deeper" / "job.yml"
    found = responsible_ai.job(ROOT / responsible_ai.PIPELINE, path, contract, LIMITS)
    text = json.dumps(found["jobs"])
    causes = "<%= task %>" == "regression" or classes == 2
    assert ("causal" in found["jobs"]) == causes
    assert ("rai_tabular_causal" in text) == causes
    assert found["inputs"]["target"] == "t"
    assert json.loads(found["inputs"]["categories"]) == ["a place", "a text"]
    if causes:
        assert json.loads(found["inputs"]["treatments"]) == ["x", "a place"]
    for reference in run_pipeline.REFERENCE.findall(text):
        words = reference.split(".")
        if words[1] == "inputs":
            assert words[2] in found["inputs"]
        elif words[1] == "jobs":
            assert words[2] in found["jobs"]
    used = {r.split(".")[2] for r in run_pipeline.REFERENCE.findall(text) if ".inputs." in r}
    assert used == set(found["inputs"])
    local = [step["component"] for step in found["jobs"].values()]
    files = [name for name in local if not name.startswith("azureml:")]
    assert files
    assert [name for name in files if not (path.parent / name).resolve().is_file()] == []


def test_people_may_name_the_causes() -> None:
    contract = target_of(two_groups(), categories=["a", "b"])
    contract["columns"] += [column("place", "feature"), column("text", "feature", "text")]
    assert responsible_ai.treatments(contract, {}) == ["x", "place"]
    named = responsible_ai.treatments(contract, {"causes": {"columns": ["place"]}})
    assert named == ["place"]
    assert responsible_ai.treatments(contract, {"causes": {"columns": []}}) == []
    for wrong in ("no such column", "text", "s", "t"):
        with pytest.raises(ValueError, match=wrong):
            responsible_ai.treatments(contract, {"causes": {"columns": [wrong]}})


def test_names_are_such_that_the_command_of_a_component_can_hold_them(tmp_path: Path) -> None:
    """The target stands there without quotes, the lists between apostrophes."""
    contract = {**target_of(two_groups(), name="t's; $(rm x)"), "target": "t's; $(rm x)"}
    contract["columns"] += [column("driver's age", "feature"), column("t_s____rm_x_", "feature")]
    found = responsible_ai.job(
        ROOT / responsible_ai.PIPELINE, tmp_path / "job.yml", contract, LIMITS
    )["inputs"]
    assert found["target"] == "t_s____rm_x__"
    assert "'" not in found["categories"]
    assert json.loads(found["categories"]) == ["driver's age", "t_s____rm_x_"]
    frame = unequal(shift=0.0).rename(columns={"t": contract["target"]})
    frame["driver's age"] = frame["t_s____rm_x_"] = "a"
    assert found["target"] in responsible_ai.complete(frame, contract)


def test_the_pipeline_of_this_repository_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    responsible_ai.main(["job", "--job", str(tmp_path / "job.yml")])
    contract = responsible_ai.load_contract(responsible_ai.CONTRACT)
    written = yaml.safe_load((tmp_path / "job.yml").read_text(encoding="utf-8"))
    assert written["inputs"]["target"] == responsible_ai.plain_target(contract)
    limits = gate.load_limits(Path(gate.__file__).with_name("gate.yml"))
    assert ("causal" in written["jobs"]) == bool(responsible_ai.treatments(contract, limits))


EVALUATION: dict[str, Any] = {
    "task": "a task",
    "primary": "score",
    "metrics": {"score": 0.98765, "other": None},
    "selection": {"scores": {"constant": 0.1, "linear": 0.9}, "chosen": "linear"},
    "slices": [{"column": "a|b", "value": "x\ny", "rows": 12, "score": 0.5}],
    "importance": [{"column": "first", "mean": 0.25, "std": 0.0}],
    "rows": {"train": 300, "test": 100},
}
REPORTS: dict[str, dict[str, Any]] = {
    "evaluation": EVALUATION,
    "tests": {"verdict": "fail", "tests": [{"name": "one", "passed": False, "detail": "why"}]},
    "fairness": {
        "verdict": "pass",
        "reasons": ["s: a gap."],
        "columns": [{"column": "s", "groups": [{"value": "f", "rows": 9, "score": None}]}],
        "mitigation": {"status": "no help"},
    },
    "verdict": {"verdict": "promote", "reasons": ["First model."]},
}


def test_the_card_is_what_people_wrote_and_then_the_numbers(tmp_path: Path) -> None:
    text = '# Card\n\nMarked "To fill in".\n\n- To fill in: who.\n- Not meant for: to fill in.\n'
    (tmp_path / "text.md").write_text(text, encoding="utf-8")
    words = ["--text", str(tmp_path / "text.md"), "--card", str(tmp_path / "new" / "card.md")]
    for name, document in REPORTS.items():
        (tmp_path / name).write_text(json.dumps(document), encoding="utf-8")
        words += [f"--{name}", str(tmp_path / name)]
    model_card.main([*words, "--fact", "Version=3", "--fact", "Commit="])
    card = (tmp_path / "new" / "card.md").read_text(encoding="utf-8")
    assert card.startswith(text)
    for line in (
        "2 places are left to fill in.",
        "| Version | 3 |",
        "| Commit | none |",
        "| score | 0.9877 |",
        "| other | not measured |",
        "| linear | 0.9000 | chosen |",
        "| one | no | why |",
        "Verdict: promote.",
        "- First model.",
        "| s | f | 9 | not measured |",
        "| a\\|b | x y | 12 | 0.5000 |",
        "| first | 0.2500 |",
        "reweighting was tried and did not close the gap",
        "300 rows trained it, 100 judge it.",
    ):
        assert line in card, line


@pytest.mark.parametrize("name", REPORTS)
def test_there_is_no_card_without_its_numbers(name: str, tmp_path: Path) -> None:
    words = ["--text", str(ROOT / model_card.TEXT), "--card", str(tmp_path / "card.md")]
    for report, document in REPORTS.items():
        text = "{}" if report == name else json.dumps(document)
        (tmp_path / report).write_text(text, encoding="utf-8")
        words += [f"--{report}", str(tmp_path / report)]
    with pytest.raises(SystemExit, match="no card"):
        model_card.main(words)
    assert not (tmp_path / "card.md").exists()


@pytest.mark.parametrize(
    "status",
    [None, "not applicable", "not measured", "not needed", "no help", "reweighted"],
)
def test_the_card_tells_what_mitigation_did(status: str | None) -> None:
    told = model_card.mitigated(None if status is None else {"status": status})
    assert told.startswith("Mitigation: ")
    assert ("reweighted" in told) == (status == "reweighted")
