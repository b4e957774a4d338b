"""The A/B test: how large, how often wrong, and what it does to the traffic."""

import json
import math
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from delivery import ab_test, registry
from delivery.decide import stamp
from delivery.endpoints import Online
from delivery.release import Release, describe, release
from delivery.targets import Target, load
from local_azure.cloud import Cloud

ROOT = Path(__file__).parents[1]
RULES = {"percent": 50, "alpha": 0.05, "power": 0.8, "difference": 0.05}
<%_ if (classification) { _%>
EVALUATION = {"metrics": {"accuracy": 0.8}}
MEASURE = "accuracy"
<%_ } else { _%>
EVALUATION = {"metrics": {"mae": 100.0, "rmse": 125.0}}
MEASURE = "rmse"
# Of the absolute errors: their mean square is 125 * 125.
SPREAD = math.sqrt(125**2 - 100**2)
<%_ } _%>
RUNS = 1000
STARTED = datetime(2026, 3, 1, tzinfo=timezone.utc)


def answers(size: int, worse: float, random: np.random.Generator) -> np.ndarray:
    """What a model gets <% if (classification) { %>right, its share so much below 0.8<% } else { %>wrong by, its mean so many units above 100<% } %>."""
<%_ if (classification) { _%>
    return (random.random(size) < 0.8 - worse).astype(float)
<%_ } else { _%>
    # Errors are never negative and some are large: no bell.
    shape = (100 / SPREAD) ** 2
    return random.gamma(shape, SPREAD**2 / 100, size) + worse
<%_ } _%>


def share_of(verdicts: list[str], *wanted: str) -> float:
    """The share of the verdicts that are one of these."""
    return sum(verdict in wanted for verdict in verdicts) / len(verdicts)


def test_between_equals_a_winner_is_seldom_found() -> None:
    planned, random = ab_test.plan(EVALUATION, RULES), np.random.default_rng(0)
    verdicts = []
    for _ in range(RUNS):
        arms = [answers(planned[arm], 0, random) for arm in ab_test.ARMS]
        verdicts.append(ab_test.compare(arms[0], arms[1], planned["alpha"])["verdict"])
    # 5 %, and three standard errors of a share of 1,000 tests: 7.07 %.
    bound = RULES["alpha"] + 3 * math.sqrt(RULES["alpha"] * (1 - RULES["alpha"]) / RUNS)
    assert share_of(verdicts, ab_test.WINNER, ab_test.LOSER) <= bound
    # And it is a test at all: it errs about as often as it may.
    assert share_of(verdicts, ab_test.WINNER, ab_test.LOSER) >= RULES["alpha"] / 2


def test_a_true_difference_of_the_planned_size_is_found_as_often_as_planned() -> None:
    planned, random = ab_test.plan(EVALUATION, RULES), np.random.default_rng(1)
    worse = planned["difference"]
    found = []
    for _ in range(RUNS):
        arms = [
            answers(planned[arm], shift, random)
            for arm, shift in zip(ab_test.ARMS, (0, worse), strict=True)
        ]
        found.append(ab_test.compare(arms[0], arms[1], planned["alpha"])["verdict"])
    error = 3 * math.sqrt(RULES["power"] * (1 - RULES["power"]) / RUNS)
    assert abs(share_of(found, ab_test.LOSER) - RULES["power"]) <= error
    # In the wrong direction practically never.
    assert share_of(found, ab_test.WINNER) <= 0.002


def test_looking_early_and_often_is_what_the_plan_forbids() -> None:
    planned, random = ab_test.plan(EVALUATION, RULES), np.random.default_rng(2)
    size, wrong = planned["champion"], 0
    for _ in range(200):
        arms = [answers(size, 0, random) for _ in ab_test.ARMS]
        looks = [
            ab_test.compare(arms[0][:count], arms[1][:count], planned["alpha"])["verdict"]
            for count in range(size // 10, size + 1, size // 10)
        ]
        wrong += any(verdict != ab_test.UNDECIDED for verdict in looks)
    # Ten looks err far more often than the one that is planned: why judge refuses.
    assert wrong / 200 > 2 * RULES["alpha"]


def test_a_better_challenger_wins_and_a_worse_one_loses() -> None:
<%_ if (classification) { _%>
    good, bad = [1.0] * 95 + [0.0] * 5, [1.0] * 70 + [0.0] * 30
<%_ } else { _%>
    good, bad = [1.0, 2.0] * 50, [8.0, 9.0] * 50
<%_ } _%>
    won = ab_test.compare(bad, good, 0.05)
    assert won["verdict"] == ab_test.WINNER
    assert won["champion"] == pytest.approx(sum(bad) / 100)
    assert won["challenger"] == pytest.approx(sum(good) / 100)
    assert won["difference"] == pytest.approx(won["challenger"] - won["champion"])
    assert won["p"] < 0.05
    assert ab_test.compare(good, bad, 0.05)["verdict"] == ab_test.LOSER
    assert ab_test.compare(good, good, 0.05)["verdict"] == ab_test.UNDECIDED


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_two_arms_without_an_exception_are_undecided(value: float) -> None:
    found = ab_test.compare([value] * 50, [value] * 50, 0.05)
    assert (found["verdict"], found["p"]) == (ab_test.UNDECIDED, 1.0)


def test_a_record_that_is_no_number_gives_no_verdict() -> None:
    with pytest.raises(ab_test.Refused, match="no number"):
        ab_test.compare([0.0, 1.0, float("nan")], [1.0, 0.0, 1.0], 0.05)


def test_the_size_follows_the_rules() -> None:
    size = ab_test.plan(EVALUATION, RULES)["champion"]
    assert size > 100
    assert ab_test.plan(EVALUATION, RULES)["challenger"] == size
    for key, value in (("difference", 0.02), ("alpha", 0.01), ("power", 0.95)):
        assert ab_test.plan(EVALUATION, {**RULES, key: value})["champion"] > size, key
    uneven = ab_test.plan(EVALUATION, {**RULES, "percent": 20})
    assert uneven["challenger"] == pytest.approx(uneven["champion"] / 4, abs=1)
    assert uneven["champion"] + uneven["challenger"] > 2 * size


@pytest.mark.parametrize("metrics", [None, {}, {MEASURE: None}, {MEASURE: float("nan")}])
def test_without_the_numbers_of_production_there_is_no_plan(metrics: Any) -> None:
    with pytest.raises(ab_test.Refused, match="evaluation of the model in production"):
        ab_test.plan({"metrics": metrics}, RULES)


@pytest.mark.parametrize("key", list(RULES))
@pytest.mark.parametrize("value", [None, 0, 100, "0.5", float("nan"), True])
def test_a_rule_that_cannot_be_used_is_named(key: str, value: Any) -> None:
    with pytest.raises(ab_test.Refused, match=rf"ab_test\.{key}"):
        ab_test.plan(EVALUATION, {**RULES, key: value})


def test_the_rules_of_this_repository_can_be_used() -> None:
    rules = yaml.safe_load((ROOT / "config" / "monitoring.yml").read_text())["ab_test"]
    assert ab_test.plan(EVALUATION, rules)["champion"] > 0


TEST = {
    "champion": 40,
    "challenger": 40,
    "alpha": 0.05,
    "started": stamp(STARTED),
    "deployments": {"champion": "blue", "challenger": "green"},
}


def records(color: str, right: int, wrong: int, begin: int = 0) -> list[dict[str, Any]]:
    """Answers of a deployment and what really happened, a minute apart."""
    made: list[dict[str, Any]] = []
    for number in range(right + wrong):
        time = stamp(STARTED + timedelta(minutes=begin + number))
        key = f"{color}-{begin + number}"
        # Spread evenly, so that a part of them says the same as the whole.
        good = (number * right) // (right + wrong) != ((number + 1) * right) // (right + wrong)
<%_ if (classification) { _%>
        actual = "yes" if good else "no"
        made.append({"id": key, "time": time, "deployment": color, "prediction": "yes"})
<%_ } else { _%>
        actual = 10.0 + number % 2 if good else 30.0 + number % 2
        made.append({"id": key, "time": time, "deployment": color, "prediction": 10.0})
<%_ } _%>
        made.append({"id": key, "time": time, "actual": actual})
    return made


def test_predictions_are_joined_with_what_really_happened() -> None:
    given = records("blue", 20, 20) + records("green", 38, 2)
    verdict = ab_test.judge(given, TEST)
    assert verdict["verdict"] == ab_test.WINNER
    assert verdict["rows"] == {"champion": 40, "challenger": 40}
    assert ab_test.judge(given[::-1], TEST) == verdict
    assert "challenger is better" in ab_test.tell(verdict)
    turned = {**TEST, "deployments": {"champion": "green", "challenger": "blue"}}
    assert ab_test.judge(given, turned)["verdict"] == ab_test.LOSER
    same = records("blue", 30, 10) + records("green", 30, 10)
    assert ab_test.judge(same, TEST)["verdict"] == ab_test.UNDECIDED


def test_nobody_judges_before_the_planned_size() -> None:
    given = records("blue", 20, 20) + records("green", 38, 1)
    with pytest.raises(ab_test.Refused, match="challenger has 39 answers") as refusal:
        ab_test.judge(given, TEST)
    assert "0." not in str(refusal.value)  # no numbers to be tempted by


def test_what_comes_after_the_planned_size_changes_nothing() -> None:
    given = records("blue", 20, 20) + records("green", 38, 2)
    more = given + records("green", 0, 500, begin=40)
    assert ab_test.judge(more, TEST) == ab_test.judge(given, TEST)


def test_only_what_belongs_to_the_test_counts() -> None:
    given = records("blue", 20, 20) + records("green", 38, 2)
    expected = ab_test.judge(given, TEST)
    others = [
        *records("blue", 0, 50, begin=-60),  # before the test
        *records("red", 0, 50),  # another deployment
        {"id": "open", "time": stamp(STARTED), "deployment": "blue", "prediction": 1},
        {"id": "nobody", "time": stamp(STARTED), "actual": 1},
        *given,  # recorded twice
    ]
    assert ab_test.judge(others + given, TEST) == expected


def test_of_one_request_the_first_rows_count_whatever_they_score() -> None:
    time = stamp(STARTED + timedelta(minutes=1))
<%_ if (classification) { _%>
    said, first, then = "yes", "yes", "no"
<%_ } else { _%>
    said, first, then = 10.0, 30.0, 10.0
<%_ } _%>
    given: list[dict[str, Any]] = []
    for row in range(60):
        key, actual = f"blue-{row}", first if row < 40 else then
        given.append({"id": key, "time": time, "deployment": "blue", "prediction": said})
        given.append({"id": key, "time": time, "actual": actual})
    counted = ab_test.arms(given, TEST)["champion"][:40]
    assert set(counted) == {ab_test.score(said, first)}


def test_a_corrected_outcome_counts() -> None:
    given = records("blue", 20, 20) + records("green", 20, 20)
    late = stamp(STARTED + timedelta(days=1))
<%_ if (classification) { _%>
    actual: Any = "yes"
<%_ } else { _%>
    actual: Any = 11.0
<%_ } _%>
    corrected = [
        {"id": record["id"], "time": late, "actual": actual}
        for record in given
        if "actual" in record and record["id"].startswith("green")
    ]
    assert ab_test.judge(given, TEST)["verdict"] == ab_test.UNDECIDED
    assert ab_test.judge(corrected + given, TEST)["verdict"] == ab_test.WINNER


<%_ if (classification) { _%>
@pytest.mark.parametrize(
    ("prediction", "actual", "right"),
    [
        *(("1", actual, 1) for actual in (1, 1.0, "1", "1.0")),
        *(("true", actual, 1) for actual in (True, "True", "true")),
        *(("1.0", "1.0", 1), ("1", "10", 0), ("Yes", "yes", 0), ("true", False, 0)),
    ],
)
def test_a_label_is_right_however_it_is_sent(prediction: str, actual: Any, right: int) -> None:
    assert ab_test.score(prediction, actual) == right


<%_ } _%>
def test_records_are_lines_of_json(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    given = records("blue", 1, 1)
    for name, part in (("one.jsonl", given[:2]), ("a/two.jsonl", given[2:])):
        (tmp_path / name).write_text("".join(json.dumps(record) + "\n" for record in part))
    found = ab_test.read_records(tmp_path)
    assert sorted(map(str, found)) == sorted(map(str, given))
    for line in ("{", "[]", "1", '{"id": "x"}', '{"id": "x", "time": "soon"}'):
        (tmp_path / "one.jsonl").write_text(line)
        with pytest.raises(ab_test.Refused, match=r"one\.jsonl, line 1"):
            ab_test.read_records(tmp_path)
    with pytest.raises(ab_test.Refused, match="no records"):
        ab_test.read_records(tmp_path / "nothing")


class Server:
    """A deployment: answers every row with its version, or with nothing that is a prediction."""

    def __init__(self, answer: Any) -> None:
        """Listen on a free port of this machine."""

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                rows = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["data"]
                body = json.dumps({"predictions": [{"prediction": answer} for _ in rows]}).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Production:
    """A production in which version 1 is live; version 2 is good, and version 3 answers nothing."""

    def __init__(self, az: Cloud) -> None:
        """Release version 1."""
        self.az = az
        for version in ("1", "2", "3"):
            tags = {"verdict": "promote", "run": "r", "data": "d", "commit": "c"}
            model = {"name": registry.MODEL, "version": version, "tags": tags}
            az.keep("model", "", model)
            registry.promote(version, "the-registry", az, root=ROOT)
        self.target: Target = next(
            target
            for target in load(ROOT / "config" / "targets.yml", suffix="0a1b2")
            if target.kind == "online"
        )
        release("1", [self.target], "the-registry", az, root=ROOT)
        self.endpoint = Online(self.target.endpoint, az)
        az.calls.clear()
        self.times = (STARTED + timedelta(minutes=n) for n in range(-15, 1000, 15))

    def clock(self) -> datetime:
        """Say what time it is; it passes with every look."""
        return next(self.times)

    def challenger(self, version: str) -> Release:
        """A version as it is put beside the champion."""
        return describe(version, "the-registry", self.az, root=ROOT)

    def start(self, version: str = "2") -> dict[str, Any]:
        """Start a test."""
        planned = ab_test.plan(EVALUATION, {**RULES, "percent": 20})
        new = self.challenger(version)
        return ab_test.start(self.target, planned, new, self.az, root=ROOT, clock=self.clock)

    def alone(self) -> bool:
        """Whether the champion is as before every test, and was all the time."""
        sums = [sum(call["traffic"][self.endpoint.name].values()) for call in self.az.calls]
        live, there = self.endpoint.traffic(), set(self.endpoint.deployments())
        ended = self.endpoint.tags().get(ab_test.TAG, ab_test.NONE) == ab_test.NONE
        return live == {"blue": 100} and set(sums) == {100} and there == {"blue"} and ended


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> Iterator[Production]:
    """A production on this machine."""

    def serve(deployment: dict[str, Any]) -> Server:
        version = deployment["tags"]["version"]
        return Server(None if version == "3" else version)

    with Cloud(serve=serve) as az:
        yield Production(az)


def test_a_test_splits_the_traffic_and_leaves_everything_as_it_was(production: Production) -> None:
    test = production.start()
    assert production.endpoint.traffic() == {"blue": 80, "green": 20}
    assert ab_test.running(production.endpoint) == test
    planned = ab_test.plan(EVALUATION, {**RULES, "percent": 20})
    assert {arm: test[arm] for arm in ab_test.ARMS} == {arm: planned[arm] for arm in ab_test.ARMS}
    assert (test["started"], test["alpha"]) == (stamp(STARTED), RULES["alpha"])
    assert test["deployments"] == {"champion": "blue", "challenger": "green"}
    told = ab_test.stop(production.target, production.az)
    assert "all traffic on blue" in told
    assert production.alone()
    assert "no test is running" in ab_test.stop(production.target, production.az)


def test_when_a_deployment_was_on_trial_is_known_during_the_test_and_after(
    production: Production,
) -> None:
    endpoint = production.endpoint
    assert ab_test.trials(endpoint) == []
    production.start()
    assert ab_test.trials(endpoint) == [("green", STARTED, None)]
    ended = STARTED + timedelta(hours=5)
    ab_test.stop(production.target, production.az, clock=lambda: ended)
    [trial] = ab_test.trials(endpoint)
    assert tuple(trial) == ("green", STARTED, ended)
    before, after = STARTED - timedelta(seconds=1), ended + timedelta(seconds=1)
    held = [trial.holds("green", at) for at in (before, STARTED, ended, after)]
    assert held == [False, True, False, False]
    assert not trial.holds("blue", STARTED)


def test_the_newest_trials_are_kept_in_what_a_tag_may_hold(production: Production) -> None:
    for hour in range(6):
        production.times = (STARTED + timedelta(hours=hour) for _ in range(2))
        production.start()
        ended = iter([STARTED + timedelta(hours=hour, minutes=5)])
        ab_test.stop(production.target, production.az, clock=ended.__next__)
    began = [trial.began for trial in ab_test.trials(production.endpoint)]
    assert began == [STARTED + timedelta(hours=hour) for hour in (2, 3, 4, 5)]
    assert len(production.endpoint.tags()[ab_test.PAST]) <= 256


def test_the_challenger_is_as_large_as_the_champion_that_load_has_grown(
    production: Production,
) -> None:
    endpoint = production.endpoint
    everywhere = production.az.deployments.items()
    (there,) = (one for place, one in everywhere if place[1] == endpoint.name)
    there["blue"]["instance_count"] += 2
    production.start()
    sizes = {one["instance_count"] for one in endpoint.deployments().values()}
    assert sizes == {there["blue"]["instance_count"]}


def test_a_challenger_that_does_not_answer_never_gets_traffic(production: Production) -> None:
    with pytest.raises(ab_test.Refused, match="does not answer well"):
        production.start("3")
    assert production.alone()
    shares = [call["traffic"][production.endpoint.name] for call in production.az.calls]
    assert all(not share.get("green") for share in shares)


@pytest.mark.parametrize("words", ["online-deployment create", "online-endpoint update --traffic"])
def test_a_start_that_fails_leaves_the_champion_alone(words: str, production: Production) -> None:
    def before(args: tuple[str, ...]) -> None:
        if set(words.split()) <= set(args) and "blue=100" not in args:
            raise KeyboardInterrupt

    production.az.before = before
    with pytest.raises(KeyboardInterrupt):
        production.start()
    production.az.before = None
    assert production.alone()


def test_no_test_begins_while_a_rollout_or_another_test_is_under_way(
    production: Production,
) -> None:
    production.start()
    with pytest.raises(ab_test.Refused, match="under way"):
        production.start()
    assert production.endpoint.traffic() == {"blue": 80, "green": 20}
    # A rollout: the new deployment stands beside the old one, without any traffic yet.
    production.endpoint.tag(**{ab_test.TAG: ab_test.NONE})
    production.endpoint.set_traffic({"blue": 100})
    with pytest.raises(ab_test.Refused, match="under way"):
        production.start()
    assert set(production.endpoint.deployments()) == {"blue", "green"}


def test_a_version_is_not_tested_against_itself(production: Production) -> None:
    with pytest.raises(ab_test.Refused, match="champion itself"):
        production.start("1")
    assert production.alone()


def test_the_commands_do_all_of_this(
    production: Production,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("AZURE_ML_REGISTRY", "the-registry")
    monkeypatch.setenv("ENDPOINT_SUFFIX", "0a1b2")
    evaluation, config = tmp_path / "evaluation.json", tmp_path / "monitoring.yml"
    evaluation.write_text(json.dumps(EVALUATION))
    config.write_text(yaml.safe_dump({"ab_test": {**RULES, "difference": 0.19}}))
    numbers = ["--evaluation", str(evaluation), "--config", str(config)]
    ab_test.main(["plan", *numbers], production.az)
    planned = json.loads(capsys.readouterr().out)
    with pytest.raises(SystemExit, match="no test is running"):
        ab_test.main(["judge", "--outcomes", str(tmp_path)], production.az)
    ab_test.main(["start", "--version", "2", *numbers], production.az)
    test = ab_test.running(production.endpoint)
    assert test is not None
    size = test["champion"]
    assert size == planned["champion"]
    given = records("blue", size // 2, size - size // 2) + records("green", size, 0)
    later = ab_test.utc(test["started"]) - STARTED
    for record in given:
        record["time"] = stamp(ab_test.utc(record["time"]) + later)
    file = tmp_path / "records.jsonl"
    judge = ["judge", "--outcomes", str(tmp_path), "--verdict", str(tmp_path / "verdict.json")]
    file.write_text("".join(json.dumps(record) + "\n" for record in given[:-1]))
    with pytest.raises(SystemExit, match="too early"):
        ab_test.main(judge, production.az)
    file.write_text("".join(json.dumps(record) + "\n" for record in given))
    ab_test.main(judge, production.az)
    assert "challenger is better" in capsys.readouterr().out
    assert json.loads((tmp_path / "verdict.json").read_text())["verdict"] == ab_test.WINNER
    ab_test.main(["stop"], production.az)
    assert production.alone()
