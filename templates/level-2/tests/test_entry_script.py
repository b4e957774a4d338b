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
<%_ if (online && level >= 4) { _%>
import logging
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
<%_ } else { _%>
from collections.abc import Callable
<%_ } _%>
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
from <%= pkg %> import <% if (online && level >= 4) { %>collect, <% } %>train
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
<%_ if (level >= 4) { _%>


def without_ids(answer: Any) -> Any:
    """An answer apart from the ids, which are never the same twice."""
    rows = [{k: v for k, v in row.items() if k != "id"} for row in answer["predictions"]]
    return {"predictions": rows}
<%_ } _%>


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
<%_ if (level >= 4) { _%>
    assert without_ids(answer.get_json()) == without_ids(score.run(json.dumps(body)))
<%_ } else { _%>
    assert answer.get_json() == score.run(json.dumps(body))
<%_ } _%>
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
<%_ if (level >= 4) { _%>
    after = client.post("/score", json=body).get_json()
    assert without_ids(after) == without_ids(before)
<%_ } else { _%>
    assert client.post("/score", json=body).get_json() == before
<%_ } _%>


def test_the_script_does_not_start_without_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZUREML_MODEL_DIR", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"model\.pkl"):
        score.init()
<%_ if (level >= 4) { _%>


class Storage(HTTPServer):
    """Stands for what takes the collected rows on Azure."""

    def __init__(self) -> None:
        """Listen on a free port of this machine."""
        super().__init__(("127.0.0.1", 0), Taker)
        self.taken: list[tuple[str, str, list[dict[str, Any]]]] = []


class Taker(BaseHTTPRequestHandler):
    """Takes one collection of rows."""

    server: Storage

    def do_POST(self) -> None:
        """Keep the name of the collection, the id of the request, and the rows."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.headers["ce-type"].removeprefix("azureml.inference.")
        self.server.taken.append((kind, self.headers["ce-x-request-id"], json.loads(body)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def collected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], list[tuple[str, str, list[dict[str, Any]]]]]]:
    """Collecting as a deployment has it; call it to stop, and see what was collected."""
    from azureml.ai.monitoring.init import teardown

    file = tmp_path / "collector.json"
    names = ("model_inputs", "model_outputs")
    file.write_text(json.dumps({"collections": {name: {"enabled": True} for name in names}}))
    with Storage() as storage:
        thread = threading.Thread(target=storage.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("AZUREML_MDC_CONFIG_PATH", str(file))
        monkeypatch.setenv("AZUREML_MDC_HOST", "127.0.0.1")
        monkeypatch.setenv("AZUREML_MDC_PORT", str(storage.server_port))

        def stop() -> list[tuple[str, str, list[dict[str, Any]]]]:
            teardown(wait_for_flush=True)
            return storage.taken

        try:
            yield stop
        finally:
            teardown()
            storage.shutdown()
            thread.join()


def test_what_is_asked_and_answered_is_collected(collected: Any, rows: Rows) -> None:
    body, _ = request(rows, 3)
    score.init()
    answers = score.run(json.dumps(body))["predictions"]
    (first, asked, given), (second, answered, told) = collected()
    assert (first, second) == ("model_inputs", "model_outputs")
    assert asked == answered  # the monitor joins the two by this
    contract = load_contract(CONTRACT)
    kinds = {column["name"]: column["type"] for column in contract["columns"]}
    for row, sent in zip(given, body["data"], strict=True):
        # Free text may be personal.
        assert list(row) == [name for name in sent if kinds[name] not in ("text", "id")]
        for name, value in row.items():
            near = kinds[name] == "decimal"
            assert value == (pytest.approx(sent[name]) if near else sent[name]), name
    predictions = [row["prediction"] for row in answers]
    assert [row[contract["target"]] for row in told] == pytest.approx(predictions)
    keys = [row["id"] for row in answers]
    assert [row[collect.KEY] for row in told] == keys
    assert len(set(keys)) == 3
    again = [row["id"] for row in score.run(json.dumps(body))["predictions"]]
    assert not set(keys) & set(again)


def test_a_refused_request_is_not_collected(collected: Any, rows: Rows) -> None:
    score.init()
    for body in ("{", '{"data": [{}]}'):
        answer: Any = score.run(body)
        assert answer.status_code == 400
    assert collected() == []


def test_every_type_is_collected_as_it_is_gathered(contract: Any, rows: Rows) -> None:
    given = rows(contract, 20)
    table = collect.as_gathered(inputs(given, contract), contract)
    kinds = {column["name"]: column["type"] for column in contract["columns"]}
    kept = [name for name in columns(contract, "feature") if kinds[name] not in ("text", "id")]
    assert list(table.columns) == kept
    for name in kept:
        if kinds[name] == "decimal":
            assert list(table[name]) == pytest.approx([float(value) for value in given[name]])
            continue
        text = [str(value).lower() for value in table[name]]
        assert text == [str(value).lower() for value in given[name]], name
    given.loc[0, kept] = None
    table = collect.as_gathered(inputs(given, contract), contract)
    assert all(value is None for value in table.loc[0])
    assert table.loc[1:].notna().all().all()


@pytest.mark.parametrize("broken", ["Collector", "collect"])
def test_a_collector_that_fails_never_fails_a_request(
    broken: str, rows: Rows, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the collector is broken")

    owner: Any = collect if broken == "Collector" else collect.Collector
    monkeypatch.setattr(owner, broken, fail)
    body, _ = request(rows, 2)
    with caplog.at_level(logging.WARNING, logger=collect.log.name):
        score.init()
        answers = [score.run(json.dumps(body))["predictions"] for _ in range(3)]
    assert all(len({row["id"] for row in answer}) == 2 for answer in answers)
    # Once, although there were three requests.
    told = [record.getMessage() for record in caplog.records]
    assert told.count("not collected: the collector is broken") == 1


def test_outside_azure_nothing_is_collected_and_all_is_answered(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AZUREML_MDC_CONFIG_PATH", "AZUREML_MDC_ENABLED"):
        monkeypatch.delenv(name, raising=False)
    body, _ = request(rows, 2)
    score.init()
    assert all(row["id"] for row in score.run(json.dumps(body))["predictions"])
<%_ } _%>
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
