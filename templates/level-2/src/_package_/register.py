"""Registration of promoted models in the local MLflow registry, where the alias is ``champion``.

On Azure ML the workflow does the same with ``az ml model create``: same name, same tags. Lineage
is three tags: ``run``, ``data`` and ``commit``. The champion's evaluation stays with its run, and
the next run is compared with it.
"""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from . import tracking

if TYPE_CHECKING:
    from mlflow import MlflowClient

ALIAS = "champion"


def commit(folder: Path) -> str:
    """Return the commit that ``folder`` is at, "+changes" behind it if some are not committed.

    Returns "none" without git or outside a repository.
    """
    git = shutil.which("git")
    if git is None:
        return "none"

    def ask(*words: str) -> str | None:
        answer = subprocess.run([git, "-C", str(folder), *words], capture_output=True, text=True)
        return answer.stdout.strip() if answer.returncode == 0 else None

    head = ask("rev-parse", "--verify", "HEAD")
    if not head:
        return "none"
    return head + ("+changes" if ask("status", "--porcelain", "--untracked-files=no") else "")


def fingerprint(folder: Path) -> str:
    """Return a hash of the names and contents of all files below a folder."""
    total = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(file.relative_to(folder).as_posix().encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return f"sha256:{total.hexdigest()[:16]}"


def champion_run(client: "MlflowClient", name: str) -> str | None:
    """Return the id of the run that trained the champion, None when no model has the alias."""
    for model in client.search_registered_models(filter_string=f"name = '{name}'"):
        version = model.aliases.get(ALIAS)
        if version is not None:
            return str(client.get_model_version(name, version).run_id)
    return None


def fetch(client: "MlflowClient", run: str, what: str, folder: Path) -> Path:
    """Copy what is stored with a run (``model``, ``evaluation.json``) into ``folder``.

    Raises MLflow's error when it is not there: a champion that cannot be read is not none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return Path(client.download_artifacts(run, what, str(folder)))


def register(
    client: "MlflowClient",
    name: str,
    run: str,
    *,
    model: Path,
    verdict: dict[str, Any],
    tags: dict[str, str],
) -> str:
    """Register the model of a run, make it the champion and return its version.

    ``model`` is a folder saved by MLflow. Raises ValueError unless the gate's verdict is
    "promote": there is no way around the gate.
    """
    if verdict.get("verdict") != "promote":
        raise ValueError(f"not registered: the gate's verdict is {verdict.get('verdict')!r}")
    client.log_artifacts(run, str(model), "model")
    if not client.search_registered_models(filter_string=f"name = '{name}'"):
        client.create_registered_model(name)
    source = f"{client.get_run(run).info.artifact_uri}/model"
    version = str(client.create_model_version(name, source, run, tags=tags).version)
    client.set_registered_model_alias(name, ALIAS, version)
    return version


class Pipeline(Protocol):
    """What local/run_pipeline.py offers: inputs, one run of all steps, then outputs."""

    job: dict[str, Any]
    work: Path

    def inputs(self, given: dict[str, str]) -> dict[str, Any]:
        """Return the inputs of the pipeline, ``given`` ones in place of its own."""

    def run(self, inputs: dict[str, Any], variables: dict[str, str]) -> None:
        """Run all steps with these environment variables."""

    def outputs(self) -> dict[str, Path]:
        """Return the outputs of the pipeline."""


def train(
    pipeline: Pipeline, given: dict[str, str], *, root: Path, store: Path
) -> tuple[dict[str, Any], Path | None]:
    """Run a training pipeline, tracked in ``store``, and register its model if it is promoted.

    ``given`` replaces inputs of the pipeline by name, ``root`` is the repository. Returns the
    gate's verdict, and the folder of the champion's model, None when there is no champion. What
    the pipeline raises leaves a failed run and a registry as it was.
    """
    import mlflow  # here, because the import takes seconds

    name, work = str(pipeline.job["experiment_name"]), pipeline.work
    address = tracking.local_store(store)
    client = mlflow.MlflowClient(tracking_uri=address, registry_uri=address)
    champion = champion_run(client, name)
    if champion and "champion" not in given:
        stored = fetch(client, champion, "evaluation.json", work / "champion")
        given = {**given, "champion": str(stored)}
    if champion and "champion_model" not in given:
        folder = work / "champion-model"
        for what in client.list_artifacts(champion):
            if what.path in ("model", "learned"):
                fetch(client, champion, what.path, folder)
        given = {**given, "champion_model": str(folder)}
    inputs = pipeline.inputs(given)
    experiment = tracking.local_experiment(client, name, store.parent / "mlruns")
    run_id = client.create_run(experiment, run_name=work.name).info.run_id
    tags = {
        "run": run_id,
        "data": f"{inputs['raw'].name} {fingerprint(inputs['raw'])}",
        "commit": commit(root),
    }
    try:
        for key, value in tags.items():
            client.set_tag(run_id, key, value)
        for key in ("sample", "seed"):
            client.log_param(run_id, key, inputs[key])
        pipeline.run(inputs, {"MLFLOW_TRACKING_URI": address, "MLFLOW_RUN_ID": run_id})
        outputs = pipeline.outputs()
        verdict = json.loads(outputs["verdict"].read_text(encoding="utf-8"))
        client.log_dict(run_id, verdict, "verdict.json")
        client.set_tag(run_id, "verdict", verdict["verdict"])
        if int(inputs["sample"]) > 0:
            print("A run on a sample only shows that the pipeline works: nothing is registered.")
        elif verdict["verdict"] == "promote":
            model = outputs["model"]
            client.log_artifact(run_id, str(outputs["learned"]))
            version = register(client, name, run_id, model=model, verdict=verdict, tags=tags)
            print(f"Registered: {name} version {version}, the champion.")
    except BaseException:
        client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id)
    return verdict, _champion(client, name, work)


def _champion(client: "MlflowClient", name: str, work: Path) -> Path | None:
    """Fetch the champion's model with its evaluation beside it."""
    run_id = champion_run(client, name)
    if run_id is None:
        return None
    model = fetch(client, run_id, "model", work / "champion")
    fetch(client, run_id, "evaluation.json", model)
    return model
