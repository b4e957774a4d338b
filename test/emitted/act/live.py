"""The machines of the stage: pipelines, scoring servers and batch jobs as processes of their own.

Reads commands as lines of JSON, tells the same way which process one got and how it ended. Each is
a fork of this process, which has imported what takes seconds; the emitted code, its environment and
its folder are their own. When nobody commands any more, everything ends.
"""

import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

# Of what the emitted code imports, nothing of the emitted code itself.
for name in (
    *("pandas", "scipy.stats", "sklearn.compose", "sklearn.ensemble", "sklearn.inspection"),
    *("sklearn.linear_model", "sklearn.metrics", "sklearn.model_selection", "sklearn.pipeline"),
    *("joblib", "yaml", "mlflow.sklearn", "fairlearn.metrics", "pyarrow.parquet", "flask"),
    *("gunicorn.app.wsgiapp", "opencensus.ext.azure.log_exporter", "azureml.ai.monitoring"),
):
    with suppress(ImportError):
        importlib.import_module(name)

Command = dict[str, Any]


def tell(**told: object) -> None:
    """Write a line to whoever commands."""
    print(json.dumps(told), flush=True)


def finish(status: int) -> NoReturn:
    """End a fork without what its parent would do at its end."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


def enter(folder: str, environment: dict[str, str], log: str) -> None:
    """Make this fork a process that was started in a folder, with its output in a file."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    null = os.open(os.devnull, os.O_RDONLY)
    for number, to in ((0, null), (1, out), (2, out)):
        os.dup2(to, number)
    os.chdir(folder)
    os.environ.update(environment)
    for name in ("SIGTERM", "SIGINT", "SIGCHLD"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)


def ended(work: Any) -> NoReturn:
    """Do the work of a fork, and end as a program would."""
    try:
        work()
        finish(0)
    except SystemExit as stop:
        if not isinstance(stop.code, int | None):
            print(stop.code, file=sys.stderr)
        finish(stop.code if isinstance(stop.code, int) else int(stop.code is not None))
    except BaseException:
        traceback.print_exc()
        finish(1)


def pipeline(command: Command) -> None:
    """Run a pipeline by the runner of the repository; the paths of its outputs go to a file."""
    root = Path(command["folder"])
    sys.path[:0] = [str(root / "local"), str(root / "src")]
    from run_pipeline import Pipeline

    class Forked(Pipeline):  # type: ignore[misc, valid-type]
        def execute(self, words: list[str], code: Path, env: dict[str, str], log: Path) -> int:
            """Run `python -m module …` as it would be, but with the packages there."""
            if words[:2] != [sys.executable, "-m"]:
                return int(super().execute(words, code, env, log))
            child = os.fork()
            if child == 0:
                enter(str(code), env, str(log))
                module(str(code), words[2], words[3:])
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    from mlflow import MlflowClient

    # What Azure ML hands a job over: the run that it logs to.
    store = Path(command["store"]).as_uri()
    client = MlflowClient(store)
    experiment = client.get_experiment_by_name("jobs")
    made = experiment.experiment_id if experiment else client.create_experiment("jobs")
    run = client.create_run(made).info.run_id
    job = Forked(root / command["file"], Path(command["work"]), root / "azureml", {})
    job.work.mkdir(parents=True, exist_ok=True)
    given = job.inputs(command["inputs"])
    job.run(given, {"MLFLOW_TRACKING_URI": store, "MLFLOW_RUN_ID": run})
    logged = client.get_run(run).data
    result = {name: str(path) for name, path in job.outputs().items()}
    tracked = {"metrics": logged.metrics, "params": logged.params}
    Path(command["result"]).write_text(json.dumps({"outputs": result, "tracked": tracked}))


def module(code: str, name: str, words: list[str]) -> NoReturn:
    """Be `python -m name …` in a folder."""
    # The emitted package as it is in that folder, not as this process has it.
    for loaded in [one for one in sys.modules if sys.modules[one] and is_emitted(one)]:
        del sys.modules[loaded]
    sys.path[:] = [code, *(path for path in sys.path if path not in (code, ""))]
    sys.argv = [name, *words]
    ended(lambda: runpy.run_module(name, run_name="__main__", alter_sys=True))


def is_emitted(name: str) -> bool:
    """Whether a module comes from a repository, rather than from what is installed."""
    file = getattr(sys.modules[name], "__file__", None) or ""
    return name != "__main__" and bool(file) and not file.startswith((sys.prefix, sys.base_prefix))


def serve(command: Command) -> None:
    """Be the inference server of Azure ML, which reads its environment while it is imported."""
    sys.path.insert(0, command["folder"])
    from azureml_inference_server_http import amlserver_linux as server

    server.run("127.0.0.1", command["port"], 1)


def score(command: Command) -> None:
    """Score files by the entry script of a batch deployment: init() once, then run()."""
    sys.path.insert(0, command["folder"])
    script = importlib.import_module(Path(command["script"]).stem)
    script.init()
    lines = script.run(command["files"])
    Path(command["result"]).write_text(json.dumps(lines))


def compare(command: Command) -> None:
    """Be the monitor: hold what was asked against the reference data, by the emitted measure."""
    import pandas as pd
    import yaml

    sys.path.insert(0, command["folder"])
    measure = importlib.import_module(f"{command['package']}.drift")
    work = Path(command["work"])
    work.mkdir(parents=True, exist_ok=True)
    known = pd.read_parquet(Path(command["reference"]) / "data.parquet")
    # As the emitted code reads data: from files, as text.
    known.to_csv(work / "old.csv", index=False)
    pd.DataFrame(command["rows"]).to_csv(work / "new.csv", index=False)
    old, new = (measure.read_rows(work / name) for name in ("old.csv", "new.csv"))
    contract = measure.load_contract(measure.CONTRACT)
    # A monitor sees what the model takes, and nothing else.
    contract["columns"] = [one for one in contract["columns"] if one["role"] == "feature"]
    limits = yaml.safe_load(Path(command["limits"]).read_text())["drift"]
    Path(command["result"]).write_text(json.dumps(measure.drift(old, new, contract, limits)))


KINDS = {"pipeline": pipeline, "serve": serve, "score": score, "compare": compare}
known: dict[int, str] = {}


def start(command: Command) -> None:
    """Fork for a command; `serve` is told a free port."""
    if command["kind"] == "serve":
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            command["port"] = probe.getsockname()[1]
    child = os.fork()
    if child == 0:
        enter(command["folder"], command.get("environment", {}), command["log"])
        ended(lambda: KINDS[command["kind"]](command))
    known[child] = command["id"]
    tell(id=command["id"], pid=child, port=command.get("port"))


def reap(*_: object) -> None:
    """Tell of every fork that has ended."""
    while known:
        try:
            child, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if child == 0:
            return
        if child in known:
            tell(id=known.pop(child), exit=os.waitstatus_to_exitcode(status))


def main() -> None:
    """Take commands until there are no more."""
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
    tell(ready=True)
    buffer = b""
    while True:
        # Forks are looked for between commands, not in a handler: a lock might be held there.
        readable, _, _ = select.select([0], [], [], 0.05)
        if readable:
            part = os.read(0, 1 << 20)
            if not part:
                break
            buffer += part
            *lines, buffer = buffer.split(b"\n")
            for line in lines:
                start(json.loads(line))
        reap()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
