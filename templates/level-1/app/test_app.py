"""The application, against a server on this machine and recorded calls of az."""

import json
<%_ if (online) { _%>
import socket
<%_ } _%>
import subprocess
<%_ if (online) { _%>
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
<%_ } _%>
from pathlib import Path
from typing import Any

import pytest

import <%= app %> as app


class Az:
    """Stands for az: records what it is asked and answers from a list."""

    def __init__(self) -> None:
        """Start without calls and answers."""
        self.calls: list[list[str]] = []
        self.answers: list[Any] = []

    def run(self, command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        """Answer a call; an exception in the list is az failing with its message."""
        self.calls.append(command)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            return subprocess.CompletedProcess(command, 1, "", str(answer))
        if callable(answer):
            answer = answer(command)
        return subprocess.CompletedProcess(command, 0, json.dumps(answer), "")


@pytest.fixture
def az(monkeypatch: pytest.MonkeyPatch) -> Az:
    """No call reaches a real az."""
    stand_in = Az()
    monkeypatch.setattr(app.shutil, "which", lambda _: "az")
    monkeypatch.setattr(app.subprocess, "run", stand_in.run)
    return stand_in


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the application would have waited."""
    waited: list[float] = []
    monkeypatch.setattr(app.time, "sleep", waited.append)
    return waited
<%_ if (online) { _%>


class Endpoint(HTTPServer):
    """Stands for the endpoint: records requests and answers from a list."""

    def __init__(self) -> None:
        """Listen on a free port of this machine."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self.server_port}/score"
        self.requests: list[tuple[dict[str, str], Any]] = []
        self.answers: list[tuple[int, dict[str, str], Any]] = []


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Endpoint

    def do_POST(self) -> None:
        """Record the request, give the next answer."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((dict(self.headers.items()), body))
        status, headers, answer = self.server.answers.pop(0)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A server that runs as long as the test."""
    with Endpoint() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


ROWS: list[dict[str, Any]] = [{"a": 1}, {"a": None}]
ANSWER = {"predictions": [{"prediction": "x"}, {"prediction": "y"}]}
GOOD: tuple[int, dict[str, str], Any] = (200, {}, ANSWER)


def test_the_rows_are_sent_and_the_predictions_come_back(endpoint: Endpoint) -> None:
    endpoint.answers = [GOOD]
    answer = app.predict(endpoint.uri, ROWS, "a token")
<%_ if (level >= 4) { _%>
    assert [one["prediction"] for one in answer] == ["x", "y"]
<%_ } else { _%>
    assert answer == [{"prediction": "x"}, {"prediction": "y"}]
<%_ } _%>
    headers, body = endpoint.requests[0]
    assert body == {"data": ROWS}
    assert headers["Content-Type"] == "application/json"
    assert headers["Authorization"] == "Bearer a token"


def test_without_a_token_none_is_sent(endpoint: Endpoint) -> None:
    endpoint.answers = [GOOD]
    app.predict(endpoint.uri, ROWS)
    assert "Authorization" not in endpoint.requests[0][0]


def test_a_busy_endpoint_is_asked_again_later(endpoint: Endpoint, pauses: list[float]) -> None:
    endpoint.answers = [(429, {}, {}), (503, {"Retry-After": "7"}, {}), (429, {}, {}), GOOD]
    assert len(app.predict(endpoint.uri, ROWS)) == 2
    assert pauses == [1, 7, 4]


def test_an_endpoint_that_stays_busy_is_left_alone(endpoint: Endpoint, pauses: list[float]) -> None:
    endpoint.answers = [(503, {"Retry-After": "86400"}, {})] * 9
    with pytest.raises(app.AppError, match="stayed busy"):
        app.predict(endpoint.uri, ROWS)
    assert len(endpoint.requests) == 4
    assert pauses == [20, 20, 20]


def test_what_the_model_refused_is_told_as_it_did(endpoint: Endpoint) -> None:
    endpoint.answers = [(424, {app.MODEL_STATUS: "400"}, {"error": "the reason"})]
    with pytest.raises(app.AppError, match=r"answered 400: .*the reason"):
        app.predict(endpoint.uri, ROWS)


@pytest.mark.parametrize("status", [400, 401, 404, 500])
def test_a_refusal_is_told_and_not_repeated(status: int, endpoint: Endpoint) -> None:
    endpoint.answers = [(status, {}, {"error": "the reason"})]
    with pytest.raises(app.AppError, match=f"{status}.*the reason"):
        app.predict(endpoint.uri, ROWS, "a token")
    assert len(endpoint.requests) == 1


def test_a_redirect_is_not_followed(endpoint: Endpoint) -> None:
    endpoint.answers = [(302, {"Location": endpoint.uri}, {}), GOOD]
    with pytest.raises(app.AppError, match="302"):
        app.predict(endpoint.uri, ROWS, "a token")
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    "answer", [{}, [], "text", {"predictions": []}, {"predictions": [{"prediction": 1}, {}]}]
)
def test_an_answer_of_another_form_is_an_error(answer: Any, endpoint: Endpoint) -> None:
    endpoint.answers = [(200, {}, answer)]
    with pytest.raises(app.AppError, match="something else than 2 predictions"):
        app.predict(endpoint.uri, ROWS)


def test_an_endpoint_that_is_not_there_is_an_error() -> None:
    with socket.socket() as probe:  # bound but not listening: nobody else can answer there
        probe.bind(("127.0.0.1", 0))
        with pytest.raises(app.AppError, match="not reached"):
            app.predict(f"http://127.0.0.1:{probe.getsockname()[1]}/score", ROWS, timeout=5)


def test_a_slow_endpoint_is_given_up() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(app.AppError, match=r"not reached.*timed out"):
            app.predict(f"http://127.0.0.1:{silent.getsockname()[1]}/score", ROWS, timeout=0.2)


def test_nothing_is_sent_in_the_clear() -> None:
    with pytest.raises(app.AppError, match="not https"):
        app.predict("http://example.org/score", ROWS, "a token")


def test_the_token_comes_from_the_environment_or_from_az(
    az: Az, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCORING_TOKEN", raising=False)
    assert app.token_for("http://localhost:5001/score") is None
    az.answers = [{"accessToken": "from az"}]
    assert app.token_for("https://example.org/score") == "from az"
    assert az.calls[0][1:5] == ["account", "get-access-token", "--resource", "https://ml.azure.com"]
    monkeypatch.setenv("SCORING_TOKEN", "from the environment")
    assert app.token_for("https://example.org/score") == "from the environment"
    assert len(az.calls) == 1


def test_the_command_asks_with_a_file(
    endpoint: Endpoint,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    endpoint.answers = [GOOD]
    monkeypatch.setenv("SCORING_URI", endpoint.uri)
    file = tmp_path / "request.json"
    file.write_text(json.dumps({"data": ROWS}))
    app.main(["predict", str(file)])
<%_ if (level >= 4) { _%>
    told = json.loads(capsys.readouterr().out)
    assert told == [{**answer, "deployment": ""} for answer in ANSWER["predictions"]]
<%_ } else { _%>
    assert json.loads(capsys.readouterr().out) == ANSWER["predictions"]
<%_ } _%>
    assert endpoint.requests[0][1] == {"data": ROWS}


def test_the_command_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCORING_URI", raising=False)
    with pytest.raises(SystemExit, match="SCORING_URI"):
        app.main(["predict", str(tmp_path / "request.json")])
    monkeypatch.setenv("SCORING_URI", "http://127.0.0.1:1/score")
    with pytest.raises(SystemExit, match="not a request"):
        app.main(["predict", str(tmp_path / "request.json")])
<%_ } _%>
<%_ if (batch) { _%>


<%_ if (classification) { _%>
LINES = '"a, b.csv",10,x,0.5\n"a, b.csv",9,y,0.75\n'
RESULT = [
    {"file": "a, b.csv", "row": "9", "prediction": "y", "probability": "0.75"},
    {"file": "a, b.csv", "row": "10", "prediction": "x", "probability": "0.5"},
]
<%_ } else { _%>
LINES = '"a, b.csv",10,0.5\n"a, b.csv",9,0.75\n'
RESULT = [
    {"file": "a, b.csv", "row": "9", "prediction": "0.75"},
    {"file": "a, b.csv", "row": "10", "prediction": "0.5"},
]
<%_ } _%>
<%_ if (level >= 4) { _%>
for one in RESULT:
    one["id"] = f"the-job_{one['file']}_{one['row']}"
<%_ } _%>


def deliver(text: str) -> Any:
    """Let az download a result."""

    def download(command: list[str]) -> None:
        folder = Path(command[command.index("--download-path") + 1]) / "named-outputs" / "score"
        folder.mkdir(parents=True)
        (folder / "predictions.csv").write_text(text)

    return download


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to be scored."""
    path = tmp_path / "rows.csv"
    path.write_text("a\n1\n")
    return path


def score(file: Path) -> list[dict[str, str]]:
    """Hand in the file."""
    return app.score(file, "the-endpoint", "the-group", "the-workspace")


def test_a_file_is_handed_in_awaited_and_read(az: Az, file: Path, pauses: list[float]) -> None:
    running = [{"status": "Queued"}, {"status": "Running"}, {"status": "Completed"}]
    az.answers = [{"name": "the-job"}, *running, deliver(LINES)]
    assert score(file) == RESULT
    assert pauses == [15, 15]
    place = ["--resource-group", "the-group", "--workspace-name", "the-workspace"]
    invoke, show, *_, download = [call[1:-3] for call in az.calls]
    assert invoke == [
        *("ml", "batch-endpoint", "invoke", "--name", "the-endpoint"),
        *("--input", str(file), "--input-type", "uri_file", *place),
    ]
    assert show == ["ml", "job", "show", "--name", "the-job", *place]
    assert download[:5] == ["ml", "job", "download", "--name", "the-job"]
    assert download[5:8] == ["--output-name", "score", "--download-path"]
    assert download[9:] == place
    assert all(call[-3:] == ["--only-show-errors", "--output", "json"] for call in az.calls)


@pytest.mark.parametrize("status", ["Failed", "Canceled", "NotResponding"])
def test_a_job_that_did_not_succeed_is_an_error(status: str, az: Az, file: Path) -> None:
    az.answers = [{"name": "the-job"}, {"status": status}]
    with pytest.raises(app.AppError, match=f"the-job: {status}"):
        score(file)


def test_a_job_is_not_awaited_for_ever(
    az: Az, file: Path, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.time, "monotonic", lambda: sum(pauses))
    az.answers = [{"name": "the-job"}, *[{"status": "Queued"}] * 1000]
    with pytest.raises(app.AppError, match="still Queued after 3600 seconds"):
        score(file)
    assert sum(pauses) <= 3600


@pytest.mark.parametrize("text", ["", "x\n", LINES + "a.csv,one\n"])
def test_a_result_of_another_form_is_an_error(text: str, az: Az, file: Path) -> None:
    az.answers = [{"name": "the-job"}, {"status": "Completed"}, deliver(text)]
    with pytest.raises(app.AppError, match="not made of lines of file, row, prediction"):
        score(file)


def test_a_job_without_a_result_is_an_error(az: Az, file: Path) -> None:
    az.answers = [{"name": "the-job"}, {"status": "Completed"}, None]
    with pytest.raises(app.AppError, match=r"no predictions\.csv"):
        score(file)


def test_a_file_that_is_not_there_costs_no_job(az: Az, tmp_path: Path) -> None:
    with pytest.raises(app.AppError, match="no such file"):
        score(tmp_path / "nothing.csv")
    assert az.calls == []


def test_the_command_hands_in_a_file(
    az: Az, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="set the environment variable"):
        app.main(["score", str(file)])
    monkeypatch.setenv("BATCH_ENDPOINT", "the-endpoint")
    monkeypatch.setenv("AZURE_RESOURCE_GROUP", "the-group")
    monkeypatch.setenv("AZURE_ML_WORKSPACE", "the-workspace")
    az.answers = [{"name": "the-job"}, {"status": "Completed"}, deliver(LINES)]
    app.main(["score", str(file)])
    assert json.loads(capsys.readouterr().out) == RESULT
<%_ } _%>


<%_ if (level >= 4) { _%>
def lines(file: Path) -> list[dict[str, Any]]:
    """The records of a file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
<%_ if (online) { _%>


def test_each_answer_is_recorded_with_the_deployment_that_gave_it(
    endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCORING_URI", endpoint.uri)
    file, folder = tmp_path / "request.json", tmp_path / "new" / "records"
    file.write_text(json.dumps({"data": ROWS}))
    for color, keys in (("blue", ("a", "b")), ("green", ("c", "d"))):
        predictions = [{"prediction": key.upper(), "id": key, "more": 1} for key in keys]
        headers = {"azureml-model-deployment": color}
        endpoint.answers.append((200, headers, {"predictions": predictions}))
        app.main(["predict", str(file), "--records", str(folder)])
    found = lines(folder / "predictions.jsonl")
    assert [{k: v for k, v in one.items() if k != "time"} for one in found] == [
        {"id": key, "deployment": color, "prediction": key.upper()}
        for key, color in zip("abcd", ("blue", "blue", "green", "green"), strict=True)
    ]
    assert all(one["time"].endswith("Z") for one in found)


def test_an_answer_without_an_id_is_not_recorded(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.answers = [GOOD]
    app.record_predictions(tmp_path, app.predict(endpoint.uri, ROWS))
    assert lines(tmp_path / "predictions.jsonl") == []
<%_ } _%>
<%_ if (batch) { _%>


def test_the_answers_for_a_file_are_recorded(
    az: Az, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BATCH_ENDPOINT", "AZURE_RESOURCE_GROUP", "AZURE_ML_WORKSPACE"):
        monkeypatch.setenv(name, name)
    az.answers = [{"name": "the-job"}, {"status": "Completed"}, deliver(LINES)]
    app.main(["score", str(file), "--records", str(tmp_path)])
    found = lines(tmp_path / "predictions.jsonl")
    assert [one["id"] for one in found] == [one["id"] for one in RESULT]
    assert [one["prediction"] for one in found] == [one["prediction"] for one in RESULT]
<%_ } _%>


def test_what_really_happened_is_recorded(tmp_path: Path) -> None:
<%_ if (classification) { _%>
    given, kept = ("x", "y \u00e9"), ("x", "y \u00e9")
<%_ } else { _%>
    given, kept = ("12.5", "-3"), (12.5, -3.0)
<%_ } _%>
    for actual in given:
        app.main(["outcome", "an id", actual, "--records", str(tmp_path)])
    found = lines(tmp_path / "outcomes.jsonl")
    assert [(one["id"], one["actual"]) for one in found] == [("an id", one) for one in kept]
    assert all(one["time"].endswith("Z") for one in found)
    for key, actual in (("", given[0]), ("an id", " "), <% if (regression) { %>("an id", "many"), ("an id", "nan")<% } else { %>(" ", given[1])<% } %>):
        with pytest.raises(SystemExit, match=r"empty|must be a number"):
            app.main(["outcome", key, actual, "--records", str(tmp_path)])
    assert lines(tmp_path / "outcomes.jsonl") == found


def test_records_are_taken_away_and_none_is_lost(
    az: Az, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", "the-account")
    command = ["upload", "--records", str(tmp_path)]
    app.main(command)
    assert json.loads(capsys.readouterr().out) == []
    taken: dict[str, str] = {}

    def take(command: list[str]) -> None:
        file = Path(command[command.index("--file") + 1])
        taken[command[command.index("--name") + 1]] = file.read_text(encoding="utf-8")

    app.record(tmp_path, app.PREDICTIONS, [{"id": "one"}])
    app.record(tmp_path, app.OUTCOMES, [{"id": "two"}])
    az.answers = [RuntimeError("no network")]
    with pytest.raises(SystemExit, match="no network"):
        app.main(command)
    app.record(tmp_path, app.OUTCOMES, [{"id": "three"}])
    az.answers = [take, take, take]
    app.main(command)
    names = json.loads(capsys.readouterr().out)
    assert sorted(names) == sorted(taken)
    assert [name.split("/")[0] for name in sorted(names)] == ["outcomes", "outcomes", "predictions"]
    told = [json.loads(line)["id"] for text in taken.values() for line in text.splitlines()]
    assert sorted(told) == ["one", "three", "two"]
    # The first try has failed: the second took the file under the name it had then.
    assert az.calls[0][1:-3] in [call[1:-3] for call in az.calls[1:]]
    assert {"--auth-mode", "login", "--account-name", "the-account"} <= set(az.calls[0])
    assert not list(tmp_path.rglob("*.jsonl"))
    app.main(command)
    assert json.loads(capsys.readouterr().out) == []


<%_ } _%>
def test_what_az_says_is_told(az: Az, monkeypatch: pytest.MonkeyPatch) -> None:
    az.answers = [RuntimeError("please run az login")]
    with pytest.raises(app.AppError, match="az account show failed: please run az login"):
        app.az("account", "show")
    monkeypatch.setattr(app.shutil, "which", lambda _: None)
    with pytest.raises(app.AppError, match="not installed"):
        app.az("account", "show")
