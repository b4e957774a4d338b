"""A/B test: which of two models behind an online endpoint does better on what really happened?

    python -m delivery.ab_test plan --evaluation evaluation.json
    python -m delivery.ab_test start --evaluation evaluation.json --version 7
    python -m delivery.ab_test judge --outcomes FOLDER --verdict verdict.json
    python -m delivery.ab_test stop

The champion is the model in production, the challenger another registered version. How many
answers each must give is planned before the test begins (config/monitoring.yml says how sure it
has to be), and the test is judged once both have given them: whoever looks again and again, and
stops when the numbers please, finds a winner among equals sooner or later.

The endpoint splits the requests by chance and the application records which deployment answered
and, later, what really happened. The state of a test is in the tags of the endpoint.
"""

import argparse
import json
import math
<%_ if (classification) { _%>
import re
<%_ } _%>
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
<%_ if (classification) { _%>
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize, proportions_ztest
<%_ } else { _%>
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.weightstats import ttest_ind
<%_ } _%>

from <%= pkg %>.azure import AzureError, az
from <%= pkg %>.gate import number

from . import smoke
from .decide import stamp, utc
from .endpoints import Az, Online
from .release import Release, describe, other
from .targets import Target, content_of, deployment_file, load, settings

WINNER = "winner"
LOSER = "loser"
UNDECIDED = "undecided"
ARMS = ("champion", "challenger")
# Of the endpoint, while a test runs. Afterwards it says "none": az sets tags, and takes none away.
TAG = "ab_test"
NONE = "none"
# Of the endpoint: the tests that ended, the newest last. A tag holds 256 characters.
PAST = "ab_tests_past"
KEPT = 4

Values = Sequence[float] | np.ndarray


class Refused(ValueError):
    """The test cannot be planned, started, judged or stopped now; the message says why."""


def check(rules: object) -> dict[str, float]:
    """Give the rules as numbers; raise Refused, naming the key, when one cannot be used."""
    if not isinstance(rules, dict):
        raise Refused("ab_test: must be a mapping: see config/monitoring.yml")
    usable = {key: number(rules.get(key)) for key in ("percent", "alpha", "power", "difference")}
    for key, most in (("percent", 100), ("alpha", 1), ("power", 1), ("difference", 1)):
        value = usable[key]
        if value is None or not 0 < value < most:
            raise Refused(f"ab_test.{key} must lie between 0 and {most}, it is {rules.get(key)!r}")
    return {key: value for key, value in usable.items() if value is not None}


def plan(evaluation: Mapping[str, Any], rules: Mapping[str, Any]) -> dict[str, Any]:
    """Say how many answers each arm must give.

    Args:
        evaluation: The stored evaluation of the model in production, which the size depends on.
        rules: The part ``ab_test`` of config/monitoring.yml.

    Returns:
        ``{"champion": rows, "challenger": rows, "percent": of the challenger, "alpha", "power",
        "difference": smallest one that matters, <% if (classification) { %>as a share of answers<% } else { %>in the unit of the target<% } %>}``.

    Raises:
        Refused: A rule cannot be used, or the evaluation lacks a number that is needed.
    """
    bounds = check(rules)
    found = evaluation.get("metrics")
    metrics: Mapping[str, Any] = found if isinstance(found, dict) else {}
    ratio = bounds["percent"] / (100 - bounds["percent"])
<%_ if (classification) { _%>
    share, difference = number(metrics.get("accuracy")), bounds["difference"]
    if share is None:
        raise Refused("the evaluation of the model in production holds no accuracy")
    # A difference is harder to see towards one half: the size is right for both directions.
    reached = [other for other in (share - difference, share + difference) if 0 <= other <= 1]
    if not reached:
        raise Refused(f"no share of right answers differs from {share} by {difference}")
    effect = min(abs(proportion_effectsize(other, share)) for other in reached)
    power = NormalIndPower()
<%_ } else { _%>
    mean, root = number(metrics.get("mae")), number(metrics.get("rmse"))
    if mean is None or root is None or not root > mean > 0:
        raise Refused("the evaluation of the model in production holds no usable mae and rmse")
    # The spread of the absolute errors: their mean square is that of the errors.
    difference = bounds["difference"] * mean
    effect = difference / math.sqrt(root**2 - mean**2)
    power = TTestIndPower()
<%_ } _%>
    size = power.solve_power(
        effect_size=effect, alpha=bounds["alpha"], power=bounds["power"], ratio=ratio
    )
    first = math.ceil(float(np.ravel(size)[0]))
    sizes = {"champion": first, "challenger": math.ceil(first * ratio)}
    return {**sizes, **bounds, "difference": difference}


def compare(champion: Values, challenger: Values, alpha: float) -> dict[str, Any]:
    """Compare what two models got right, or by how much they were wrong.

    Args:
        champion: One number per answer: <% if (classification) { %>1 for a right one, 0 for a wrong one<% } else { %>its absolute error<% } %>.
        challenger: The same of the other model.
        alpha: How often a winner or loser may be declared between equals.

    Returns:
        ``{"verdict": winner, loser or undecided (of the challenger), "champion", "challenger",
        "difference" (challenger minus champion), "p"}``.
    """
    old, new = np.asarray(champion, dtype=float), np.asarray(challenger, dtype=float)
    difference = float(new.mean() - old.mean())
<%_ if (classification) { _%>
    better = difference > 0
    told = {"measure": "share of right answers"}
    # Without a single exception in either arm there is nothing to test.
    same = old.min() == old.max() == new.min() == new.max()
    p = 1.0 if same else float(proportions_ztest([new.sum(), old.sum()], [len(new), len(old)])[1])
<%_ } else { _%>
    better = difference < 0
    told = {"measure": "mean absolute error"}
    # Welch: a worse model usually has the wider spread as well.
    same = old.std() == new.std() == 0
    p = float(difference == 0) if same else float(ttest_ind(new, old, usevar="unequal")[1])
<%_ } _%>
    if not math.isfinite(p):
        raise Refused("the test has no answer: the records hold something that is no number")
    verdict = UNDECIDED if p > alpha else WINNER if better else LOSER
    numbers = {"champion": float(old.mean()), "challenger": float(new.mean())}
    return {"verdict": verdict, **told, **numbers, "difference": difference, "p": p}


def score(prediction: Any, actual: Any) -> float:
    """Measure one answer: <% if (classification) { %>1 if it was right, else 0<% } else { %>its absolute error, in the unit of the target<% } %>."""
<%_ if (classification) { _%>
    # An application may send 1.0 or True where the model says "1" or "true".
    told = re.sub(r"\.0+$", "", str(actual).strip())
    if prediction in ("true", "false"):
        told = told.lower()
    return float(str(prediction) in (told, str(actual)))
<%_ } else { _%>
    return abs(float(prediction) - float(actual))
<%_ } _%>


def read_records(folder: Path) -> list[dict[str, Any]]:
    """Read what the application recorded: JSON lines, in any file of a folder.

    Raises:
        Refused: There is none, or a line is no record.
    """
    records = []
    for file in sorted(folder.rglob("*.jsonl")):
        for count, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                record = json.loads(line)
                record["id"], utc(record["time"])
            except (ValueError, KeyError, TypeError) as error:
                raise Refused(f"{file}, line {count}: no record: {error}") from error
            records.append(record)
    if not records:
        raise Refused(f"{folder}: there are no records in it")
    return records


def answers(records: Sequence[Mapping[str, Any]]) -> list[tuple[datetime, str, float]]:
    """Join predictions with outcomes: time, deployment and score of each that has one, by time.

    Of an answer recorded twice the first counts; of two outcomes the later one, a correction.
    """
    predictions: dict[str, Mapping[str, Any]] = {}
    actual: dict[str, tuple[datetime, Any]] = {}
    for record in records:
        key, time = str(record["id"]), utc(record["time"])
        if "actual" in record:
            if key not in actual or time >= actual[key][0]:
                actual[key] = time, record["actual"]
        elif "prediction" in record:
            predictions.setdefault(key, record)
    joined = [
        (
            utc(record["time"]),
            str(record.get("deployment")),
            score(record["prediction"], actual[key][1]),
        )
        for key, record in predictions.items()
        if key in actual
    ]
    # By time alone: rows of one request share theirs, and by score the wrong ones would come first.
    return sorted(joined, key=lambda answer: answer[0])


def arms(records: Sequence[Mapping[str, Any]], test: Mapping[str, Any]) -> dict[str, list[float]]:
    """Score the answers of either arm, in order of time.

    Answers from before the test, or of a deployment that is no part of it, are left out.
    """
    started = utc(test["started"])
    return {
        arm: [
            value
            for time, deployment, value in answers(records)
            if deployment == test["deployments"][arm] and time >= started
        ]
        for arm in ARMS
    }


def judge(records: Sequence[Mapping[str, Any]], test: Mapping[str, Any]) -> dict[str, Any]:
    """Judge a test once; only the planned number of answers counts, however many there are.

    Args:
        records: What the application recorded.
        test: What was planned and started: sizes, alpha, start, deployment of each arm.

    Raises:
        Refused: An arm has not reached its planned size yet. Numbers so far are not told.
    """
    values = arms(records, test)
    for arm in ARMS:
        if len(values[arm]) < test[arm]:
            raise Refused(
                f"too early: the {arm} has {len(values[arm])} answers with an outcome, "
                f"{test[arm]} are planned; judging before that would find winners among equals"
            )
    cut = {arm: values[arm][: test[arm]] for arm in ARMS}
    rows = {arm: len(cut[arm]) for arm in ARMS}
    return {**compare(cut["champion"], cut["challenger"], test["alpha"]), "rows": rows}


def running(endpoint: Online) -> dict[str, Any] | None:
    """Read the test that runs from the tags of the endpoint; None when none does.

    Raises:
        Refused: The tag says something else.
    """
    tag = endpoint.tags().get(TAG, NONE)
    if tag == NONE:
        return None
    try:
        champion, challenger, started, first, second, alpha = tag.split("/")
        return {
            "champion": int(first),
            "challenger": int(second),
            "alpha": float(alpha),
            "started": stamp(utc(started)),
            "deployments": {"champion": champion, "challenger": challenger},
        }
    except ValueError as error:
        raise Refused(f"{endpoint.name}: the tag {TAG} cannot be read: {tag!r}") from error


class Trial(NamedTuple):
    """When a deployment was on trial, as the challenger of a test; one that runs has no end."""

    deployment: str
    began: datetime
    ended: datetime | None

    def holds(self, deployment: str, at: datetime) -> bool:
        """Say whether an answer of a deployment was given on trial."""
        ends = self.ended is None or at < self.ended
        return deployment == self.deployment and self.began <= at and ends


def trials(endpoint: Online) -> list[Trial]:
    """Give the tests of late, for whoever asks how the model in production does.

    Raises:
        Refused: A tag cannot be read.
    """
    past = endpoint.tags().get(PAST, "")
    try:
        parts = [one.split("/") for one in past.split("+") if one]
        found = [Trial(challenger, utc(began), utc(ended)) for challenger, began, ended in parts]
    except ValueError as error:
        raise Refused(f"{endpoint.name}: the tag {PAST} cannot be read: {past!r}") from error
    test = running(endpoint)
    if test:
        found.append(Trial(test["deployments"]["challenger"], utc(test["started"]), None))
    return found


def start(
    target: Target,
    planned: Mapping[str, Any],
    release: Release,
    az: Az = az,
    *,
    root: Path = Path(),
    clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
) -> dict[str, Any]:
    """Put a challenger beside the champion and split the live traffic between them.

    Args:
        target: An online target.
        planned: As plan gives it.
        release: The challenger, as delivery.release describes it.
        az: Runs az.
        root: The root of the repository.
        clock: Says what time it is.

    Raises:
        Refused: There is no champion alone with all traffic, so that a rollout or another test is
            under way, or the challenger does not answer well.
    """
    endpoint = Online(target.endpoint, az)
    if not endpoint.exists():
        raise Refused(f"there is no endpoint {target.endpoint}: release a model first")
    shares, there = endpoint.traffic(), endpoint.deployments()
    champion = endpoint.live()
    if champion is None or shares != {champion: 100} or endpoint.mirror() or len(there) != 1:
        raise Refused(
            f"{target.endpoint}: a rollout or a test is under way, or was left behind: "
            f"deployments {', '.join(sorted(there)) or 'none'}, traffic {shares}"
        )
    if str((there[champion].get("tags") or {}).get("version")) == release.version:
        raise Refused(f"version {release.version} is the champion itself")
    challenger = other(champion)
    percent = round(planned["percent"])
    sizes = [planned[arm] for arm in ARMS]
    tags = {**release.tags, "content": content_of(target, root)}

    def note() -> None:
        parts = [champion, challenger, stamp(clock()), *sizes, planned["alpha"]]
        # Slashes: az would take commas and braces for JSON, and a lone number for one.
        endpoint.tag(**{TAG: "/".join(map(str, parts))})

    try:
        note()  # before anything else, so that stop can end what a crash leaves behind
        with deployment_file(
            target,
            model=release.model,
            environment=release.environment,
            tags=tags,
            # Load may have grown the champion; this one gets a share of it.
            instances=int(there[champion].get("instance_count") or 0),
            root=root,
        ) as file:
            endpoint.create_deployment(file, challenger)
        if reasons := smoke.check(endpoint, challenger, root):
            raise Refused(f"the challenger does not answer well: {'; '.join(reasons)}")
        endpoint.set_traffic({champion: 100 - percent, challenger: percent})
        note()  # the test begins: what the champion said while it was alone is of another hour
    except BaseException:
        stop(target, az, clock=clock)
        raise
    test = running(endpoint)
    if test is None:
        raise Refused(f"{target.endpoint}: the tag {TAG} was not kept")
    return test


def stop(
    target: Target,
    az: Az = az,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
) -> str:
    """Give the champion all traffic again and take the challenger away; say what was done."""
    endpoint = Online(target.endpoint, az)
    test = running(endpoint) if endpoint.exists() else None
    if test is None:
        return f"{target.endpoint}: no test is running"
    champion, challenger = (test["deployments"][arm] for arm in ARMS)
    endpoint.set_traffic({champion: 100})
    if challenger in endpoint.deployments():
        endpoint.delete_deployment(challenger)
    ended = "/".join([challenger, test["started"], stamp(clock())])
    past = [one for one in endpoint.tags().get(PAST, "").split("+") if one]
    endpoint.tag(**{TAG: NONE, PAST: "+".join([*past, ended][-KEPT:])})
    return f"{target.endpoint}: all traffic on {champion}, {challenger} is gone"


def tell(verdict: Mapping[str, Any]) -> str:
    """Say a verdict in one sentence."""
    what = {
        WINNER: "The challenger is better: release its version.",
        LOSER: "The challenger is worse: keep the champion.",
        UNDECIDED: "No difference was found: keep the champion.",
    }[verdict["verdict"]]
    rows, p = verdict["rows"], verdict["p"]
    numbers = ", ".join(f"{arm} {verdict[arm]:.4f} of {rows[arm]} answers" for arm in ARMS)
    return f"{what} {verdict['measure'].capitalize()}: {numbers}; p = {p:.4f}."


def main(argv: list[str] | None = None, az: Az = az) -> None:
    """Plan, start, judge or stop a test; exit 1 with the reason when that cannot be done."""
    parser = argparse.ArgumentParser(description="A/B test of two models behind an endpoint.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("plan", "say how many answers each arm must give"),
        ("start", "put a challenger beside the champion"),
        ("judge", "judge the test that runs, once it is complete"),
        ("stop", "end the test: all traffic to the champion"),
    ):
        command = commands.add_parser(name, help=text)
        if name in ("plan", "start"):
            command.add_argument("--evaluation", type=Path, required=True, help="of the champion")
            command.add_argument("--config", type=Path, default=Path("config/monitoring.yml"))
        if name != "plan":
            command.add_argument("--target", help="a name in config/targets.yml, if there are more")
        if name == "start":
            command.add_argument("--version", required=True, help="the challenger, in the registry")
        if name == "judge":
            command.add_argument("--outcomes", type=Path, required=True, help="folder of records")
            command.add_argument("--verdict", type=Path, help="file to write (JSON)")
    try:
        run(parser.parse_args(argv), az)
    except Refused as error:
        print(f"Refused: {error}")  # for the summary of a workflow, which gets this stream
        sys.exit(str(error))
    except (OSError, ValueError, KeyError, TypeError, AzureError) as error:
        sys.exit(str(error) or type(error).__name__)


def run(options: argparse.Namespace, az: Az) -> None:
    """Do what the command line asks for."""
    planned: dict[str, Any] = {}
    if options.command in ("plan", "start"):
        rules = yaml.safe_load(options.config.read_text(encoding="utf-8"))["ab_test"]
        planned = plan(json.loads(options.evaluation.read_text(encoding="utf-8")), rules)
        print(json.dumps(planned, indent=2))
    if options.command == "plan":
        return
    place = settings()
    found = load(suffix=place.suffix, only=options.target)
    online = [target for target in found if target.kind == "online"]
    if len(online) != 1:
        names = ", ".join(target.name for target in online) or "none"
        raise Refused(f"name one online target with --target; there are: {names}")
    if options.command == "start":
        challenger = describe(options.version, place.registry, az)
        print(json.dumps(start(online[0], planned, challenger, az)))
    elif options.command == "stop":
        print(stop(online[0], az))
    else:
        test = running(Online(online[0].endpoint, az))
        if test is None:
            raise Refused(f"{online[0].endpoint}: no test is running")
        verdict = judge(read_records(options.outcomes), test)
        print(tell(verdict))
        if options.verdict:
            options.verdict.parent.mkdir(parents=True, exist_ok=True)
            options.verdict.write_text(json.dumps(verdict, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
