"""Run the training pipeline on this machine: the YAML that Azure ML runs, without Azure.

    python local/run_pipeline.py
    python local/run_pipeline.py azureml/pipelines/train.yml --set inputs.sample=100

Parameters, metrics and files go to a local MLflow store. The candidate is compared with the
champion of the local registry; a promoted one is registered there and copied to ``model/``. The
exit code is 0 for every verdict of the gate and 1 when a step failed.
"""

import argparse
import json
import shutil
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import Pipeline, Stop

from <%= pkg %> import register, tracking

if TYPE_CHECKING:
    from mlflow import MlflowClient

ROOT = Path(__file__).resolve().parent.parent


def run(
    file: Path, given: dict[str, str], *, datastores: dict[str, Path], work: Path, store: Path
) -> tuple[dict[str, Any], Path | None]:
    """Run a training pipeline, tracked in ``store``, and register its model if it is promoted.

    ``given`` replaces inputs of the pipeline by name. Returns the gate's verdict, and the folder
    of the champion's model, None when there is no champion. Raises Stop when a step fails.
    """
    pipeline = Pipeline(file, work=work, assets=ROOT / "azureml", datastores=datastores)
    name = str(pipeline.job["experiment_name"])
    import mlflow  # here, because the import takes seconds and --help does without it

    address = tracking.local_store(store)
    client = mlflow.MlflowClient(tracking_uri=address, registry_uri=address)
    champion = register.champion_run(client, name)
    if champion and "champion" not in given:
        stored = register.fetch(client, champion, "evaluation.json", work / "champion")
        given = {**given, "champion": str(stored)}
    inputs = pipeline.inputs(given)
    experiment = tracking.local_experiment(client, name, store.parent / "outputs" / "runs")
    run_id = client.create_run(experiment, run_name=work.name).info.run_id
    tags = {
        "run": run_id,
        "data": f"{inputs['raw'].name} {register.fingerprint(inputs['raw'])}",
        "commit": register.commit(ROOT),
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
            version = register.register(
                client, name, run_id, model=model, verdict=verdict, tags=tags
            )
            print(f"Registered: {name} version {version}, the champion.")
    except BaseException:
        client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id)
    return verdict, _champion(client, name, work)


def _champion(client: "MlflowClient", name: str, work: Path) -> Path | None:
    """Fetch the champion's model with its evaluation beside it."""
    run_id = register.champion_run(client, name)
    if run_id is None:
        return None
    model = register.fetch(client, run_id, "model", work / "champion")
    register.fetch(client, run_id, "evaluation.json", model)
    return model


def main(argv: list[str] | None = None) -> None:
    """Read the command line, run the pipeline, print the verdict and where things are."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "pipeline", type=Path, nargs="?", default=ROOT / "azureml/pipelines/train.yml"
    )
    parser.add_argument(
        "--datastore",
        action="append",
        default=[],
        metavar="NAME=FOLDER",
        help="the folder that stands for a datastore (default: gathered=data/gathered)",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="inputs.NAME[.path]=VALUE",
        help="an input of the pipeline, as in az ml job create --set",
    )
    parser.add_argument("--work", type=Path, help="new folder for what the steps write")
    parser.add_argument("--store", type=Path, default=ROOT / "mlruns.db", help="MLflow database")
    parser.add_argument("--model", type=Path, default=ROOT / "model", help="the champion goes here")
    options = parser.parse_args(argv)
    now = datetime.now(timezone.utc)
    work = options.work or ROOT / "outputs" / now.strftime("%Y%m%d-%H%M%S")
    try:
        if work.exists() and any(work.iterdir()):
            raise Stop(f"{work} is not empty: name a new folder")
        work.mkdir(parents=True, exist_ok=True)
        folders = {"gathered": ROOT / "data" / "gathered"}
        folders |= {key: Path(value).resolve() for key, value in _pairs(options.datastore)}
        given = {
            key.removeprefix("inputs.").removesuffix(".path"): value
            for key, value in _pairs(options.set)
        }
        print(f"Local run: no environment is built, steps run with {sys.executable}", flush=True)
        verdict, champion = run(
            options.pipeline, given, datastores=folders, work=work, store=options.store
        )
    except Stop as stopped:
        sys.exit(str(stopped))
    if champion is not None:
        # Only what an earlier run put there is replaced, never a folder of another kind.
        if (options.model / "MLmodel").is_file():
            shutil.rmtree(options.model)
        shutil.copytree(champion, options.model, dirs_exist_ok=True)
    print(f"Verdict: {verdict['verdict']}")
    for reason in verdict["reasons"]:
        print(f"- {reason}")
    print(f"Everything the steps wrote: {work}")
    print(f"Look at all runs: mlflow ui --backend-store-uri {tracking.local_store(options.store)}")


def _pairs(texts: list[str]) -> list[tuple[str, str]]:
    pairs = [text.partition("=") for text in texts]
    for key, sign, value in pairs:
        if not (key and sign and value):
            raise Stop(f"write NAME=VALUE, not {key}{sign}{value}")
    return [(key, value) for key, _, value in pairs]


if __name__ == "__main__":
    main()
