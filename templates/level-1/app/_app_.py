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
Only the standard library is used: whoever builds on this can copy it.
"""

import argparse
<%_ if (batch) { _%>
import csv
<%_ } _%>
import json
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
from http.client import HTTPMessage
<%_ } _%>
from pathlib import Path
from typing import Any

<%_ if (online) { _%>
TIMEOUT = 30.0
ATTEMPTS = 4
LONGEST_PAUSE = 20.0
# Too many requests, or no worker free: the same request may well succeed a moment later.
BUSY = (429, 503)
LOOPBACK = ("127.0.0.1", "::1", "localhost")
RESOURCE = "https://ml.azure.com"
<%_ } _%>
<%_ if (batch) { _%>
POLL = 15.0
PATIENCE = 3600.0
DONE = "Completed"
OVER = (DONE, "Failed", "Canceled", "NotResponding")
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
        One object per row, in order, with the key "prediction".

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
                return predictions_in(response.read(), len(rows))
        except urllib.error.HTTPError as refusal:
            with refusal:
                reason = refusal.read().decode(errors="replace").strip()
                wish = refusal.headers.get("Retry-After")
            if refusal.code not in BUSY:
                raise AppError(f"the endpoint answered {refusal.code}: {reason}") from refusal
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
        One object per row of the file, in order: file, row (from 1), prediction<% if (classification) { %>, probability<% } %>.

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
        return read_result(found[0])


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
<%_ } _%>
<%_ if (batch) { _%>
    many = commands.add_parser("score", help="hand a file to the batch endpoint")
    many.add_argument("file", type=Path, help="CSV file")
<%_ } _%>
    arguments = parser.parse_args(argv)
    try:
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
    except AppError as error:
        sys.exit(str(error))
    print(json.dumps(result, indent=2, ensure_ascii=False))
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
