"""The whole loop on this machine: train, gate, release, watch, decide, train again, roll out.

    python local/loop.py

runs the code of this repository, not copies of it: the steps of azureml/pipelines/train.yml, the
gate, the model tests, the drift check, the decision and the rollout. Only Azure is stood in for, by
local_azure/. No network and no account are needed. Everything is written below outputs/loop/, the
report too; the exit code is 0 when it ran to its end and its own checks held, whatever the gate
said of the models.
"""

import contextlib
<%_ if (online) { _%>
import http.client
<%_ } _%>
import importlib
<%_ if (batch) { _%>
import importlib.util
<%_ } _%>
import io
import json
import logging
import os
import shutil
<%_ if (online) { _%>
import socket
import subprocess
<%_ } _%>
import sys
<%_ if (online) { _%>
import threading
<%_ } _%>
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
<%_ if (batch) { _%>
from types import ModuleType
<%_ } _%>
from typing import TYPE_CHECKING, Any
<%_ if (online) { _%>
from urllib.parse import urlsplit
<%_ } _%>

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from run_pipeline import ROOT, Pipeline, Stop

from delivery import decide, endpoints, registry, report, rollout<% if (online) { %>, smoke<% } %>, targets
from local_azure.cloud import <% if (online) { %>AzureError, <% } %>Cloud
<%_ if (online) { _%>
from local_azure.endpoint import HEADER, HOST
<%_ } _%>

if TYPE_CHECKING:
    import pandas as pd

WORK = ROOT / "outputs" / "loop"
REGISTRY, SUFFIX = "local-registry", "loop"
# The minutes of config/rollout.yml, and the pauses between questions, pass so many times as fast.
SPEED = 600
# Drift is simulated: numbers move by this share of the range that the data contract knows. That is
# still within the contract, else the data check would stop the data, and rightly.
SHIFT = 0.3
<%_ if (online) { _%>
PATIENCE = 60.0
# Seconds between two requests of the steady client.
PACE = 0.04
<%_ } _%>

Document = dict[str, Any]


class InProcess(Pipeline):
    """The pipeline with its steps called in this process, which pays for their imports once."""

    steps: list[Document]

    def execute(self, command: list[str], code: Path, env: dict[str, str], log: Path) -> int:
        """Call the main() of a step's module; other programs run as they always do."""
        if command[1:2] != ["-m"]:
            return super().execute(command, code, env, log)
        before, began, status = dict(os.environ), time.monotonic(), 0
        os.environ.update(env)
        with log.open("w", encoding="utf-8") as stream:
            try:
                with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
                    importlib.import_module(command[2]).main(command[3:])
            except SystemExit as stop:
                status = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
                stream.write(f"{stop.code}\n")
            except Exception:
                status = 1
                stream.write(traceback.format_exc())
            finally:
                os.environ.clear()
                os.environ.update(before)
        seconds = time.monotonic() - began
        told = log.read_text(encoding="utf-8").strip().splitlines()
        shown = told[0].replace(f"{self.work}{os.sep}", "") if told else ""
        self.steps.append({"name": command[2].split(".")[-1], "seconds": seconds, "told": shown})
        return status
<%_ if (online) { _%>


class Server:
    """The real scoring server of one model; it starts in the background."""

    def __init__(self, model: Path, log: Path) -> None:
        """Start it on a free port; its imports take seconds, so do it early."""
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = probe.getsockname()[1]
        self.address, self.log = f"http://{HOST}:{port}", log
        command = [sys.executable, "-m", "<%= pkg %>.serve", "--model", str(model)]
        env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--port", str(port)], env=env, stdout=output, stderr=output
            )

    def wait(self) -> None:
        """Wait until it answers; raises AzureError, as a deployment that does not start would."""
        deadline = time.monotonic() + PATIENCE
        while request(self.address, "GET", "/")[0] != 200:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AzureError(f"the scoring server did not start; its log is {self.log}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop it; once more does no harm."""
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def request(
    address: str, method: str, path: str, body: bytes | None = None
) -> tuple[int, bytes, str]:
    """Ask over HTTP; give status (0: no answer), body, and the deployment that answered."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.getheader(HEADER) or ""
    except (OSError, http.client.HTTPException):
        return 0, b"", ""
    finally:
        connection.close()


class Client(threading.Thread):
    """A caller who asks at a steady pace, whatever goes on behind the endpoint."""

    def __init__(self, address: str) -> None:
        """Ask with the sample of this repository."""
        super().__init__(name="client")
        self.address, self.body = address, (ROOT / smoke.REQUEST).read_bytes()
        self.asked: list[Document] = []
        self._over = threading.Event()

    def run(self) -> None:
        """Ask until stopped."""
        while not self._over.wait(PACE):
            when = datetime.now(timezone.utc)
            status, _, deployment = request(self.address, "POST", "/score", self.body)
            entry = {"time": when, "status": status, "deployment": deployment}
            self.asked.append(entry | {"mirrored": False})

    def stop(self) -> None:
        """Ask no more, and wait for the last answer."""
        self._over.set()
        if self.is_alive():
            self.join()
<%_ } _%>


@dataclass
class Trained:
    """One training: what the gate and the tests said, and where things are."""

    label: str
    verdict: Document
    evaluation: Document
    model: Path
    train: Path
    test: Path
    run: str | None = None
    tests: Document | None = None
    version: str | None = None

    @property
    def released(self) -> bool:
        """Whether it may be released: the gate promoted it, and its tests passed."""
        return self.version is not None


@dataclass
class Story:
    """What happened, for the report; times are seconds since the start."""

    began: float = field(default_factory=time.monotonic)
    clock: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    steps: list[Document] = field(default_factory=list)
    checks: list[Document] = field(default_factory=list)
    trained: list[Trained] = field(default_factory=list)
    windows: list[Document] = field(default_factory=list)
    decision: Document = field(default_factory=dict)
    phases: list[Document] = field(default_factory=list)
    requests: list[Document] = field(default_factory=list)
    files: list[Document] = field(default_factory=list)
    verdict: str = ""
    asked: int = 0
    failed: int = 0

    def now(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[list[str]]:
        """Time a step and tell of it; what is put into the list is told with it."""
        told: list[str] = []
        began = time.monotonic()
        yield told
        self.tell({"name": name, "seconds": time.monotonic() - began, "told": "; ".join(told)})

    def tell(self, step: Document) -> None:
        """Keep a step, and print it."""
        self.steps.append(step)
        print(f"{step['seconds']:5.1f} s  {step['name']:<18} {step['told']}", flush=True)

    def check(self, name: str, held: bool, detail: str) -> None:
        """Keep one of the loop's own checks."""
        self.checks.append({"name": name, "held": held, "detail": detail})


def drifted(frame: "pd.DataFrame", contract: Document) -> "pd.DataFrame":
    """Move rows away from what they were: numbers up, or, without any, one category for all.

    What is returned still keeps the data contract.
    """
    from <%= pkg %>.data import RANGE_SLACK, columns, convert

    moved = frame.copy()
    kinds = {column["name"]: column for column in contract["columns"]}
    for name in columns(contract, "feature", "whole", "decimal"):
        low, high = kinds[name].get("min"), kinds[name].get("max")
        if low is None or high is None or not high > low:
            continue
        width = float(high) - float(low)
        values = convert(frame[name], kinds[name]["type"]) + SHIFT * width
        values = values.clip(upper=float(high) + 0.9 * RANGE_SLACK * width)
        digits = 0 if kinds[name]["type"] == "whole" else 6
        told = values.round(digits).map(lambda value, n=digits: f"{value:.{n}f}")
        moved[name] = told.where(values.notna())
    if moved.equals(frame):
        for name in columns(contract, "feature", "category", "boolean")[:1]:
            usual = frame[name].mode().iloc[0]
            moved = frame[frame[name] == usual].sample(len(frame), replace=True, random_state=0)
    return moved.reset_index(drop=True)


class Loop:
    """Everything that runs, with what it leaves behind."""

    def __init__(self) -> None:
        """Make the place to write to anew."""
        shutil.rmtree(WORK, ignore_errors=True)
        WORK.mkdir(parents=True)
        self.story = Story()
        self.azure = Cloud(<% if (online) { %>serve=self.serve<% } %><% if (online && batch) { %>, <% } %><% if (batch) { %>score=self.score<% } %>)
        self.models: dict[str, Path] = {}
<%_ if (online) { _%>
        self.servers: list[Server] = []
        self.early: dict[str, Server] = {}
<%_ } _%>
<%_ if (batch) { _%>
        self.scripts: dict[str, ModuleType] = {}
<%_ } _%>
        self.targets = targets.load(ROOT / "config" / "targets.yml", suffix=SUFFIX)
        self.rollout = rollout.read_config(ROOT / rollout.CONFIG)
<%_ if (online) { _%>
        # A laptop does other things as well; what its servers take says little about Azure's.
        self.rollout["limits"] |= {"p95_ms": 10_000, "slower_than_old_ms": 1_000}
<%_ } _%>
        monitoring = (ROOT / "config" / "monitoring.yml").read_text(encoding="utf-8")
        self.monitoring = yaml.safe_load(monitoring)
        self.live: Trained | None = None
        self.went_back = False
<%_ if (online) { _%>

    def start(self, label: str) -> None:
        """Start a server for a model ahead of its deployment, while other work goes on."""
        server = Server(self.models[label], WORK / f"server-{len(self.servers) + 1}.log")
        self.servers.append(server)
        self.early[label] = server

    def serve(self, deployment: Document) -> Server:
        """Give a server for a deployment, once it answers."""
        label = deployment["model"].rsplit("/", 1)[-1]
        if label not in self.early:
            self.start(label)
        server = self.early.pop(label)
        server.wait()
        return server
<%_ } _%>
<%_ if (batch) { _%>

    def score(self, deployment: Document, file: Path) -> list[str]:
        """Score a file by the batch entry script, as a deployment of its model would."""
        label = deployment["model"].rsplit("/", 1)[-1]
        if label not in self.scripts:
            self.scripts[label] = entry_script(self.models[label])
        lines: list[str] = self.scripts[label].run([str(file)])
        return lines
<%_ } _%>

    def gather(self, place: str, source: str) -> Path:
        """Run the data command: fetch, check against the contract, publish."""
        from <%= pkg %> import data

        config, folder = WORK / f"{place}.yml", WORK / place
        entry = {"source": source, "destination": str(folder)}
        config.write_text(yaml.safe_dump({place: entry}), encoding="utf-8")
        said = io.StringIO()
        with self.story.step("data") as told:
            with contextlib.redirect_stdout(said):
                data.main(["--place", place, "--config", str(config)])
            told.append(said.getvalue().strip().replace(f"{ROOT}{os.sep}", ""))
        return folder

    def train(self, label: str, gathered: Path) -> Trained:
        """Run the training pipeline, and register its model if the gate promotes it."""
        from <%= pkg %> import register

        pipeline = InProcess(
            ROOT / "azureml" / "pipelines" / "train.yml",
            WORK / label.replace(" ", "-"),
            ROOT / "azureml",
            {"gathered": gathered},
        )
        pipeline.steps = []
        store, began = WORK / "mlruns.db", time.monotonic()
        with contextlib.redirect_stdout(io.StringIO()):
            verdict, _ = register.train(pipeline, {}, root=ROOT, store=store)
        seconds = time.monotonic() - began
        for step in pipeline.steps:
            self.story.tell(step)
        outputs, prepared = pipeline.outputs(), pipeline.results["prepare"]
        evaluation = json.loads(outputs["evaluation"].read_text(encoding="utf-8"))
        folders = (outputs["model"], prepared["train"], prepared["test"])
        trained = Trained(label, verdict, evaluation, *folders)
        self.story.trained.append(trained)
        reasons = "; ".join(verdict["reasons"])
        told = f"nothing, as the gate's verdict is {verdict['verdict']}: {reasons}"
        if verdict["verdict"] == "promote":
            told = self.register(trained, str(pipeline.job["experiment_name"]))
        seconds -= sum(step["seconds"] for step in pipeline.steps)
        self.story.tell({"name": "register", "seconds": seconds, "told": told})
        return trained

    def register(self, trained: Trained, name: str) -> str:
        """Take the new champion of the local MLflow registry over to the double of Azure."""
        import mlflow

        from <%= pkg %> import register, tracking

        address = tracking.local_store(WORK / "mlruns.db")
        client = mlflow.MlflowClient(tracking_uri=address, registry_uri=address)
        found = client.get_model_version_by_alias(name, register.ALIAS)
        tags = {**found.tags, "verdict": trained.verdict["verdict"]}
        version = {"name": registry.MODEL, "version": str(found.version), "tags": tags}
        self.azure.keep("model", "", version)
        trained.run, trained.version = found.run_id, str(found.version)
        self.models[trained.version] = trained.model
        return f"version {trained.version}: run {tags['run'][:8]}, data {tags['data']}"

    def test(self, trained: Trained, champion: Document | None) -> None:
        """Put a promoted model to the tests that stand before a release."""
        from <%= pkg %> import model_tests, responsible_ai
        from <%= pkg %>.data import CONTRACT, load_contract, read_folder
        from <%= pkg %>.gate import load_limits
        from <%= pkg %>.scoring import load_model

        with self.story.step("model tests") as told:
            limits = load_limits(Path(model_tests.__file__).with_name("gate.yml"))
            given = (load_model(trained.model), read_folder(trained.test), load_contract(CONTRACT))
            measured = trained.evaluation["champion"] if champion else None
            found = model_tests.run_tests(
                *(*given, trained.evaluation, champion, limits), measured=measured
            )
            fairness = responsible_ai.fairness_report(*given, trained.evaluation, limits)
            failed = [one["name"] for one in found["tests"] if not one["passed"]]
            failed += ["fairness"] if fairness["verdict"] == "fail" else []
            count = len(found["tests"]) + 1
            trained.tests = {"failed": failed, "count": count}
            told.append(f"{count - len(failed)} of {count} pass")
            if failed:
                told.append(f"not released, as these fail: {', '.join(failed)}")
                trained.version = None

    def release(self, trained: Trained, name: str, root: Path = ROOT) -> None:
        """Promote a version to the registry, and roll it out to every target.

        Callers go on asking meanwhile. A rollout that is refused by its own judgment is a verdict
        too: then what was live before has to answer everything.
        """
        assert trained.version is not None
        story = self.story
<%_ if (online) { _%>
        if trained.version not in self.early:
            self.start(trained.version)
        client = self.client() if self.live else None
<%_ } _%>
        with story.step(name) as told:
            registry.promote(trained.version, REGISTRY, self.azure, root=ROOT)
            began = story.now()

            def tell(line: str) -> None:
                nonlocal began
                phase = line.split(":")[0].split()[-1]
                if "not applicable" not in line:
                    print(f"         {line}", flush=True)
                    story.phases.append({"name": phase, "from": began, "to": story.now()})
                began = story.now()
<%_ if (batch) { _%>
                self.hand_in()
<%_ } _%>

            try:
                rollout.run(
                    list(rollout.PHASES),
                    trained.version,
                    self.targets,
                    REGISTRY,
                    self.rollout,
                    self.azure,
                    root=root,
                    sleep=lambda seconds: time.sleep(seconds / SPEED),
                    tell=tell,
                )
                self.live = trained
                told.append(f"version {trained.version} answers everything")
            except rollout.Rejected as reason:
                told.append(f"went back: {reason}")
                self.went_back = True
<%_ if (online) { _%>
            finally:
                if client:
                    client.stop()
        if client:
            story.asked += len(client.asked)
            story.failed += sum(one["status"] != 200 for one in client.asked)
            copies = (one for door in self.azure.doors.values() for one in door.counted)
            asked = [*client.asked, *(one._asdict() for one in copies if one.mirrored)]
            for one in asked:
                one["at"] = (one["time"] - story.clock).total_seconds()
            story.requests += asked
<%_ } _%>
        expected = [str(self.live.version)] if self.live else []
        found = registry.production(REGISTRY, self.azure)
        story.check(
            f"After {name}: the registry names what is in production",
            ([found] if found else []) == expected,
            f"version {found or 'none'}",
        )
        for target in self.targets:
            endpoint = endpoints.of(target, self.azure)
            deployments, live = endpoint.deployments(), endpoint.in_use()
            versions = [registry.tags_of(deployments[one]).get("version") for one in live]
            story.check(
                f"After {name}: one deployment stands at {target.endpoint}, and answers everything",
                versions == expected and len(deployments) == len(expected),
                f"version {', '.join(map(str, versions)) or 'none'} on {', '.join(deployments)}",
            )
<%_ if (online) { _%>

    def online(self) -> str:
        """The name of the online endpoint that the steady client asks: the first of its kind."""
        return next(target.endpoint for target in self.targets if target.kind == "online")

    def client(self) -> Client:
        """Start a steady client of the online endpoint."""
        shown = self.azure("ml", "online-endpoint", "show", "--name", self.online())
        client = Client(shown["scoring_uri"])
        client.start()
        return client
<%_ } _%>
<%_ if (batch) { _%>

    def hand_in(self) -> None:
        """Hand the held-out rows in, as an application does, to whatever is the default."""
        file, rows = self.input()
        for target in (one for one in self.targets if one.kind == "batch"):
            endpoint = endpoints.of(target, self.azure)
            if not endpoint.exists() or (live := endpoint.live()) is None:
                continue
            asked = ("--input", str(file), "--input-type", "uri_file")
            job = self.azure("ml", "batch-endpoint", "invoke", "--name", target.endpoint, *asked)
            text = self.azure.outputs.get((job["name"], "score"), {}).get("predictions.csv", "")
            version = registry.tags_of(endpoint.deployments()[live]).get("version")
            done = job["status"] == "Completed" and len(text.splitlines()) == rows
            self.story.files.append({"at": self.story.now(), "version": version, "done": done})
            self.story.asked += 1
            self.story.failed += not done

    def input(self) -> tuple[Path, int]:
        """Write what applications hand in: the features of held-out rows; give their number."""
        from <%= pkg %>.data import CONTRACT, columns, load_contract, read_folder

        frame = read_folder(self.story.trained[0].test)
        file = WORK / "input.csv"
        if not file.exists():
            frame[columns(load_contract(CONTRACT), "feature")].to_csv(file, index=False)
        return file, len(frame)
<%_ } _%>

    def mark(self, trained: Trained) -> str:
        """Say in a word or two why a model is not released."""
        return "rejected" if trained.tests is None else "tests failed"

    def laptop_only(self, trained: Trained) -> None:
        """Serve a model that may not be released on this machine alone, and smoke test it."""
        why = self.mark(trained)
        with self.story.step("serve") as told:
            told.append(f"{why}, laptop only")
            told.append("not released" if trained.tests else "nothing is registered or released")
<%_ if (online) { _%>
            self.models[why] = trained.model
            self.start(why)
            server = self.early.pop(why)
            server.wait()
            body = (ROOT / smoke.REQUEST).read_bytes()
            status, answer, _ = request(server.address, "POST", "/score", body)
            wrong = [f"status {status}"] if status != 200 else []
            wrong = wrong or smoke.judge_answer(json.loads(body), json.loads(answer))
            server.stop()
            said = "; ".join(wrong) or "one finite prediction per row"
            self.story.check("The model answers on this machine", not wrong, said)
            self.story.asked += 1
            self.story.failed += bool(wrong)
<%_ } _%>
<%_ if (batch) { _%>
            file, rows = self.input()
            lines = entry_script(trained.model).run([str(file)])
            good, said = len(lines) == rows, f"{len(lines)} of {rows} rows"
            self.story.check("The model scores on this machine", good, said)
            self.story.asked += 1
            self.story.failed += not good
<%_ } _%>

    def watch(self, trained: Trained, gathered: Path) -> Path:
        """Let days pass, the last ones drifted, and check each; give what has arrived by then."""
        import pandas as pd

        from <%= pkg %> import drift
        from <%= pkg %>.data import CONTRACT, load_contract, read_folder
        from <%= pkg %>.scoring import load_model

        rules, limits = self.monitoring["decision"], self.monitoring["drift"]
        contract, model = load_contract(CONTRACT), load_model(trained.model)
        frame, reference = read_folder(gathered), read_folder(trained.train)
        rows = max(int(limits["min_rows"]), min(len(frame), 300))
        arrived = [frame]
        with self.story.step("drift check") as told:
            for number in range(rules["of"]):
                day = frame.sample(rows, replace=True, random_state=number).reset_index(drop=True)
                simulated = number >= rules["of"] - rules["violating"]
                if simulated:
                    day = drifted(day, contract)
                    arrived.append(day)
                found = drift.drift(reference, day, contract, limits, model)
                age = timedelta(hours=rules["every_hours"] * (rules["of"] - 1 - number))
                window = {
                    "time": decide.stamp(datetime.now(timezone.utc) - age),
                    "source": "drift check",
                    "violates": found["violates"],
                    "reasons": found["reasons"],
                    "columns": found["columns"],
                    "simulated": simulated,
                }
                self.story.windows.append(window)
            bad = sum(bool(window["violates"]) for window in self.story.windows)
            told.append(f"{bad} of {rules['of']} days violate; drift in the last is simulated")
        folder = WORK / "arrived"
        folder.mkdir()
        pd.concat(arrived, ignore_index=True).to_csv(folder / "data.csv", index=False)
        return folder

    def decide(self) -> None:
        """Decide whether to retrain; a person starts it where no drift could be simulated."""
        with self.story.step("decision") as told:
            now = datetime.now(timezone.utc)
            rules, windows = self.monitoring["decision"], self.story.windows
            found = decide.decide(windows, [], rules, now)
            if found["decision"] != decide.RETRAIN:
                told.append(f"{found['decision']}: {found['reasons'][0]}")
                reason = "no drift could be simulated in these columns, and the loop goes on"
                found = decide.decide(windows, [], rules, now, reason)
            self.story.decision = found
            told.append(f"{found['decision']}: {found['reasons'][0]}")

    def rehearsal(self) -> Path:
        """Give a copy of the repository whose deployment files differ: then there is a rollout."""
        folder = WORK / "rehearsal"
        for part in ("azureml", "config", "samples", "src"):
            shutil.copytree(ROOT / part, folder / part, dirs_exist_ok=True)
        for target in self.targets:
            with (folder / target.files / "deployment.yml").open("a", encoding="utf-8") as stream:
                stream.write("# Changed by the rehearsal of the rollout.\n")
        return folder

    def run(self) -> None:
        """Go round once."""
        from <%= pkg %>.source import load_place

        with self.story.step("imports"):
            importlib.import_module("mlflow.sklearn")
            importlib.import_module("<%= pkg %>.train")
        source = load_place(ROOT / "config" / "source.yml", "laptop")["source"]
        gathered = self.gather("gathered", str(source))
        first = self.train("first model", gathered)
        if first.version:
<%_ if (online) { _%>
            self.start(first.version)
<%_ } _%>
            self.test(first, None)
        if first.released:
            self.release(first, "serve and smoke")
        else:
            self.laptop_only(first)
        arrived = self.watch(first, gathered)
        self.decide()
        again = self.train("retrained model", self.gather("gathered-again", str(arrived)))
        if again.version:
<%_ if (online) { _%>
            self.start(again.version)
<%_ } _%>
            self.test(again, first.evaluation if first.released else None)
        self.conclude(first, again)

    def conclude(self, first: Trained, again: Trained) -> None:
        """Roll out what the second training led to."""
        story, verdict = self.story, again.verdict["verdict"]
        why = {"keep champion": "no better", "reject": "rejected"}.get(verdict, "no good in tests")
        if again.released:
            story.verdict = f"promoted version {again.version}"
            self.release(again, "rollout")
        elif first.released:
            story.verdict = f"the retrained model is {why}, kept version {first.version}"
            self.release(first, "rollout rehearsed", self.rehearsal())
        else:
            story.verdict = f"no model was released (the retrained one is {why})"
            story.verdict += f', the first was served as "{self.mark(first)}, laptop only"'
            story.verdict += "" if first.run or again.run else ", nothing was registered"
        if self.went_back:
            story.verdict += ", went back to what was live before"
        elif self.live:
            story.verdict += ", rolled out to 100 %"
<%_ if (online) { _%>
        shares = [call["traffic"].get(self.online(), {}) for call in self.azure.calls]
        sums = [sum(share.values()) for share in shares if share]
        begun = sums[sums.index(100) :] if 100 in sums else []
        wrong = [total for total in begun if total != 100]
        story.check(
            "Live traffic summed to 100 after every call",
            not wrong,
            f"{len(begun)} calls of az, {len(wrong)} with another sum",
        )
<%_ } _%>
        story.check(
            "Nobody was left without an answer",
            story.asked > 0 and story.failed == 0,
            f"{story.failed} of {story.asked} failed",
        )

    def close(self) -> None:
        """Stop everything."""
        self.azure.__exit__()
<%_ if (online) { _%>
        for server in self.servers:
            server.stop()
<%_ } _%>
<%_ if (batch) { _%>


def entry_script(model: Path) -> ModuleType:
    """Load the batch entry script for one model, as a worker of Azure ML does."""
    spec = importlib.util.spec_from_file_location("score_batch", ROOT / "src" / "score_batch.py")
    assert spec and spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    before = os.environ.get("AZUREML_MODEL_DIR")
    os.environ["AZUREML_MODEL_DIR"] = str(model)
    try:
        script.init()
    finally:
        if before is None:
            del os.environ["AZUREML_MODEL_DIR"]
        else:
            os.environ["AZUREML_MODEL_DIR"] = before
    return script
<%_ } _%>


def main() -> None:
    """Go round once; write the report; exit 1 when one of the loop's own checks failed."""
    os.chdir(ROOT)
    # Else a new database tells of each of its thirty migrations.
    logging.disable(logging.INFO)
    loop = Loop()
    try:
        loop.run()
    except Stop as stopped:
        sys.exit(str(stopped))
    finally:
        loop.close()
    story = loop.story
    what = "<%= online ? 'requests' : 'files' %>"
    line = f"{story.verdict}, {story.failed:,} of {story.asked:,} {what} failed"
    failed = [check for check in story.checks if not check["held"]]
    with story.step("report") as told:
        told.append("outputs/loop/report.html")
        report.write(WORK / "report.html", "<%= name %>", line, story)
    for check in failed:
        print(f"This check failed: {check['name']}: {check['detail']}")
    path = "outputs/loop/report.html"
    print(f"Loop finished in {story.now():.0f} s: {line}. Report: {path}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
