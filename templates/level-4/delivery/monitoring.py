"""Monitoring: asks production how the model does, and keeps <% if (online) { %>the monitor on what is deployed<% } else { %>drift jobs going<% } %>.

    python -m delivery.monitoring drift --submit job.txt
    python -m delivery.monitoring drift --job JOB --to drift.json
    python -m delivery.monitoring ask --windows windows.json --retrainings FILE<% if (batch) { %> --drift drift.json<% } %>
<%_ if (online) { _%>
    python -m delivery.monitoring reference --job JOB --version 7
    python -m delivery.monitoring apply --version 7
<%_ } _%>

`drift` runs in the development workspace, where the gathered data is. `--submit` starts the job
that compares the newest data with what the model in production learned from and writes its name,
or nothing when the two were compared before; it does not wait. `--job`, once that job has ended,
reads its report and those before it; without a name only the latter. `ask` puts together what every
source says of late; FILE is a JSON list of the times at which retraining was started, which only
GitHub knows.<% if (online) { %> `reference` shares the data that a
model is judged by with the registry, `apply` creates or updates the monitor of every online
endpoint after a release.<% } %>

<%_ if (online) { _%>
A window is a day and bears the time at which it ended, midnight UTC.
<%_ if (batch) { _%>
Of the gathered data a window is a version, and bears the day on which it was compared. Days and
versions are written apart, since one comes seven times as often as the other.
<%_ } _%>
<%_ } else { _%>
A window is a version of the gathered data and bears the day on which it was compared, midnight UTC.
<%_ } _%>
A source that has no answer for a window says ``"violates": null``; nothing is taken to be fine
because it could not be asked.
"""

import argparse
<%_ if (online) { _%>
import contextlib
<%_ } _%>
import json
<%_ if (online) { _%>
import os
import re
<%_ } _%>
import sys
import tempfile
<%_ if (online) { _%>
from collections.abc import Iterator, Mapping
<%_ } else { _%>
from collections.abc import Mapping
<%_ } _%>
<%_ if (online) { _%>
from datetime import datetime, timedelta, timezone
<%_ } else { _%>
from datetime import datetime, timezone
<%_ } _%>
from pathlib import Path
<%_ if (online) { _%>
from typing import Any, NamedTuple
<%_ } else { _%>
from typing import Any
<%_ } _%>

import yaml

from <%= pkg %>.azure import AzureError, az
<%_ if (online) { _%>
from <%= pkg %>.data import CONTRACT, load_contract
<%_ } _%>

from . import <% if (online) { %>ab_test, <% } %>registry
from .decide import check, <% if (online && batch) { %>of_versions, <% } %>stamp, utc
<%_ if (online) { _%>
from .endpoints import JOB_UNDER_WAY, Az, Online
from .targets import Target, load, settings, variable
<%_ } else { _%>
from .endpoints import JOB_UNDER_WAY, Az
from .targets import variable
<%_ } _%>

CONFIG = Path("config/monitoring.yml")
PIPELINE = Path("azureml/pipelines/drift.yml")
EXPERIMENT = f"{registry.MODEL}-drift"
DATA = f"{registry.MODEL}-data"
# How many of the newest jobs of a workspace are looked through.
JOBS = "500"
<%_ if (online) { _%>
MONITOR = Path("azureml/monitor.yml")
REFERENCE = f"{registry.MODEL}-reference"
<%_ if (classification) { _%>
OUTCOMES = f"{registry.MODEL}-outcomes"
<%_ } _%>
CONTAINER = "outcomes"
# What the steps of a monitor tag when a threshold is crossed; the second ends with the signal.
BREACH = ("azureml_modelmonitor_threshold_breached", "azureml.modelmonitor.threshold.breached")
# The signal whose limit azure-ai-ml does not send as the file has it: outcome_windows has its own.
PERFORMANCE = "model_performance"
# How deep the steps of a monitor lie below its job: signal, step, and one to spare.
DEPTH = 3
# Outcomes come later than predictions.
LOOK_BACK = timedelta(days=7)
# The days as whole ones, so that a window is the same whenever it is asked for.
# What the server says of a request lies in customDimensions; the columns of these names stay empty.
QUERY = """\
requests
| where timestamp >= datetime({first}) and timestamp < datetime({last})
| where tostring(customDimensions["name"]) == "/score"
| extend status = toint(tostring(customDimensions["resultCode"])),
    took = totimespan(tostring(customDimensions["duration"]))
| summarize total = count(), failed = countif(status >= 500),
    p95_ms = percentile(took / 1ms, 95) by day = bin(timestamp, 1d)
"""
<%_ } _%>

Window = dict[str, Any]


def midnight(moment: datetime) -> datetime:
    """Give the beginning of the day of a moment, in UTC."""
    return moment.astimezone(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)


def window(
    end: datetime, source: str, violates: bool | None, reasons: list[str] | None = None
) -> Window:
    """Put one answer together."""
    return {
        "time": stamp(end),
        "source": source,
        "violates": violates,
        "reasons": reasons or [],
    }


def started(job: Mapping[str, Any]) -> datetime:
    """Give the time at which a job was created; raises ValueError when az does not say it."""
    told = (job.get("creation_context") or {}).get("created_at")
    # az writes microseconds and an offset, and Python 3.10 reads no other number of digits.
    return utc(f"{str(told)[:19]}Z")


def outputs(job: str, name: str, az: Az = az) -> Any:
    """Download an output of a job that is one JSON file, and read it.

    Raises:
        AzureError: It is not there, or no JSON.
    """
    with tempfile.TemporaryDirectory() as folder:
        asked = ("--output-name", name, "--download-path", folder)
        az("ml", "job", "download", "--name", job, *asked)
        # An output that is gone is no error to az.
        found = [path for path in Path(folder).rglob("*") if path.is_file()]
        if len(found) != 1:
            raise AzureError(f"the job {job} has {len(found)} files of {name} instead of one")
        try:
            return json.loads(found[0].read_text(encoding="utf-8"))
        except ValueError as error:
            raise AzureError(f"the {name} of the job {job} is no JSON: {error}") from error


def drift_jobs(az: Az = az) -> list[Mapping[str, Any]]:
    """Give the jobs that `submit` started, the newest first."""
    jobs = az("ml", "job", "list", "--max-results", JOBS)
    return [
        job
        for job in jobs
        if job.get("experiment_name") == EXPERIMENT and "data" in (job.get("tags") or {})
    ]


def submit(az: Az = az) -> str | None:
    """Start the drift pipeline for the newest data, unless that was compared before.

    Data that stays the same says the same again: counted anew every day, the drift of one version
    would pass for one that lasts.

    Returns:
        The name of the job, also of one that is still under way; None when there is nothing new to
        compare: this version was compared with the model in production, or no model is there.

    Raises:
        AzureError: A question has no answer.
    """
    place = variable("AZURE_ML_REGISTRY")
    version = registry.production(place, az)
    if version is None:
        return None
    learned = registry.lineage(version, place, az)["data"]
    newest = az("ml", "data", "show", "--name", DATA, "--label", "latest")["version"]
    # The model says what the reference is: the data that it learned from.
    tags = {"model": f"{registry.MODEL}:{version}", "data": f"{DATA}:{newest}"}
    for job in drift_jobs(az):
        if all(job["tags"].get(key) == value for key, value in tags.items()):
            if job["status"] in JOB_UNDER_WAY:
                return str(job["name"])
            if job["status"] == "Completed":
                return None
    created = az(
        *("ml", "job", "create", "--file", str(PIPELINE), "--set"),
        f"inputs.reference.path=azureml:{DATA}:{learned}",
        f"inputs.current.path=azureml:{DATA}:{newest}",
        f"inputs.model.path=azureml:{registry.MODEL}:{version}",
        *(f"tags.{key}={value}" for key, value in tags.items()),
    )
    return str(created["name"])


def found_drift(job: str, count: int, now: datetime, az: Az = az) -> dict[str, Any]:
    """Read what the drift jobs found, for `ask`.

    Args:
        job: The job that `submit` started; empty when there was nothing new to compare.
        count: How many windows are asked for.
        now: The time of asking.
        az: Runs az.

    Returns:
        ``{"windows": oldest first, "since": when watching began, None when it is not known}``.

    Raises:
        AzureError: The job has not ended yet, or a question has no answer.
    """
    if job:
        status = az("ml", "job", "show", "--name", job)["status"]
        if status in JOB_UNDER_WAY:
            raise AzureError(f"the job {job} has not ended yet, it is {status}")
    elif registry.production(variable("AZURE_ML_REGISTRY"), az) is None:
        # Nothing can drift yet, so that watching begins now at the earliest.
        return {"windows": [], "since": stamp(now)}
    return {"windows": drift_windows(count, az), "since": None}


def drift_windows(count: int, az: Az = az) -> list[Window]:
    """Read the reports of the newest versions of the data: of each, the last job that ended."""
    by_data: dict[str, Mapping[str, Any]] = {}
    for job in drift_jobs(az):
        if job["status"] not in JOB_UNDER_WAY:
            by_data.setdefault(job["tags"]["data"], job)
    last = sorted(by_data.values(), key=started)[-count:]
    return [drift_window(midnight(started(job)), job, az) for job in last]


def shown(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give what the report of drift measured, and its limits: for people, not for the decision."""
    keys = ("column", "measure", "value", "limit")
    return [{key: one.get(key) for key in keys} for one in report.get("columns") or []]


def drift_window(day: datetime, job: Mapping[str, Any], az: Az = az) -> Window:
    """Read what one drift job found."""
    if job["status"] != "Completed":
        return window(day, "drift", None, [f"the job {job['name']} ended as {job['status']}"])
    try:
        report = outputs(job["name"], "report", az)
        violates, reasons = report["violates"], list(report["reasons"])
    except (AzureError, KeyError, TypeError) as error:
        return window(day, "drift", None, [f"the job {job['name']}: {error}"])
    return window(day, "drift", violates, reasons) | {"columns": shown(report)}
<%_ if (online) { _%>


def monitor_name(target: Target) -> str:
    """Give the name of the monitor of a target."""
    return f"{target.name}-monitor"


class Breaches(NamedTuple):
    """What the thresholds of a monitor say.

    Attributes:
        counted: The messages of those that make a window violate.
        performance: The messages of the model's performance, which alone do not, and its steps
            that ended without an answer.
        broken: The steps of other signals that ended without an answer.
    """

    counted: list[str]
    performance: list[str]
    broken: list[str]


def breaches(
    job: Mapping[str, Any], az: Az = az, depth: int = DEPTH, *, performance: bool = False
) -> Breaches:
    """Find what the thresholds of a monitor say, in the tags of its job and of the steps below.

    A crossed threshold is one of the model's performance when the tag or its message names that
    signal, or when the step or one above it is named after it; what says nothing of its signal
    counts as any other.

    Args:
        job: The job of a monitor, or a step below it.
        az: Runs az.
        depth: How many levels below are looked through.
        performance: Whether a job above is named after that signal.
    """
    names = [str(job.get(key)) for key in ("display_name", "name")]
    performance = performance or any(PERFORMANCE in name for name in names)
    found = Breaches([], [], [])
    tags = [(key, str(told)) for key, told in (job.get("tags") or {}).items()]
    for key, told in tags:
        if key.startswith(BREACH):
            about = performance or PERFORMANCE in key or PERFORMANCE in told
            (found.performance if about else found.counted).append(told)
    below = (
        az("ml", "job", "list", "--parent-job-name", job["name"], "--max-results", JOBS)
        if depth
        else []
    )
    for child in below or []:
        for all_of, more in zip(
            found, breaches(child, az, depth - 1, performance=performance), strict=True
        ):
            all_of += [told for told in more if told not in all_of]
    answered = found.counted or found.performance
    if not below and not answered and job.get("status") != "Completed":
        if performance:
            found.performance.append(f"{job['name']} ended as {job.get('status')}")
        else:
            found.broken.append(str(job["name"]))
    return found


def monitor_window(day: datetime, source: str, job: Mapping[str, Any], az: Az = az) -> Window:
    """Read what one run of a monitor found."""
    try:
        found = breaches(job, az)
    except AzureError as error:
        return window(day, source, None, [f"the job {job['name']}: {error}"])
    if found.counted:
        return window(day, source, True, found.counted)
    # Any crossed threshold, and any step that broke, lets the run fail. `outcome_windows` measures
    # the performance, so what became of it here decides nothing, as long as every other signal has
    # its answer.
    if job["status"] != "Completed" and (found.broken or not found.performance):
        # A crossed threshold would be in the tags; this run broke before it could tell.
        return window(day, source, None, [f"the job {job['name']} ended as {job['status']}"])
    return window(day, source, False, [f"passed over: {told}" for told in found.performance])


def monitor_windows(target: Target, days: list[datetime], az: Az = az) -> list[Window]:
    """Ask for the runs of a target's monitor, one per day; a day without one has no answer."""
    source = monitor_name(target)
    if not days:
        return []
    # Jobs of a schedule are named after it and the time.
    named = re.compile(re.escape(source) + r"[-_]\d{8}T?\d{6}Z?")
    by_day: dict[datetime, Mapping[str, Any]] = {}
    try:
        jobs = az("ml", "job", "list", "--max-results", JOBS)
        for job in jobs:
            of_it = any(named.match(str(job.get(key))) for key in ("display_name", "name"))
            if of_it and job["status"] not in JOB_UNDER_WAY:
                by_day.setdefault(midnight(started(job)), job)
    except (AzureError, ValueError) as error:
        return [window(day, source, None, [str(error)]) for day in days]
    return [
        monitor_window(day, source, by_day[day], az)
        if day in by_day
        else window(day, source, None, ["the monitor did not run, or is not done"])
        for day in days
    ]


def service_windows(days: list[datetime], limits: Mapping[str, Any], az: Az = az) -> list[Window]:
    """Ask Application Insights for the share of errors and the latency of each day."""
    source = "Application Insights"
    bounds = service_limits(limits)
    day = timedelta(days=1)
    query = QUERY.format(first=stamp(days[0] - day), last=stamp(days[-1]))
    try:
        answer = az(
            *("monitor", "app-insights", "query", "--apps", variable("AZURE_APP_INSIGHTS")),
            *("--analytics-query", query, "--offset", f"{len(days) + 1}d"),
        )
        table = answer["tables"][0]
        names = [column["name"] for column in table["columns"]]
        rows = [dict(zip(names, row, strict=True)) for row in table["rows"]]
        found = {midnight(utc(f"{str(row['day'])[:19]}Z")) + day: row for row in rows}
    except (AzureError, ValueError, KeyError, IndexError, TypeError) as error:
        return [window(end, source, None, [f"no answer: {error}"]) for end in days]
    return [service_window(end, source, found.get(end), bounds) for end in days]


def signal(column: str, measure: str, value: float, limit: float) -> dict[str, Any]:
    """Put a value and its limit together, as the report of drift does."""
    return {"column": column, "measure": measure, "value": value, "limit": limit}


def service_limits(limits: Mapping[str, Any]) -> dict[str, float]:
    """Give the limits as numbers; raise ValueError, naming the key, when one cannot be used."""
    for key in ("min_requests", "max_error_share", "max_p95_ms"):
        value = limits.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
            raise ValueError(f"service.{key} must be a number of at least 0, it is {value!r}")
    return {key: float(value) for key, value in limits.items()}


def service_window(
    end: datetime, source: str, row: Mapping[str, Any] | None, limits: Mapping[str, float]
) -> Window:
    """Judge the requests of one day; a day without any has no answer."""
    if row is None or not row["total"]:
        return window(end, source, None, ["not a single request is recorded"])
    total, failed, p95 = int(row["total"]), int(row["failed"]), row["p95_ms"]
    if total < limits["min_requests"]:
        return window(end, source, False)
    reasons = []
    if failed / total > limits["max_error_share"]:
        allowed = f"{limits['max_error_share']:.1%} are allowed"
        reasons.append(f"{failed / total:.1%} of {total} requests failed, {allowed}")
    if p95 is None or not float(p95) >= 0:
        return window(end, source, None, ["the latency is not recorded"])
    if float(p95) > limits["max_p95_ms"]:
        allowed = f"{limits['max_p95_ms']:.0f} ms are allowed"
        reasons.append(f"95 % of the requests took up to {float(p95):.0f} ms, {allowed}")
    return window(end, source, bool(reasons), reasons) | {
        "columns": [
            signal("requests", "error share", failed / total, limits["max_error_share"]),
            signal("requests", "latency (p95), ms", float(p95), limits["max_p95_ms"]),
        ]
    }


def outcome_windows(
    days: list[datetime], limits: Mapping[str, Any], targets: list[Target], az: Az = az
) -> list[Window]:
    """Compare what was predicted in the week before each day's end with what really happened.

    A day with too few outcomes gets no window: they come when they come, and none is missing.
    What the challenger of an A/B test answered is left out: it is not the model in production.

    Args:
        days: The ends of the days.
        limits: The part `outcomes` of config/monitoring.yml.
        targets: The online endpoints.
        az: Runs az.

    Raises:
        ValueError: A limit cannot be used.
    """
    source, key = "outcomes", "<% if (classification) { %>min_accuracy<% } else { %>max_error<% } %>"
    for name in ("min_answers", key):
        value = limits.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
            raise ValueError(f"outcomes.{name} must be a number of at least 0, it is {value!r}")
    try:
        account = variable("AZURE_STORAGE_ACCOUNT")
        with tempfile.TemporaryDirectory() as folder:
            place = ("--source", CONTAINER, "--account-name", account, "--auth-mode", "login")
            az("storage", "blob", "download-batch", "--destination", folder, *place)
            # Before the application has recorded anything there is no file, and no fault.
            found = any(Path(folder).rglob("*.jsonl"))
            records = ab_test.read_records(Path(folder)) if found else []
        endpoints = [Online(target.endpoint, az) for target in targets]
        trials = [one for at in endpoints if at.exists() for one in ab_test.trials(at)]
        answers = [
            (time, score)
            for time, deployment, score in ab_test.answers(records)
            if not any(trial.holds(deployment, time) for trial in trials)
        ]
    except (AzureError, OSError, ValueError) as error:
        return [window(day, source, None, [f"no answer: {error}"]) for day in days]
    windows = []
    for day in days:
        values = [score for at, score in answers if day - LOOK_BACK <= at < day]
        if len(values) >= limits["min_answers"] and values:
            windows.append(outcome_window(day, source, sum(values) / len(values), limits[key]))
    return windows


def outcome_window(end: datetime, source: str, mean: float, limit: float) -> Window:
    """Judge the <% if (classification) { %>share of right answers<% } else { %>mean absolute error<% } %> of a week."""
<%_ if (classification) { _%>
    told = f"{mean:.1%} of the answers were right, {limit:.1%} are asked"
    wrong = signal("answers", "wrong share", 1 - mean, 1 - limit)
    return window(end, source, mean < limit, [told] if mean < limit else []) | {"columns": [wrong]}
<%_ } else { _%>
    contract = load_contract(CONTRACT)
    column = next(one for one in contract["columns"] if one["role"] == "target")
    low, high = column.get("min"), column.get("max")
    if low is None or high is None or not high > low:
        return window(end, source, None, ["the data contract gives the target no range"])
    allowed = limit * (high - low)
    told = f"the mean absolute error was {mean:.4g}, {allowed:.4g} is allowed"
    error = signal("answers", "mean absolute error", mean, allowed)
    return window(end, source, mean > allowed, [told] if mean > allowed else []) | {
        "columns": [error]
    }
<%_ } _%>


def watched_since(target: Target, az: Az = az) -> datetime | None:
    """Say since when an endpoint in production is watched: the time at which its monitor was made.

    Returns:
        None when nothing is deployed to it yet.

    Raises:
        AzureError: It has no monitor, or a question has no answer.
    """
    endpoint = Online(target.endpoint, az)
    if not endpoint.exists() or endpoint.live() is None:
        return None
    schedules = az("ml", "schedule", "list")
    monitor = next((one for one in schedules if one["name"] == monitor_name(target)), None)
    if monitor is None:
        raise AzureError(
            f"{target.endpoint} has no monitor {monitor_name(target)}: "
            "python -m delivery.monitoring apply makes it"
        )
    return started(monitor)
<%_ } _%>


<%_ if (online) { _%>
def watched(days: list[datetime], since: datetime) -> list[datetime]:
    """Give the ends of those days that were watched from their beginning."""
    return [day for day in days if day - timedelta(days=1) >= since]


<%_ } _%>
def ask(
    config: Mapping[str, Any],
    retrainings: list[str],
<%_ if (batch) { _%>
    drift: Mapping[str, Any],
<%_ } _%>
    now: datetime,
    az: Az = az,
) -> dict[str, Any]:
    """Ask every source for the last days.

    Args:
        config: config/monitoring.yml.
        retrainings: When retraining was started before, in UTC.
<%_ if (batch) { _%>
        drift: What `drift` wrote.
<%_ } _%>
        now: The time of asking.
        az: Runs az<% if (online) { %>, in the production workspace<% } %>.

    Returns:
        What delivery.decide reads: asked, since, windows, retrainings<% if (online && batch) { %>, and of the gathered
        data versions and versions_since<% } %>.
    """
    rules = check(config.get("decision"))
<%_ if (online) { _%>
    windows: list[Window] = []
    place = settings()
    targets = [target for target in load(suffix=place.suffix) if target.kind == "online"]
    today = midnight(now)
    days = [today - timedelta(days=back) for back in reversed(range(int(rules["of"])))]
    begun: list[datetime] = []
    unknown: list[Window] = []
    for target in targets:
        try:
            first = watched_since(target, az)
        except (AzureError, ValueError) as error:
            unknown.append(window(today, monitor_name(target), None, [str(error)]))
            continue
        if first is not None:
            begun.append(first)
            # Each from its own beginning: an endpoint that is new was not watched before, and the
            # days of the others count all the same.
            windows += monitor_windows(target, watched(days, first), az)
    windows += unknown
    since = min(begun, default=None)
    if since is not None and (due := watched(days, since)):
        windows += service_windows(due, config.get("service") or {}, az)
        windows += outcome_windows(due, config.get("outcomes") or {}, targets, az)
    if since is None and not unknown:
        windows, since = [], now  # nothing is deployed, so nothing can be watched
<%_ } else { _%>
    windows, since = drift["windows"][-int(rules["of"]) :], drift["since"]
<%_ } _%>
    return {
        "asked": stamp(now),
<%_ if (online) { _%>
        "since": stamp(since) if since else None,
<%_ } else { _%>
        "since": stamp(utc(since)) if since else None,
<%_ } _%>
        "windows": sorted(windows, key=lambda one: (one["time"], one["source"])),
<%_ if (online && batch) { _%>
        "versions": drift["windows"][-int(of_versions(rules)["of"]) :],
        "versions_since": drift["since"],
<%_ } _%>
        "retrainings": [stamp(utc(moment)) for moment in retrainings],
    }
<%_ if (online) { _%>


def share_reference(job: str, version: str, az: Az = az) -> str:
    """Register the data that a model is judged by, and share it with the registry, once.

    Runs in the development workspace: the rows go from one store of Azure to another, and never
    through the machine that runs the workflow.

    Args:
        job: The job of azureml/pipelines/test.yml, whose output `reference` it is.
        version: The version of the model; the data gets the same.
        az: Runs az.

    Returns:
        The address in the registry.
    """
    place = variable("AZURE_ML_REGISTRY")
    asset = ("--name", REFERENCE, "--version", version)
    if version not in data_versions(REFERENCE, az):
        source = ("--type", "mltable", "--path", f"azureml://jobs/{job}/outputs/reference")
        az("ml", "data", "create", *asset, *source)
    if version not in data_versions(REFERENCE, az, *registry.named(place)):
        shared = ("--share-with-name", REFERENCE, "--share-with-version", version)
        az("ml", "data", "share", *asset, *registry.named(place), *shared)
    return reference_address(version, place)


def data_versions(name: str, az: Az = az, *place: str) -> list[str]:
    """Give the versions of a data asset of the workspace or, with arguments for it, a registry."""
    # The versions of an asset that is not there are an error to az; so assets are listed first.
    if name not in [found["name"] for found in az("ml", "data", "list", *place)]:
        return []
    return [str(found["version"]) for found in az("ml", "data", "list", "--name", name, *place)]


def reference_address(version: str, place: str) -> str:
    """Give the address of the reference data of a model in the registry."""
    return f"azureml://registries/{place}/data/{REFERENCE}/versions/{version}"


<%_ if (classification) { _%>
def outcomes_asset(az: Az = az) -> str | None:
    """Give the name and version of the recorded outcomes as a data asset; None without one.

    A team registers it: a monitor reads only through datastores with credentials, and the account
    that the application records to takes no keys.
    """
    if not data_versions(OUTCOMES, az):
        return None
    newest = az("ml", "data", "show", "--name", OUTCOMES, "--label", "latest")["version"]
    return f"azureml:{OUTCOMES}:{newest}"


<%_ } _%>
def fill_in(
    document: Mapping[str, Any],
    contract: Mapping[str, Any],
    *,
    endpoint: str,
    deployment: str,
    reference: str,
<%_ if (classification) { _%>
    outcomes: str | None,
<%_ } _%>
) -> dict[str, Any]:
    """Fill azureml/monitor.yml in for one deployment.

    Args:
        document: The file, as YAML reads it.
        contract: The data contract, which names the task and the target.
        endpoint: The name of the endpoint.
        deployment: The deployment of it that answers.
        reference: The address of the reference data.
<%_ if (classification) { _%>
        outcomes: The asset of the recorded outcomes; None without one, so that the monitor does
            not measure the performance of the model.
<%_ } _%>
    """
    filled: dict[str, Any] = json.loads(json.dumps(document))
    monitor, target = filled["create_monitor"], contract["target"]
    monitor["monitoring_target"]["endpoint_deployment_id"] = f"azureml:{endpoint}:{deployment}"
    signals = monitor["monitoring_signals"]
<%_ if (classification) { _%>
    if outcomes is None:
        signals.pop("model_performance")
    else:
        performance = signals["model_performance"]
        collected = f"azureml:{endpoint}-{deployment}-model_outputs:1"
        performance["production_data"]["input_data"]["path"] = collected
        performance["production_data"]["data_column_names"]["prediction"] = target
        performance["reference_data"]["input_data"]["path"] = outcomes
<%_ } _%>
    for signal in signals.values():
        data = signal["reference_data"]
        if data["data_context"] != "ground_truth":
            data["input_data"]["path"] = reference
            data["data_column_names"]["target_column"] = target
    return filled


@contextlib.contextmanager
def monitor_file(filled: Mapping[str, Any], root: Path = Path()) -> Iterator[Path]:
    """Write a monitor to a file beside azureml/monitor.yml, for as long as it takes."""
    handle, name = tempfile.mkstemp(prefix="monitor-", suffix=".yml", dir=root / MONITOR.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            yaml.safe_dump(dict(filled), stream, sort_keys=False)
        yield Path(name)
    finally:
        Path(name).unlink()


def apply(
    version: str,
    targets: list[Target],
    contract: Mapping[str, Any],
    place: str,
    az: Az = az,
    *,
    root: Path = Path(),
) -> list[str]:
    """Create or update the monitor of every online endpoint for the deployment that answers.

    Args:
        version: Of the model that was released.
        targets: Where it was released to; those that are no online endpoint are passed over.
        contract: The data contract.
        place: The name of the registry.
        az: Runs az, in the production workspace.
        root: The root of the repository.

    Returns:
        One line of Markdown per endpoint; or one that says why every monitor stays as it is. A
        version that was released before there were monitors has no reference data, and a release
        that goes back to it is none the worse for that.

    Raises:
        ValueError: Nothing is deployed.
        AzureError: Azure refused.
    """
    if version not in data_versions(REFERENCE, az, *registry.named(place)):
        return [
            f"- There is no version {version} of `{REFERENCE}` in the registry `{place}`, which "
            "the release tests share: the monitor stays as it is."
        ]
<%_ if (classification) { _%>
    outcomes = outcomes_asset(az)
<%_ } _%>
    document = yaml.safe_load((root / MONITOR).read_text(encoding="utf-8"))
    told = []
    for target in targets:
        if target.kind != "online":
            continue
        endpoint = Online(target.endpoint, az)
        live = endpoint.live() if endpoint.exists() else None
        if live is None:
            raise ValueError(f"no deployment of {target.endpoint} is live: nothing to watch")
        filled = fill_in(
            document,
            contract,
            endpoint=target.endpoint,
            deployment=live,
            reference=reference_address(version, place),
<%_ if (classification) { _%>
            outcomes=outcomes,
<%_ } _%>
        )
        with monitor_file(filled, root) as file:
            # Of a schedule that exists, az makes an update of create.
            az("ml", "schedule", "create", "--file", str(file), "--name", monitor_name(target))
<%_ if (classification) { _%>
        rest = "" if outcomes else f"; no `{OUTCOMES}`, so `retrain` alone measures its performance"
        told.append(f"- `{monitor_name(target)}` watches `{live}` of `{target.endpoint}`{rest}")
<%_ } else { _%>
        told.append(f"- `{monitor_name(target)}` watches `{live}` of `{target.endpoint}`")
<%_ } _%>
    return told
<%_ } _%>


def main(argv: list[str] | None = None, az: Az = az) -> None:
    """Compare, ask<% if (online) { %>, share or apply<% } %>; exit 1 with the reason when that cannot be done."""
    parser = argparse.ArgumentParser(description="Ask production how the model does.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("drift", help="compare the newest data with what was learned")
    step = command.add_mutually_exclusive_group(required=True)
    step.add_argument("--submit", type=Path, help="start the job; file to write its name to")
    step.add_argument("--job", help="read what this job found; empty: nothing new was compared")
    command.add_argument("--to", type=Path, help="file to write with --job (JSON)")
    command.add_argument("--config", type=Path, default=CONFIG)
    command = commands.add_parser("ask", help="put together what every source says")
    command.add_argument("--windows", type=Path, required=True, help="file to write (JSON)")
    command.add_argument("--retrainings", type=Path, required=True, help="JSON list of times")
<%_ if (batch) { _%>
    command.add_argument("--drift", type=Path, required=True, help="what drift wrote")
<%_ } _%>
    command.add_argument("--config", type=Path, default=CONFIG)
<%_ if (online) { _%>
    command = commands.add_parser("reference", help="share the data that a model is judged by")
    command.add_argument("--job", required=True, help="of azureml/pipelines/test.yml")
    command.add_argument("--version", required=True, help="of the model")
    command = commands.add_parser("apply", help="create or update the monitors")
    command.add_argument("--version", required=True, help="of the model that was released")
<%_ } _%>
    options = parser.parse_args(argv)
    if options.command == "drift" and (options.job is None) != (options.to is None):
        parser.error("--job and --to go together")
    try:
        run(options, az)
    except (AzureError, OSError, ValueError, KeyError, TypeError) as error:
        sys.exit(str(error) or type(error).__name__)


def run(options: argparse.Namespace, az: Az) -> None:
    """Do what the command line asks for."""
    now = datetime.now(timezone.utc)
<%_ if (online) { _%>
    if options.command == "reference":
        print(share_reference(options.job, options.version, az))
        return
    if options.command == "apply":
        place = settings()
        targets, contract = load(suffix=place.suffix), load_contract(CONTRACT)
        print("\n".join(apply(options.version, targets, contract, place.registry, az)))
        return
<%_ } _%>
    if options.command == "drift" and options.submit:
        job = submit(az)
        options.submit.parent.mkdir(parents=True, exist_ok=True)
        options.submit.write_text(f"{job}\n" if job else "", encoding="utf-8")
        print(f"The job {job} compares." if job else "There is nothing new to compare.")
        return
    config = yaml.safe_load(options.config.read_text(encoding="utf-8"))
    if options.command == "drift":
<%_ if (online && batch) { _%>
        count = int(of_versions(check(config.get("decision")))["of"])
<%_ } else { _%>
        count = int(check(config.get("decision"))["of"])
<%_ } _%>
        write(options.to, found_drift(options.job.strip(), count, now, az))
        return
    retrainings = json.loads(options.retrainings.read_text(encoding="utf-8"))
<%_ if (batch) { _%>
    drift = json.loads(options.drift.read_text(encoding="utf-8"))
    asked = ask(config, retrainings, drift, now, az)
<%_ } else { _%>
    asked = ask(config, retrainings, now, az)
<%_ } _%>
    write(options.windows, asked)
<%_ if (online && batch) { _%>
    for one in [*asked["windows"], *asked["versions"]]:
<%_ } else { _%>
    for one in asked["windows"]:
<%_ } _%>
        answer = {True: "violates", False: "fine", None: "unknown"}[one["violates"]]
        print(f"{one['time']} {one['source']}: {'; '.join([answer, *one['reasons']])}")


def write(file: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
