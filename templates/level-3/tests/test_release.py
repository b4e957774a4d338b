"""A release reaches all targets or none, and can be cut off anywhere and run again.

The old deployment stays in place until the new one answered.
"""

<%_ if (batch) { _%>
import csv
<%_ } _%>
import json
import shutil
<%_ if (online) { _%>
import threading
<%_ } _%>
from collections.abc import <% if (online) { %>Callable, <% } %>Iterator
<%_ if (online) { _%>
from http.server import BaseHTTPRequestHandler, HTTPServer
<%_ } _%>
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from delivery import registry, smoke, targets, trace
from delivery import release as releasing
from delivery.endpoints import AzureError, Endpoint, of
from delivery.registry import MODEL, NothingBefore, Older
from delivery.release import Rejected, Unfinished, release
from local_azure.cloud import Cloud

REPOSITORY = Path(__file__).parent.parent
REGISTRY = "registry"
CHANGES = ("create", "update", "delete", "share")


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
    """A cloud with versions 1 to 3 in the registry, and a repository to release from.

    Attributes:
        az: The cloud.
        root: The repository; its files may be changed.
        targets: The targets of it.
        broken: Versions whose deployments answer nonsense.
    """

    def __init__(self, root: Path) -> None:
        """Nothing is deployed."""
        self.root = root
        for name in ("azureml", "config", "samples"):
            shutil.copytree(REPOSITORY / name, root / name)
        (root / "src").mkdir()
        (root / "src" / "code.py").write_text("one = 1\n")
        self.targets = targets.load(root / "config" / "targets.yml", suffix="abcde")
        self.broken: set[str] = set()
<%_ if (online) { _%>
        self.rows = len(json.loads((root / smoke.REQUEST).read_text(encoding="utf-8"))["data"])
<%_ } _%>
        self.az = Cloud(<% if (online) { %>serve=self.serve<% } %><% if (online && batch) { %>, <% } %><% if (batch) { %>score=self.score<% } %>)
        for version in ("1", "2", "3"):
            tags = {"verdict": "promote", "run": f"run-{version}", "data": "4", "commit": "c0ffee"}
            self.az.keep("model", "", {"name": MODEL, "version": version, "tags": tags})
        for version in ("1", "2", "3"):
            assert registry.promote(version, REGISTRY, self.az, root=root)
        self.az.calls.clear()
<%_ if (online) { _%>

    def serve(self, deployment: dict[str, Any]) -> Server:
        """Start what answers for a deployment."""
        broken = deployment["tags"]["version"] in self.broken
        good = [{"prediction": "1.5"}] * self.rows
        return Server(lambda: (200, {"predictions": [] if broken else good}))
<%_ } _%>
<%_ if (batch) { _%>

    def score(self, deployment: dict[str, Any], file: Path) -> list[str]:
        """Score a file as a deployment does."""
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        value = "nan" if deployment["tags"]["version"] in self.broken else "1.5"
        return [f"{file.name},{row},{value}" for row in range(1, len(rows) + 1)]
<%_ } _%>

    def release(self, version: str, **more: Any) -> list[str]:
        """Release a version."""
        return release(
            version, self.targets, REGISTRY, self.az, root=self.root, sleep=no_sleep, **more
        )

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
        return [" ".join(call["args"][:3]) for call in self.az.calls if call["args"][2] in CHANGES]

    def kill_at(self, number: int) -> None:
        """Kill whoever makes the change of this number, from now on, before it happens."""
        left = count(number - 1, -1)

        def before(args: tuple[str, ...]) -> None:
            if args[2] in CHANGES and next(left) == 0:
                raise Killed

        self.az.before = before

    def fail_at(self, *words: str) -> None:
        """Let Azure refuse calls that have these words."""

        def before(args: tuple[str, ...]) -> None:
            if set(words) <= set(args):
                raise AzureError("refused")

        self.az.before = before


def no_sleep(seconds: float) -> None:
    """Wait for nothing: what is waited for here never takes time."""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A stage without any endpoint."""
    stage = Stage(tmp_path)
    with stage.az:
        yield stage


def alone(name: str, version: str) -> dict[str, tuple[str, bool]]:
    """One deployment, in use."""
    return {name: (version, True)}


def test_the_first_release_makes_endpoint_and_deployment_and_asks_before_it_gives_traffic(
    stage: Stage,
) -> None:
    lines = stage.release("1")
    assert stage.served() == [alone("blue", "1")] * len(stage.targets)
    assert all("the first there" in line for line in lines)
    made = [change for change in stage.changes() if change.endswith("-endpoint create")]
    assert len(made) == len(stage.targets)
    words = [" ".join(call["args"][1:3]) for call in stage.az.calls]
    for kind in {target.kind for target in stage.targets}:
        order = ("deployment create", "endpoint invoke", "endpoint update")
        places = [words.index(f"{kind}-{call}") for call in order]
        assert places == sorted(places)


<%_ if (online) { _%>
def test_the_new_deployment_is_as_large_as_the_live_one_that_load_has_grown(stage: Stage) -> None:
    stage.targets = [target for target in stage.targets if target.kind == "online"]
    endpoint = stage.endpoints()[0]

    def size() -> Any:
        return endpoint.deployments()[str(endpoint.live())]["instance_count"]

    stage.release("1")
    wanted = size()
    (live,) = (one for place, one in stage.az.deployments.items() if place[1] == endpoint.name)
    live["blue"]["instance_count"] = wanted + 2
    stage.release("2")
    assert size() == wanted + 2
    live["green"]["instance_count"] = wanted - 1
    stage.release("3")
    assert size() == wanted


<%_ } _%>
def test_the_next_release_takes_the_other_color_and_deletes_the_old_one(stage: Stage) -> None:
    stage.release("1")
    stage.az.calls.clear()
    lines = stage.release("2")
    assert stage.served() == [alone("green", "2")] * len(stage.targets)
    assert all("in place of `blue`" in line for line in lines)
    assert not [change for change in stage.changes() if change.endswith("endpoint create")]
    stage.release("3")
    assert stage.served() == [alone("blue", "3")] * len(stage.targets)
<%_ if (online) { _%>


def test_live_traffic_sums_to_100_after_every_call(stage: Stage) -> None:
    stage.release("1")
    stage.az.calls.clear()
    stage.release("2")
    stage.broken.add("3")
    with pytest.raises(Rejected):
        stage.release("3")
    sums = {sum(shares.values()) for call in stage.az.calls for shares in call["traffic"].values()}
    assert sums == {100}
<%_ } _%>


def test_a_second_run_changes_nothing(stage: Stage) -> None:
    stage.release("1", production=True)
    stage.az.calls.clear()
    lines = stage.release("1", production=True)
    assert stage.changes() == []
    assert all("nothing to change" in line for line in lines)


def test_the_same_model_is_deployed_anew_when_the_code_around_it_changes(stage: Stage) -> None:
    stage.release("1")
    (stage.root / "src" / "code.py").write_text("one = 2\n")
    stage.release("1")
    assert stage.served() == [alone("green", "1")] * len(stage.targets)


def test_what_does_not_answer_well_is_not_released_anywhere(stage: Stage) -> None:
    stage.release("1")
    stage.broken.add("2")
    with pytest.raises(Rejected, match=r"green of .*: "):
        stage.release("2", production=True)
    assert stage.served() == [alone("blue", "1")] * len(stage.targets)
    assert registry.production(REGISTRY, stage.az) is None


def test_a_first_release_that_does_not_answer_well_gets_no_traffic(stage: Stage) -> None:
    stage.broken.add("1")
    with pytest.raises(Rejected):
        stage.release("1")
    assert stage.served() == [{}] * len(stage.targets)


@pytest.mark.parametrize("refused", ["deployment create", "endpoint invoke", "endpoint update"])
def test_when_azure_refuses_the_old_deployment_answers_everything(
    stage: Stage, refused: str
) -> None:
    stage.release("1")
    last = stage.targets[-1].kind
    thing, verb = refused.split()

    def before(args: tuple[str, ...]) -> None:
        # Only what would move the last target on: going back is an update as well.
        onwards = verb != "update" or any("green" in word for word in args)
        if args[1:3] == (f"{last}-{thing}", verb) and onwards:
            raise AzureError("refused")

    stage.az.before = before
    with pytest.raises(AzureError, match="refused"):
        stage.release("2")
    stage.az.before = None
    assert stage.served() == [alone("blue", "1")] * len(stage.targets)


def test_a_cut_off_release_ends_well_when_it_is_run_again(stage: Stage) -> None:
    # Reading changes nothing, so being killed before each change is being killed anywhere.
    stage.release("1", production=True)
    for number in count(1):
        version = "23"[number % 2]
        stage.kill_at(number)
        try:
            stage.release(version, production=True, again=True)
        except Killed:
            stage.az.before = None
            for target in stage.endpoints():
                assert target.live() is not None
            stage.release(version, production=True, again=True)
        else:
            break
        assert [list(one.values()) for one in stage.served()] == [[(version, True)]] * len(
            stage.targets
        )
        assert registry.production(REGISTRY, stage.az) == version
    # Create, update, delete; and the mark in the registry.
    assert number > 3 * len(stage.targets) + 1
    stage.az.before = None


def test_a_cut_off_first_release_ends_well_when_it_is_run_again(tmp_path: Path) -> None:
    for number in count(1):
        stage = Stage(tmp_path / str(number))
        with stage.az:
            stage.kill_at(number)
            try:
                stage.release("1", production=True)
            except Killed:
                stage.az.before = None
                stage.release("1", production=True)
            else:
                break
            assert stage.served() == [alone("blue", "1")] * len(stage.targets)
    assert number > 3 * len(stage.targets)


def test_a_leftover_of_another_version_is_replaced(stage: Stage) -> None:
    stage.release("1")
    stage.kill_at(2 if len(stage.targets) == 1 else 3)
    with pytest.raises(Killed):
        stage.release("2")
    stage.az.before = None
    assert any(len(one) == 2 for one in stage.served())
    stage.release("3")
    assert stage.served() == [alone("green", "3")] * len(stage.targets)


def test_when_only_tidying_up_fails_the_message_says_that_the_version_is_live(
    stage: Stage,
) -> None:
    stage.release("1")
    stage.fail_at("delete")
    with pytest.raises(Unfinished, match="version 2 is live"):
        stage.release("2")
    stage.az.before = None
    stage.release("2")
    assert stage.served() == [alone("green", "2")] * len(stage.targets)


def test_a_release_does_not_end_an_ab_test(stage: Stage) -> None:
    stage.release("1")
    for endpoint in stage.endpoints():
        endpoint.tag(ab_test="blue/green/and/more")
    stage.az.calls.clear()
    with pytest.raises(ValueError, match="an A/B test runs"):
        stage.release("2")
    assert stage.changes() == []


def test_only_what_is_in_the_registry_is_released(stage: Stage) -> None:
    with pytest.raises(ValueError, match=r"version 9 .* known: 1, 2, 3"):
        stage.release("9")
    assert stage.changes() == []


def test_former_is_what_was_in_production_before(stage: Stage) -> None:
    stage.release("1", production=True)
    with pytest.raises(NothingBefore):
        registry.former(REGISTRY, stage.az)
    stage.release("3", production=True)
    assert registry.production(REGISTRY, stage.az) == "3"
    stage.release(registry.former(REGISTRY, stage.az), production=True, again=True)
    assert {version for one in stage.served() for version, _ in one.values()} == {"1"}
    assert registry.production(REGISTRY, stage.az) == "1"


def test_the_registry_records_the_commit_that_is_deployed_with_a_version(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.release("1", production=True)
    assert registry.before("1", REGISTRY, stage.az) == {"version": "1", "code": "none"}
    for commit in ("beef", "f00d"):
        # Only what is deployed anew is of another commit.
        monkeypatch.setenv("GITHUB_SHA", commit)
        stage.release("2", production=True)
        assert registry.before("2", REGISTRY, stage.az) == {"version": "2", "code": "beef"}
    (stage.root / "src" / "code.py").write_text("one = 2\n")
    since = registry.tags_of(registry.released(REGISTRY, stage.az)[0])["production"]
    stage.release("2", production=True)
    assert registry.before("2", REGISTRY, stage.az) == {"version": "2", "code": "f00d"}
    assert registry.tags_of(registry.released(REGISTRY, stage.az)[0])["production"] == since


def test_an_older_version_is_released_to_production_only_by_a_rollback(stage: Stage) -> None:
    tags = {"verdict": "promote", "run": "r", "data": "4", "commit": "c0ffee"}
    stage.az.keep("model", "", {"name": MODEL, "version": "10", "tags": tags})
    registry.promote("10", REGISTRY, stage.az, root=stage.root)
    stage.release("10", production=True)
    stage.az.calls.clear()
    with pytest.raises(Older, match="production holds version 10, which is newer"):
        stage.release("3", production=True)
    assert stage.changes() == []
    stage.release("3", production=True, again=True)
    assert registry.production(REGISTRY, stage.az) == "3"
    stage.release("10", production=True)
    stage.release("2")  # staging may hold anything
    assert {version for one in stage.served() for version, _ in one.values()} == {"2"}


def test_staging_leaves_no_mark_of_production(stage: Stage) -> None:
    stage.release("1")
    assert registry.production(REGISTRY, stage.az) is None


def test_a_deployment_says_what_it_was_made_of(stage: Stage) -> None:
    stage.release("2")
    rows = trace.rows(stage.targets, stage.az)
    assert [row["endpoint"] for row in rows] == [target.endpoint for target in stage.targets]
    for row, target in zip(rows, stage.targets, strict=True):
        assert (row["version"], row["run"], row["data"]) == ("2", "run-2", "4")
        assert row["commit"] == "c0ffee"
        assert row["content"] == targets.content_of(target, stage.root)
        assert row["traffic"] in ("100 %", "default")
    assert trace.table(rows).count("\n") == len(rows) + 1


def test_promoting_twice_changes_nothing_the_second_time(stage: Stage) -> None:
    made = registry.promote("newest", REGISTRY, stage.az, root=stage.root)
    assert made is not None
    assert (made["version"], made["run"], made["data"], made["commit"]) == (
        *("3", "run-3", "4", "c0ffee"),
    )
    assert stage.changes() == []


def test_without_a_registered_model_there_is_nothing_to_promote() -> None:
    with Cloud() as az:
        assert registry.promote("newest", REGISTRY, az, root=REPOSITORY) is None
        assert [call for call in az.calls if call["args"][2] in CHANGES] == []


@pytest.mark.parametrize("verdict", ["reject", "keep champion", None])
def test_what_the_gate_did_not_let_through_is_not_promoted(
    stage: Stage, verdict: str | None
) -> None:
    tags = {"run": "r", "data": "1", "commit": "c"} | ({"verdict": verdict} if verdict else {})
    stage.az.keep("model", "", {"name": MODEL, "version": "4", "tags": tags})
    with pytest.raises(ValueError, match="the gate did not let it through"):
        registry.promote("4", REGISTRY, stage.az, root=stage.root)
    assert stage.changes() == []
    newest = registry.promote("newest", REGISTRY, stage.az, root=stage.root)
    assert newest is not None
    assert newest["version"] == "3"


def test_without_a_version_that_the_gate_let_through_newest_says_why() -> None:
    with Cloud() as az:
        az.keep("model", "", {"name": MODEL, "version": "1", "tags": {"verdict": "reject"}})
        with pytest.raises(ValueError, match="the gate did not let it through"):
            registry.promote("newest", REGISTRY, az, root=REPOSITORY)


def test_what_release_tests_refused_keeps_nothing_else_out(stage: Stage) -> None:
    def newest() -> str | None:
        made = registry.promote("newest", REGISTRY, stage.az, root=stage.root)
        return made["version"] if made else None

    def say(version: str, release: str) -> None:
        which = ("--name", MODEL, "--version", version)
        stage.az("ml", "model", "update", *which, "--set", f"tags.release={release}")

    say("3", "refused")
    assert newest() == "2"
    again = registry.promote("3", REGISTRY, stage.az, root=stage.root)  # named: its tests run again
    assert again is not None
    say("3", "passed")
    assert newest() == "3"
    for version in ("1", "2", "3"):
        say(version, "refused")
    assert newest() is None


def test_the_champion_is_the_evaluation_of_what_is_in_production(stage: Stage) -> None:
    assert registry.champion(REGISTRY, stage.az, root=stage.root) == {"champion": None}
    registry.mark("2", REGISTRY, stage.az)
    stage.az.jobs["run-2"] = {"name": "run-2", "status": "Completed"}
    stage.az.outputs["run-2", "evaluation"] = {"evaluation.json": '{"metrics": {}}'}
    assert registry.champion(REGISTRY, stage.az, root=stage.root) == {"metrics": {}}


def test_the_model_in_production_comes_with_the_rows_it_learned_from(
    stage: Stage, tmp_path: Path
) -> None:
    folder = tmp_path / "none"
    registry.champion(REGISTRY, stage.az, model=folder, root=stage.root)
    # A job needs something to read, also where there is no model yet.
    assert [path.name for path in folder.rglob("*")] == ["no-champion.json"]
    registry.mark("2", REGISTRY, stage.az)
    stage.az.jobs["run-2"] = {"name": "run-2", "status": "Completed"}
    for output, files in {
        "evaluation": {"evaluation.json": "{}"},
        "model": {"MLmodel": "", "model.pkl": ""},
        "learned": {"learned": "{}"},
    }.items():
        stage.az.outputs["run-2", output] = files
    folder = tmp_path / "two"
    registry.champion(REGISTRY, stage.az, model=folder, root=stage.root)
    found = {path.name for path in folder.rglob("*") if path.is_file()}
    assert found == {"no-champion.json", "MLmodel", "model.pkl", "learned"}


@pytest.mark.parametrize("files", [{}, {"evaluation.json": "not JSON"}, {"a": "{}", "b": "{}"}])
def test_an_evaluation_that_cannot_be_read_is_not_the_same_as_no_champion(
    stage: Stage, files: dict[str, str]
) -> None:
    registry.mark("2", REGISTRY, stage.az)
    stage.az.jobs["run-2"] = {"name": "run-2", "status": "Completed"}
    stage.az.outputs["run-2", "evaluation"] = files
    with pytest.raises(AzureError):
        registry.champion(REGISTRY, stage.az, root=stage.root)
<%_ if (online) { _%>


@pytest.fixture
def online(stage: Stage) -> Endpoint:
    """An online endpoint with version 1 on blue, all of the traffic, and version 2 on green."""
    stage.targets = [target for target in stage.targets if target.kind == "online"][:1]
    stage.release("1")
    stage.kill_at(2)
    with pytest.raises(Killed):
        stage.release("2")
    stage.az.before = None
    stage.az.calls.clear()
    return of(stage.targets[0], stage.az)


@pytest.mark.parametrize(
    ("action", "shares"),
    [
        ("set_traffic", {"blue": 90}),
        ("set_traffic", {"blue": 90, "green": 20}),
        ("set_traffic", {"blue": 110, "green": -10}),
        ("set_traffic", {}),
        ("set_traffic", {"red": 100}),
        ("set_mirror", {"green": 51}),
        ("set_mirror", {"blue": 10}),
        ("set_mirror", {"red": 10}),
        ("set_mirror", {"green": 10, "blue": 10}),
    ],
)
def test_shares_that_are_none_are_refused_before_azure_is_asked(
    stage: Stage, online: Any, action: str, shares: dict[str, int]
) -> None:
    with pytest.raises(ValueError):
        getattr(online, action)(shares)
    assert stage.changes() == []


def test_a_mirrored_deployment_gets_no_live_traffic_until_the_mirror_is_off(
    stage: Stage, online: Any
) -> None:
    online.set_mirror({"green": 50})
    with pytest.raises(ValueError, match="green still gets mirrored traffic"):
        online.set_traffic({"blue": 90, "green": 10})
    online.set_mirror({})
    online.set_traffic({"blue": 90, "green": 10})
    assert (online.traffic(), online.mirror()) == ({"blue": 90, "green": 10}, {})


def test_a_deployment_with_traffic_is_not_deleted(stage: Stage, online: Any) -> None:
    online.set_traffic({"blue": 99, "green": 1})
    for name in ("blue", "green"):
        with pytest.raises(ValueError, match="in use"):
            online.delete_deployment(name)
    assert set(online.deployments()) == {"blue", "green"}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"predictions": [{"prediction": "a"}]}, "1 predictions for 2 rows"),
        ({"error": "no"}, "no list of predictions"),
        ({"predictions": [{"prediction": 1}, {"prediction": None}]}, "row 2"),
        ({"predictions": [{"prediction": float("nan")}, {"prediction": 1}]}, "row 1"),
        ({"predictions": [{"prediction": 1}, {}]}, "row 2"),
        ({"predictions": [{"prediction": " "}, {"prediction": "a"}]}, "row 1"),
    ],
)
def test_a_bad_answer_is_told_from_a_good_one(answer: Any, reason: str) -> None:
    assert reason in " ".join(smoke.judge_answer({"data": [{}, {}]}, answer))


def test_a_good_answer_has_a_prediction_per_row() -> None:
    answer = {"predictions": [{"prediction": "a"}, {"prediction": 0.5}]}
    assert smoke.judge_answer({"data": [{}, {}]}, answer) == []
<%_ } _%>
<%_ if (batch) { _%>


def test_a_scored_file_has_a_finite_prediction_per_row() -> None:
    good = [["f.csv", "1", "a"], ["f.csv", "2", "0.5"]]
    assert smoke.judge_rows(2, good) == []
    assert smoke.judge_rows(3, good) == ["2 predictions for 3 rows"]
    assert "row 1" in smoke.judge_rows(2, [["f.csv", "1", "nan"], good[1]])[0]


def test_a_default_deployment_is_not_deleted(stage: Stage) -> None:
    stage.release("1")
    batch = next(endpoint for endpoint in stage.endpoints() if endpoint.kind == "batch")
    with pytest.raises(ValueError, match="in use"):
        batch.delete_deployment("blue")
<%_ } _%>


def test_an_endpoint_that_exists_is_never_made_again(stage: Stage) -> None:
    stage.release("1")
    stage.az.calls.clear()
    for endpoint, target in zip(stage.endpoints(), stage.targets, strict=True):
        with pytest.raises(ValueError, match="never made again"):
            endpoint.create(stage.root / target.files / "endpoint.yml")
    assert stage.changes() == []


def test_what_azure_still_works_at_is_awaited_before_it_is_deleted() -> None:
    states = iter(["Creating", "Creating", "Failed"])
    asked: list[tuple[str, ...]] = []

    def az(*args: str) -> Any:
        asked.append(args)
        return [{"name": "green", "provisioning_state": next(states)}]

    slept: list[float] = []
    endpoint = Endpoint("e", az, sleep=slept.append)
    found = endpoint.settled("green")
    assert found is not None
    assert (found["provisioning_state"], len(slept)) == ("Failed", 2)


def test_content_changes_with_every_file_that_is_deployed_and_with_no_other(stage: Stage) -> None:
    target = stage.targets[0]
    seen = {targets.content_of(target, stage.root)}
    deployed = stage.root / target.files / "deployment.yml"
    for place in (deployed, *targets.environment_files(stage.root)):
        place.write_text(place.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
        seen.add(targets.content_of(target, stage.root))
    (stage.root / "src" / "code.py").rename(stage.root / "src" / "renamed.py")
    seen.add(targets.content_of(target, stage.root))
    assert len(seen) == 5
    for name in ("__pycache__/code.pyc", ".cache/file"):
        litter = stage.root / "src" / name
        litter.parent.mkdir()
        litter.write_text("litter")
    seen.add(targets.content_of(target, stage.root))
    assert len(seen) == 5


def test_the_deployment_file_lies_beside_the_original_and_is_gone_afterwards(stage: Stage) -> None:
    target = stage.targets[0]
    before = sorted((stage.root / target.files).iterdir())
    tags = {"version": "7"}
    with targets.deployment_file(
        target, model="azureml:m:7", environment="azureml:e:1", tags=tags, root=stage.root
    ) as file:
        assert file.parent == stage.root / target.files
        text = file.read_text(encoding="utf-8")
        assert "model: azureml:m:7\n" in text
        assert "version: '7'" in text  # text, not a number
    assert sorted((stage.root / target.files).iterdir()) == before


ENTRY = "targets:\n  - name: one\n    kind: <%= online ? 'online' : 'batch' %>\n    files: f\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("targets: []\n", "at least one entry"),
        ("- a\n", "one key, targets"),
        ("targets: [\n", "not YAML"),
        (ENTRY.replace("kind: ", "kind: x"), "line 2: kind: 'x"),
        (ENTRY.replace("one", "One"), "line 2: name: 'One-abcde'"),
        (ENTRY.replace("one", "a" * 27), "line 2: name"),
        (ENTRY.replace("    files: f\n", ""), "line 2: a target has the keys name, kind, files"),
        (ENTRY + ENTRY.removeprefix("targets:\n"), "line 5: name: 'one' is there twice"),
    ],
)
def test_a_wrong_list_of_targets_is_refused_with_the_line(
    tmp_path: Path, text: str, reason: str
) -> None:
    file = tmp_path / "targets.yml"
    file.write_text(text)
    with pytest.raises(ValueError, match=reason):
        targets.load(file, suffix="abcde")


def test_a_target_can_be_picked(tmp_path: Path) -> None:
    file = tmp_path / "targets.yml"
    file.write_text(ENTRY + ENTRY.removeprefix("targets:\n").replace("one", "other"))
    assert [target.endpoint for target in targets.load(file, suffix="a1b2c")] == [
        *("one-a1b2c", "other-a1b2c"),
    ]
    assert [target.name for target in targets.load(file, suffix="x", only="other")] == ["other"]
    with pytest.raises(ValueError, match="no target 'third'; known: one, other"):
        targets.load(file, suffix="x", only="third")


@pytest.mark.parametrize("value", [None, ""])
def test_a_setting_that_is_missing_or_empty_names_the_script_that_makes_it(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("AZURE_ML_REGISTRY", raising=False)
    if value is not None:
        monkeypatch.setenv("AZURE_ML_REGISTRY", value)
    monkeypatch.setenv("ENDPOINT_SUFFIX", "abcde")
    with pytest.raises(ValueError, match=r"AZURE_ML_REGISTRY is not set: scripts.setup\.sh sets"):
        targets.settings()


@pytest.fixture
def shell(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage for command lines: its folder is the current one, and the variables are set."""
    monkeypatch.chdir(stage.root)
    monkeypatch.setenv("AZURE_ML_REGISTRY", REGISTRY)
    monkeypatch.setenv("ENDPOINT_SUFFIX", "abcde")
    return stage


def test_the_commands_release_ask_and_trace(
    shell: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="smoke test failed"):
        smoke.main([], shell.az)  # nothing is live yet
    releasing.main(["--version", "1", "--environment", "production"], shell.az)
    smoke.main(["--version", "1"], shell.az)
    with pytest.raises(SystemExit, match="smoke test failed"):
        smoke.main(["--version", "2"], shell.az)  # another release came in between
    trace.main([], shell.az)
    registry.main(["promote", "--version", "newest", "--to", "out/lineage.json"], shell.az)
    assert json.loads(Path("out/lineage.json").read_text(encoding="utf-8"))["version"] == "3"
    assert registry.production(REGISTRY, shell.az) == "1"
    printed = capsys.readouterr().out
    assert "one finite prediction per row" in printed
    assert "version 1 is live, not 2" in printed
    assert "| run-1 |" in printed
    Path("src", "code.py").write_text("one = 2\n")
    with pytest.raises(SystemExit, match="smoke test failed"):
        smoke.main(["--version", "1"], shell.az)
    assert "version 1 is live, with other code" in capsys.readouterr().out


def test_the_exit_code_tells_a_failure_from_nothing_to_go_back_to(
    shell: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    releasing.main(["--version", "1", "--environment", "production"], shell.az)
    with pytest.raises(SystemExit) as nothing:
        releasing.main(["--version", "former", "--environment", "production"], shell.az)
    assert nothing.value.code == 3
    shell.broken.add("2")
    with pytest.raises(SystemExit) as failed:
        releasing.main(["--version", "2"], shell.az)
    assert failed.value.code not in (0, 3, None)
    assert "was not released" in capsys.readouterr().out


def test_the_command_names_what_production_can_go_back_to(
    shell: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("1", "2"):
        monkeypatch.setenv("GITHUB_SHA", f"c0de{version}")
        releasing.main(["--version", version, "--environment", "production"], shell.az)
    capsys.readouterr()
    for words, version in (([], "1"), (["--version", "former"], "1"), (["--version", "2"], "2")):
        registry.main(["former", *words, "--to", "out/former.json"], shell.az)
        written = json.loads(Path("out/former.json").read_text(encoding="utf-8"))
        assert written == {"version": version, "code": f"c0de{version}"}
        assert capsys.readouterr().out == f"{version}\n"
    for version in ("3", "9"):
        with pytest.raises(SystemExit, match=f"version {version} of .* never was in production"):
            registry.main(["former", "--version", version], shell.az)
    with pytest.raises(SystemExit) as older:
        releasing.main(["--version", "1", "--environment", "production"], shell.az)
    assert older.value.code not in (0, 3, None)
    command = ["--version", "1", "--environment", "production", "--again"]
    releasing.main(command, shell.az)
    releasing.main(["--version", "former", "--environment", "production"], shell.az)
    assert registry.production(REGISTRY, shell.az) == "2"
