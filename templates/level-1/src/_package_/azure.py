"""Azure from Python: the az command line, called without a shell."""

import itertools
import json
import re
import shutil
import subprocess
import time
from typing import Any

TIMEOUT = 900.0
# Seconds before each further try. az itself tries three times, within a few seconds.
PAUSES = (5.0, 15.0, 45.0)
# What only looks, and `update`, which sets values: a second time changes nothing more. Anything
# else may have happened although its answer was lost, and what is made twice is there twice.
HARMLESS = ("show", "list", "list-jobs", "query", "download", "download-batch", "update")
# What az says of troubles that pass: too many requests, a service or line that is down, and an
# endpoint on which something else is under way.
PASSING = re.compile(
    r"TooManyRequests|Too Many Requests|throttl|\b(429|502|503|504)\b|InternalServerError"
    r"|BadGateway|GatewayTimeout|ServiceUnavailable|ServerTimeout|Max retries exceeded"
    r"|Connection aborted|Connection ?reset|RemoteDisconnected|Read timed out"
    r"|provisioning state.{0,40}(Updating|Scaling)",
    re.IGNORECASE,
)


class AzureError(RuntimeError):
    """A call to az failed; the message says what was asked and what az answered."""


def az(*args: str) -> Any:
    """Run `az <args>` and give what it answers; wait for troubles to pass where that is harmless.

    Returns:
        The JSON that az prints; None when it prints nothing.

    Raises:
        AzureError: az is not installed, failed, took too long, or printed no JSON.
    """
    program = shutil.which("az")  # a batch file on Windows, which is not found by its bare name
    if program is None:
        raise AzureError("az is not installed: https://aka.ms/azure-cli")
    asked = "az " + " ".join(args)
    command = [program, *args, "--only-show-errors", "--output", "json"]
    verb = [*itertools.takewhile(lambda word: not word.startswith("-"), args)][-1:]
    pauses = PAUSES if set(verb) & set(HARMLESS) else ()
    done = _run(command, asked)
    for pause in pauses:
        if done.returncode == 0 or not PASSING.search(done.stderr):
            break
        time.sleep(pause)
        done = _run(command, asked)
    if done.returncode != 0:
        raise AzureError(f"{asked}: exit code {done.returncode}: {done.stderr.strip()}")
    try:
        return json.loads(done.stdout) if done.stdout.strip() else None
    except ValueError as error:
        raise AzureError(f"{asked}: the answer is not JSON: {done.stdout[:200]!r}") from error


def _run(command: list[str], asked: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise AzureError(f"{asked}: no answer within {TIMEOUT:.0f} seconds") from error
