"""Whether to retrain: the decision, apart from whoever asks production and from whoever trains.

    python -m delivery.decide --windows windows.json --decision decision.json

reads what ``delivery.monitoring ask`` found and the rules of config/monitoring.yml. The decision is

- ``retrain``: enough of the last windows violate, the newest among them, and nothing holds it up;
  or a person starts it with ``--reason``,
- ``wait``: there is no need, or the last retraining is too recent for its effect to be seen,
- ``alert``: data is missing. That is no reason to retrain, but one to look,
- ``blocked``: the circuit breaker holds. A signal that retraining does not cure, such as a broken
  sensor, must not train for ever. A person may pass it with ``--override``.

<%_ if (online && batch) { _%>
The days of the online endpoint and the versions of the gathered data are decided on apart, by
rules of their own: a version comes once a week, so that among days two would never meet. Either
starts retraining.

<%_ } _%>
The exit code is 0 for every decision; the workflow acts on the file.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml

RETRAIN = "retrain"
WAIT = "wait"
ALERT = "alert"
BLOCKED = "blocked"

# What must hold for the rules: key, the least value, whether only whole numbers make sense.
RULES = (
    ("violating", 1, True),
    ("of", 1, True),
    ("every_hours", 0, False),
    ("grace_hours", 0, False),
    ("cool_down_days", 0, False),
    ("breaker.retrainings", 1, True),
    ("breaker.days", 0, False),
)
<%_ if (online && batch) { _%>
# The rules that the versions of the gathered data have of their own.
VERSIONS = ("violating", "of", "every_hours", "grace_hours")
<%_ } _%>


def utc(text: object) -> datetime:
    """Read a time of ISO 8601 that says UTC, by Z or +00:00.

    Raises:
        ValueError: It is no such time. A time without a zone is refused: read in the zone of the
            machine, it would move the cool-down by hours.
    """
    try:
        # Python 3.10 does not read the Z that GitHub and Azure write.
        time = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        raise ValueError(f"{text!r} is not a time such as 2026-01-31T04:00:00Z") from None
    if time.utcoffset() != timedelta(0):
        raise ValueError(f"{text!r} is not in UTC: write it with Z at the end")
    return time


def check(rules: object) -> dict[str, Any]:
    """Give the rules as they are; raise ValueError, naming the key, when one cannot be used."""
    if not isinstance(rules, dict):
        raise ValueError("decision: must be a mapping: see config/monitoring.yml")
    for key, least, whole in RULES:
        value: Any = rules
        for part in key.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        usable = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        # "not more than": NaN, which compares false with everything, is refused as well.
        if not usable or not value >= least:
            kind = "a whole number" if whole else "a number"
            raise ValueError(f"decision.{key} must be {kind} of at least {least}, it is {value!r}")
    if rules["violating"] > rules["of"]:
        raise ValueError("decision.violating is more than decision.of: it would never retrain")
    return rules


<%_ if (online && batch) { _%>
def of_versions(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Give the rules for the versions of the gathered data; raise ValueError as check does."""
    own = rules.get("versions")
    if not isinstance(own, dict):
        raise ValueError("decision.versions must be a mapping: see config/monitoring.yml")
    try:
        return check({**rules, **{key: own.get(key) for key in VERSIONS}})
    except ValueError as error:
        raise ValueError(str(error).replace("decision.", "decision.versions.")) from None


<%_ } _%>
def merge(windows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Make one window of all answers with the same time, oldest first.

    An answer that is missing makes the whole window unknown, even beside one that violates: who
    decides on half of the picture cannot tell drift from a broken source.

    Raises:
        ValueError: A window has no time in UTC, or its ``violates`` is not true, false or null.
    """
    merged: dict[datetime, dict[str, Any]] = {}
    for answer in windows:
        time, violates = utc(answer.get("time")), answer.get("violates", "nothing")
        if violates not in (True, False, None) or isinstance(violates, int | float) != isinstance(
            violates, bool
        ):
            raise ValueError(f"window {answer.get('time')}: violates is {violates!r}")
        window = merged.setdefault(time, {"time": time, "violates": False, "reasons": []})
        if violates is None or window["violates"] is None:
            window["violates"] = None
        else:
            window["violates"] = window["violates"] or violates
        if violates is not False:
            source = str(answer.get("source", "a source without a name"))
            told = [str(reason) for reason in answer.get("reasons", [])] or ["no reason given"]
            window["reasons"] += [f"{source}: {reason}" for reason in told]
    for window in merged.values():
        window["reasons"] = list(dict.fromkeys(window["reasons"]))
    return [merged[time] for time in sorted(merged)]


def breaker(retrainings: Sequence[datetime], rules: Mapping[str, Any], now: datetime) -> str | None:
    """Say why the circuit breaker holds, None when it does not."""
    most, days = rules["breaker"]["retrainings"], rules["breaker"]["days"]
    recent = [time for time in set(retrainings) if time > now - timedelta(days=days)]
    if len(recent) < most:
        return None
    return (
        f"Circuit breaker: {len(recent)} retrainings within {days} days, {most} are allowed. "
        "Retraining does not cure what is violated; find out why."
    )


def decide(
    windows: Sequence[Mapping[str, Any]],
    retrainings: Sequence[str],
    config: Mapping[str, Any],
    now: datetime,
    start: str | None = None,
    *,
    override: bool = False,
    since: str | None = None,
) -> dict[str, Any]:
    """Decide whether to retrain; nothing is asked and nothing is started here.

    Args:
        windows: What the sources say, in any order: ``{"time": UTC, "source": name, "violates":
            true, false or null for unknown, "reasons": [...]}``. Answers with one time make one
            window.
        retrainings: When retraining was started before, in UTC, also when its model was rejected.
        config: The part ``decision`` of config/monitoring.yml.
        now: The time of asking, with its zone.
        start: A person's reason to retrain now. It passes the windows and the cool-down, not the
            circuit breaker.
        override: Whether the person passes the circuit breaker too.
        since: When watching began, if it is known: before the first window is due, none is missing.

    Returns:
        ``{"decision": "retrain", "wait", "alert" or "blocked", "reasons": [sentences]}``.

    Raises:
        ValueError: A rule, a time or a window cannot be used.
    """
    rules = check(config)
    if now.tzinfo is None:
        raise ValueError("the time of asking has no zone")
    history = [utc(time) for time in retrainings]
    held = breaker(history, rules, now)
    if start is not None:
        if not start.strip():
            raise ValueError("a start by hand needs a reason")
        if held and not override:
            return answer(BLOCKED, held, f"Asked for by hand: {start.strip()}")
        passed = [f"Overridden by hand. {held}"] if held else []
        return answer(RETRAIN, f"Started by hand: {start.strip()}", *passed)

    known = merge(windows)
    if known and known[-1]["time"] > now:
        raise ValueError(f"the window {stamp(known[-1]['time'])} lies in the future")
    patience = timedelta(hours=rules["every_hours"] + rules["grace_hours"])
    last = known[-1]["time"] if known else utc(since) if since is not None else None
    if last is None:
        return answer(ALERT, "Missing data: there is no window at all.")
    if now - last > patience:
        told = "the newest window is of" if known else "there is no window since watching began on"
        due = f"one is due every {rules['every_hours']} hours"
        return answer(ALERT, f"Missing data: {told} {stamp(last)}, {due}.")
    if not known:
        return answer(WAIT, f"Watching began on {stamp(last)}; the first window is not due yet.")
    newest = known[-1]
    if newest["violates"] is None:
        told = f"Missing data in the newest window, {stamp(newest['time'])}."
        return answer(ALERT, told, *newest["reasons"])

    recent = known[-rules["of"] :]
    violating = [window for window in recent if window["violates"]]
    counted = f"{len(violating)} of the last {len(recent)} windows violate their limits"
    needed = f"{rules['violating']} of {rules['of']} and the newest are needed"
    why = [f"{stamp(window['time'])}: {told}" for window in violating for told in window["reasons"]]
    if not newest["violates"]:
        return answer(WAIT, f"{counted}, the newest does not; {needed}.", *why)
    if len(violating) < rules["violating"]:
        return answer(WAIT, f"{counted}; {needed}.", *why)
    if held:
        return answer(BLOCKED, held, f"{counted}.", *why)
    cool = timedelta(days=rules["cool_down_days"])
    if history and now - max(history) < cool:
        told = f"The last retraining was on {stamp(max(history))}"
        rest = f"its effect is awaited for {rules['cool_down_days']} days"
        return answer(WAIT, f"{told}; {rest}.", f"{counted}.", *why)
    return answer(RETRAIN, f"{counted}, the newest among them.", *why)


<%_ if (online && batch) { _%>
def together(days: Mapping[str, Any], versions: Mapping[str, Any]) -> dict[str, Any]:
    """Put the decisions on the days and on the versions of the data together.

    What is missing comes first, as within one window: who decides on half of the picture cannot
    tell drift from a broken source.
    """
    told = {"Online endpoint": days, "Gathered data": versions}
    for decision in (ALERT, BLOCKED, RETRAIN, WAIT):
        if decision in (days["decision"], versions["decision"]):
            first = sorted(told.items(), key=lambda one: one[1]["decision"] != decision)
            reasons = [f"{what}: {why}" for what, one in first for why in one["reasons"]]
            return answer(decision, *reasons)
    raise ValueError(f"there is no decision in {days} and {versions}")


<%_ } _%>
def stamp(time: datetime) -> str:
    """Write a time as the files hold it."""
    return time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def answer(decision: str, *reasons: str) -> dict[str, Any]:
    """Put a decision and its reasons together."""
    return {"decision": decision, "reasons": list(reasons)}


def main(argv: list[str] | None = None) -> None:
    """Read what was found, write the decision, print it with its reasons."""
    parser = argparse.ArgumentParser(description="Decide whether to retrain.")
    parser.add_argument("--windows", type=Path, required=True, help="of delivery.monitoring ask")
    parser.add_argument("--decision", type=Path, required=True, help="file to write (JSON)")
    parser.add_argument("--config", type=Path, default=Path("config/monitoring.yml"))
    parser.add_argument("--reason", help="a person's reason to retrain now")
    parser.add_argument("--override", action="store_true", help="pass the circuit breaker")
    options = parser.parse_args(argv)
    if options.override and options.reason is None:
        parser.error("--override is for a start by hand: give --reason too")
    try:
        found = json.loads(options.windows.read_text(encoding="utf-8"))
        rules = yaml.safe_load(options.config.read_text(encoding="utf-8"))["decision"]
        decided = decide(
            found["windows"],
            found["retrainings"],
            rules,
            utc(found["asked"]),
            options.reason,
            override=options.override,
            since=found.get("since"),
        )
<%_ if (online && batch) { _%>
        versions, begun = found["versions"], found.get("versions_since")
        if options.reason is None:  # a person passes all windows, these too
            own, asked = of_versions(rules), utc(found["asked"])
            of_data = decide(versions, found["retrainings"], own, asked, since=begun)
            decided = together(decided, of_data)
<%_ } _%>
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.exit(f"no decision: {type(error).__name__}: {error}")
    options.decision.parent.mkdir(parents=True, exist_ok=True)
    options.decision.write_text(json.dumps(decided, indent=2) + "\n", encoding="utf-8")
    print(decided["decision"])
    for reason in decided["reasons"]:
        print(f"- {reason}")


if __name__ == "__main__":
    main()
