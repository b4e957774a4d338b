"""The real scoring server, started and asked over HTTP."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from <%= pkg %> import serve
from <%= pkg %>.data import CONTRACT, load_contract
from <%= pkg %>.scoring import load_model, parse, predict

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0


def free_port() -> int:
    """A port that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((serve.HOST, 0))
        return int(probe.getsockname()[1])


def ask(address: str, body: bytes | None = None) -> tuple[int, str]:
    """Ask the server; give status and body, of a refusal too."""
    try:
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


@pytest.fixture(scope="module")
def server(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the server by its command, and stop it at the end."""
    port = free_port()
    log = tmp_path_factory.mktemp("server") / "log.txt"
    command = [sys.executable, "-m", "<%= pkg %>.serve"]
    command += ["--model", str(model_folder), "--port", str(port)]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=env, stdout=output, stderr=subprocess.STDOUT)
    address = f"http://{serve.HOST}:{port}"
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if ask(address)[0] == 200:
                    break
            except OSError:
                pass
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the server did not come up:\n{log.read_text()}")
            time.sleep(0.1)
        yield f"{address}/score"
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def sample() -> dict[str, Any]:
    """The request that the documentation shows."""
    request: dict[str, Any] = json.loads((ROOT / "samples" / "request.json").read_text())
    return request


def test_the_server_answers_what_the_model_says(server: str, model_folder: Path) -> None:
    status, body = ask(server, json.dumps(sample()).encode())
    contract = load_contract(CONTRACT)
    frame = parse(json.dumps(sample()), contract)
    assert status == 200
<%_ if (level >= 4) { _%>
    answers = json.loads(body)["predictions"]
    assert len({answer.pop("id") for answer in answers}) == len(answers)
    assert answers == predict(load_model(model_folder), frame, contract)
<%_ } else { _%>
    assert json.loads(body) == {"predictions": predict(load_model(model_folder), frame, contract)}
<%_ } _%>


def test_a_bad_request_gets_400_and_a_reason(server: str) -> None:
    unlike = json.dumps({"data": [{name: [] for name in sample()["data"][0]}]})
    reasons = {
        "": "not JSON",
        "{": "not JSON",
        "[]": "the body must be",
        '{"data": []}': "0 rows",
        '{"data": [{}]}': "is missing",
        unlike: "must be of type",
    }
    for body, reason in reasons.items():
        status, answer = ask(server, body.encode())
        assert status == 400, (body, answer)
        assert reason in json.loads(answer)["error"]


def test_a_bad_request_does_no_harm(server: str) -> None:
    good = json.dumps(sample()).encode()
<%_ if (level >= 4) { _%>

    def labels() -> list[Any]:
        """What is predicted; the ids are never the same twice."""
        return [answer["prediction"] for answer in json.loads(ask(server, good)[1])["predictions"]]

    before = labels()
    assert ask(server, b"\xff\xfe")[0] == 400
    assert labels() == before
<%_ } else { _%>
    before = ask(server, good)
    assert ask(server, b"\xff\xfe")[0] == 400
    assert ask(server, good) == before
<%_ } _%>


def test_without_a_model_the_command_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"no model\.pkl.*\n.*<%= pkg %>\.train"):
        serve.main(["--model", str(tmp_path)])
