"""Tracking: parameters, metrics and files of a run go to MLflow, on a laptop as on Azure ML.

Azure ML and ``local/run_pipeline.py`` say by environment variables which run a step belongs to.
A step started by hand gets a run of its own in ``mlruns.db``; look at it with::

    mlflow ui --backend-store-uri sqlite:///mlruns.db
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "<%= name %>"
# Azure ML takes parameters of up to 500 characters and fails the run at the 501st.
LONGEST = 500


def local_store(database: Path) -> str:
    """Return the tracking address of a database file on this machine."""
    return f"sqlite:///{database.resolve().as_posix()}"


def local_experiment(client: "MlflowClient", name: str, artifacts: Path) -> str:
    """Return the id of an experiment, made if need be, that keeps its files below ``artifacts``.

    Without a place of its own MLflow would write files to the folder a step happens to run in.
    """
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    return str(client.create_experiment(name, artifacts.resolve().as_uri()))


def log(
    *,
    params: Mapping[str, Any] | None = None,
    metrics: Mapping[str, float | None] | None = None,
    documents: Mapping[str, Any] | None = None,
    step: int = 0,
) -> None:
    """Log to the run this process belongs to.

    Metrics without a value are left out. Documents are kept as JSON files under their names. The
    status of a run that was given is left alone: it belongs to whoever started the run.
    """
    from mlflow import MlflowClient  # here, because the import takes seconds
    from mlflow.entities import Metric, Param

    run_id = os.environ.get("MLFLOW_RUN_ID")
    if run_id:
        client = MlflowClient()
    else:
        address = os.environ.get("MLFLOW_TRACKING_URI") or local_store(Path("mlruns.db"))
        client = MlflowClient(address)
        experiment = local_experiment(client, EXPERIMENT, Path("mlruns"))
        # The next call of this process finds it there.
        run_id = os.environ["MLFLOW_RUN_ID"] = client.create_run(experiment).info.run_id
        os.environ["MLFLOW_TRACKING_URI"] = address
        client.set_terminated(run_id)
    now = int(time.time() * 1000)
    values = [
        Metric(key, float(value), now, step)
        for key, value in (metrics or {}).items()
        if value is not None
    ]
    texts = [Param(key, str(value)[:LONGEST]) for key, value in (params or {}).items()]
    client.log_batch(run_id, metrics=values, params=texts)
    for name, document in (documents or {}).items():
        client.log_dict(run_id, document, name)
