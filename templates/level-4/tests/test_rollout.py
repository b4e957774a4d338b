"""A rollout goes step by step, is judged at each, and always has a way back.

Whatever fails or is cut off, wherever: the old deployment answers everything again, or the same
phases run again end as if nothing had happened.
"""

import contextlib
<%_ if (batch) { _%>
import csv
<%_ } _%>
<%_ if (online) { _%>
import json
<%_ } _%>
import shutil
<%_ if (online) { _%>
import threading
<%_ } _%>
from collections.abc import <% if (online) { %>Callable, <% } %>Iterator
from dataclasses import replace
<%_ if (online) { _%>
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
<%_ } _%>
from itertools import count<% if (online) { %>, pairwise<% } %>
from pathlib import Path
from typing import Any
<%_ if (online) { _%>
from unittest.mock import MagicMock
<%_ } _%>

import pytest
import yaml
<%_ if (online) { _%>
from matplotlib.figure import Figure
from matplotlib.text import Text
<%_ } _%>

from delivery import <% if (online) { %>metrics, <% } %>registry, <% if (online) { %>smoke, <% } %>targets
from delivery import report as reporting
from delivery import rollout as rolling
from delivery.endpoints import AzureError, Endpoint, <% if (online) { %>Online, <% } %>of
<%_ if (online) { _%>
from delivery.metrics import Limits, Measured, judge, measure
<%_ } _%>
from delivery.registry import MODEL
from delivery.release import Rejected, Unfinished, describe, release
from delivery.rollout import (
    CONFIG,
    PHASES,
    Ending,
    Move,
    Refused,
<%_ if (batch) { _%>
    compare,
<%_ } _%>
    read_config,
    retreat,
    run,
)
from local_azure.cloud import Cloud

REPOSITORY = Path(__file__).parent.parent
REGISTRY = "registry"
CHANGES = ("create", "update", "delete", "share")
<%_ if (online) { _%>
# The phases that apply.
STEPS = PHASES
# Phases that send probes and judge what was counted.
WATCHED = ("mirror", "canary", "half", "full", "soak")
LIMITS = Limits(error_share=0.1, p95_ms=500, slower_than_old_factor=2, slower_than_old_ms=50)
<%_ } else { _%>
# The phases that apply.
STEPS = ("start", "smoke", "full", "finish")
<%_ } _%>


class Killed(BaseException):
    """The process ends here: nothing of it gets to tidy up."""


<%_ if (online) { _%>
class Server:
    """Answers for a deployment; `answer` says what."""

    def __init__(self, answer: Callable[[], tuple[int, Any]]) -> None:
        """Listen on a port of its own."""

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                status, body = answer()
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.005,))
        self.thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


<%_ } _%>
class Stage:
    """A cloud with versions 1 to 3 in the registry, version 1 rolled out, and a repository.

    Attributes:
        az: The cloud.
        root: The repository; its files may be changed.
        targets: The targets of it.
        config: Of the rollout: few probes, no waiting.
        broken: Versions whose deployments answer nonsense.
        failing: Versions whose deployments answer 500, or can't score.
        predictions: What a version predicts, where it is not 1.5.
        slept: The seconds that were waited.
        told: What was said of the phases.
    """

    def __init__(self, root: Path) -> None:
        """Nothing is deployed."""
        self.root = root
        for name in ("azureml", "config", "samples"):
            shutil.copytree(REPOSITORY / name, root / name)
        (root / "src").mkdir()
        (root / "src" / "code.py").write_text("one = 1\n")
        self.targets = targets.load(root / "config" / "targets.yml", suffix="abcde")
        self.config = read_config(root / CONFIG)
<%_ if (online) { _%>
        self.config |= {"probes": 2, "metrics_minutes": 1}
        # A busy machine is slow; how slow is too slow is tested where latencies are given.
        self.config["limits"] |= {"p95_ms": 8000, "slower_than_old_ms": 8000}
        self.rows = len(json.loads((root / smoke.REQUEST).read_text(encoding="utf-8"))["data"])
<%_ } _%>
        self.broken: set[str] = set()
        self.failing: set[str] = set()
        self.predictions: dict[str, list[str]] = {}
        self.slept: list[float] = []
        self.told: list[str] = []
        self.az = Cloud(<% if (online) { %>serve=self.serve<% } %><% if (online && batch) { %>, <% } %><% if (batch) { %>score=self.score<% } %>)
        for version in ("1", "2", "3"):
            tags = {"verdict": "promote", "run": f"run-{version}", "data": "4", "commit": "c0ffee"}
            self.az.keep("model", "", {"name": MODEL, "version": version, "tags": tags})
        for version in ("1", "2", "3"):
            assert registry.promote(version, REGISTRY, self.az, root=root)
<%_ if (online) { _%>

    def serve(self, deployment: dict[str, Any]) -> Server:
        """Start what answers for a deployment."""
        version = deployment["tags"]["version"]

        def answer() -> tuple[int, Any]:
            if version in self.failing:
                return 500, {"error": "no"}
            good = [{"prediction": "1.5"}] * self.rows
            return 200, {"predictions": [] if version in self.broken else good}

        return Server(answer)
<%_ } _%>
<%_ if (batch) { _%>

    def score(self, deployment: dict[str, Any], file: Path) -> list[str]:
        """Score a file as a deployment does."""
        version = deployment["tags"]["version"]
        if version in self.failing:
            raise ValueError("no")
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        values = self.predictions.get(version, ["1.5"])
        if version in self.broken:
            values = ["nan"]
        return [f"{file.name},{row},{values[row % len(values)]}" for row in range(1, len(rows) + 1)]
<%_ } _%>

    def run(self, version: str, *phases: str, again: bool = False) -> None:
        """Run some phases, or all of them."""
        run(
            list(phases or PHASES),
            version,
            self.targets,
            REGISTRY,
            self.config,
            self.az,
            again=again,
            root=self.root,
            sleep=self.slept.append,
            tell=self.told.append,
        )

    def moves(self, version: str) -> list[Move]:
        """The targets on their way to a version."""
        what = describe(version, REGISTRY, self.az, root=self.root)
        more: Any = {"root": self.root, "sleep": self.slept.append}
        return [Move(target, what, self.config, self.az, **more) for target in self.targets]

    def endpoints(self) -> list[Endpoint]:
        """The endpoints of all targets."""
        return [of(target, self.az) for target in self.targets]

    def served(self) -> list[dict[str, tuple[str, bool]]]:
        """By target and deployment: its version, and whether it is in use."""
        return [
            {
                name: (deployment["tags"]["version"], name in endpoint.in_use())
                for name, deployment in endpoint.deployments().items()
            }
            for endpoint in self.endpoints()
        ]

    def changes(self) -> list[str]:
        """The calls so far that change something."""
        return [" ".join(call["args"]) for call in self.az.calls if call["args"][2] in CHANGES]

    def at_change(self, number: int, error: BaseException) -> None:
        """Raise an error instead of the change of this number, counted from now on, once."""
        left = count(number - 1, -1)

        def before(args: tuple[str, ...]) -> None:
            if args[2] in CHANGES and next(left) == 0:
                raise error

        self.az.before = before


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A stage with version 1 rolled out to every target."""
    stage = Stage(tmp_path)
    with stage.az:
        stage.run("1")
        stage.az.calls.clear()
        stage.told.clear()
        yield stage


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Stage]:
    """A stage without any endpoint."""
    stage = Stage(tmp_path)
    with stage.az:
        yield stage


def twice(stage: Stage) -> Stage:
    """Add a second endpoint of each kind to a stage, with what is live at the first."""
    more = [replace(target, endpoint=f"second-{target.endpoint}") for target in stage.targets]
    stage.targets += more
    given = (more, REGISTRY, stage.az)
    release("1", *given, root=stage.root, sleep=stage.slept.append)
    stage.az.calls.clear()
    stage.slept.clear()
    return stage


def answered(stage: Stage) -> list[tuple[str, bool]]:
    """Version of every deployment, and whether it is in use."""
    return [found for one in stage.served() for found in one.values()]


def old_is_back(stage: Stage) -> bool:
    """Whether version 1 answers everything, alone."""
    return stage.served() == [{"blue": ("1", True)}] * len(stage.targets)


def test_the_first_release_is_asked_before_it_gets_everything(empty: Stage) -> None:
    empty.run("1")
    assert old_is_back(empty)
    assert registry.production(REGISTRY, empty.az) == "1"
    for phase in ("mirror", "canary", "half", "soak"):
        lines = [line for line in empty.told if f" {phase}: " in line]
        assert len(lines) == len(empty.targets)
        assert all("not applicable" in line for line in lines)
    made = [call for call in empty.changes() if "-endpoint create" in call]
    assert len(made) == len(empty.targets)


def test_a_rollout_ends_on_the_new_version_alone(stage: Stage) -> None:
    stage.run("2")
    assert stage.served() == [{"green": ("2", True)}] * len(stage.targets)
    assert registry.production(REGISTRY, stage.az) == "2"
    assert not [call for call in stage.changes() if "-endpoint create" in call]
    stage.run("3")
    assert stage.served() == [{"blue": ("3", True)}] * len(stage.targets)


def test_the_old_deployment_is_deleted_only_after_the_last_phase_before_finish(
    stage: Stage,
) -> None:
    for phase in PHASES[:-1]:
        stage.run("2", phase)
        assert all("blue" in one for one in stage.served()), phase
    stage.run("2", "finish")
    assert not any("blue" in one for one in stage.served())


def test_a_second_run_changes_nothing(stage: Stage) -> None:
    stage.run("1")
    assert stage.changes() == []
    assert all("nothing to change" in line for line in stage.told if "not applicable" not in line)


def test_the_same_model_is_rolled_out_when_the_code_around_it_changes(stage: Stage) -> None:
    (stage.root / "src" / "code.py").write_text("one = 2\n")
    stage.run("1")
    assert stage.served() == [{"green": ("1", True)}] * len(stage.targets)


def test_what_delivery_release_put_there_is_the_old_one(empty: Stage) -> None:
    release("1", empty.targets, REGISTRY, empty.az, root=empty.root, sleep=empty.slept.append)
    empty.run("2", "start")
    assert {endpoint.tags()["stable"] for endpoint in empty.endpoints()} == {"blue"}
    empty.run("2", *PHASES[1:])
    assert empty.served() == [{"green": ("2", True)}] * len(empty.targets)


@pytest.mark.parametrize("phase", STEPS[1:])
def test_a_phase_whose_predecessor_did_not_pass_is_refused_and_changes_nothing(
    stage: Stage, phase: str
) -> None:
    with pytest.raises(Refused, match=f"{phase} comes after"):
        stage.run("2", phase)
    assert stage.changes() == []
    before = STEPS[: STEPS.index(phase)]
    for move in before[:-1]:
        stage.run("2", move)
    if before[:-1]:
        stage.az.calls.clear()
        with pytest.raises(Refused):
            stage.run("2", phase)
        assert stage.changes() == []
    stage.run("2", before[-1])
    stage.run("2", phase)


def test_a_phase_of_another_version_than_was_started_is_refused(stage: Stage) -> None:
    stage.run("2", "start", "smoke")
    with pytest.raises(Refused):
        stage.run("3", *PHASES[2:])
    assert all(one["green"] == ("2", False) for one in stage.served())


def test_a_phase_without_an_endpoint_is_refused(empty: Stage) -> None:
    with pytest.raises(Refused, match="begin with start"):
        empty.run("1", "smoke")
    assert empty.az.endpoints == {}


def test_a_phase_can_be_run_again(stage: Stage) -> None:
    for phase in PHASES:
        stage.run("2", phase)
        stage.run("2", phase)
    assert stage.served() == [{"green": ("2", True)}] * len(stage.targets)


def test_a_killed_rollout_ends_well_when_it_is_run_again(stage: Stage) -> None:
    # Reading changes nothing, so being killed before each change is being killed anywhere.
    for number in count(1):
        version = "23"[number % 2]
        stage.at_change(number, Killed())
        try:
            stage.run(version, again=True)
        except Killed:
            stage.az.before = None
            assert all(endpoint.live() for endpoint in stage.endpoints())
            stage.run(version, again=True)
        else:
            break
        assert [list(one.values()) for one in stage.served()] == [[(version, True)]] * len(
            stage.targets
        )
        assert registry.production(REGISTRY, stage.az) == version
    assert number > 6 * len(stage.targets)


def test_a_deployment_that_azure_could_not_make_is_made_again(stage: Stage) -> None:
    stage.run("2", "start")
    for one in stage.az.deployments.values():
        one["green"]["provisioning_state"] = "Failed"
    stage.az.calls.clear()
    stage.run("2")
    made = [call for call in stage.changes() if "-deployment create" in call]
    assert len(made) == len(stage.targets)
    assert stage.served() == [{"green": ("2", True)}] * len(stage.targets)


<%_ if (online) { _%>
def test_what_a_killed_rollout_left_has_no_traffic_when_it_starts_again(stage: Stage) -> None:
    online = next(one for one in stage.endpoints() if isinstance(one, Online))
    stage.run("2", "start", "smoke", "mirror", "canary")
    assert set(online.traffic()) == {"blue", "green"}
    stage.run("2", "start")
    assert online.traffic() == {"blue": 100}


<%_ } _%>
def test_a_killed_first_release_ends_well_when_it_is_run_again(tmp_path: Path) -> None:
    for number in count(1):
        stage = Stage(tmp_path / str(number))
        with stage.az:
            stage.at_change(number, Killed())
            try:
                stage.run("1")
            except Killed:
                stage.az.before = None
                stage.run("1")
            else:
                break
            assert old_is_back(stage)
            assert registry.production(REGISTRY, stage.az) == "1"
    assert number > 5 * len(stage.targets)


@pytest.mark.parametrize("error", [AzureError("refused"), KeyboardInterrupt()])
def test_a_failure_or_cancellation_at_any_change_leaves_one_deployment_with_everything(
    stage: Stage, error: BaseException
) -> None:
    for number in count(1):
        stage.at_change(number, error)
        try:
            stage.run("2")
        except (AzureError, KeyboardInterrupt):
            stage.az.before = None
        except Ending:
            break  # the next test
        else:
            break
        assert old_is_back(stage), number
        assert registry.production(REGISTRY, stage.az) == "1"
    assert number > 5 * len(stage.targets)


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (AzureError("refused"), "finish"),
        (KeyboardInterrupt(), "start"),
        (Killed(), "finish"),
        (Killed(), "start"),
    ],
)
def test_a_finish_that_is_cut_off_anywhere_never_leaves_two_versions(
    shell: Stage, error: BaseException, again: str
) -> None:
    stage = shell if len(shell.targets) > 1 else twice(shell)
    former, version = "1", "2"
    for number in count(1):
        stage.run(version, *PHASES[:-1], again=True)
        stage.at_change(number, error)
        try:
            stage.run(version, "finish", again=True)
        except (AzureError, Ending, KeyboardInterrupt, Killed):
            stage.az.before = None
        else:
            break
        # What the workflow does next.
        with contextlib.suppress(Ending):
            retreat(stage.moves(version), Rejected("restore"))
        live = {version for version, used in answered(stage) if used}
        assert len(live) == 1, number
        if live == {version}:
            if again == "start":
                version = former  # a rollout of another version begins
                stage.run(version, "start", again=True)
                assert {one for one, used in answered(stage) if used} == live
                stage.run(version, *PHASES[1:-1], again=True)
            stage.run(version, "finish", again=True)
            assert set(answered(stage)) == {(version, True)}
            assert registry.production(REGISTRY, stage.az) == version
            former, version = "12".replace(version, ""), "12".replace(version, "")
    # Two tags, and the deletion, of each target; and the mark in the registry.
    assert number > 3 * len(stage.targets)


def test_a_finish_where_one_target_is_not_ready_ends_nowhere(stage: Stage) -> None:
    twice(stage)
    stage.run("2", *PHASES[:-1])
    stage.endpoints()[-1].switch("blue")  # by hand
    with pytest.raises(Rejected, match="does not answer everything"):
        stage.run("2", "finish")
    assert old_is_back(stage)
    assert registry.production(REGISTRY, stage.az) == "1"


def test_all_targets_answer_as_before_ere_anything_is_deleted(stage: Stage) -> None:
    twice(stage)
    stage.run("2", *PHASES[: PHASES.index("full") + 1])
    stage.az.calls.clear()
    retreat(stage.moves("2"), Rejected("a cancelled run"))
    assert old_is_back(stage)
    deleted = [" delete " in call for call in stage.changes()]
    assert sum(deleted) == len(stage.targets)
    assert deleted == sorted(deleted)


@pytest.fixture
def shell(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage for command lines: its folder is the current one, and the variables are set."""
    monkeypatch.chdir(stage.root)
    monkeypatch.setenv("AZURE_ML_REGISTRY", REGISTRY)
    monkeypatch.setenv("ENDPOINT_SUFFIX", "abcde")
    return stage


def go_back(stage: Stage, version: str) -> bool:
    """Ask for a version back at once; whether that was possible everywhere."""
    try:
        rolling.main(["back", "--version", version], stage.az)
    except SystemExit as refused:
        assert refused.code == 3
        return False
    return True


@pytest.mark.parametrize("phase", ["restore", "back"])
@pytest.mark.parametrize("last", STEPS[:-1])
def test_after_any_phase_the_old_one_can_have_everything_back(
    shell: Stage, last: str, phase: str
) -> None:
    stage = shell
    stage.run("2", *PHASES[: PHASES.index(last) + 1])
    if phase == "restore":
        rolling.main(["restore"], stage.az)
    else:
        moved = ["green" in endpoint.in_use() for endpoint in stage.endpoints()]
        # Where only the old one answers there is nothing to do; a release of it is no change.
        assert go_back(stage, "1") == all(moved)
        if not any(moved):
            return
    assert all(one["blue"] == ("1", True) for one in stage.served())
    assert all(one.get("green") in (None, ("2", False)) for one in stage.served())
    assert old_is_back(stage) == (phase == "restore")
    if phase == "restore" or all(moved):
        with pytest.raises(Refused):
            stage.run("2", "finish")
    if (last, phase) == ("full", "back"):
        stage.run("2")
        assert stage.served() == [{"green": ("2", True)}] * len(stage.targets)


def test_back_says_so_when_no_old_deployment_stands(
    shell: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run("2")
    shell.az.calls.clear()
    assert not go_back(shell, "1")
    assert "Nothing to go back to" in capsys.readouterr().out
    rolling.main(["restore"], shell.az)
    assert shell.changes() == []


def test_back_needs_to_be_told_the_version_and_gives_no_other(shell: Stage) -> None:
    shell.run("2", *PHASES[:-1])
    shell.az.calls.clear()
    for words in ([], ["--version", "former"]):
        with pytest.raises(SystemExit) as wrong:
            rolling.main(["back", *words], shell.az)
        assert wrong.value.code == 2
    assert not go_back(shell, "3")
    assert shell.changes() == []
    assert go_back(shell, "1")


@pytest.mark.parametrize("broken", [False, True])
def test_back_is_refused_where_what_is_live_is_not_what_would_be_left(
    shell: Stage, broken: bool
) -> None:
    # A rollout that ended, or was restored, but whose other deployment could not be deleted.
    if broken:
        shell.broken.add("2")

    def before(args: tuple[str, ...]) -> None:
        if args[2] == "delete":
            raise AzureError("refused")

    shell.az.before = before
    with contextlib.suppress(AzureError, Unfinished):
        shell.run("2")
    shell.az.before = None
    assert any(len(one) == 2 for one in shell.served())
    served = shell.served()
    shell.az.calls.clear()
    for version in ("1", "2"):
        assert not go_back(shell, version)
    assert (shell.changes(), shell.served()) == ([], served)


def test_production_takes_no_step_back_unless_it_is_a_rollback(
    shell: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(8):  # versions are numbers: 10 is newer than 9
        number = len(shell.az("ml", "model", "list", "--name", MODEL)) + 1
        tags = {"verdict": "promote", "run": "r", "data": "4", "commit": "c0ffee"}
        shell.az.keep("model", "", {"name": MODEL, "version": str(number), "tags": tags})
        registry.promote(str(number), REGISTRY, shell.az, root=shell.root)
    shell.run("10")
    shell.az.calls.clear()
    with pytest.raises(SystemExit) as older:
        rolling.main(["start", "--version", "9"], shell.az)
    assert older.value.code not in (0, 3, None)
    assert "production holds version 10, which is newer; a step back is a rollback" in (
        capsys.readouterr().out
    )
    assert shell.changes() == []
    rolling.main(["start", "--version", "9", "--again"], shell.az)
    assert shell.changes() != []


def test_former_is_rolled_out_like_any_other_version(shell: Stage) -> None:
    shell.run("2")
    Path("fast.yml").write_text(yaml.safe_dump(shell.config))
    command = ["all", "--version", "former", "--config", "fast.yml"]
    rolling.main(command, shell.az, shell.slept.append)
    assert old_is_back(shell)
    assert registry.production(REGISTRY, shell.az) == "1"


def test_the_registry_records_the_commit_that_is_deployed_with_a_version(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert registry.before("1", REGISTRY, stage.az) == {"version": "1", "code": "none"}
    monkeypatch.setenv("GITHUB_SHA", "beef")
    stage.run("2")
    assert registry.before("2", REGISTRY, stage.az) == {"version": "2", "code": "beef"}


def test_back_never_undoes_a_release_of_the_former_version_that_was_cut_off(
    shell: Stage,
) -> None:
    stage = shell
    for number in count(1):
        stage.run("2")
        stage.at_change(number, Killed())
        try:
            release(
                *("1", stage.targets, REGISTRY, stage.az),
                root=stage.root,
                sleep=stage.slept.append,
                production=True,
                again=True,
            )
        except Killed:
            stage.az.before = None
        else:
            break
        done = [endpoint.deployments()[str(endpoint.live())] for endpoint in stage.endpoints()]
        gone_back = [deployment["tags"]["version"] == "1" for deployment in done]
        go_back(stage, "1")
        for endpoint, was in zip(stage.endpoints(), gone_back, strict=True):
            live = endpoint.deployments()[str(endpoint.live())]
            assert live["tags"]["version"] == "1" or not was, number
    assert number > 4 * len(stage.targets)


def test_when_going_back_fails_too_that_is_said(stage: Stage) -> None:
    stage.broken.add("2")

    def before(args: tuple[str, ...]) -> None:
        if args[2] == "delete":
            raise AzureError("refused")

    stage.az.before = before
    with pytest.raises(Unfinished, match=r"green of .* going back failed: .*refused"):
        stage.run("2")
    stage.az.before = None
    assert all(one["blue"] == ("1", True) for one in stage.served())
    with pytest.raises(Refused):
        stage.run("2", "smoke")


def test_what_does_not_answer_well_gets_no_traffic_anywhere(stage: Stage) -> None:
    stage.broken.add("2")
    with pytest.raises(Rejected, match=r"green of .*: "):
        stage.run("2")
    assert old_is_back(stage)
    given = ("green=", "deployment_name=green")
    assert not [call for call in stage.changes() if any(words in call for words in given)]


def test_an_ab_test_is_neither_ended_by_a_rollout_nor_by_going_back(stage: Stage) -> None:
    for endpoint in stage.endpoints():
        endpoint.tag(ab_test="blue/green/and/more")
    with pytest.raises(Refused, match="an A/B test runs"):
        stage.run("2")
    assert old_is_back(stage)
    for endpoint in stage.endpoints():
        endpoint.tag(ab_test="none")
    stage.run("2")


def test_the_command_runs_phases_and_tells_a_failure_from_a_refusal(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(stage.root)
    monkeypatch.setenv("AZURE_ML_REGISTRY", REGISTRY)
    monkeypatch.setenv("ENDPOINT_SUFFIX", "abcde")
    with pytest.raises(SystemExit) as refused:
        rolling.main(["full", "--version", "2"], stage.az)
    assert refused.value.code == 3
    stage.broken.add("3")
    with pytest.raises(SystemExit) as failed:
        rolling.main(["all", "--version", "3"], stage.az)
    assert failed.value.code not in (0, 3, None)
    Path("fast.yml").write_text(yaml.safe_dump(stage.config))
    command = ["all", "--version", "2", "--config", "fast.yml"]
    rolling.main(command, stage.az, stage.slept.append)
    assert stage.served() == [{"green": ("2", True)}] * len(stage.targets)
    assert "- `" in capsys.readouterr().out


def settings_without(path: str) -> list[Any]:
    """The configuration without a key, as text for a message and as content."""
    content: Any = yaml.safe_load((REPOSITORY / CONFIG).read_text(encoding="utf-8"))
    *parents, last = path.split(".")
    place = content
    for parent in parents:
        place = place[parent]
    del place[last]
    return [path.split(".")[-1], content]


def settings_with(path: str, value: Any) -> list[Any]:
    """The configuration with another value, as text for a message and as content."""
    content: Any = yaml.safe_load((REPOSITORY / CONFIG).read_text(encoding="utf-8"))
    *parents, last = path.split(".")
    place = content
    for parent in parents:
        place = place[parent]
    place[last] = value
    return [path.split(".")[-1], content]


@pytest.mark.parametrize(
    ("names", "content"),
    [
<%_ if (online) { _%>
        settings_without("soak.minutes"),
        settings_without("limits"),
        settings_with("mirror.percent", 51),
        settings_with("mirror.percent", 12.5),
        settings_with("canary.percent", 0),
        settings_with("full.minutes", "10"),
        settings_with("probes", 0),
        settings_with("limits.error_share", True),
        settings_with("limits.p95_ms", -1),
<%_ } _%>
<%_ if (batch) { _%>
        settings_without("batch.input"),
        settings_with("batch.input", 3),
        settings_with("batch.<%= classification ? 'max_changed_share' : 'max_relative_difference' %>", -0.1),
<%_ } _%>
        settings_with("unknown", 1),
    ],
)
def test_a_wrong_configuration_is_refused_with_the_key(
    tmp_path: Path, names: str, content: Any
) -> None:
    file = tmp_path / "rollout.yml"
    file.write_text(yaml.safe_dump(content))
    with pytest.raises(ValueError, match=names):
        read_config(file)
<%_ if (online) { _%>


def test_live_traffic_sums_to_100_and_half_of_it_at_most_is_mirrored_after_every_call(
    stage: Stage,
) -> None:
    stage.run("2")
    stage.broken.add("3")
    with pytest.raises(Rejected):
        stage.run("3")
    shares = [one for call in stage.az.calls for one in call["traffic"].values()]
    mirrors = [one for call in stage.az.calls for one in call["mirror"].values()]
    assert {sum(one.values()) for one in shares} == {100}
    assert max(sum(one.values()) for one in mirrors) == stage.config["mirror"]["percent"]
    assert all(sum(share > 0 for share in one.values()) <= 1 for one in mirrors)


def test_the_new_deployment_is_mirrored_then_gets_more_and_more(stage: Stage) -> None:
    stage.run("2")
    seen: list[tuple[int, int]] = []
    for call in stage.az.calls:
        for name in call["traffic"]:
            step = (call["mirror"][name].get("green", 0), call["traffic"][name].get("green", 0))
            if step not in seen[-1:]:
                seen.append(step)
    mirror, canary = stage.config["mirror"]["percent"], stage.config["canary"]["percent"]
    assert seen == [(0, 0), (mirror, 0), (0, 0), (0, canary), (0, 50), (0, 100)]


def test_the_mirror_is_off_after_its_phase_and_before_live_traffic(stage: Stage) -> None:
    stage.targets = [target for target in stage.targets if target.kind == "online"]
    online: Any = stage.endpoints()[0]
    stage.run("2", "start", "smoke", "mirror")
    assert online.mirror() == {}
    online.set_mirror({"green": 10})  # by hand
    stage.run("2", "canary")
    assert online.mirror() == {}
    assert online.traffic()["green"] == stage.config["canary"]["percent"]


def test_each_watched_phase_waits_as_long_as_the_configuration_says(stage: Stage) -> None:
    stage.slept.clear()
    stage.run("2")
    minutes = [stage.config[phase]["minutes"] for phase in WATCHED]
    assert [seconds / 60 for seconds in stage.slept] == minutes


def test_several_targets_are_watched_in_the_same_minutes(stage: Stage) -> None:
    stage.targets = [target for target in stage.targets if target.kind == "online"]
    twice(stage)
    stage.run("2")
    minutes = [stage.config[phase]["minutes"] for phase in WATCHED]
    assert [seconds / 60 for seconds in stage.slept] == minutes
    assert stage.served() == [{"green": ("2", True)}] * 2
    # Each of them was judged, in every phase.
    judged = [line for line in stage.told if "requests, 0 failed" in line]
    assert len(judged) == 2 * len(WATCHED)


@pytest.mark.parametrize(
    ("phase", "found", "reason"),
    [
        ("mirror", Measured(10, 9, 20), "error share 0.9000 is above the limit 0.0100"),
        ("canary", Measured(10, 0, 9000), "p95 latency 9000 ms is above the limit 8000 ms"),
        ("half", Measured(0, 0, None), "missing metrics"),
        ("full", Measured(1, 0, 20), "missing metrics: 1 requests of green counted, at least 2"),
        ("soak", Measured(10, 9, 20), "error share 0.9000 is above the limit 0.0100"),
    ],
)
def test_metrics_that_are_bad_or_missing_restore_the_old_one(
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    phase: str,
    found: Measured,
    reason: str,
) -> None:
    stage.run("2", *PHASES[: PHASES.index(phase)])

    def measured(endpoint: str, deployment: str, since: datetime, az: Any) -> Measured:
        return found if deployment == "green" else Measured(10, 0, 20)

    monkeypatch.setattr(metrics, "measure", measured)
    stage.slept.clear()
    with pytest.raises(Rejected, match=f"{phase}: .*{reason}"):
        stage.run("2", phase)
    assert old_is_back(stage)
    # It waited for metrics that are late, but not forever.
    late = stage.config["metrics_minutes"] * 60 if "missing" in reason else 0
    assert sum(stage.slept) == stage.config[phase]["minutes"] * 60 + late


def test_failed_requests_of_callers_restore_the_old_one(stage: Stage) -> None:
    stage.run("2", "start", "smoke", "mirror")
    online = next(endpoint for endpoint in stage.endpoints() if endpoint.kind == "online")

    def ask_badly(seconds: float) -> None:
        # While the canary is watched its version answers 500 to whom it is shown by chance.
        stage.failing.add("2")
        for _ in range(5):
            with pytest.raises(AzureError, match="500"):
                online.az(
                    *("ml", "online-endpoint", "invoke", "--name", online.name),
                    *("--deployment-name", "green"),
                    *("--request-file", str(stage.root / smoke.REQUEST)),
                )

    with pytest.raises(Rejected, match="canary: error share"):
        run(
            ["canary"],
            "2",
            stage.targets,
            REGISTRY,
            stage.config,
            stage.az,
            root=stage.root,
            sleep=ask_badly,
            tell=stage.told.append,
        )
    assert old_is_back(stage)


@pytest.mark.parametrize("phase", WATCHED)
def test_one_that_answers_nonsense_after_the_probes_is_found_out(stage: Stage, phase: str) -> None:
    stage.run("2", *PHASES[: PHASES.index(phase)])
    what: Any = [phase], "2", stage.targets, REGISTRY, stage.config, stage.az
    with pytest.raises(Rejected, match="0 predictions for"):
        run(*what, root=stage.root, sleep=lambda _: stage.broken.add("2"))
    assert old_is_back(stage)


def test_the_old_one_is_asked_again_when_the_new_one_stopped_before_the_end(stage: Stage) -> None:
    stage.run("2", *PHASES[:-1])
    stage.failing.add("2")
    with pytest.raises(AzureError, match="500"):
        stage.run("2", "finish")
    assert old_is_back(stage)


def test_an_old_deployment_that_does_not_answer_is_no_measure(stage: Stage) -> None:
    stage.failing.add("1")
    stage.targets = [target for target in stage.targets if target.kind == "online"]
    stage.run("2")
    assert stage.served() == [{"green": ("2", True)}]
    assert any("`blue` does not answer, so it is no measure" in line for line in stage.told)


GOOD = Measured(requests=100, errors=5, p95_ms=80)


@pytest.mark.parametrize(
    ("new", "old", "reasons"),
    [
        (GOOD, None, []),
        (GOOD, GOOD, []),
        (Measured(100, 10, 80), None, []),
        (Measured(100, 11, 80), None, ["error share 0.1100 is above the limit 0.1000"]),
        # Callers that send bad requests fail at both.
        (Measured(100, 14, 80), GOOD, []),
        (Measured(100, 16, 80), GOOD, ["error share 0.1600 is above the limit 0.1500"]),
        (Measured(100, 0, 501), None, ["p95 latency 501 ms is above the limit 500 ms"]),
        (Measured(100, 0, 161), GOOD, ["p95 latency 161 ms is above the limit 160 ms"]),
        # Three times as slow, but by less than a difference that matters.
        (Measured(100, 0, 30), Measured(100, 0, 10), []),
        (Measured(0, 0, None), GOOD, ["missing metrics"]),
        (Measured(100, 0, None), GOOD, ["missing metrics"]),
        (GOOD, Measured(0, 0, None), ["missing metrics of the old deployment"]),
        (Measured(100, 50, 900), None, ["error share", "p95 latency"]),
    ],
)
def test_a_deployment_is_judged_by_limits_and_by_the_old_one(
    new: Measured, old: Measured | None, reasons: list[str]
) -> None:
    found = judge(new, old, LIMITS)
    assert len(found) == len(reasons)
    assert all(reason in text for reason, text in zip(reasons, found, strict=True))


def answers(requests: Any, latency: Any) -> Callable[..., Any]:
    """An az that has these time series."""

    def az(*args: str) -> Any:
        series = requests if "RequestsPerMinute" in args else latency
        return {"value": [{"name": {"value": "metric"}, "timeseries": series}]}

    return az


def series(kind: str, *values: Any) -> dict[str, Any]:
    """A time series as Azure Monitor gives it, whose names of dimensions are in lower case."""
    names = {"deployment": "green"} | ({"statuscodeclass": kind} if kind else {})
    return {
        "metadatavalues": [{"name": {"value": name}, "value": at} for name, at in names.items()],
        "data": [{"timeStamp": "2026-01-01T00:00:00Z", **value} for value in values],
    }


def test_requests_errors_and_latency_are_read_from_azure_monitor() -> None:
    gaps: list[dict[str, Any]] = [{"average": None}, {}, {"average": float("nan")}]
    az = answers(
        [series("2xx", {"average": 7.0}, *gaps, {"average": 3.0}), series("5xx", {"average": 2.0})],
        [series("", {"average": 30.0}, *gaps, {"average": 50.0})],
    )
    found = measure("id", "green", datetime(2026, 1, 1, tzinfo=timezone.utc), az)
    assert found == Measured(requests=12, errors=2, p95_ms=40.0)


def test_no_time_series_are_no_metrics_and_another_form_is_an_error() -> None:
    since = datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert measure("id", "green", since, answers([], [])) == Measured(0, 0, None)
    odd: Any
    for odd in (None, {}, {"value": [{}]}):
        with pytest.raises(AzureError, match="another form"):
            measure("id", "green", since, MagicMock(return_value=odd))
<%_ } _%>
<%_ if (batch) { _%>


def batch_of(stage: Stage) -> Any:
    """Leave only the batch target on a stage; give its endpoint."""
    stage.targets = [target for target in stage.targets if target.kind == "batch"]
    return of(stage.targets[0], stage.az)


def hand_in(stage: Stage, endpoint: Any, rows: int) -> Path:
    """Score a file as an application does; give the file."""
    file = stage.root / f"real-{rows}.csv"
    file.write_text("a\n" + "1\n" * rows)
    stage.az(
        *("ml", "batch-endpoint", "invoke", "--name", endpoint.name),
        *("--input", str(file), "--input-type", "uri_file"),
    )
    return file


def test_the_last_real_input_is_scored_by_both_before_the_default_changes(stage: Stage) -> None:
    endpoint = batch_of(stage)
    for rows in (5, 6):
        hand_in(stage, endpoint, rows)
    assert endpoint.last_input() == (str(stage.root / "real-6.csv"), "uri_file")
    stage.az.calls.clear()
    stage.run("2")
    asked = [call["args"] for call in stage.az.calls if call["args"][2] == "invoke"]
    real = [args[args.index("--deployment-name") + 1] for args in asked if "real-6" in str(args)]
    assert real == ["green", "blue"]
    defaults = [call["default"][endpoint.name]["deployment_name"] for call in stage.az.calls]
    last = [call["args"] for call in stage.az.calls].index(asked[-1])
    assert set(defaults[: last + 1]) == {"blue"}
    assert defaults[-1] == "green"
    assert any("the last real input, 6 rows" in line for line in stage.told)


def test_what_was_scored_to_compare_is_no_real_input(stage: Stage) -> None:
    endpoint = batch_of(stage)
    stage.run("2")
    assert endpoint.last_input() is None
    assert any("nothing real was scored yet" in line for line in stage.told)


def test_real_inputs_that_lie_too_far_back_are_not_the_same_as_none(stage: Stage) -> None:
    endpoint = batch_of(stage)
    hand_in(stage, endpoint, 6)
    others = {f"job-{number}": {"status": "Completed"} for number in range(200)}
    stage.az.jobs |= {name: {"name": name, **job} for name, job in others.items()}
    with pytest.raises(AzureError, match="none of its 1 jobs is among the 200 newest"):
        endpoint.last_input()
    del stage.az.jobs["job-0"]
    assert endpoint.last_input() == (str(stage.root / "real-6.csv"), "uri_file")


def test_the_configuration_can_name_what_is_scored(stage: Stage) -> None:
    endpoint = batch_of(stage)
    hand_in(stage, endpoint, 6)
    named = stage.root / "named.csv"
    named.write_text("a\n1\n2\n")
    stage.config["batch"]["input"] = str(named)
    stage.run("2", "start", "smoke")
    assert any("the last real input, 2 rows" in line for line in stage.told)


def test_predictions_that_differ_too_much_restore_the_old_one(stage: Stage) -> None:
    endpoint = batch_of(stage)
    hand_in(stage, endpoint, 10)
    stage.predictions["2"] = ["1.5", "9.5"]
    with pytest.raises(Rejected, match=r"on the last real input: .* limit 0\.200"):
        stage.run("2")
    assert old_is_back(stage)
    assert endpoint.default() == "blue"


def test_an_old_deployment_that_cannot_score_does_not_keep_its_cure_out(stage: Stage) -> None:
    batch_of(stage)
    stage.failing.add("1")
    stage.run("2")
    assert stage.served() == [{"green": ("2", True)}]
    assert any("`blue` does not" in line for line in stage.told)


def test_a_new_deployment_that_cannot_score_is_no_default(stage: Stage) -> None:
    batch_of(stage)
    stage.failing.add("2")
    with pytest.raises(AzureError, match="ended as Failed"):
        stage.run("2")
    assert old_is_back(stage)


def scored(*predictions: str) -> list[list[str]]:
    """Lines of a result."""
    return [["f.csv", str(row), value] for row, value in enumerate(predictions, start=1)]


@pytest.mark.parametrize(
    ("new", "old", "reason"),
    [
<%_ if (classification) { _%>
        (scored("a", "b", "b", "b"), scored("a", "b", "b", "b"), None),
        (scored("a", "b", "b", "a"), scored("a", "b", "b", "b"), None),
        (scored("a", "b", "a", "a"), scored("a", "b", "b", "b"), "share 0.500 of 4 rows"),
        (scored("a", "", "b", "b"), scored("a", "b", "b", "b"), "1 of 4 rows have no prediction"),
<%_ } else { _%>
        (scored("10", "20"), scored("10", "20"), None),
        (scored("12", "23.5"), scored("10", "20"), None),
        (scored("10", "30"), scored("10", "20"), "relative difference 0.333 over 2 rows"),
        (scored("0", "1"), scored("0", "0"), "relative difference inf over 2 rows"),
        (scored("0", "0"), scored("0", "0"), None),
        (scored("nan", "20"), scored("10", "20"), "1 of 2 rows have no prediction"),
        (scored("10", "20"), scored("nan", "20"), "relative difference nan"),
<%_ } _%>
        (scored("1", "1"), scored("1", "1", "1"), "2 rows were scored, 3 by the old"),
        ([], [], "0 rows were scored"),
    ],
)
def test_results_are_compared_row_by_row(
    new: list[list[str]], old: list[list[str]], reason: str | None
) -> None:
<%_ if (classification) { _%>
    found = compare(new, old, {"max_changed_share": 0.25})
<%_ } else { _%>
    found = compare(new, old, {"max_relative_difference": 0.2})
<%_ } _%>
    assert [reason in text for text in found if reason] == ([True] if reason else [])
    assert bool(found) == bool(reason)
<%_ } _%>


def test_the_report_of_a_rollout_that_failed_or_was_cut_off_says_so(stage: Stage) -> None:
    file = stage.root / "journal.jsonl"
    page = file.with_name("rollout.html")
    assert "Rollout: not begun" in reporting.rollout(reporting.journal(file), page)
    given = ("2", stage.targets, REGISTRY, stage.config, stage.az)
    journal = reporting.Journal(file)
    more: Any = {"root": stage.root, "sleep": stage.slept.append, "journal": journal}
    stage.broken.add("2")
    with pytest.raises(Rejected):
        run(list(PHASES), *given, **more)
    told = reporting.rollout(reporting.journal(file), page)
    assert "## Rollout of version 2: went back" in told
    assert "Nothing was measured" in told
    assert "blue 100 %" in told
    assert "went back" in page.read_text(encoding="utf-8")
    stage.broken.clear()
    journal.note("phase", phase="canary", version="2 | <b>")
    told = reporting.rollout(reporting.journal(file), page)
    assert "canary was cut off: it neither passed nor failed" in told
    assert "<b>" not in page.read_text(encoding="utf-8")
<%_ if (online) { _%>


def test_the_report_shows_what_nobody_measured_as_missing(tmp_path: Path) -> None:
    journal = reporting.Journal(tmp_path / "journal.jsonl")
    journal.note("phase", phase="canary", version="2")
    journal.note("traffic", endpoint="one", live={"blue": 90, "green": 10}, mirror={})
    old = {"requests": 600, "errors": 0, "p95_ms": 20.0}
    journal.note(
        "measured",
        phase="canary",
        endpoint="one",
        names={"new": "green", "old": "blue"},
        new={"requests": 0, "errors": 0, "p95_ms": None},
        old=old,
        limits={"error_share": 0.01, "p95_ms": 500.0},
    )
    page = tmp_path / "rollout.html"
    told = reporting.rollout(reporting.journal(tmp_path / "journal.jsonl"), page)
    assert "| canary | green (new) | 0 | 0 | missing | 0.0100 | missing | 500 |" in told
    assert "| canary | blue (old) | 600 | 0 | 0.0000 |  | 20 |  |" in told
    assert "Not measured, so not drawn: green in canary." in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(("limit", "beyond"), [(500.0, "limit above the plot: 500"), (30.0, "")])
def test_plots_hold_their_texts_points_and_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: float, beyond: str
) -> None:
    drawn: list[Any] = []
    save = Figure.savefig

    def saved(figure: Figure, *args: Any, **given: Any) -> None:
        save(figure, *args, **given)
        drawn.append(figure)

    monkeypatch.setattr(Figure, "savefig", saved)
    journal = reporting.Journal(tmp_path / "journal.jsonl")
    for phase in PHASES:  # all within a second
        journal.note("phase", phase=phase, version="2")
        journal.note("traffic", endpoint="one", live={"blue": 90, "green": 10}, mirror={"green": 5})
        counted = {"requests": 600, "errors": 0, "p95_ms": 20.0}
        more: Any = {"names": {"new": "green", "old": "blue"}, "new": counted, "old": counted}
        limits = {"error_share": 0.01, "p95_ms": limit}
        journal.note("measured", phase=phase, endpoint="one", limits=limits, **more)
        journal.note("passed", phase=phase, told=[f"- `one` {phase}: <b>"])
    reporting.rollout(reporting.journal(tmp_path / "journal.jsonl"), tmp_path / "rollout.html")
    traffic, measured = drawn
    # Without the line that leads to each.
    boxes = [Text.get_window_extent(one) for one in traffic.axes[0].texts]
    assert [one.get_text() for one in traffic.axes[0].texts] == list(PHASES)
    assert all(one.x1 <= other.x0 for one, other in pairwise(boxes))
    for figure in drawn:
        assert len(figure.legends) == 1
        legends = [one.get_window_extent() for one in figure.legends]
        for box in [*legends, *(boxes if figure is traffic else [])]:
            assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1
            assert box.y1 <= figure.bbox.y1
    errors, latency = measured.axes
    assert latency.get_title(loc="right") == beyond
    assert 20 < latency.get_ylim()[1] < 50
    assert errors.get_ylim()[1] > 1  # % of requests: the limit is all there is to compare with
    assert not any(one.get_clip_on() for one in errors.collections[:2])
    page = (tmp_path / "rollout.html").read_text(encoding="utf-8")
    assert "<code>one</code> canary: &lt;b&gt;" in page
<%_ } _%>


def test_the_report_says_when_going_back_failed_or_did_not_end(stage: Stage) -> None:
    journal = reporting.Journal(stage.root / "journal.jsonl")
    assert journal.file
    given = ("2", stage.targets, REGISTRY, stage.config, stage.az)
    more: Any = {"root": stage.root, "sleep": stage.slept.append, "journal": journal}
    stage.broken.add("2")
    run(["start"], *given, **more)

    def refused(args: tuple[str, ...]) -> None:
        if args[2] in CHANGES:
            raise AzureError("no rights")

    stage.az.before = refused
    with pytest.raises(Unfinished):
        run(["smoke"], *given, **more)
    events = reporting.journal(journal.file)
    assert reporting.verdict(events)[0] == "going back failed, look at the endpoints"
    assert "no rights" in reporting.verdict(events)[1][-1]
    how, _ = reporting.verdict(events[:-1])  # killed on the way back
    assert how == "failed, and going back did not end: look at the endpoints"
    # What the workflow does next.
    stage.az.before = None
    rolling.restored(stage.moves("2"), Rejected("restore"), "restore", journal)
    assert reporting.verdict(reporting.journal(journal.file))[0] == "went back"
    journal.note("failed", phase="restore", why="no settings")
    how, reasons = reporting.verdict(reporting.journal(journal.file))
    assert how == "going back failed, look at the endpoints"
    assert not [one for one in reasons if "cut off" in one]


def test_the_report_of_a_finish_says_what_happened_last(stage: Stage) -> None:
    journal = reporting.Journal(stage.root / "journal.jsonl")
    page = stage.root / "rollout.html"
    assert journal.file
    given = (stage.targets, REGISTRY, stage.config, stage.az)
    more: Any = {"root": stage.root, "sleep": stage.slept.append, "journal": journal}
    run(list(PHASES[:-1]), "2", *given, **more)
    assert reporting.verdict(reporting.journal(journal.file))[0].startswith("not ended, ")
    # Behind the sealing of all targets, before the old ones are deleted.
    stage.at_change(1 + len(stage.targets), AzureError("busy"))
    with pytest.raises(Ending):
        run(["finish"], "2", *given, **more)
    stage.az.before = None
    cut = "the new version is live, but finish was cut off: run it again"
    assert reporting.verdict(reporting.journal(journal.file))[0] == cut
    told = reporting.rollout(reporting.journal(journal.file), page)
    assert "not ended, run it again" in told
    assert "neither passed nor failed" not in told
    # What the workflow does next.
    with pytest.raises(Ending):
        rolling.restored(stage.moves("2"), Rejected("restore"), "restore", journal)
    assert reporting.verdict(reporting.journal(journal.file))[0] == cut
    run(["finish"], "2", *given, **more)
    told = reporting.rollout(reporting.journal(journal.file), page)
    assert "## Rollout of version 2: live" in told
    with pytest.raises(Refused):
        run(["finish"], "3", *given, **more)
    told = reporting.rollout(reporting.journal(journal.file), page)
    assert "## Rollout of version 3: refused" in told
