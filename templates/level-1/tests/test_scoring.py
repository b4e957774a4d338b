"""Scoring: what callers may send, what they get, and what is refused with a reason."""

<%_ if (batch) { _%>
import csv
import io
<%_ } _%>
<%_ if (online) { _%>
import json
<%_ } _%>
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pytest

<%_ if (batch) { _%>
import score_batch
<%_ } _%>
from <%= pkg %> import scoring
<%_ if (online && batch) { _%>
from <%= pkg %>.data import (
    CONTRACT,
    Contract,
    columns,
    inputs,
    load_contract,
    read_csv,
)
<%_ } else if (online) { _%>
from <%= pkg %>.data import CONTRACT, Contract, columns, inputs, load_contract
<%_ } else { _%>
from <%= pkg %>.data import Contract, columns, inputs, read_csv
<%_ } _%>

Rows = Callable[..., pd.DataFrame]
ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"


def test_predictions_follow_the_rows(model: Any, rows: Rows, contract: Contract) -> None:
    fed = inputs(rows(contract, 40), contract)
    answers = scoring.predict(model, fed, contract)
    assert [answer["prediction"] for answer in answers] == list(model.predict(fed))
    assert len({answer["prediction"] for answer in answers}) > 1
    backwards = scoring.predict(model, fed[::-1], contract)
    assert [answer["prediction"] for answer in backwards[::-1]] == list(model.predict(fed))


def test_an_answer_has_the_agreed_form(model: Any, rows: Rows, contract: Contract) -> None:
    for answer in scoring.predict(model, rows(contract, 10), contract):
<%_ if (classification) { _%>
        assert list(answer) == ["prediction", "probabilities"]
        shares = answer["probabilities"]
        assert type(answer["prediction"]) is str
        assert list(shares) == [str(label) for label in model.classes_]
        assert {type(share) for share in shares.values()} == {float}
        assert sum(shares.values()) == pytest.approx(1)
        assert answer["prediction"] == max(shares, key=shares.__getitem__)
<%_ } else { _%>
        assert list(answer) == ["prediction"]
        assert type(answer["prediction"]) is float
<%_ } _%>


def test_the_model_is_found_wherever_it_was_mounted(model_folder: Path) -> None:
    assert hasattr(scoring.load_model(model_folder), "predict")
    assert hasattr(scoring.load_model(model_folder / "model"), "predict")


def test_scoring_imports_nothing_that_its_image_lacks() -> None:
    """azureml/environments/inference-conda.yml installs no PyYAML, which gathering needs."""
    code = "import sys, <%= pkg %>.scoring; sys.exit('yaml' in sys.modules)"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    assert subprocess.run([sys.executable, "-c", code], env=env, check=False).returncode == 0


def test_no_model_and_two_models_are_refused(model: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no model\.pkl"):
        scoring.load_model(tmp_path)
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        joblib.dump(model, tmp_path / name / "model.pkl")
    with pytest.raises(ValueError, match="several models"):
        scoring.load_model(tmp_path)
<%_ if (online) { _%>


def request(rows: Rows, contract: Contract, count: int = 3) -> dict[str, Any]:
    """A good request: JSON values, feature columns only."""
    kinds = {column["name"]: column["type"] for column in contract["columns"]}
    reads: dict[str, Callable[[str], Any]] = {
        "whole": int,
        "decimal": float,
        "boolean": lambda text: text == "true",
    }
    names = columns(contract, "feature")
    return {
        "data": [
            {name: reads.get(kinds[name], str)(row[name]) for name in names}
            for row in rows(contract, count).to_dict("records")
        ]
    }


def test_a_request_is_what_a_file_would_be(rows: Rows, contract: Contract) -> None:
    body = json.dumps(request(rows, contract, 20))
    expected = inputs(rows(contract, 20), contract)
    pd.testing.assert_frame_equal(scoring.parse(body, contract), expected)


def test_the_sample_request_is_answered(model_folder: Path) -> None:
    contract = load_contract(CONTRACT)
    body = (SAMPLES / "request.json").read_text(encoding="utf-8")
    frame = scoring.parse(body, contract)
    answers = scoring.predict(scoring.load_model(model_folder), frame, contract)
    assert len(answers) == len(json.loads(body)["data"]) > 0


def test_null_new_categories_and_more_columns_are_fine(
    model: Any, rows: Rows, contract: Contract
) -> None:
    empty, new, more = request(rows, contract)["data"]
    empty = dict.fromkeys(empty)
    new |= dict.fromkeys(columns(contract, "feature", "category", "text"), "never seen")
    more = {"one more": 1, **dict(reversed(more.items()))}
    frame = scoring.parse(json.dumps({"data": [empty, new, more]}), contract)
    assert list(frame.columns) == columns(contract, "feature")
    assert len(scoring.predict(model, frame, contract)) == 3


def test_a_request_of_nothing_but_null_is_answered(
    model: Any, rows: Rows, contract: Contract
) -> None:
    """Where no row has a value, nothing else tells pandas what a column holds."""
    row = dict.fromkeys(request(rows, contract)["data"][0])
    frame = scoring.parse(json.dumps({"data": [row, row]}), contract)
    assert len(scoring.predict(model, frame, contract)) == 2


def test_the_largest_number_allowed_breaks_no_model(
    model: Any, rows: Rows, contract: Contract
) -> None:
    row = request(rows, contract, 1)["data"][0]
    row |= dict.fromkeys(columns(contract, "feature", "decimal", "whole"), int(scoring.MAX_NUMBER))
    frame = scoring.parse(json.dumps({"data": [row]}), contract)
    assert len(scoring.predict(model, frame, contract)) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ('{"data": [NaN]}', "NaN is not JSON; send null"),
        ("[" * 100_000, "not JSON"),
        ("9" * 5_000, "not JSON"),
        ("[]", "the body must be"),
        ("{}", "the body must be"),
        ('{"data": null}', "the body must be"),
        ('{"data": {"column": 1}}', "the body must be"),
        ('{"data": []}', "data has 0 rows"),
        ('{"data": [{}, 1]}', "row 1: column"),
        ('{"data": [1]}', "row 1 is not an object"),
        (json.dumps({"data": [{}] * 1001}), "data has 1001 rows; 1 to 1000 are allowed"),
    ],
)
def test_a_bad_request_is_refused_with_a_reason(body: str, reason: str, contract: Contract) -> None:
    with pytest.raises(scoring.BadRequest) as refusal:
        scoring.parse(body, contract)
    assert reason in str(refusal.value)


# By type of column: values of another type, as JSON text.
WRONG = {
    "whole": ['"1"', "true", "1.5", "[1]", "{}", "1e999", "1e300"],
    "decimal": ['"1"', "true", "[1]", "{}", "1e999", "-1e300", "1" + "0" * 400],
    "boolean": ['"true"', "1", "0.0", "[]"],
    "category": ["1", "true", "[]", "{}"],
    "date": ["20240101", '"yesterday"', '"2024-13-01"', "true"],
    "text": ["1", "false", "[]"],
}


def test_a_wrong_value_is_refused_in_every_column(rows: Rows, contract: Contract) -> None:
    for column in contract["columns"]:
        if column["role"] != "feature":
            continue
        for value in WRONG[column["type"]]:
            bad = request(rows, contract)
            bad["data"][1][column["name"]] = "@"
            body = json.dumps(bad).replace('"@"', value)
            with pytest.raises(scoring.BadRequest, match="row 2: column") as refusal:
                scoring.parse(body, contract)
            assert repr(column["name"]) in str(refusal.value)


def test_a_missing_column_is_refused_for_every_feature(rows: Rows, contract: Contract) -> None:
    for name in columns(contract, "feature"):
        bad = request(rows, contract)
        del bad["data"][2][name]
        with pytest.raises(scoring.BadRequest) as refusal:
            scoring.parse(json.dumps(bad), contract)
        assert str(refusal.value) == f"row 3: column {name!r} is missing"
<%_ } _%>
<%_ if (batch) { _%>


def test_a_file_is_scored_row_by_row(
    model: Any, rows: Rows, contract: Contract, tmp_path: Path
) -> None:
    frame = rows(contract, 40)
    file = tmp_path / "to, score.csv"  # a comma, as the answer is CSV as well
    frame[columns(contract, "feature")].to_csv(file, index=False)
    lines = list(csv.reader(scoring.score_file(model, file, contract)))
    expected = model.predict(inputs(frame, contract))
    assert [line[:2] for line in lines] == [["to, score.csv", str(row)] for row in range(1, 41)]
<%_ if (classification) { _%>
    assert [line[2] for line in lines] == list(expected)
    assert all(1 / len(model.classes_) <= float(line[3]) <= 1 for line in lines)
<%_ } else { _%>
    assert [float(line[2]) for line in lines] == list(expected)
<%_ } _%>
    assert len({line[2] for line in lines}) > 1


def test_a_bad_file_is_named(model: Any, rows: Rows, contract: Contract, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    frame = rows(contract, 3)[columns(contract, "feature")].astype(object)
    name = frame.columns[0]
    bad = {
        "missing columns": frame.rename(columns={name: "another name"}),
        "there are no rows": frame.head(0),
    }
    for value, row, types in (
        ("many", 2, ("whole", "decimal", "boolean", "date")),
        ("0.5", 3, ("whole",)),
    ):
        for column in columns(contract, "feature", *types):
            spoilt = frame.copy()
            spoilt.loc[row - 1, column] = value
            bad[f"row {row}: column {column!r} is not of type"] = spoilt
    for reason, content in bad.items():
        content.to_csv(file, index=False)
        with pytest.raises(ValueError, match=r"bad\.csv") as refusal:
            scoring.score_file(model, file, contract)
        assert reason in str(refusal.value)


def test_the_batch_deployment_scores_files(
    model_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As Azure Machine Learning does it: init() once, then run() with some files at a time."""
    monkeypatch.setenv("AZUREML_MODEL_DIR", str(model_folder))
    sample = SAMPLES / "batch.csv"
    (tmp_path / "second.csv").write_bytes(sample.read_bytes())
    score_batch.init()
    lines = list(csv.reader(score_batch.run([str(sample), str(tmp_path / "second.csv")])))
    count = len(read_csv(sample))
    assert [line[0] for line in lines] == ["batch.csv"] * count + ["second.csv"] * count
    assert [line[2:] for line in lines[:count]] == [line[2:] for line in lines[count:]]
    (tmp_path / "second.csv").write_text("nothing\n1\n")
    with pytest.raises(ValueError, match=r"second\.csv: missing columns"):
        score_batch.run([str(sample), str(tmp_path / "second.csv")])


def test_the_command_scores_files(model_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample = SAMPLES / "batch.csv"
    scoring.main(["--model", str(model_folder), str(sample)])
    lines = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert len(lines) == len(read_csv(sample)) > 0
    with pytest.raises(SystemExit, match="no model"):
        scoring.main(["--model", str(SAMPLES), str(sample)])
<%_ } _%>
