"""Run the training pipeline on this machine: the YAML that Azure ML runs, without Azure.

    python local/run_pipeline.py
    python local/run_pipeline.py azureml/pipelines/train.yml --set inputs.sample=100

Steps run in the order of the graph, each in a copy of its code, with this Python: no environment
is built. A promoted model is registered in the local MLflow store and copied to model/. The exit
code is 0 for every verdict, 1 when a step failed. Refused, because they would not do here what
they do on Azure ML: sweeps, parallel steps, nested pipelines, shell syntax, data elsewhere.
"""

import argparse
import json
import logging
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

from <%= pkg %> import register, tracking

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = re.compile(r"\$\{\{\s*([\w.]+)\s*\}\}")
OPTIONAL = re.compile(r"\$\[\[(.*?)\]\]", re.DOTALL)
ASSET = re.compile(r"azureml:([\w-]+)(?:@latest|:[\w.-]+)")
STORED = re.compile(r"azureml://datastores/([\w-]+)/paths/(.*)")
SHELL = re.compile(r"[;&|<>`*?]|\$\(")


class Stop(Exception):
    """The pipeline cannot be run, or a step failed: the message says which and why."""


def read(path: Path) -> dict[str, Any]:
    """Read a YAML file that must hold a mapping."""
    if not path.is_file():
        raise Stop(f"{path} does not exist")
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise Stop(f"{path} holds no mapping")
    return document


def locate(path: str, base: Path, assets: Path, datastores: dict[str, Path]) -> Path:
    """Turn the path of an input into a path on this machine.

    An asset is looked up in the YAML files below ``assets``, a datastore in ``datastores``; other
    paths are relative to ``base``. Raises Stop for what is not there.
    """
    if asset := ASSET.fullmatch(path):
        for file in sorted(assets.rglob("*.yml")):
            document = read(file)
            if document.get("name") == asset[1] and "path" in document:
                return locate(str(document["path"]), file.parent, assets, datastores)
        raise Stop(f"no file below {assets} defines the data asset {asset[1]}")
    if stored := STORED.fullmatch(path):
        if stored[1] not in datastores:
            raise Stop(f"say where datastore {stored[1]} lies: --datastore {stored[1]}=FOLDER")
        found = datastores[stored[1]] / stored[2]
    elif re.match(r"\w+:[\w/]", path) and not Path(path).is_absolute():
        raise Stop(f"{path} lies elsewhere and is not fetched")
    else:
        found = base / path
    if not found.exists():
        raise Stop(f"{found} does not exist; <%= pkg %>.data gathers the data")
    return found.resolve()


def literal(name: str, value: Any, kind: str) -> Any:
    """Check a number or boolean given as text against the declared type of the input."""
    casts = {"integer": int, "number": float}
    try:
        return casts[kind](value) if kind in casts else value
    except (TypeError, ValueError):
        raise Stop(f"input {name} must be of type {kind}, it is {value!r}") from None


def order(jobs: dict[str, Any]) -> list[str]:
    """Sort the steps so that each runs after the steps whose outputs it reads."""
    needs = {
        name: {ref.split(".")[2] for ref in REFERENCE.findall(json.dumps(job)) if ".jobs." in ref}
        for name, job in jobs.items()
    }
    if missing := set().union(*needs.values()) - set(jobs):
        raise Stop(f"there is no step {', '.join(sorted(missing))}")
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as cycle:
        raise Stop(f"steps wait for each other: {', '.join(cycle.args[1])}") from None


def arguments(command: str, inputs: dict[str, Any], outputs: dict[str, Path]) -> list[str]:
    """Fill in a component's command; returns the program and its arguments, for no shell.

    ``$[[ ]]`` drops out when an input in it has no value. Raises Stop for other names without a
    value and for shell syntax.
    """
    names = {f"inputs.{key}": value for key, value in inputs.items() if value is not None}
    names |= {f"outputs.{key}": value for key, value in outputs.items()}

    def keep(match: re.Match[str]) -> str:
        return match[1] if set(REFERENCE.findall(match[1])) <= set(names) else ""

    text = REFERENCE.sub(r"${{\1}}", OPTIONAL.sub(keep, command))
    if SHELL.search(text):
        raise Stop(f"shell syntax in a command is not understood here: {text}")
    if missing := sorted(set(REFERENCE.findall(text)) - set(names)):
        raise Stop(f"no value for {', '.join(missing)}")
    words = [REFERENCE.sub(lambda match: str(names[match[1]]), word) for word in shlex.split(text)]
    return [sys.executable, *words[1:]] if words[0] in ("python", "python3") else words


class Pipeline:
    """One execution of a pipeline YAML, with everything it writes below ``work``."""

    def __init__(self, file: Path, work: Path, assets: Path, datastores: dict[str, Path]) -> None:
        """Read the YAML; nothing runs yet."""
        self.file, self.work = file.resolve(), work.resolve()
        self.assets, self.datastores = assets, datastores
        self.job = read(file)
        if self.job.get("type") != "pipeline":
            raise Stop(f"{file} is no pipeline job")
        self.results: dict[str, dict[str, Path]] = {}

    def inputs(self, given: dict[str, str]) -> dict[str, Any]:
        """Return the pipeline's inputs, ``given`` ones first, as literals and local paths."""
        declared = self.job.get("inputs") or {}
        if unknown := sorted(set(given) - set(declared)):
            raise Stop(f"no input named {', '.join(unknown)}; there are {', '.join(declared)}")
        values: dict[str, Any] = {}
        for key, spec in declared.items():
            spec = spec if isinstance(spec, dict) else {"default": spec}
            if "path" in spec:
                base = Path.cwd() if key in given else self.file.parent
                path = str(given.get(key, spec["path"]))
                values[key] = locate(path, base, self.assets, self.datastores)
            else:
                values[key] = given.get(key, spec.get("default"))
        return values

    def outputs(self) -> dict[str, Path]:
        """Return the pipeline's outputs; valid after ``run``."""
        return {
            ref.split(".")[2]: self.results[step][key]
            for step, job in self.job["jobs"].items()
            for key, text in (job.get("outputs") or {}).items()
            for ref in REFERENCE.findall(str(text))
        }

    def run(self, inputs: dict[str, Any], variables: dict[str, str]) -> None:
        """Run every step; raises Stop, naming the step and its log, at the first that fails."""
        for name in order(self.job["jobs"]):
            self._step(name, inputs, variables)

    def _step(self, name: str, given: dict[str, Any], variables: dict[str, str]) -> None:
        job = self.job["jobs"][name]
        file = (self.file.parent / str(job.get("component"))).resolve()
        spec = read(file)
        if spec.get("type") != "command":
            raise Stop(f"step {name}: components of type {spec.get('type')} are not understood")
        inputs = self._bind(name, job.get("inputs") or {}, spec.get("inputs") or {}, given)
        folder = self.work / name
        outputs = {key: folder / key for key in spec["outputs"]}
        files = {key for key in outputs if spec["outputs"][key].get("type") == "uri_file"}
        for key, path in outputs.items():
            (path.parent if key in files else path).mkdir(parents=True, exist_ok=True)
        # A copy, as on Azure ML: what a step writes beside its code reaches no other step.
        skip = shutil.ignore_patterns("__pycache__", "*.egg-info")
        code = shutil.copytree(file.parent / spec["code"], folder / "code", ignore=skip)
        own = {key: str(value) for key, value in spec.get("environment_variables", {}).items()}
        command = arguments(spec["command"], inputs, outputs)
        env = {**os.environ, **own, **variables}
        log, started = folder / "log.txt", time.monotonic()
        status = self.execute(command, code, env, log)
        if status != 0:
            tail = "".join(log.read_text(encoding="utf-8").splitlines(keepends=True)[-15:])
            raise Stop(f"step {name} failed (exit {status}); its log is {log}\n{tail}")
        for key, path in outputs.items():
            if not (path.is_file() if key in files else any(path.iterdir())):
                raise Stop(f"step {name} wrote no {key}; its log is {log}")
        self.results[name] = outputs
        print(f"ok   {name:<10} {time.monotonic() - started:5.1f} s   {log}", flush=True)

    def execute(self, command: list[str], code: Path, env: dict[str, str], log: Path) -> int:
        """Run the program of a step in the copy of its code; returns its exit code."""
        with log.open("w", encoding="utf-8") as stream:
            done = subprocess.run(command, cwd=code, env=env, stdout=stream, stderr=stream)
        return done.returncode

    def _bind(
        self, step: str, bound: dict[str, Any], declared: dict[str, Any], given: dict[str, Any]
    ) -> dict[str, Any]:
        """Return a step's inputs by name; None for an optional one that nobody gave."""
        values: dict[str, Any] = {}
        for key, spec in declared.items():
            value = bound.get(key, spec.get("default"))
            value = value.get("path") if isinstance(value, dict) else value
            if reference := REFERENCE.fullmatch(str(value)):
                parts = reference[1].split(".")
                table: Any = given if parts[1] == "inputs" else self.results[parts[2]]
                if parts[-1] not in table:
                    raise Stop(f"step {step}: {reference[1]} names nothing")
                value = table[parts[-1]]
            if value is None and not spec.get("optional"):
                raise Stop(f"step {step}: input {key} has no value")
            values[key] = None if value is None else literal(key, value, str(spec.get("type")))
        if unknown := sorted(set(bound) - set(declared)):
            raise Stop(f"step {step}: its component has no input {', '.join(unknown)}")
        return values


def pair(text: str) -> tuple[str, str]:
    """Split NAME=VALUE of the command line."""
    key, sign, value = text.partition("=")
    if not (key and sign and value):
        raise argparse.ArgumentTypeError(f"write NAME=VALUE, not {text}")
    return key, value


def main(argv: list[str] | None = None) -> None:
    """Read the command line, run the pipeline, print the verdict and where things are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("pipeline", type=Path, nargs="?", default=ROOT / "azureml" / "pipelines" / "train.yml")
    add("--datastore", type=pair, action="append", default=[], help="NAME=FOLDER to read for it")
    add("--set", type=pair, action="append", default=[], help="inputs.NAME=V, inputs.NAME.path=P")
    add("--work", type=Path, help="new folder for what the steps write")
    add("--store", type=Path, default=ROOT / "mlruns.db", help="MLflow database")
    add("--model", type=Path, default=ROOT / "model", help="folder for the champion")
    options = parser.parse_args(argv)
    # Else a new database tells of each of its thirty migrations.
    logging.disable(logging.INFO)
    work = (options.work or ROOT / "outputs" / time.strftime("%Y%m%d-%H%M%S")).resolve()
    folders = {"gathered": ROOT / "data" / "gathered"}
    folders |= {name: Path(folder).resolve() for name, folder in options.datastore}
    given = {key.removeprefix("inputs.").removesuffix(".path"): v for key, v in options.set}
    try:
        if work.exists() and any(work.iterdir()):
            raise Stop(f"{work} is not empty: name a new folder")
        pipeline = Pipeline(options.pipeline, work, ROOT / "azureml", folders)
        work.mkdir(parents=True, exist_ok=True)
        print(f"Local run: no environment is built, steps run with {sys.executable}", flush=True)
        verdict, champion = register.train(pipeline, given, root=ROOT, store=options.store)
    except Stop as stopped:
        sys.exit(str(stopped))
    if champion is not None:
        # Only what an earlier run put there is replaced, never a folder of another kind.
        if (options.model / "MLmodel").is_file():
            shutil.rmtree(options.model)
        shutil.copytree(champion, options.model, dirs_exist_ok=True)
    print("\n- ".join([f"Verdict: {verdict['verdict']}", *verdict["reasons"]]))
    print(f"What the steps wrote: {work}")
    print(f"All runs: mlflow ui --backend-store-uri {tracking.local_store(options.store)}")


if __name__ == "__main__":
    main()
