"""Azure from Python: the az command line, called without a shell."""

import json
import shutil
import subprocess
from typing import Any

TIMEOUT = 900.0


class AzureError(RuntimeError):
    """A call to az failed; the message says what was asked and what az answered."""


def az(*args: str) -> Any:
    """Run `az <args>` and give what it answers.

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
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise AzureError(f"{asked}: no answer within {TIMEOUT:.0f} seconds") from error
    if done.returncode != 0:
        raise AzureError(f"{asked}: exit code {done.returncode}: {done.stderr.strip()}")
    try:
        return json.loads(done.stdout) if done.stdout.strip() else None
    except ValueError as error:
        raise AzureError(f"{asked}: the answer is not JSON: {done.stdout[:200]!r}") from error
