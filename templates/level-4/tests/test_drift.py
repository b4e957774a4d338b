"""Drift: what it finds in data that moved, and that it finds nothing in data that did not."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from <%= pkg %> import drift
from <%= pkg %>.data import CONTRACT, Contract, columns, load_contract, replaced

Rows = Callable[..., pd.DataFrame]
ROOT = Path(__file__).parents[1]
LIMITS = {"min_rows": 50, "psi": 0.25, "chance": 0.001, "missing": 0.1, "new_categories": 0.01}


def lines(report: dict[str, Any], **wanted: Any) -> list[dict[str, Any]]:
    """The lines of a report in which all of this holds."""
    return [line for line in report["columns"] if line.items() >= wanted.items()]


def moved(values: pd.Series, kind: str, low: float, high: float) -> pd.Series:
    """Values of a column that moved by its whole range."""
    if kind == "boolean":
        return pd.Series(["true"] * len(values))
    shifted = pd.to_numeric(values) + (high - low or 1)
    return (shifted.round().astype(int) if kind == "whole" else shifted).astype(str)


def test_the_index_is_that_of_the_literature() -> None:
    old, new = np.array([50, 50]), np.array([75, 25])
    by_hand = (0.75 - 0.5) * math.log(0.75 / 0.5) + (0.25 - 0.5) * math.log(0.25 / 0.5)
    assert drift.stability_index(old, new) == pytest.approx(by_hand)
    assert drift.stability_index(old * 7, new * 3) == pytest.approx(by_hand)
    assert drift.stability_index(old, old) == 0
    assert math.isfinite(drift.stability_index(old, np.array([100, 0])))


def test_other_rows_of_the_same_data_are_no_drift(contract: Contract, rows: Rows) -> None:
    report = drift.drift(rows(contract, 400), rows(contract, 300, seed=1), contract, LIMITS)
    assert report["violates"] is False, report["reasons"]
    assert report["reasons"] == []
    assert report["rows"] == {"reference": 400, "current": 300}
    named = {line["column"] for line in report["columns"]}
    assert named == set(columns(contract, "feature") + columns(contract, "sensitive"))


def test_equal_data_seldom_passes_for_drift() -> None:
    random = np.random.default_rng(0)
    alarms = 0
    for _ in range(1000):
        old, new = (pd.Series(random.normal(size=count)) for count in (250, 60))
        alarms += drift.index_of("a", old, new, True, LIMITS)["violates"]
    # 0.1 % is promised, up to three standard errors above.
    assert alarms <= 1 + 3 * math.sqrt(1)


def test_a_column_that_moved_is_named(contract: Contract, rows: Rows) -> None:
    reference, current = rows(contract, 300), rows(contract, 300, seed=1)
    numbers = [
        column
        for column in contract["columns"]
        if column["role"] == "feature" and column["type"] in ("whole", "decimal", "boolean")
    ]
    for column in numbers:
        name = column["name"]
        low, high = column.get("min", 0), column.get("max", 1)
        shifted = replaced(current, {name: moved(current[name], column["type"], low, high)})
        report = drift.drift(reference, shifted, contract, LIMITS)
        assert report["violates"] is True
        assert {line["column"] for line in lines(report, violates=True)} == {name}
        assert all(reason.startswith(f"{name}: ") for reason in report["reasons"])


def test_the_mix_of_categories_counts(contract: Contract, rows: Rows) -> None:
    reference, current = rows(contract, 300), rows(contract, 300, seed=1)
    for name in columns(contract, "feature", "category"):
        if reference[name].nunique() == 1:
            continue
        one = reference[name].iloc[0]
        report = drift.drift(reference, replaced(current, {name: one}), contract, LIMITS)
        (line,) = lines(report, column=name, measure="stability index")
        assert line["violates"] is True
        assert line["value"] > line["limit"]
        assert lines(report, column=name, measure="new categories")[0]["value"] == 0


def test_a_new_category_is_seen_before_it_is_frequent(contract: Contract, rows: Rows) -> None:
    reference, current = rows(contract, 300), rows(contract, 300, seed=1)
    for name in columns(contract, "feature", "category"):
        for count, violates in ((3, False), (4, True)):
            changed = current.copy()
            changed.loc[: count - 1, name] = "never seen"
            report = drift.drift(reference, changed, contract, LIMITS)
            (line,) = lines(report, column=name, measure="new categories")
            assert line["value"] == pytest.approx(count / 300, abs=1e-6)
            assert line["violates"] is violates
            assert report["violates"] is violates


def test_missing_values_count_from_what_is_usual(contract: Contract, rows: Rows) -> None:
    reference, current = rows(contract, 300), rows(contract, 300, seed=1)
    for name in columns(contract, "feature"):
        reference.loc[:59, name] = None
        for count, violates in ((60, False), (89, False), (92, True), (300, True)):
            changed = current.copy()
            changed.loc[: count - 1, name] = None
            report = drift.drift(reference, changed, contract, LIMITS)
            (line,) = lines(report, column=name, measure="missing")
            assert line["value"] == pytest.approx((count - 60) / 300, abs=1e-6)
            assert line["violates"] is violates, (name, count)


def test_a_column_that_is_gone_is_missing_everywhere(contract: Contract, rows: Rows) -> None:
    reference, current = rows(contract, 300), rows(contract, 300, seed=1)
    name = columns(contract, "feature")[0]
    report = drift.drift(reference, current.drop(columns=name), contract, LIMITS)
    assert lines(report, column=name, measure="missing", value=1.0, violates=True)
    with pytest.raises(ValueError, match="the reference has no column"):
        drift.drift(reference.drop(columns=name), current, contract, LIMITS)


@pytest.mark.parametrize(("old", "new"), [(300, 49), (49, 300), (300, 0), (0, 0)])
def test_too_few_rows_are_no_answer(old: int, new: int, contract: Contract, rows: Rows) -> None:
    frame = rows(contract, 300)
    report = drift.drift(frame.head(old), frame.head(new), contract, LIMITS)
    assert report["violates"] is None
    assert "Too few rows" in report["reasons"][0]


def test_too_few_values_in_one_column_are_no_answer(contract: Contract, rows: Rows) -> None:
    reference, current = rows(contract, 300), rows(contract, 300, seed=1)
    for name in columns(contract, "feature", "whole", "decimal", "boolean", "category"):
        old, new = reference.copy(), current.copy()
        old.loc[:260, name] = new.loc[:260, name] = None
        report = drift.drift(old, new, contract, LIMITS)
        assert report["violates"] is None
        assert report["reasons"] == [f"{name}: too few values for the stability index"]


def test_values_that_repeat_are_told_apart() -> None:
    for old, new, violates in (
        ([3.0] * 100, [3.0] * 100, False),
        ([3.0] * 100, [3.1] * 100, True),
        ([3.0] * 100, [2.9] * 100, True),
        ([1.0, 2.0] * 100, [1.0, 2.0] * 60, False),
        ([1.0, 2.0] * 100, [1.0, 1.5] * 60, True),
        ([2007.0, 2008.0, 2009.0] * 50, [2010.0] * 100, True),
    ):
        found = drift.index_of("a", pd.Series(old), pd.Series(new), True, LIMITS)
        assert found["violates"] is violates, (old[:3], new[:3])


def test_the_predictions_of_a_model_are_compared(
    model: Any, contract: Contract, rows: Rows
) -> None:
    reference, current = rows(contract, 300), rows(contract, 300, seed=1)
    report = drift.drift(reference, current, contract, LIMITS, model)
    (line,) = lines(report, measure="prediction drift")
    assert line["violates"] is False

    class Stuck:
        """Answers everything like the first row."""

        def predict(self, frame: pd.DataFrame) -> np.ndarray:
            """Repeat one answer where the new data is."""
            answers = np.asarray(model.predict(frame))
            if len(answers) == 299:
                answers[:] = answers[0]
            return answers

    report = drift.drift(reference, current.head(299), contract, LIMITS, Stuck())
    (line,) = lines(report, measure="prediction drift")
    assert line["violates"] is True
    assert report["violates"] is True


@pytest.mark.parametrize("key", list(LIMITS))
@pytest.mark.parametrize("value", [None, -1, "0.2", float("nan"), True])
def test_a_limit_that_cannot_be_used_is_named(key: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"drift\.{key}"):
        drift.check_limits({**LIMITS, key: value})


def test_the_command_compares_folders_and_writes_a_report(
    rows: Rows, tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contract = load_contract(CONTRACT)
    for folder, count, seed in (
        ("old", 300, 0),
        ("new/2026-01-02", 200, 1),
        ("new/2026-01-01", 60, 2),
    ):
        (tmp_path / folder).mkdir(parents=True)
        rows(contract, count, seed=seed).to_csv(tmp_path / folder / "data.csv", index=False)
    report = tmp_path / "made" / "drift.json"
    command = ["--reference", str(tmp_path / "old"), "--current", str(tmp_path / "new")]
    command += ["--limits", str(ROOT / "config" / "monitoring.yml"), "--report", str(report)]
    drift.main([*command, "--model", str(model_folder)])
    found = json.loads(report.read_text())
    assert found["violates"] is False
    assert found["rows"] == {"reference": 300, "current": 200}  # of the newest folder
    assert lines(found, measure="prediction drift")
    assert capsys.readouterr().out == "no drift (200 rows)\n"
    name = columns(contract, "feature")[0]
    rows(contract, 200).drop(columns=name).to_csv(tmp_path / "bad.csv", index=False)
    drift.main([*command, "--current", str(tmp_path / "bad.csv")])
    assert json.loads(report.read_text())["violates"] is True
    assert capsys.readouterr().out.startswith(f"drift (200 rows)\n- {name}: missing")
    report.unlink()
    with pytest.raises(SystemExit, match="no comparison"):
        drift.main([*command, "--current", str(tmp_path / "nothing")])
    assert not report.exists()


def test_the_pipeline_hands_the_component_what_it_takes() -> None:
    pipeline = yaml.safe_load((ROOT / "azureml" / "pipelines" / "drift.yml").read_text())
    component = yaml.safe_load((ROOT / "azureml" / "components" / "drift.yml").read_text())
    step = pipeline["jobs"]["drift"]
    assert set(step["inputs"]) == set(component["inputs"])
    given = {text.split(".")[2].strip("}") for text in step["inputs"].values()}
    assert given == set(pipeline["inputs"])
    assert set(pipeline["outputs"]) == set(step["outputs"]) == set(component["outputs"])
