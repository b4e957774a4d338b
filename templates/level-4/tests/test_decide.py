"""Whether to retrain: the decision, row by row, and what it is decided on."""

<%_ if (online) { _%>
import dataclasses
<%_ } _%>
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from delivery import decide, monitoring, report

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 3, 10, 6, 30, tzinfo=timezone.utc)
TODAY = datetime(2026, 3, 10, tzinfo=timezone.utc)
RULES: dict[str, Any] = {
    "violating": 2,
    "of": 5,
    "every_hours": 24,
    "grace_hours": 24,
    "cool_down_days": 7,
    "breaker": {"retrainings": 3, "days": 30},
<%_ if (online && batch) { _%>
    "versions": {"violating": 2, "of": 5, "every_hours": 168, "grace_hours": 24},
<%_ } _%>
}
MARKS = {"+": True, "-": False, "?": None}


def ago(days: float, now: datetime = NOW) -> str:
    """A time so many days before the time of asking."""
    return decide.stamp(now - timedelta(days=days))


def windows(marks: str, source: str = "drift", last: float = 0) -> list[dict[str, Any]]:
    """One window a day, newest last: + violates, - does not, ? is unknown, a blank is none."""
    return [
        {
            "time": ago(last + len(marks) - place, TODAY + timedelta(days=1)),
            "source": source,
            "violates": MARKS[mark],
            "reasons": [f"reason {place}"],
        }
        for place, mark in enumerate(marks)
        if mark != " "
    ]
<%_ if (online && batch) { _%>


def weekly(marks: str, last: float = 0) -> list[dict[str, Any]]:
    """One window a week of the gathered data, the newest last and so many days old."""
    return [
        {**one, "time": ago(last + 7 * (len(marks) - 1 - place), TODAY)}
        for place, one in enumerate(windows(marks))
    ]
<%_ } _%>


CASES = [
    # windows, days since earlier retrainings, decision
    ("one bad day is weather", "----+", [], "wait"),
    ("two of five, the newest among them", "-+--+", [], "retrain"),
    ("two of five, but the newest is fine", "-++--", [], "wait"),
    ("all five", "+++++", [], "retrain"),
    ("none", "-----", [], "wait"),
    ("what lies before the last five does not count", "+----+", [], "wait"),
    ("a shorter past suffices when it is bad enough", "++", [], "retrain"),
    ("the first window alone never does", "+", [], "wait"),
    ("inside the cool-down", "-++++", [6.9], "wait"),
    ("right after the cool-down", "-++++", [7.1], "retrain"),
    ("the last retraining counts, in whatever order", "-++++", [20, 2], "wait"),
    ("missing data in the newest window", "++++?", [], "alert"),
    ("missing data in the newest window and a full breaker", "++++?", [1, 2, 3], "alert"),
    ("missing data in an older window is no violation", "--?-+", [], "wait"),
    ("missing data in an older window hides no others", "+-?-+", [], "retrain"),
    ("no window at all", "", [], "alert"),
    ("a window late, but within its grace", "++++ ", [], "retrain"),
    ("the newest window is overdue", "++++  ", [], "alert"),
    ("the breaker holds", "+++++", [8, 15, 22], "blocked"),
    ("the breaker comes before the cool-down", "+++++", [1, 15, 22], "blocked"),
    ("the breaker forgets what is long ago", "+++++", [8, 15, 31], "retrain"),
    ("nothing is blocked when nothing is wanted", "-----", [8, 15, 22], "wait"),
    ("one start told twice is one", "+++++", [8, 8, 8], "retrain"),
]


@pytest.mark.parametrize(
    ("marks", "past", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_decision(marks: str, past: list[float], expected: str) -> None:
    decided = decide.decide(windows(marks), [ago(days) for days in past], RULES, NOW)
    assert decided["decision"] == expected, decided
    assert decided["reasons"]
    assert all(isinstance(reason, str) and reason for reason in decided["reasons"])


def test_the_order_of_windows_and_doubles_change_nothing() -> None:
    given = windows("-+--+")
    expected = decide.decide(given, [], RULES, NOW)
    assert expected["decision"] == "retrain"
    assert decide.decide(given[::-1] + given, [], RULES, NOW) == expected
    # A double of one violation is still one of five.
    assert decide.decide(windows("----+") * 3, [], RULES, NOW)["decision"] == "wait"


def test_answers_for_one_time_make_one_window() -> None:
    both = windows("---++", "one") + windows("-----", "other")
    assert decide.decide(both, [], RULES, NOW)["decision"] == "retrain"
    # One source that violates beside one without an answer: half of the picture.
    half = windows("---++", "one") + windows("----?", "other")
    decided = decide.decide(half, [], RULES, NOW)
    assert decided["decision"] == "alert"
    assert "other: reason 4" in decided["reasons"]
    # And the same in the other order.
    assert decide.decide(half[::-1], [], RULES, NOW)["decision"] == "alert"


def test_the_reasons_name_what_violates() -> None:
    reasons = decide.decide(windows("-+--+"), [], RULES, NOW)["reasons"]
    assert f"{ago(3, TODAY)}: drift: reason 1" in reasons
    assert f"{ago(0, TODAY)}: drift: reason 4" in reasons
    assert not any("reason 0" in reason for reason in reasons)


def test_before_the_first_window_is_due_none_is_missing() -> None:
    assert decide.decide([], [], RULES, NOW, since=ago(1))["decision"] == "wait"
    assert decide.decide([], [], RULES, NOW, since=ago(2.1))["decision"] == "alert"


STARTS = [
    # windows, days since earlier retrainings, override, decision
    ("a person needs no violation", "-----", [], False, "retrain"),
    ("nor any window", "", [], False, "retrain"),
    ("nor the newest answer", "++++?", [], False, "retrain"),
    ("nor the end of the cool-down", "-----", [1], False, "retrain"),
    ("but the breaker holds for people too", "-----", [1, 2, 3], False, "blocked"),
    ("unless they override it", "-----", [1, 2, 3], True, "retrain"),
]


@pytest.mark.parametrize(
    ("marks", "past", "override", "expected"),
    [case[1:] for case in STARTS],
    ids=[case[0] for case in STARTS],
)
def test_a_start_by_hand(marks: str, past: list[float], override: bool, expected: str) -> None:
    history = [ago(days) for days in past]
    decided = decide.decide(windows(marks), history, RULES, NOW, "a new sensor", override=override)
    assert decided["decision"] == expected, decided
    assert any("a new sensor" in reason for reason in decided["reasons"])


def test_a_start_by_hand_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="needs a reason"):
        decide.decide(windows("-----"), [], RULES, NOW, "  ")


@pytest.mark.parametrize("time", ["2026-03-10T04:00:00", "2026-03-10T04:00:00+01:00", "soon", None])
def test_only_times_in_utc_are_taken(time: Any) -> None:
    with pytest.raises(ValueError, match=r"UTC|not a time"):
        decide.decide([{"time": time, "violates": True}], [], RULES, NOW)
    with pytest.raises(ValueError, match=r"UTC|not a time"):
        decide.decide(windows("-----"), [time], RULES, NOW)
    with pytest.raises(ValueError, match="no zone"):
        decide.decide(windows("-----"), [], RULES, NOW.replace(tzinfo=None))


def test_a_window_of_tomorrow_is_an_error() -> None:
    with pytest.raises(ValueError, match="future"):
        decide.decide(windows("-----", last=-1), [], RULES, NOW)


@pytest.mark.parametrize("violates", ["yes", "", 1, 0, 0.0, "missing"])
def test_an_answer_is_yes_no_or_unknown(violates: Any) -> None:
    given = [{"time": ago(0), "source": "drift", "violates": violates}]
    if violates == "missing":
        del given[0]["violates"]
    with pytest.raises(ValueError, match="violates is"):
        decide.decide(given, [], RULES, NOW)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("violating", 0),
        ("violating", 6),
        ("violating", 1.5),
        ("violating", True),
        ("of", None),
        ("every_hours", "24"),
        ("grace_hours", float("nan")),
        ("cool_down_days", -1),
        ("breaker", None),
        ("breaker", {"retrainings": 0, "days": 30}),
        ("breaker", {"retrainings": 3}),
    ],
)
def test_a_rule_that_cannot_be_used_is_named(key: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"decision\.{key}"):
        decide.decide(windows("-----"), [], {**RULES, key: value}, NOW)


def test_the_command_writes_what_is_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, decision = tmp_path / "windows.json", tmp_path / "new" / "decision.json"
    asked: dict[str, Any] = {"asked": decide.stamp(NOW), "since": None, "retrainings": [ago(20)]}
<%_ if (online && batch) { _%>
    asked["versions"] = weekly("-")
<%_ } _%>
    found.write_text(json.dumps({**asked, "windows": windows("-+--+")}))
    config = str(ROOT / "config" / "monitoring.yml")
    command = ["--windows", str(found), "--decision", str(decision), "--config", config]
    decide.main(command)
    assert json.loads(decision.read_text())["decision"] == "retrain"
    said = "retrain\n- <% if (online && batch) { %>Online endpoint: <% } %>2 of the last 5 windows"
    assert capsys.readouterr().out.startswith(said)
    found.write_text(json.dumps({**asked, "windows": windows("-----")}))
    decide.main([*command, "--reason", "by hand"])
    assert json.loads(decision.read_text())["decision"] == "retrain"
    decision.unlink()
    found.write_text(json.dumps({"asked": "today"}))
    with pytest.raises(SystemExit, match="no decision"):
        decide.main(command)
    assert not decision.exists()
    with pytest.raises(SystemExit):
        decide.main([*command, "--override"])


class Az:
    """Stands for az: answers by the beginning of what is asked; an exception is raised."""

    def __init__(self, **answers: Any) -> None:
        """Give what is answered, by command with _ for blanks."""
        self.answers = {key.replace("__", "-"): value for key, value in answers.items()}
        self.calls: list[tuple[str, ...]] = []

    def __call__(self, *args: str) -> Any:
        """Answer one call."""
        self.calls.append(args)
        words = "_".join(args)
        for start in sorted(self.answers, key=len, reverse=True):
            if words.startswith(start):
                answer = self.answers[start]
                answer = answer(args) if callable(answer) else answer
                if isinstance(answer, Exception):
                    raise answer
                return answer
        raise AssertionError(f"not expected: az {' '.join(args)}")


def option(args: tuple[str, ...], name: str) -> str:
    """The value of an option."""
    return args[args.index(name) + 1]


def job(name: str, day: float, status: str = "Completed", **more: Any) -> dict[str, Any]:
    """A job as az lists it."""
    created = (TODAY - timedelta(days=day) + timedelta(hours=3.5)).isoformat()
    return {
        "name": name,
        "status": status,
        "creation_context": {"created_at": created.replace("+00:00", ".123456+00:00")},
        **more,
    }


def deliver(reports: dict[str, Any]) -> Any:
    """Let az download the reports of jobs."""

    def download(args: tuple[str, ...]) -> None:
        report = reports.get(option(args, "--name"))
        if report is not None:
            folder = Path(option(args, "--download-path")) / "named-outputs" / "report"
            folder.mkdir(parents=True)
            text = report if isinstance(report, str) else json.dumps(report)
            (folder / "report").write_text(text)

    return download


NAME = monitoring.registry.MODEL


def compared(name: str, day: float, data: str, status: str = "Completed") -> dict[str, Any]:
    """A drift job as az lists it: it compared a version of the data with version 3 of the model."""
    tags = {"model": f"{NAME}:3", "data": f"{monitoring.DATA}:{data}"}
    return job(name, day, status, experiment_name=monitoring.EXPERIMENT, tags=tags)


def test_the_reports_of_drift_jobs_are_read_one_for_each_version_of_the_data() -> None:
    other = {**compared("other", 2, "z"), "experiment_name": "something else"}
    by_hand = job("by hand", 2, experiment_name=monitoring.EXPERIMENT)
    jobs = [
        compared("running", 0, "f", "Running"),
        compared("again", 1, "e"),
        compared("before", 2, "e"),
        other,
        by_hand,
        compared("failed", 8, "d", "Failed"),
        compared("no report", 15, "c"),
        compared("no json", 22, "b"),
        compared("fine", 29, "a"),
        compared("too old", 36, "0"),
    ]
    reports = {
        "again": {"violates": True, "reasons": ["a column moved"]},
        "before": {"violates": False, "reasons": []},
        "no json": "{",
        "fine": {"violates": False, "reasons": []},
        "too old": {"violates": True, "reasons": []},
        "other": {"violates": True, "reasons": []},
        "by hand": {"violates": True, "reasons": []},
    }
    az = Az(ml_job_list=jobs, ml_job_download=deliver(reports))
    found = monitoring.drift_windows(5, az)
    assert [(one["time"], one["violates"]) for one in found] == [
        (ago(29, TODAY), False),
        (ago(22, TODAY), None),
        (ago(15, TODAY), None),
        (ago(8, TODAY), None),
        (ago(1, TODAY), True),
    ]
    assert found[-1]["reasons"] == ["a column moved"]
    assert "failed" in found[3]["reasons"][0]
    assert decide.decide(found, [], RULES, NOW)["decision"] == "wait"


MODELS = [
    {"name": monitoring.registry.MODEL, "version": str(number), "tags": tags}
    for number, tags in (
        (3, {"production": "2026-02-01T00:00:00+00:00", "data": "2026-01-31"}),
        (4, {}),
    )
]


def gathered(*jobs: dict[str, Any], **more: Any) -> Az:
    """A development workspace whose newest data is of yesterday, and version 3 in production."""
    answers: dict[str, Any] = {
        "ml_model_list": MODELS,
        "ml_data_show": {"version": "2026-03-09"},
        "ml_job_list": list(jobs),
        "ml_job_create": {"name": "the-job"},
    }
    return Az(**{**answers, **more})


@pytest.fixture
def drift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command `drift` and read the file that it writes."""
    monkeypatch.setenv("AZURE_ML_REGISTRY", "the-registry")
    file = tmp_path / "new" / "written"

    def run(az: Az, *options: str) -> str:
        place = ["--to" if "--job" in options else "--submit", str(file)]
        config = ["--config", str(ROOT / "config" / "monitoring.yml")]
        monitoring.main(["drift", *options, *place, *config], az)
        return file.read_text()

    return run


def test_new_data_is_compared_with_what_production_learned_from(drift: Any) -> None:
    az = gathered(compared("last week", 7, "2026-03-02"))
    assert drift(az) == "the-job\n"
    created = next(call for call in az.calls if call[:3] == ("ml", "job", "create"))
    assert f"inputs.reference.path=azureml:{NAME}-data:2026-01-31" in created
    assert f"inputs.current.path=azureml:{NAME}-data:2026-03-09" in created
    assert f"inputs.model.path=azureml:{NAME}:3" in created
    # By these it is known again tomorrow.
    for key, value in compared("the-job", 0, "2026-03-09")["tags"].items():
        assert f"tags.{key}={value}" in created
    pipeline = yaml.safe_load((ROOT / option(created, "--file")).read_text())
    assert {text.split(".")[1] for text in created if text.startswith("inputs.")} <= set(
        pipeline["inputs"]
    )
    # It does not wait: how the job does is nothing that it asks.
    assert not [call for call in az.calls if call[:3] == ("ml", "job", "show")]


COMPARED = [
    # status of the job of the newest data, what another submission writes
    ("Completed", ""),
    ("Running", "yesterday\n"),
    ("Failed", "the-job\n"),
    ("Canceled", "the-job\n"),
]


@pytest.mark.parametrize(("status", "expected"), COMPARED)
def test_data_is_compared_once(status: str, expected: str, drift: Any) -> None:
    az = gathered(compared("yesterday", 1, "2026-03-09", status))
    assert drift(az) == expected
    created = [call for call in az.calls if call[:3] == ("ml", "job", "create")]
    assert len(created) == (expected == "the-job\n")


def test_data_is_compared_again_when_another_model_is_in_production(drift: Any) -> None:
    former = compared("yesterday", 1, "2026-03-09")
    former["tags"]["model"] = f"{NAME}:2"
    assert drift(gathered(former)) == "the-job\n"


def test_what_was_found_is_read_once_the_job_has_ended(drift: Any) -> None:
    jobs = [compared("the-job", 0, "2026-03-09"), compared("before", 7, "2026-03-02")]
    bad = {"violates": True, "reasons": ["a column moved"]}
    reports = {"the-job": bad, "before": {"violates": False, "reasons": []}}
    ended = {"ml_job_show": {"status": "Completed"}, "ml_job_download": deliver(reports)}
    found = json.loads(drift(gathered(*jobs, **ended), "--job", "the-job"))
    assert [one["violates"] for one in found["windows"]] == [False, True]
    assert found["since"] is None
    # Nothing new: what is known stays known, and yesterday's drift does not count once more.
    assert json.loads(drift(gathered(*jobs, **ended), "--job", "")) == found
    with pytest.raises(SystemExit, match="not ended"):
        drift(gathered(*jobs, ml_job_show={"status": "Running"}), "--job", "the-job")
    with pytest.raises(SystemExit):
        monitoring.main(["drift", "--job", "the-job"], gathered())


def test_without_a_model_in_production_nothing_drifts(drift: Any) -> None:
    assert drift(Az(ml_model_list=[])) == ""
    found = json.loads(drift(Az(ml_model_list=[]), "--job", ""))
    assert found["windows"] == []
    now = decide.utc(found["since"])
    assert decide.decide([], [], RULES, now, since=found["since"])["decision"] == "wait"
<%_ if (!online) { _%>


def test_what_the_drift_jobs_found_is_decided_on() -> None:
    drift = {"windows": windows("---++++"), "since": None}
    asked = monitoring.ask({"decision": RULES}, [ago(20)], drift, NOW, Az())
    assert asked["windows"] == windows("---++++")[-5:]
    assert asked["retrainings"] == [ago(20)]
    decided = decide.decide(asked["windows"], asked["retrainings"], RULES, NOW)
    assert decided["decision"] == "retrain"


@pytest.mark.parametrize(("days", "expected"), [(0, "retrain"), (7, "retrain"), (9, "alert")])
def test_data_is_due_as_often_as_it_is_gathered(days: int, expected: str) -> None:
    rules = yaml.safe_load((ROOT / "config" / "monitoring.yml").read_text())["decision"]
    weekly = [
        {"time": ago(days + 7 * week, TODAY), "source": "drift", "violates": True}
        for week in (0, 1)
    ]
    assert decide.decide(weekly, [], rules, NOW)["decision"] == expected
<%_ } _%>
<%_ if (online) { _%>


SERVICE = {"min_requests": 50, "max_error_share": 0.05, "max_p95_ms": 1000}
<%_ if (classification) { _%>
OUTCOMES = {"min_answers": 50, "min_accuracy": 0.8}
<%_ } else { _%>
OUTCOMES = {"min_answers": 50, "max_error": 0.15}
<%_ } _%>
CONFIG = {"decision": RULES, "service": SERVICE, "outcomes": OUTCOMES}
BREACH = "azureml_modelmonitor_threshold_breached"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> monitoring.Target:
    """The environment of the workflow, and the one online target of it."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("AZURE_ML_REGISTRY", "the-registry")
    monkeypatch.setenv("ENDPOINT_SUFFIX", "0a1b2")
    monkeypatch.setenv("AZURE_APP_INSIGHTS", "/the/insights")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", "theaccount")
    targets = monitoring.load(suffix="0a1b2")
    return next(target for target in targets if target.kind == "online")


def requests(*days: tuple[float, int, int, float | None]) -> dict[str, Any]:
    """What Application Insights answers: end of the day, requests, failures, latency."""
    names = ("day", "total", "failed", "p95_ms")
    rows = [[ago(day + 1, TODAY), *rest] for day, *rest in days]
    columns = [{"name": name, "type": "a type"} for name in names]
    return {"tables": [{"name": "PrimaryResult", "columns": columns, "rows": rows}]}


def production(target: monitoring.Target, **more: Any) -> Az:
    """A production that has been watched for a month, and in which nothing is wrong."""
    name = monitoring.monitor_name(target)
    runs = [
        job(f"run {day}", day, display_name=f"{name}-2026030{9 - day}T031500Z") for day in range(5)
    ]
    answers: dict[str, Any] = {
        "ml_online__endpoint_list": [{"name": target.endpoint}],
        "ml_online__endpoint_show": {"name": target.endpoint, "traffic": {"blue": 100}},
        "ml_schedule_list": [job(name, 30)],
        "ml_job_list": runs,
        "ml_job_list_--parent-job-name": [],
        "monitor_app__insights_query": requests(*[(day, 1000, 0, 80.0) for day in range(5)]),
        "storage_blob_download__batch": [],
    }
    return Az(**{**answers, **more})


def ask(az: Az, config: dict[str, Any] = CONFIG) -> dict[str, Any]:
    """Ask every source<% if (batch) { %>; the gathered data has not drifted<% } %>."""
<%_ if (batch) { _%>
    drift = {"windows": windows("-"), "since": None}
    return monitoring.ask(config, [], drift, NOW, az)
<%_ } else { _%>
    return monitoring.ask(config, [], NOW, az)
<%_ } _%>


def decided(asked: dict[str, Any]) -> str:
    """What is decided on what was asked of the endpoint."""
    since = asked["since"]
    found = decide.decide(asked["windows"], asked["retrainings"], RULES, NOW, since=since)
    return str(found["decision"])


def test_all_sources_are_asked_for_every_day(place: monitoring.Target) -> None:
    az = production(place)
    asked = ask(az)
    assert len(asked["windows"]) == 10
    assert {one["violates"] for one in asked["windows"]} == {False}
    assert {one["time"] for one in asked["windows"]} == {ago(day, TODAY) for day in range(5)}
    assert decided(asked) == "wait"
    query = option(next(call for call in az.calls if call[0] == "monitor"), "--analytics-query")
    assert f"datetime({ago(5, TODAY)})" in query
    assert f"datetime({ago(0, TODAY)})" in query


def test_a_crossed_threshold_is_found_in_the_steps_of_a_monitor(place: monitoring.Target) -> None:
    below = {
        "run 0": [{"name": "signal", "tags": {}}],
        "signal": [{"name": "step", "tags": {BREACH: "the signal data_drift has failed"}}],
    }
    name = monitoring.monitor_name(place)
    runs = [
        job("run 0", 0, "Failed", display_name=f"{name}-20260310T031500Z"),
        job("run 1", 1, display_name=f"{name}-20260309T031500Z", tags={BREACH: "told here"}),
        *[job(f"run {day}", day, display_name=f"{name}-20260308T031500Z") for day in (2, 3, 4)],
        job("not of it", 0, display_name=f"{name}s-20260310T031500Z", tags={BREACH: "no"}),
    ]
    az = production(
        place,
        ml_job_list=lambda args: (
            below.get(option(args, "--parent-job-name"), [])
            if "--parent-job-name" in args
            else runs
        ),
    )
    del az.answers["ml_job_list_--parent-job-name"]
    asked = ask(az)
    found = [one for one in asked["windows"] if one["source"] == name]
    assert [one["violates"] for one in found] == [False, False, False, True, True]
    assert found[-1]["reasons"] == ["the signal data_drift has failed"]
    assert decided(asked) == "retrain"


FAILED = "has failed due to one or more features violating metric thresholds"
DRIFTED = {"name": "data_drift", "status": "Failed", "tags": {BREACH: f"data_drift {FAILED}"}}
FINE = {"name": "data_drift", "status": "Completed"}
WRONG = {BREACH: f"the_monitor_model_performance {FAILED}"}
SIGNALS = [
    # tags of the run, steps below it, steps below the step "signal", violates
    ("the message names the signal", {}, [{"name": "a", "tags": WRONG}, FINE], [], False),
    (
        "the tag names the signal",
        {"azureml.modelmonitor.threshold.breached.model_performance": FAILED},
        [FINE],
        [],
        False,
    ),
    (
        "the name of a step above names it",
        {},
        [{"name": "signal", "display_name": "model_performance"}, FINE],
        [{"name": "step", "tags": {BREACH: FAILED}}],
        False,
    ),
    ("nothing names a signal", {}, [{"name": "a", "tags": {BREACH: FAILED}}, FINE], [], True),
    (
        "its step broke and tells nothing",
        {},
        [{"name": "signal", "display_name": "model_performance", "status": "Failed"}, FINE],
        [{"name": "step", "status": "Failed"}],
        False,
    ),
    (
        "its step broke, and so did another",
        {},
        [{"name": "model_performance", "status": "Failed"}, {**FINE, "status": "Failed"}],
        [],
        None,
    ),
    ("another signal broke as well", WRONG, [DRIFTED], [], True),
    ("another signal has no answer", WRONG, [{**FINE, "status": "Failed"}], [], None),
]


@pytest.mark.parametrize(
    ("tags", "below", "deeper", "violates"),
    [case[1:] for case in SIGNALS],
    ids=[case[0] for case in SIGNALS],
)
def test_the_performance_alone_does_not_make_a_day_violate(
    tags: dict[str, str],
    below: list[dict[str, Any]],
    deeper: list[dict[str, Any]],
    violates: bool | None,
) -> None:
    steps = {"the-run": below, "signal": deeper}
    az = Az(ml_job_list=lambda args: steps.get(option(args, "--parent-job-name"), []))
    run = job("the-run", 0, "Failed", tags=tags)
    found = monitoring.monitor_window(TODAY, "the monitor", run, az)
    assert found["violates"] is violates


def test_a_monitor_that_broke_or_did_not_run_has_no_answer(place: monitoring.Target) -> None:
    name = monitoring.monitor_name(place)
    broken = [job("run 0", 0, "Failed", display_name=f"{name}-20260310T031500Z")]
    running = [job("run 0", 0, "Running", display_name=f"{name}-20260310T031500Z")]
    for runs in (broken, running, [], monitoring.AzureError("no answer")):
        asked = ask(production(place, ml_job_list=runs))
        newest = [one for one in asked["windows"] if one["source"] == name][-1]
        assert newest["violates"] is None, runs
        assert newest["reasons"]
        assert decided(asked) == "alert"


SERVED = [
    # requests, failures, latency, violates
    (1000, 50, 1000.0, False),
    (1000, 51, 1000.0, True),
    (1000, 0, 1001.0, True),
    (49, 49, 9000.0, False),
    (0, 0, None, None),
    (1000, 0, None, None),
    (1000, 0, float("nan"), None),
]


@pytest.mark.parametrize(("total", "failed", "p95", "violates"), SERVED)
def test_the_requests_of_a_day_are_judged(
    total: int, failed: int, p95: float | None, violates: bool | None
) -> None:
    row = {"total": total, "failed": failed, "p95_ms": p95}
    limits = monitoring.service_limits(SERVICE)
    found = monitoring.service_window(TODAY, "Application Insights", row, limits)
    assert found["violates"] is violates
    assert bool(found["reasons"]) is (violates is not False)


@pytest.mark.parametrize(
    "answer",
    [monitoring.AzureError("no answer"), {}, None, {"tables": []}, requests((1, 1000, 0, 80.0))],
)
def test_without_an_answer_of_application_insights_a_day_is_unknown(
    answer: Any, place: monitoring.Target
) -> None:
    az = production(place, monitor_app__insights_query=answer)
    asked = ask(az)
    newest = [one for one in asked["windows"] if one["source"] == "Application Insights"][-1]
    assert newest["violates"] is None
    assert decided(asked) == "alert"


def happened(days: list[int], right: int, wrong: int) -> Any:
    """Let az download what the application recorded on some days, so many days ago."""
<%_ if (classification) { _%>
    prediction: Any = "yes"
    truths: list[Any] = ["yes"] * right + ["no"] * wrong
<%_ } else { _%>
    contract = monitoring.load_contract(monitoring.CONTRACT)
    target = next(one for one in contract["columns"] if one["role"] == "target")
    prediction: Any = target["min"]
    truths: list[Any] = [target["min"]] * right + [target["max"]] * wrong
<%_ } _%>

    def download(args: tuple[str, ...]) -> None:
        lines = []
        for day in days:
            for number, truth in enumerate(truths):
                record = {"id": f"{day}-{number}", "time": ago(day + 0.5, TODAY)}
                lines.append({**record, "deployment": "blue", "prediction": prediction})
                lines.append({**record, "actual": truth})
        folder = Path(option(args, "--destination")) / "predictions"
        folder.mkdir()
        (folder / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))

    return download


def measured(place: monitoring.Target, answer: Any) -> dict[str, bool | None]:
    """What the outcomes say, by time."""
    az = production(place, storage_blob_download__batch=answer)
    asked = ask(az)
    return {one["time"]: one["violates"] for one in asked["windows"] if one["source"] == "outcomes"}


def test_what_really_happened_counts(place: monitoring.Target) -> None:
    days = [ago(day, TODAY) for day in reversed(range(5))]
    assert measured(place, happened([8], 90, 10)) == dict.fromkeys(days[:3], False)
    assert measured(place, happened([8], 70, 30)) == dict.fromkeys(days[:3], True)
    assert measured(place, happened([0], 70, 30)) == {days[-1]: True}
    # Today's answers belong to the window that ends tomorrow.
    assert measured(place, happened([-1], 70, 30)) == {}


def test_too_few_outcomes_say_nothing_and_unreadable_ones_are_unknown(
    place: monitoring.Target,
) -> None:
    assert measured(place, happened([1], 0, 49)) == {}
    assert measured(place, []) == {}

    def broken(args: tuple[str, ...]) -> None:
        (Path(option(args, "--destination")) / "a.jsonl").write_text("{")

    for answer in (broken, monitoring.AzureError("no answer")):
        assert set(measured(place, answer).values()) == {None}
    with pytest.raises(ValueError, match=r"outcomes\.min_answers"):
        ask(production(place), {**CONFIG, "outcomes": {}})


TRIALS = [
    # tags of the endpoint, whether what the challenger got wrong counts
    ("no test", {}, True),
    ("one that runs", {"ab_test": f"green/blue/{ago(9, TODAY)}/50/50/0.05"}, False),
    ("one that ended", {"ab_tests_past": f"blue/{ago(9, TODAY)}/{ago(8, TODAY)}"}, False),
    (
        "one of several",
        {"ab_tests_past": f"blue/{ago(9, TODAY)}/{ago(8, TODAY)}+blue/{ago(1)}/{ago(0)}"},
        False,
    ),
    ("one that came later", {"ab_tests_past": f"blue/{ago(7, TODAY)}/{ago(6, TODAY)}"}, True),
    ("one of the other", {"ab_test": f"blue/green/{ago(9, TODAY)}/50/50/0.05"}, True),
    ("one that cannot be read", {"ab_tests_past": "blue"}, None),
]


@pytest.mark.parametrize(
    ("tags", "counts"), [case[1:] for case in TRIALS], ids=[case[0] for case in TRIALS]
)
def test_what_a_challenger_got_wrong_starts_no_training(
    tags: dict[str, str], counts: bool | None, place: monitoring.Target
) -> None:
    shown = {"name": place.endpoint, "traffic": {"blue": 100}, "tags": tags}
    recorded = happened([8], 0, 60)
    az = production(place, storage_blob_download__batch=recorded, ml_online__endpoint_show=shown)
    found = {one["violates"] for one in ask(az)["windows"] if one["source"] == "outcomes"}
    expected: dict[bool | None, set[bool | None]] = {True: {True}, False: set(), None: {None}}
    assert found == expected[counts]


def test_days_before_the_first_watched_one_are_not_asked_for(place: monitoring.Target) -> None:
    name = monitoring.monitor_name(place)
    since = {"name": name, "creation_context": {"created_at": ago(1.5, TODAY)}}
    asked = ask(production(place, ml_schedule_list=[since]))
    assert {one["time"] for one in asked["windows"]} == {ago(0, TODAY)}
    since["creation_context"] = {"created_at": ago(0.5, TODAY)}
    asked = ask(production(place, ml_schedule_list=[since]))
    assert asked["windows"] == []
    assert decided(asked) == "wait"


def test_an_endpoint_is_watched_from_its_own_first_day(
    place: monitoring.Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = dataclasses.replace(place, name="second", endpoint="second-0a1b2")
    monkeypatch.setattr(monitoring, "load", lambda **_: [new, place])
    old_name, new_name = monitoring.monitor_name(place), monitoring.monitor_name(new)
    endpoints = [{"name": target.endpoint} for target in (place, new)]
    az = production(place, ml_online__endpoint_list=endpoints)
    az.answers["ml_schedule_list"] = [job(old_name, 30), job(new_name, 2)]
    az.answers["ml_job_list"] += [
        job(f"new {day}", day, display_name=f"{new_name}-2026030{9 - day}T031500Z")
        for day in range(5)
    ]

    def days(asked: dict[str, Any], source: str) -> list[str]:
        """The days of a source."""
        return [one["time"] for one in asked["windows"] if one["source"] == source]

    asked = ask(az)
    week = [ago(day, TODAY) for day in (4, 3, 2, 1, 0)]
    assert days(asked, old_name) == days(asked, "Application Insights") == week
    assert days(asked, new_name) == week[-1:]
    # Today's: not a single day of it is over, and that is nothing to turn red for.
    az.answers["ml_schedule_list"] = [job(old_name, 30), job(new_name, 0)]
    asked = ask(az)
    assert days(asked, new_name) == []
    assert decided(asked) == "wait"
    # One without a monitor does not keep the others from being asked.
    az.answers["ml_schedule_list"] = [job(old_name, 30)]
    asked = ask(az)
    assert days(asked, old_name) == week
    assert days(asked, new_name) == week[-1:]
    assert decided(asked) == "alert"


def test_what_is_deployed_without_a_monitor_is_an_alert(place: monitoring.Target) -> None:
    asked = ask(production(place, ml_schedule_list=[]))
    assert decided(asked) == "alert"
    assert "delivery.monitoring apply" in asked["windows"][-1]["reasons"][0]


def test_where_nothing_is_deployed_nothing_is_missing(place: monitoring.Target) -> None:
    az = production(place, ml_online__endpoint_list=[])
    assert decided(ask(az)) == "wait"
<%_ if (batch) { _%>


BOTH = [
    # days of the endpoint, weeks of the data, age of the newest version in days, decision
    ("two versions drifted, a week apart", "-----", "++", 0, "retrain"),
    ("and days later they still have", "-----", "-+-+", 6, "retrain"),
    ("one drifted version is an accident", "-----", "---+", 0, "wait"),
    ("the newest version is fine", "-----", "-++-", 0, "wait"),
    ("the endpoint alone", "---++", "----", 3, "retrain"),
    ("one bad day and one bad version do not add up", "----+", "---+", 0, "wait"),
    ("a version is overdue", "-----", "----", 9, "alert"),
    ("what is missing comes before what violates", "---++", "----", 9, "alert"),
    ("the drift job has no answer", "---++", "---?", 0, "alert"),
    ("the endpoint has no answer", "++++?", "--++", 0, "alert"),
    ("neither", "-----", "----", 0, "wait"),
]


@pytest.mark.parametrize(
    ("days", "weeks", "last", "expected"), [case[1:] for case in BOTH], ids=[c[0] for c in BOTH]
)
def test_days_and_versions_are_decided_on_apart(
    days: str, weeks: str, last: float, expected: str, tmp_path: Path
) -> None:
    found, decision = tmp_path / "windows.json", tmp_path / "decision.json"
    asked: dict[str, Any] = {"asked": decide.stamp(NOW), "since": None, "retrainings": []}
    written = {**asked, "windows": windows(days, "the endpoint"), "versions": weekly(weeks, last)}
    found.write_text(json.dumps(written))
    config = str(ROOT / "config" / "monitoring.yml")
    command = ["--windows", str(found), "--decision", str(decision), "--config", config]
    decide.main(command)
    told = json.loads(decision.read_text())
    assert told["decision"] == expected, told
    assert {reason.split(":")[0] for reason in told["reasons"]} == {
        "Online endpoint",
        "Gathered data",
    }
    decide.main([*command, "--reason", "by hand"])
    assert json.loads(decision.read_text())["decision"] == "retrain"


def test_the_breaker_holds_for_drifted_versions_too(tmp_path: Path) -> None:
    found, decision = tmp_path / "windows.json", tmp_path / "decision.json"
    past = [ago(days) for days in (8, 15, 22)]
    asked = {"asked": decide.stamp(NOW), "since": None, "retrainings": past}
    found.write_text(json.dumps({**asked, "windows": windows("-----"), "versions": weekly("++")}))
    config = str(ROOT / "config" / "monitoring.yml")
    decide.main(["--windows", str(found), "--decision", str(decision), "--config", config])
    assert json.loads(decision.read_text())["decision"] == "blocked"


@pytest.mark.parametrize(
    ("own", "message"),
    [
        (None, r"decision\.versions must be a mapping"),
        ({"violating": 2}, r"decision\.versions\.of must be"),
        ({**RULES["versions"], "violating": 6}, r"decision\.versions\.violating is more than"),
    ],
)
def test_a_rule_of_versions_that_cannot_be_used_is_named(own: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        decide.of_versions({**RULES, "versions": own})


def test_the_versions_of_the_gathered_data_are_written_apart(place: monitoring.Target) -> None:
    drift = {"windows": weekly("--+-++"), "since": None}
    asked = monitoring.ask(CONFIG, [], drift, NOW, production(place))
    assert asked["versions"] == weekly("--+-++")[1:]
    assert "drift" not in {one["source"] for one in asked["windows"]}
    # Also where the endpoint has nothing to watch yet.
    az = production(place, ml_online__endpoint_list=[])
    assert monitoring.ask(CONFIG, [], drift, NOW, az)["versions"] == weekly("--+-++")[1:]
<%_ } _%>


def test_the_monitor_is_filled_in_from_the_contract() -> None:
    document = yaml.safe_load((ROOT / monitoring.MONITOR).read_text())
    contract = monitoring.load_contract(monitoring.CONTRACT)
    given = {"endpoint": "the-endpoint", "deployment": "green", "reference": "the-reference"}
    filled = monitoring.fill_in(document, contract, **given<% if (classification) { %>, outcomes="the-outcomes"<% } %>)
    monitor = filled["create_monitor"]
    assert monitor["monitoring_target"]["endpoint_deployment_id"] == "azureml:the-endpoint:green"
    signals = monitor["monitoring_signals"]
    assert {signal["type"] for signal in signals.values()} == {
        "data_drift",
        "prediction_drift",
        "data_quality",
        "feature_attribution_drift",
<%_ if (classification) { _%>
        "model_performance",
<%_ } _%>
    }
<%_ if (classification) { _%>
    performance = signals.pop("model_performance")
    assert performance["reference_data"]["input_data"]["path"] == "the-outcomes"
    collected = performance["production_data"]
    assert collected["input_data"]["path"] == "azureml:the-endpoint-green-model_outputs:1"
    assert collected["data_column_names"]["prediction"] == contract["target"]
    without = monitoring.fill_in(document, contract, **given, outcomes=None)
    assert without["create_monitor"]["monitoring_signals"] == signals
<%_ } _%>
    for signal in signals.values():
        assert signal["reference_data"]["input_data"]["path"] == "the-reference"
        assert signal["reference_data"]["data_column_names"]["target_column"] == contract["target"]


def test_a_release_sets_the_monitor_on_the_deployment_that_answers(
    place: monitoring.Target,
) -> None:
    made: list[dict[str, Any]] = []
<%_ if (classification) { _%>
    outcomes: list[dict[str, str]] = []
<%_ } _%>
    az = production(
        place,
<%_ if (classification) { _%>
        ml_data_list=lambda args: (
            [{"name": monitoring.REFERENCE, "version": "7"}]
            if "--registry-name" in args
            else outcomes
        ),
<%_ } else { _%>
        ml_data_list=lambda args: (
            [{"name": monitoring.REFERENCE, "version": "7"}] if "--registry-name" in args else []
        ),
<%_ } _%>
<%_ if (classification) { _%>
        ml_data_show=lambda args: outcomes[0] if "latest" in args else None,
<%_ } _%>
        ml_schedule_create=lambda args: made.append(
            yaml.safe_load(Path(option(args, "--file")).read_text())
        ),
    )
    contract = monitoring.load_contract(monitoring.CONTRACT)

    def apply(version: str) -> list[str]:
        """Apply after the release of a version."""
        return monitoring.apply(version, [place], contract, "the-registry", az)

    (told,) = apply("7")
    assert place.endpoint in told
    monitor = made[0]["create_monitor"]
    target = monitor["monitoring_target"]["endpoint_deployment_id"]
    assert target == f"azureml:{place.endpoint}:blue"
<%_ if (classification) { _%>
    assert "model_performance" not in monitor["monitoring_signals"]
    assert f"no `{monitoring.OUTCOMES}`" in told
<%_ } _%>
    path = monitor["monitoring_signals"]["data_drift"]["reference_data"]["input_data"]["path"]
    assert path == f"azureml://registries/the-registry/data/{monitoring.REFERENCE}/versions/7"
<%_ if (classification) { _%>
    outcomes.append({"name": monitoring.OUTCOMES, "version": "3"})
<%_ } _%>
    assert list((ROOT / "azureml").glob("monitor-*")) == []
    (told,) = apply("7")
<%_ if (classification) { _%>
    signal = made[1]["create_monitor"]["monitoring_signals"]["model_performance"]
    path = signal["reference_data"]["input_data"]["path"]
    assert path == f"azureml:{monitoring.OUTCOMES}:3"
    assert monitoring.OUTCOMES not in told
<%_ } else { _%>
    assert made[1] == made[0]
<%_ } _%>
    # Released before there were monitors, and gone back to: nothing to compare with, and no fault.
    (told,) = apply("8")
    assert "no version 8" in told
    assert "stays as it is" in told
    assert len(made) == 2


def test_going_back_to_a_model_without_reference_data_succeeds(
    place: monitoring.Target, capsys: pytest.CaptureFixture[str]
) -> None:
    az = production(place, ml_data_list=[])
    monitoring.main(["apply", "--version", "8"], az)
    assert "stays as it is" in capsys.readouterr().out
    assert not [call for call in az.calls if call[:3] == ("ml", "schedule", "create")]


def test_the_reference_data_is_shared_once(place: monitoring.Target) -> None:
    there: dict[bool, list[dict[str, str]]] = {True: [], False: []}

    def add(args: tuple[str, ...]) -> None:
        shared = args[2] == "share"
        there[shared].append({"name": monitoring.REFERENCE, "version": option(args, "--version")})

    az = Az(
        ml_data_list=lambda args: there["--registry-name" in args],
        ml_data_create=add,
        ml_data_share=add,
    )
    address = monitoring.share_reference("the-job", "7", az)
    assert address.endswith(f"the-registry/data/{monitoring.REFERENCE}/versions/7")
    assert monitoring.share_reference("the-job", "7", az) == address
    verbs = [call[2] for call in az.calls if call[2] != "list"]
    assert verbs == ["create", "share"]
<%_ } _%>


def test_the_report_of_a_decision_shows_days_values_and_limits(tmp_path: Path) -> None:
    days = windows("-+-?+")
    signal = {"column": "any|<b>", "measure": "stability index", "value": 0.5, "limit": 0.2}
    days[-1]["columns"] = [signal, {**signal, "column": "other", "value": None}]
    found: dict[str, Any] = {"asked": ago(0), "windows": days, "retrainings": [ago(9)]}
<%_ if (online && batch) { _%>
    found["versions"] = [{**days[0], "source": "gathered", "violates": True}]
<%_ } _%>
    decided = decide.decide(days, found["retrainings"], RULES, NOW)
    told = report.decision(found, decided, RULES, tmp_path / "decision.html")
    assert f"## Retraining: {decided['decision']}" in told
    assert "| drift | missing | reason 3 |" in told
<%_ if (online && batch) { _%>
    assert "| gathered | violates | reason 0 |" in told
    assert "2 of the last 5 versions" in told
<%_ } _%>
    assert "stability index | 0.5000 | 0.2000 |" in told
    assert "stability index | missing | 0.2000 |" in told
    page = (tmp_path / "decision.html").read_text(encoding="utf-8")
    assert "<svg" in page and "<b>" not in page
    assert "mathdefault" not in page
