"""Sample application: asks the model <%= name %> and shows what it answers.

<%_ if (online) { _%>
    <%= name %>-app predict request.json

asks the online endpoint at SCORING_URI. The token comes from SCORING_TOKEN, else from the Azure
CLI; a server on this machine needs none.

<%_ } _%>
<%_ if (batch) { _%>
    <%= name %>-app score rows.csv

hands a file to the batch endpoint BATCH_ENDPOINT of the workspace AZURE_ML_WORKSPACE in the
resource group AZURE_RESOURCE_GROUP, waits, and prints the result. It calls the Azure CLI.

<%_ } _%>
<%_ if (level >= 4) { _%>
    <%= name %>-app <% if (online) { %>predict request.json<% } else { %>score rows.csv<% } %> --records FOLDER
    <%= name %>-app outcome ID ACTUAL --records FOLDER
    <%= name %>-app upload --records FOLDER

keeps a record of each answer, and of what really happened once that is known (ID is that of the
answer), and takes the records to the storage account AZURE_STORAGE_ACCOUNT. Whether the model is
right in production can only be measured with them.

<%_ } _%>
Only the standard library is used: whoever builds on this can copy it.
"""

import argparse
<%_ if (batch) { _%>
import csv
<%_ } _%>
import json
<%_ if (level >= 4 && regression) { _%>
import math
<%_ } _%>
import os
import shutil
import subprocess
import sys
<%_ if (batch) { _%>
import tempfile
<%_ } _%>
import time
<%_ if (online) { _%>
import urllib.error
import urllib.parse
import urllib.request
<%_ } _%>
<%_ if (level >= 4) { _%>
import uuid
from datetime import datetime, timezone
<%_ } _%>
<%_ if (online) { _%>
from http.client import HTTPMessage
<%_ } _%>
from pathlib import Path
from typing import Any

<%_ if (online) { _%>
TIMEOUT = 30.0
ATTEMPTS = 4
LONGEST_PAUSE = 20.0
# Too many requests, or no worker free: the same request may well succeed a moment later.
BUSY = ("429", "503")
# For whatever the server of the model answers but 200 Azure says 424, and here what it was.
MODEL_STATUS = "ms-azureml-model-error-statuscode"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
RESOURCE = "https://ml.azure.com"
<%_ } _%>
<%_ if (batch) { _%>
POLL = 15.0
PATIENCE = 3600.0
DONE = "Completed"
OVER = (DONE, "Failed", "Canceled", "NotResponding")
<%_ } _%>
<%_ if (level >= 4) { _%>
<%_ if (online) { _%>
# Says which of the deployments behind the endpoint answered.
ANSWERED_BY = "azureml-model-deployment"
<%_ } _%>
# Records of answers and of what really happened: a file each, and a folder of the container.
PREDICTIONS = "predictions"
OUTCOMES = "outcomes"
CONTAINER = "outcomes"
<%_ } _%>


class AppError(RuntimeError):
    """The model could not be asked; the message is meant for the person who runs this."""


def az(*args: str) -> Any:
    """Run `az <args>` without a shell and give the JSON that it prints, None when there is none.

    Raises:
        AppError: az is not installed, failed, or printed no JSON.
    """
    program = shutil.which("az")
    if program is None:
        raise AppError("az is not installed: https://aka.ms/azure-cli")
    command = [program, *args, "--only-show-errors", "--output", "json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise AppError(f"az {' '.join(args[:3])} failed: {done.stderr.strip()}")
    try:
        return json.loads(done.stdout) if done.stdout.strip() else None
    except ValueError as error:
        raise AppError(f"az {' '.join(args[:3])} printed no JSON") from error
<%_ if (online) { _%>


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it would carry the token to another address."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: Any,
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        """Leave the redirect as the error that it is here."""


def is_loopback(uri: str) -> bool:
    """Say whether an address is on this machine."""
    return urllib.parse.urlsplit(uri).hostname in LOOPBACK


def token_for(uri: str) -> str | None:
    """Find the token for an address: SCORING_TOKEN, else the Azure CLI's; none on this machine.

    Raises:
        AppError: The Azure CLI gives no token.
    """
    token = os.environ.get("SCORING_TOKEN")
    if token or is_loopback(uri):
        return token or None
    answer = az("account", "get-access-token", "--resource", RESOURCE)
    return str(answer["accessToken"])


def pause_before(attempt: int, wish: str | None) -> float:
    """Seconds to wait before an attempt: what the server wishes, else 1, 2, 4, ...; bounded."""
    seconds = float(wish) if wish and wish.isdecimal() else 2.0 ** (attempt - 1)
    return min(seconds, LONGEST_PAUSE)


def predict(
    uri: str, rows: list[dict[str, Any]], token: str | None = None, timeout: float = TIMEOUT
) -> list[dict[str, Any]]:
    """Ask the endpoint for one prediction per row.

    Args:
        uri: Address of the scoring route; https, unless it is on this machine.
        rows: One object of columns and values per prediction; null for a missing value.
        token: Sent as a bearer token, if given.
        timeout: Seconds per attempt. A busy endpoint is asked up to four times.

    Returns:
<%_ if (level >= 4) { _%>
        One object per row, in order, with the keys "prediction", "id", which names the answer when
        what really happened is told, and "deployment", which answered ("" when that is not known).
<%_ } else { _%>
        One object per row, in order, with the key "prediction".
<%_ } _%>

    Raises:
        AppError: The endpoint refused, was not reached, stayed busy, or gave no such answer.
    """
    if not uri.startswith("https://") and not is_loopback(uri):
        raise AppError(f"{uri}: not https, so the token and the data could be read on the way")
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    body = json.dumps({"data": rows}, allow_nan=False).encode()
    request = urllib.request.Request(uri, body, headers)
    opener = urllib.request.build_opener(NoRedirect)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with opener.open(request, timeout=timeout) as response:
<%_ if (level >= 4) { _%>
                answers = predictions_in(response.read(), len(rows))
                deployment = response.headers.get(ANSWERED_BY, "")
                return [{**answer, "deployment": deployment} for answer in answers]
<%_ } else { _%>
                return predictions_in(response.read(), len(rows))
<%_ } _%>
        except urllib.error.HTTPError as refusal:
            with refusal:
                reason = refusal.read().decode(errors="replace").strip()
                wish = refusal.headers.get("Retry-After")
                status = refusal.headers.get(MODEL_STATUS) or str(refusal.code)
            if status not in BUSY:
                raise AppError(f"the endpoint answered {status}: {reason}") from refusal
            if attempt < ATTEMPTS:
                time.sleep(pause_before(attempt, wish))
        except OSError as error:
            raise AppError(f"{uri}: not reached: {error}") from error
    raise AppError(f"the endpoint stayed busy for {ATTEMPTS} attempts")


def predictions_in(body: bytes, count: int) -> list[dict[str, Any]]:
    """Take the predictions out of an answer, one per row that was sent."""
    try:
        predictions = json.loads(body)["predictions"]
        if len(predictions) == count and all("prediction" in answer for answer in predictions):
            return list(predictions)
    except (ValueError, KeyError, TypeError):
        pass
    raise AppError(f"the endpoint answered something else than {count} predictions: {body[:200]!r}")
<%_ } _%>
<%_ if (batch) { _%>


def score(file: Path, endpoint: str, group: str, workspace: str) -> list[dict[str, str]]:
    """Hand a CSV file to the batch endpoint, wait, and read the result.

    Args:
        file: CSV with a header and the columns that the model takes.
        endpoint: Name of the batch endpoint.
        group: Its resource group.
        workspace: Its workspace.

    Returns:
        One object per row of the file, in order: <% if (level >= 4) { %>id, <% } %>file, row (from 1), prediction<% if (classification) { %>, probability<% } %>.

    Raises:
        AppError: The job was refused, failed, took more than an hour, or left another result.
    """
    if not file.is_file():
        raise AppError(f"{file}: no such file")
    place = ("--resource-group", group, "--workspace-name", workspace)
    asked = ("--input", str(file), "--input-type", "uri_file")
    job = az("ml", "batch-endpoint", "invoke", "--name", endpoint, *asked, *place)["name"]
    print(f"job {job}", file=sys.stderr)
    wait_for(job, place)
    with tempfile.TemporaryDirectory() as folder:
        wanted = ("--output-name", "score", "--download-path", folder)
        az("ml", "job", "download", "--name", job, *wanted, *place)
        found = sorted(Path(folder).rglob("predictions.csv"))
        if not found:
            raise AppError(f"job {job}: no predictions.csv in its output")
<%_ if (level >= 4) { _%>
        rows = read_result(found[0])
        return [{"id": f"{job}_{row['file']}_{row['row']}", **row} for row in rows]
<%_ } else { _%>
        return read_result(found[0])
<%_ } _%>


def wait_for(job: str, place: tuple[str, ...]) -> None:
    """Wait until a job is over; raise AppError when it did not succeed or takes too long."""
    deadline = time.monotonic() + PATIENCE
    while True:
        status = az("ml", "job", "show", "--name", job, *place)["status"]
        if status == DONE:
            return
        if status in OVER:
            raise AppError(f"job {job}: {status}; see it with: az ml job show --name {job} --web")
        if time.monotonic() + POLL > deadline:
            raise AppError(f"job {job}: still {status} after {PATIENCE:.0f} seconds")
        time.sleep(POLL)


def read_result(file: Path) -> list[dict[str, str]]:
    """Read what the batch deployment wrote: CSV without a header, in no order of its own."""
<%_ if (classification) { _%>
    names = ["file", "row", "prediction", "probability"]
<%_ } else { _%>
    names = ["file", "row", "prediction"]
<%_ } _%>
    with file.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.reader(lines))
    if not rows or any(len(row) != len(names) or not row[1].isdecimal() for row in rows):
        raise AppError(f"the result is not made of lines of {', '.join(names)}")
    rows.sort(key=lambda row: (row[0], int(row[1])))
    return [dict(zip(names, row, strict=True)) for row in rows]
<%_ } _%>


<%_ if (level >= 4) { _%>
def record(folder: Path, kind: str, records: list[dict[str, Any]]) -> None:
    """Append records to a file of the folder, a line of JSON each, with the time in UTC."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = [json.dumps({"time": now, **record}, ensure_ascii=False) for record in records]
    # In one piece, so that several processes may write to one file.
    with (folder / f"{kind}.jsonl").open("a", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in lines))


def record_predictions(folder: Path, answers: list[dict[str, Any]]) -> None:
    """Record answers: what was predicted, by which deployment."""
    kept = ("id", "deployment", "prediction")
    # A server that gives no id cannot be told what really happened.
    named = [answer for answer in answers if answer.get("id")]
    records = [{key: answer.get(key, "") for key in kept} for answer in named]
    record(folder, PREDICTIONS, records)


def record_outcome(folder: Path, key: str, actual: str) -> dict[str, Any]:
    """Record what really happened; of several for one answer the last counts.

    Args:
        folder: Where the records are.
        key: The id of the answer.
        actual: <% if (classification) { %>The label that was right.<% } else { %>The true value, in the unit of the target.<% } %>

    Raises:
        AppError: The id is empty, or the outcome is none.
    """
    if not key.strip():
        raise AppError("the id of the answer is empty")
<%_ if (classification) { _%>
    if not actual.strip():
        raise AppError("the outcome is empty")
    outcome = {"id": key, "actual": actual.strip()}
<%_ } else { _%>
    try:
        value = float(actual)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise AppError(f"the outcome must be a number, it is {actual!r}")
    outcome = {"id": key, "actual": value}
<%_ } _%>
    record(folder, OUTCOMES, [outcome])
    return outcome


def upload(folder: Path, account: str) -> list[str]:
    """Take the records to the storage account, and delete them here.

    A file is given its name there first, so that what is recorded meanwhile begins a new one. One
    that could not be taken stays, and the next call takes it again under the same name.

    Returns:
        The names of the files in the storage account.

    Raises:
        AppError: az could not take one.
    """
    for kind in (PREDICTIONS, OUTCOMES):
        now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        if (folder / f"{kind}.jsonl").is_file():
            waiting = folder / kind / f"{now}-{uuid.uuid4().hex[:8]}.jsonl"
            waiting.parent.mkdir(exist_ok=True)
            (folder / f"{kind}.jsonl").rename(waiting)
    taken = []
    for file in sorted(folder.glob("*/*.jsonl")):
        name = f"{file.parent.name}/{file.name}"
        place = ("--account-name", account, "--container-name", CONTAINER, "--auth-mode", "login")
        az("storage", "blob", "upload", "--file", str(file), "--name", name, "--overwrite", *place)
        file.unlink()
        taken.append(name)
    return taken


<%_ } _%>
def setting(name: str) -> str:
    """Read a setting from the environment; raise AppError when it is not set."""
    value = os.environ.get(name)
    if not value:
        raise AppError(f"set the environment variable {name}")
    return value


def main(argv: list[str] | None = None) -> None:
    """Run a command and print its result as JSON; exit 1 with the reason when there is none."""
    parser = argparse.ArgumentParser(description="Ask the model <%= name %>.")
    commands = parser.add_subparsers(dest="command", required=True)
<%_ if (online) { _%>
    one = commands.add_parser("predict", help="ask the online endpoint")
    one.add_argument("request", type=Path, help='JSON file: {"data": [{column: value, ...}, ...]}')
<%_ if (level >= 4) { _%>
    one.add_argument("--records", type=Path, help="folder to record the answers in")
<%_ } _%>
<%_ } _%>
<%_ if (batch) { _%>
    many = commands.add_parser("score", help="hand a file to the batch endpoint")
    many.add_argument("file", type=Path, help="CSV file")
<%_ if (level >= 4) { _%>
    many.add_argument("--records", type=Path, help="folder to record the answers in")
<%_ } _%>
<%_ } _%>
<%_ if (level >= 4) { _%>
    truth = commands.add_parser("outcome", help="record what really happened")
    truth.add_argument("id", help="of the answer")
    truth.add_argument("actual", help="<% if (classification) { %>the label that was right<% } else { %>the true value<% } %>")
    truth.add_argument("--records", type=Path, required=True, help="folder of the records")
    away = commands.add_parser("upload", help="take the records to the storage account")
    away.add_argument("--records", type=Path, required=True, help="folder of the records")
<%_ } _%>
    arguments = parser.parse_args(argv)
    try:
<%_ if (level >= 4) { _%>
        result = run(arguments)
<%_ } else { _%>
<%_ if (online && batch) { _%>
        if arguments.command == "predict":
            result = run_predict(arguments.request)
        else:
            result = run_score(arguments.file)
<%_ } else if (online) { _%>
        result = run_predict(arguments.request)
<%_ } else { _%>
        result = run_score(arguments.file)
<%_ } _%>
<%_ } _%>
    except AppError as error:
        sys.exit(str(error))
    print(json.dumps(result, indent=2, ensure_ascii=False))
<%_ if (level >= 4) { _%>


def run(arguments: argparse.Namespace) -> Any:
    """Do what the command line asks for; give what is to be printed."""
    if arguments.command == "outcome":
        return record_outcome(arguments.records, arguments.id, arguments.actual)
    if arguments.command == "upload":
        return upload(arguments.records, setting("AZURE_STORAGE_ACCOUNT"))
<%_ if (online && batch) { _%>
    answers = (
        run_predict(arguments.request)
        if arguments.command == "predict"
        else run_score(arguments.file)
    )
<%_ } else if (online) { _%>
    answers = run_predict(arguments.request)
<%_ } else { _%>
    answers: list[dict[str, Any]] = [*run_score(arguments.file)]
<%_ } _%>
    if arguments.records is not None:
        record_predictions(arguments.records, answers)
    return answers
<%_ } _%>
<%_ if (online) { _%>


def run_predict(file: Path) -> list[dict[str, Any]]:
    """Ask the online endpoint of the environment with the rows of a request file."""
    uri = setting("SCORING_URI")
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))["data"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AppError(f'{file}: not a request {{"data": [...]}}: {error}') from error
    return predict(uri, rows, token_for(uri))
<%_ } _%>
<%_ if (batch) { _%>


def run_score(file: Path) -> list[dict[str, str]]:
    """Hand a file to the batch endpoint of the environment."""
    group, workspace = setting("AZURE_RESOURCE_GROUP"), setting("AZURE_ML_WORKSPACE")
    return score(file, setting("BATCH_ENDPOINT"), group, workspace)
<%_ } _%>


if __name__ == "__main__":
    main()
