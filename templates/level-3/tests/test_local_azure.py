"""The double of az keeps the rules of Azure, and the local endpoint does what its traffic says."""

import json
<%_ if (online) { _%>
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
<%_ } _%>
from collections.abc import Iterator
<%_ if (online) { _%>
from http.server import BaseHTTPRequestHandler, HTTPServer
<%_ } _%>
from pathlib import Path
from typing import Any

import pytest

from local_azure.cloud import AzureError, Cloud
<%_ if (online) { _%>
from local_azure.endpoint import HEADER, HOST
<%_ } _%>

MODEL = "azureml://registries/reg/models/m/versions/1"
ENVIRONMENT = "azureml://registries/reg/environments/e/versions/1"


def a_file(folder: Path, **more: Any) -> str:
    """A YAML file of an endpoint or a deployment: az takes the name from the command line."""
    file = folder / f"file-{len(list(folder.iterdir()))}.yml"
    body = {"name": "other", "model": MODEL, "environment": ENVIRONMENT, **more}
    file.write_text(json.dumps(body), encoding="utf-8")
    return str(file)


def stock(az: Cloud) -> None:
    """Put the model and the environment that deployments name into the registry."""
    for kind, name in (("model", "m"), ("environment", "e")):
        az.keep(kind, "reg", {"name": name, "version": "1"})
<%_ if (online) { _%>


class Stub:
    """A server that answers with its own name, after a while, with a status, and counts."""

    def __init__(self, name: str) -> None:
        """Listen on a port of its own."""
        self.name, self.status, self.seconds = name, 200, 0.0
        self.bodies: list[bytes] = []
        self.stopped = False
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                stub.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                time.sleep(stub.seconds)
                self.send_response(stub.status)
                self.end_headers()
                self.wfile.write(json.dumps(stub.name).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer((HOST, 0), Handler)
        self.address = f"http://{HOST}:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        self.stopped = True


def ask(address: str, body: bytes = b"{}", named: str | None = None) -> tuple[int, str, str | None]:
    """Ask over HTTP; give status, body and the deployment that answered."""
    request = urllib.request.Request(address, body, {HEADER: named} if named else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode(), answer.headers[HEADER]
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode(), refusal.headers[HEADER]


class Online:
    """A cloud with the endpoint `e-1` and its deployments blue and green, which are stubs."""

    def __init__(self, folder: Path) -> None:
        """Nothing has traffic yet."""
        self.stubs: dict[str, Stub] = {}
        self.az = Cloud(serve=lambda document: self.stubs[document["name"]])
        self.file = a_file(folder)
        stock(self.az)
        self("create", "--name", "e-1", "--file", self.file)
        for name in ("blue", "green"):
            self.stubs[name] = Stub(name)
            self.deploy(name)

    def __call__(self, verb: str, *words: str) -> Any:
        """Ask `az ml online-endpoint`."""
        return self.az("ml", "online-endpoint", verb, *words)

    def update(self, *words: str) -> Any:
        """Update the endpoint."""
        return self("update", "--name", "e-1", *words)

    def deploy(self, name: str) -> None:
        """Create a deployment."""
        words = ("--name", name, "--endpoint-name", "e-1", "--file", self.file)
        self.az("ml", "online-deployment", "create", *words)

    def deployments(self) -> Any:
        """List them."""
        return self.az("ml", "online-deployment", "list", "--endpoint-name", "e-1")

    def delete(self, name: str) -> None:
        """Delete a deployment."""
        words = ("--name", name, "--endpoint-name", "e-1", "--yes")
        self.az("ml", "online-deployment", "delete", *words)

    @property
    def address(self) -> str:
        """Where to ask."""
        return str(self("show", "--name", "e-1")["scoring_uri"])

    def split(self, requests: int) -> Counter[str]:
        """Ask so often, one after the other; count who answered."""
        address = self.address
        return Counter(json.loads(ask(address)[1]) for _ in range(requests))

    def metric(self, name: str, wanted: str, *words: str) -> list[dict[str, Any]]:
        """Ask for a metric; give its time series."""
        place = self("show", "--name", "e-1")["id"]
        words = ("--resource", place, "--metrics", name, "--filter", wanted, *words)
        answer = self.az("monitor", "metrics", "list", *words)
        series: list[dict[str, Any]] = answer["value"][0]["timeseries"]
        return series


@pytest.fixture
def online(tmp_path: Path) -> Iterator[Online]:
    """An online endpoint; afterwards no thread is left that was not there before."""
    before = set(threading.enumerate())
    made = Online(tmp_path)
    with made.az:
        yield made
    assert all(stub.stopped for name, stub in made.stubs.items())
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--traffic", "blue=90 green=20"), "110"),
        (("--traffic", "blue=60 green=30"), "90"),
        (("--traffic", "blue=100 red=0"), "red"),
        (("--traffic", "blue=99.5 green=0.5"), "no shares"),
        (("--traffic", "blue=90", "green=10"), "unrecognized"),
        (("--mirror-traffic", "green=51"), "50 %"),
        (("--mirror-traffic", "green=10 blue=10"), "one deployment"),
        (("--mirror-traffic", "blue=10"), "at once"),
        (("--mirror-traffic", "green=10", "--traffic", "blue=90 green=10"), "at once"),
        (("--set", "traffic.blue=10"), "not known"),
        (("--all-traffic",), "unrecognized"),
        (("--mirror", "green=10"), "unrecognized"),
        (("--traffic",), "expected"),
    ],
)
def test_what_azure_refuses_is_refused_and_changes_nothing(
    online: Online, words: tuple[str, ...], reason: str
) -> None:
    online.update("--traffic", "blue=100")
    before = online("show", "--name", "e-1")
    with pytest.raises(AzureError, match=reason):
        online.update(*words)
    assert online("show", "--name", "e-1") == before
    assert online.split(10) == {"blue": 10}


def test_the_mirror_is_to_be_reset_before_the_deployment_takes_live_traffic(online: Online) -> None:
    online.update("--traffic", "blue=100")
    online.update("--mirror-traffic", "green=50")
    with pytest.raises(AzureError, match="at once"):
        online.update("--traffic", "blue=90 green=10")
    online.update("--mirror-traffic", "green=0")
    online.update("--traffic", "blue=90 green=10")


@pytest.mark.parametrize(("blue", "green"), [(100, 0), (90, 10), (50, 50), (33, 67), (0, 100)])
def test_a_hundred_requests_are_split_exactly(online: Online, blue: int, green: int) -> None:
    online.update("--traffic", f"blue={blue} green={green}")
    assert online.split(100) == Counter(blue=blue, green=green)
    # Spread evenly, too: any ten of them are right to within one request.
    assert abs(online.split(10)["green"] - green / 10) <= 1


def test_a_copy_goes_to_the_mirror_and_its_answer_to_nobody(online: Online) -> None:
    online.update("--traffic", "blue=100")
    online.update("--mirror-traffic", "green=30")
    online.stubs["green"].status, online.stubs["green"].seconds = 500, 0.02
    address = online.address
    bodies = [f'{{"row": {number}}}'.encode() for number in range(100)]
    assert {ask(address, body) for body in bodies} == {(200, '"blue"', "blue")}
    online.update("--mirror-traffic", "green=0")
    online.delete("green")  # waits for the copies that are under way
    online.deploy("green")
    assert online.stubs["blue"].bodies == bodies
    assert len(online.stubs["green"].bodies) == 30
    assert set(online.stubs["green"].bodies) <= set(bodies)
    assert online.split(5) == {"blue": 5}
    assert len(online.stubs["green"].bodies) == 30


def test_a_slow_mirror_does_not_keep_callers_waiting(online: Online) -> None:
    online.update("--traffic", "blue=100")
    online.update("--mirror-traffic", "green=50")
    online.stubs["green"].seconds = 0.8
    began = time.monotonic()
    online.split(2)
    assert time.monotonic() - began < 0.8
    online.update("--mirror-traffic", "green=0")
    online.delete("green")
    assert len(online.stubs["green"].bodies) == 1


def test_a_request_that_names_its_deployment_gets_it_and_is_not_copied(online: Online) -> None:
    online.update("--traffic", "blue=100")
    online.update("--mirror-traffic", "green=50")
    address = online.address
    for _ in range(4):
        assert ask(address, named="blue") == (200, '"blue"', "blue")
    assert online.stubs["green"].bodies == []
    assert ask(address, named="green") == (200, '"green"', "green")
    assert ask(address, named="red")[0] == 404


def test_without_traffic_there_is_no_answer(online: Online) -> None:
    assert ask(online.address)[0] == 404
    online.update("--traffic", "blue=100")
    assert ask(online.address)[0] == 200
    online.update("--traffic", "blue=0")
    assert ask(online.address)[0] == 404


def test_errors_reach_the_caller_and_the_metrics(online: Online) -> None:
    online.update("--traffic", "blue=50 green=50")
    online.stubs["green"].status = 503
    address = online.address
    assert Counter(ask(address)[0] for _ in range(10)) == {200: 5, 503: 5}
    online.stubs["blue"].server.server_close()
    assert Counter(ask(address)[0] for _ in range(10)) == {502: 5, 503: 5}
    series = online.metric("RequestsPerMinute", "deployment eq 'blue' and statusCodeClass eq '*'")
    counts = {
        one["metadatavalues"][1]["value"]: sum(point["average"] for point in one["data"])
        for one in series
    }
    assert counts == {"2xx": 5, "5xx": 5}


def test_metrics_tell_the_latency_of_each_deployment_since_a_time(online: Online) -> None:
    online.update("--traffic", "blue=100")
    online.stubs["blue"].seconds = 0.05
    online.split(20)
    online.stubs["blue"].seconds = 0
    words = ("--aggregation", "Average", "--interval", "PT1M", "--start-time")
    past, future = "2026-01-01T00:00:00Z", "2999-01-01T00:00:00Z"
    (blue,) = online.metric("RequestLatency_P95", "deployment eq 'blue'", *words, past)
    assert 50 <= max(point["average"] for point in blue["data"]) < 500
    assert online.metric("RequestLatency_P95", "deployment eq 'green'", *words, past) == []
    assert online.metric("RequestsPerMinute", "deployment eq '*'", *words, future) == []
    with pytest.raises(AzureError, match="statusCodeClass"):
        online.metric("RequestLatency_P95", "statusCodeClass eq '5xx'")
    with pytest.raises(AzureError, match="RequestLatency_P42"):
        online.metric("RequestLatency_P42", "deployment eq 'blue'")


def test_a_deployment_with_traffic_or_a_mirror_is_not_deleted(online: Online) -> None:
    online.update("--traffic", "blue=100")
    online.update("--mirror-traffic", "green=10")
    for name in ("blue", "green"):
        with pytest.raises(AzureError, match="has traffic"):
            online.delete(name)
    online.update("--mirror-traffic", "green=0")
    online.delete("green")
    assert online.stubs["green"].stopped
    assert [one["name"] for one in online.deployments()] == ["blue"]


def test_deleting_waits_for_the_requests_under_way(online: Online) -> None:
    online.update("--traffic", "blue=0 green=100")
    online.stubs["green"].seconds = 0.3
    answers: list[tuple[int, str, str | None]] = []
    address = online.address
    caller = threading.Thread(target=lambda: answers.append(ask(address)))
    caller.start()
    while not online.stubs["green"].bodies:
        time.sleep(0.01)
    online.update("--traffic", "blue=100 green=0")
    online.delete("green")
    caller.join()
    assert answers == [(200, '"green"', "green")]


def test_nothing_that_exists_is_created_again(online: Online) -> None:
    online.update("--traffic", "blue=100", "--set", "tags.stable=blue")
    with pytest.raises(AzureError, match="already"):
        online("create", "--name", "e-1", "--file", online.file)
    with pytest.raises(AzureError, match="already"):
        online.deploy("blue")
    shown = online("show", "--name", "e-1")
    assert (shown["traffic"]["blue"], shown["tags"]) == (100, {"stable": "blue"})


def test_every_call_is_logged_with_the_traffic_after_it(online: Online) -> None:
    online.update("--traffic", "blue=100")
    with pytest.raises(AzureError):
        online.update("--traffic", "blue=1")
    online.update("--mirror-traffic", "green=20")
    *_, good, refused, last = online.az.calls
    assert good["args"][:3] == ("ml", "online-endpoint", "update")
    assert good["error"] is None
    assert "100" in refused["error"]
    assert [one["traffic"]["e-1"].get("blue") for one in (good, refused, last)] == [100] * 3
    assert last["mirror"]["e-1"] == {"green": 20}


def test_a_call_can_be_made_to_fail_before_it_does_anything(online: Online) -> None:
    online.update("--traffic", "blue=100")

    def kill(args: tuple[str, ...]) -> None:
        raise KeyboardInterrupt(args[2])

    online.az.before = kill
    with pytest.raises(KeyboardInterrupt, match="update"):
        online.update("--traffic", "green=100")
    online.az.before = None
    assert online.az.calls[-1]["error"] == "update"
    assert online("show", "--name", "e-1")["traffic"]["blue"] == 100


def test_an_answer_comes_as_text_and_a_refusal_as_an_error(online: Online, tmp_path: Path) -> None:
    request = tmp_path / "request.json"
    request.write_text("{}", encoding="utf-8")
    words = ("--name", "e-1", "--request-file", str(request), "--deployment-name", "green")
    assert json.loads(online("invoke", *words)) == "green"
    online.stubs["green"].status = 400
    with pytest.raises(AzureError, match="400"):
        online("invoke", *words)
<%_ } _%>
<%_ if (batch) { _%>


class Batch:
    """A cloud with the endpoint `b-1`, whose deployments answer with their own name."""

    def __init__(self, folder: Path) -> None:
        """There are the deployments blue and green, none of them the default."""
        self.folder = folder
        self.az = Cloud(score=self.score)
        stock(self.az)
        self("create", "--name", "b-1", "--file", a_file(folder))
        self.input = folder / "rows.csv"
        self.input.write_text("a\n1\n2\n", encoding="utf-8")
        for name in ("blue", "green"):
            words = ("--name", name, "--endpoint-name", "b-1", "--file", a_file(folder))
            self.az("ml", "batch-deployment", "create", *words)

    def score(self, deployment: dict[str, Any], file: Path) -> list[str]:
        """One line per row; raises ValueError for an empty file."""
        rows = file.read_text(encoding="utf-8").splitlines()[1:]
        if not rows:
            raise ValueError("no rows")
        return [f"{file.name},{n},{deployment['name']}" for n, _ in enumerate(rows, start=1)]

    def __call__(self, verb: str, *words: str) -> Any:
        """Ask `az ml batch-endpoint`."""
        return self.az("ml", "batch-endpoint", verb, *words)

    def invoke(self, *words: str) -> Any:
        """Score the file, or what is named."""
        given = words if "--input" in words else (*words, "--input", str(self.input))
        return self("invoke", "--name", "b-1", "--input-type", "uri_file", *given)

    def result(self, job: str) -> str:
        """The result of a job."""
        place = ("--output-name", "score", "--download-path", str(self.folder / job))
        self.az("ml", "job", "download", "--name", job, *place)
        (found,) = (self.folder / job).rglob("predictions.csv")
        return found.read_text(encoding="utf-8")


@pytest.fixture
def batch(tmp_path: Path) -> Iterator[Batch]:
    """A batch endpoint."""
    made = Batch(tmp_path)
    with made.az:
        yield made


def test_the_default_deployment_scores_what_names_no_other(batch: Batch) -> None:
    with pytest.raises(AzureError, match="not found"):
        batch.invoke()
    batch("update", "--name", "b-1", "--set", "defaults.deployment_name=blue")
    job = batch.invoke()
    assert batch.az("ml", "job", "show", "--name", job["name"])["status"] == "Completed"
    assert batch.result(job["name"]) == "rows.csv,1,blue\nrows.csv,2,blue\n"
    named = batch.invoke("--deployment-name", "green", "--job-name", "check-1")
    assert batch.result("check-1") == "rows.csv,1,green\nrows.csv,2,green\n"
    listed = batch.az("ml", "job", "list", "--max-results", "1")
    assert [one["name"] for one in listed] == [named["name"]] == ["check-1"]
    assert {one["name"] for one in batch("list-jobs", "--name", "b-1")} == {job["name"], "check-1"}
    assert job["inputs"]["job_input"]["path"] == str(batch.input)


def test_a_file_that_cannot_be_scored_fails_the_job(batch: Batch) -> None:
    batch.input.write_text("a\n", encoding="utf-8")
    job = batch.invoke("--deployment-name", "blue")
    assert batch.az("ml", "job", "show", "--name", job["name"])["status"] == "Failed"
    with pytest.raises(ValueError, match="not enough values"):
        batch.result(job["name"])
    with pytest.raises(AzureError, match="cannot be scored"):
        batch.invoke("--deployment-name", "blue", "--input", str(batch.folder / "none.csv"))


def test_the_default_is_one_that_is_there_and_is_not_deleted(batch: Batch) -> None:
    update = ("update", "--name", "b-1", "--set")
    batch(*update, "defaults.deployment_name=blue")
    with pytest.raises(AzureError, match="red"):
        batch(*update, "defaults.deployment_name=red")
    assert batch.az.calls[-1]["default"]["b-1"] == {"deployment_name": "blue"}
    delete = ("ml", "batch-deployment", "delete", "--endpoint-name", "b-1", "--yes", "--name")
    with pytest.raises(AzureError, match="default"):
        batch.az(*delete, "blue")
    batch.az(*delete, "green")
    left = batch.az("ml", "batch-deployment", "list", "--endpoint-name", "b-1")
    assert [one["name"] for one in left] == ["blue"]
<%_ } _%>


KIND = "<%= online ? 'online' : 'batch' %>"


@pytest.fixture
def az() -> Iterator[Cloud]:
    """A cloud with a model and an environment in the registry, and version 2 of the model not."""
    with Cloud() as made:
        stock(made)
        made.keep("model", "", {"name": "m", "version": "2", "tags": {"run": "r-2"}})
        yield made


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("ml model delete --name m", "'ml model delete' is not a command"),
        ("ml model list --nam m", "unrecognized arguments: --nam"),
        ("ml model list --query [0]", "unrecognized arguments: --query"),
        ("ml model update --name m --set tags.a=b", "required: --version"),
        ("ml model update --name m --version 2 --set", "--set: expected"),
        ("ml model update --name m --version 2 --set version=3", "--set version"),
        ("ml model update --name m --version 1 --set tags.a=b", "not found"),
        ("ml model list --name n", "there is no model n"),
        ("ml model list --name m --registry-name other", "there is no model m"),
        ("ml job show --name j", "not found: j"),
        (f"ml {KIND}-endpoint show --name e-1", "not found"),
        (f"ml {KIND}-endpoint create --name e_1 --file FILE", "'e_1' is no name"),
        (f"ml {KIND}-endpoint create --name ab --file FILE", "'ab' is no name"),
        (f"ml {KIND}-endpoint create --name {'a' * 33} --file FILE", "is no name"),
        (f"ml {KIND}-endpoint create --name e-1 --file none.yml", "no file none.yml"),
    ],
)
def test_what_is_not_known_is_refused(az: Cloud, tmp_path: Path, words: str, reason: str) -> None:
    with pytest.raises(AzureError) as refusal:
        az(*(a_file(tmp_path) if word == "FILE" else word for word in words.split()))
    assert reason in str(refusal.value)
    assert az.calls[-1]["error"] == str(refusal.value)
    assert az("ml", f"{KIND}-endpoint", "list") == []


@pytest.mark.parametrize(
    "more",
    [
        {"model": MODEL.replace("/1", "/2")},
        {"model": "azureml:m:1"},
        {"model": ENVIRONMENT},
        {"model": None},
        {"environment": ENVIRONMENT.replace("/reg/", "/other/")},
        {"environment": {"image": "x"}},
    ],
)
def test_a_deployment_needs_what_is_in_the_registry(
    az: Cloud, tmp_path: Path, more: dict[str, Any]
) -> None:
    az("ml", f"{KIND}-endpoint", "create", "--name", "e-1", "--file", a_file(tmp_path))
    words = ("--name", "blue", "--endpoint-name", "e-1", "--file", a_file(tmp_path, **more))
    with pytest.raises(AzureError):
        az("ml", f"{KIND}-deployment", "create", *words)
    assert az("ml", f"{KIND}-deployment", "list", "--endpoint-name", "e-1") == []


def test_a_model_is_shared_once_and_its_tags_change_where_they_are_set(az: Cloud) -> None:
    given = ("--name", "m", "--version", "2", "--registry-name", "reg")
    share = (*given, "--share-with-name", "m", "--share-with-version", "2")
    az("ml", "model", "share", *share)
    with pytest.raises(AzureError, match="exists already"):
        az("ml", "model", "share", *share)
    tags = ("--force-string", "--set", "tags.production=now", "tags.a=b=c")
    az("ml", "model", "update", *given, *tags)
    shared, first = az("ml", "model", "list", "--name", "m", "--registry-name", "reg")
    assert (shared["version"], first["version"]) == ("2", "1")
    assert shared["tags"] == {"run": "r-2", "production": "now", "a": "b=c"}
    assert az("ml", "model", "list", "--name", "m")[0]["tags"] == {"run": "r-2"}


def test_an_environment_is_created_once(az: Cloud, tmp_path: Path) -> None:
    given = ("--file", a_file(tmp_path), "--name", "e", "--version", "2", "--registry-name", "reg")
    az("ml", "environment", "create", *given)
    with pytest.raises(AzureError, match="exists already"):
        az("ml", "environment", "create", *given)
    found = az("ml", "environment", "list", "--registry-name", "reg")
    assert [one["version"] for one in found] == ["2", "1"]


def test_what_az_answered_is_not_the_state_itself(az: Cloud) -> None:
    az("ml", "model", "list", "--name", "m")[0]["tags"]["run"] = "changed"
    assert az("ml", "model", "list", "--name", "m")[0]["tags"]["run"] == "r-2"
