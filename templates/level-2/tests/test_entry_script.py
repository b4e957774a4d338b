"""The entry scripts, run with a model saved as training saves it and mounted as Azure mounts it."""

<%_ if (online) { _%>
import builtins
<%_ } _%>
<%_ if (batch) { _%>
import csv
<%_ } _%>
<%_ if (online) { _%>
import json
<%_ } _%>
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

<%_ if (online) { _%>
import score
<%_ } _%>
<%_ if (batch) { _%>
import score_batch
<%_ } _%>
from <%= pkg %> import train
from <%= pkg %>.data import CONTRACT, columns, inputs, load_contract, outcome

Rows = Callable[..., pd.DataFrame]
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def fitted(rows: Rows) -> Any:
    """A model of the deployed contract."""
    contract = load_contract(CONTRACT)
    frame = rows(contract, 80)
    return train.candidates(contract)["forest"].fit(
        inputs(frame, contract), outcome(frame, contract)
    )


@pytest.fixture(scope="module")
def mounted(fitted: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a registered model: AZUREML_MODEL_DIR names the folder above the model's."""
    folder = tmp_path_factory.mktemp("registered")
    train.save(fitted, folder / "model")
    return folder


@pytest.fixture(autouse=True)
def environment(mounted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the deployment sets."""
    monkeypatch.setenv("AZUREML_MODEL_DIR", str(mounted))


def test_the_saved_model_says_what_it_needs(mounted: Path) -> None:
    text = (mounted / "model" / "requirements.txt").read_text(encoding="utf-8")
    needed = dict(line.split("==") for line in text.split() if "==" in line)
    assert set(train.REQUIREMENTS) <= set(needed)
    assert (mounted / "model" / "MLmodel").is_file()
<%_ if (online) { _%>


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of the real scoring server, without a socket."""
    monkeypatch.setenv("AZUREML_ENTRY_SCRIPT", str(ROOT / "src" / "score.py"))
    monkeypatch.setenv("AML_APP_ROOT", str(ROOT / "src"))
    # The server puts a print of its own in place; this takes it back after the test.
    monkeypatch.setattr(builtins, "print", print)
    # The server replaces print for the whole process: put it back when the test is over.
    monkeypatch.setattr("builtins.print", print)
    # Imported here: the server reads the variables above while it is imported.
    from azureml_inference_server_http.server import create_app

    return create_app.create().test_client()


def request(rows: Rows, count: int) -> tuple[dict[str, Any], pd.DataFrame]:
    """A good request with whole numbers, decimals, booleans and text, and the same as a frame."""
    contract = load_contract(CONTRACT)
    kinds = {column["name"]: column["type"] for column in contract["columns"]}
    reads: dict[str, Callable[[str], Any]] = {"whole": int, "decimal": float}
    reads["boolean"] = lambda text: text == "true"
    frame = rows(contract, count, seed=5)
    names = columns(contract, "feature")
    body = [
        {name: reads.get(kinds[name], str)(row[name]) for name in names}
        for row in frame.to_dict("records")
    ]
    return {"data": body}, inputs(frame, contract)


def test_the_script_answers_what_the_model_says(fitted: Any, rows: Rows) -> None:
    body, frame = request(rows, 30)
    score.init()
    answer = score.run(json.dumps(body))
    assert isinstance(answer, dict)
    predictions = [row["prediction"] for row in answer["predictions"]]
    assert predictions == list(fitted.predict(frame))
    assert len(set(predictions)) > 1
    assert json.loads(json.dumps(answer)) == answer


def test_the_server_passes_the_answer_on(client: Any, rows: Rows) -> None:
    body, _ = request(rows, 3)
    answer = client.post("/score", json=body)
    assert answer.status_code == 200
    assert answer.get_json() == score.run(json.dumps(body))
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"data": []}', '{"data": [{}]}', "[1, 2]"])
def test_bad_input_gets_400_and_a_reason(body: str, client: Any) -> None:
    answer = client.post("/score", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["error"]


def test_bad_input_leaves_the_script_as_it_was(client: Any, rows: Rows) -> None:
    body, _ = request(rows, 3)
    before = client.post("/score", json=body).get_json()
    client.post("/score", data="{", content_type="application/json")
    assert client.post("/score", json=body).get_json() == before


def test_the_script_does_not_start_without_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZUREML_MODEL_DIR", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"model\.pkl"):
        score.init()
<%_ } _%>
<%_ if (batch) { _%>


def test_the_batch_script_scores_every_row_of_every_file(
    fitted: Any, rows: Rows, tmp_path: Path
) -> None:
    contract = load_contract(CONTRACT)
    expected: list[list[str]] = []
    files = []
    for number, count in enumerate((4, 30)):
        frame = rows(contract, count, seed=number)
        file = tmp_path / f"file {number}.csv"
        frame[columns(contract, "feature")].to_csv(file, index=False)
        files.append(str(file))
        predicted = fitted.predict(inputs(frame, contract))
        expected += [[file.name, str(row), str(p)] for row, p in enumerate(predicted, start=1)]
    score_batch.init()
    lines = score_batch.run(files)
    assert all(isinstance(line, str) and "\n" not in line for line in lines)
    assert [line[:3] for line in csv.reader(lines)] == expected
    assert score_batch.run(files[:1]) + score_batch.run(files[1:]) == lines


def test_the_batch_script_names_the_file_it_cannot_score(rows: Rows, tmp_path: Path) -> None:
    contract = load_contract(CONTRACT)
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    frame = rows(contract, 4)[columns(contract, "feature")]
    frame.to_csv(good, index=False)
    frame.drop(columns=frame.columns[0]).to_csv(bad, index=False)
    score_batch.init()
    with pytest.raises(ValueError, match=r"bad\.csv"):
        score_batch.run([str(good), str(bad)])


def test_the_batch_script_does_not_start_without_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZUREML_MODEL_DIR", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"model\.pkl"):
        score_batch.init()
<%_ } _%>
