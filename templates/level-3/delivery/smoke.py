"""Smoke test: asks what is deployed, and judges the answer.

    python -m delivery.smoke

asks the live deployment of every target with the samples of this repository. A deployment passes
when it gives one prediction, and a finite one, for every row.
"""

import argparse
<%_ if (batch) { _%>
import csv
<%_ } _%>
<%_ if (online) { _%>
import json
<%_ } _%>
import math
import sys
from pathlib import Path
from typing import Any

from <%= pkg %>.azure import AzureError, az

from . import endpoints
from .endpoints import Az<% if (batch) { %>, Batch<% } %>, Endpoint<% if (online) { %>, Online<% } %>
from .registry import tags_of
from .targets import content_of, load, settings

<%_ if (online) { _%>
REQUEST = Path("samples/request.json")
<%_ } _%>
<%_ if (batch) { _%>
ROWS = Path("samples/batch.csv")
<%_ } _%>


def usable(value: Any) -> bool:
    """Say whether a prediction is one: text, or a finite number."""
    if isinstance(value, bool):
        return True
    if isinstance(value, int | float):
        return math.isfinite(value)
    if not isinstance(value, str) or not value.strip():
        return False
    try:
        return math.isfinite(float(value))
    except ValueError:
        return True  # a label


<%_ if (online) { _%>
def judge_answer(request: Any, answer: Any) -> list[str]:
    """Say what is wrong with an answer to a request; nothing if it is good."""
    rows = len(request["data"])
    given = answer.get("predictions") if isinstance(answer, dict) else None
    if not isinstance(given, list):
        return [f"the answer has no list of predictions: {str(answer)[:200]}"]
    if len(given) != rows:
        return [f"{len(given)} predictions for {rows} rows"]
    values = [one.get("prediction") if isinstance(one, dict) else None for one in given]
    return [
        f"row {number}: {value!r} is no prediction"
        for number, value in enumerate(values, start=1)
        if not usable(value)
    ]


<%_ } _%>
<%_ if (batch) { _%>
def judge_rows(rows: int, scored: list[list[str]]) -> list[str]:
    """Say what is wrong with a scored file of so many rows; nothing if it is good."""
    if len(scored) != rows:
        return [f"{len(scored)} predictions for {rows} rows"]
    return [
        f"row {row[1]} of {row[0]}: {row[2]!r} is no prediction"
        for row in scored
        if not usable(row[2])
    ]


<%_ } _%>
def check(endpoint: Endpoint, deployment: str, root: Path = Path()) -> list[str]:
    """Ask a deployment with this repository's samples; say what is wrong with its answer."""
<%_ if (batch) { _%>
<%_ if (online) { _%>
    if isinstance(endpoint, Batch):
        with (root / ROWS).open(encoding="utf-8", newline="") as stream:
            rows = sum(1 for _ in csv.DictReader(stream))
        return judge_rows(rows, endpoint.score(deployment, str(root / ROWS)))
<%_ } else { _%>
    assert isinstance(endpoint, Batch)
    with (root / ROWS).open(encoding="utf-8", newline="") as stream:
        rows = sum(1 for _ in csv.DictReader(stream))
    return judge_rows(rows, endpoint.score(deployment, str(root / ROWS)))
<%_ } _%>
<%_ } _%>
<%_ if (online) { _%>
    assert isinstance(endpoint, Online)
    request = json.loads((root / REQUEST).read_text(encoding="utf-8"))
    return judge_answer(request, endpoint.ask(deployment, root / REQUEST))
<%_ } _%>


def main(argv: list[str] | None = None, az: Az = az) -> None:
    """Ask the live deployment of every target; exit code 1 if an answer is not good."""
    parser = argparse.ArgumentParser(description="Ask what is deployed, and judge the answers.")
    parser.add_argument("--target", help="only this target of config/targets.yml")
    parser.add_argument("--version", help="fail unless this version is live, with this code")
    arguments = parser.parse_args(argv)
    failed = False
    try:
        for target in load(suffix=settings().suffix, only=arguments.target):
            endpoint = endpoints.of(target, az)
            live = endpoint.live() if endpoint.exists() else None
            reasons = check(endpoint, live) if live else ["no deployment of it is live"]
            if live and arguments.version:
                tags = tags_of(endpoint.deployments()[live])
                if tags.get("version") != arguments.version:
                    told = f"version {tags.get('version', 'unknown')} is live"
                    reasons.append(f"{told}, not {arguments.version}")
                elif tags.get("content") != content_of(target):
                    reasons.append(f"version {arguments.version} is live, with other code")
            failed = failed or bool(reasons)
            told = "; ".join(reasons) or "one finite prediction per row"
            print(f"- `{target.endpoint}`, deployment `{live or 'none'}`: {told}")
    except (AzureError, OSError, ValueError) as error:
        sys.exit(str(error))
    if failed:
        sys.exit("The smoke test failed.")


if __name__ == "__main__":
    main()
