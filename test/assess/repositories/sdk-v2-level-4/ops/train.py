"""Submits the pipeline, waits for it, and registers the model that passed the gate."""

import argparse

from azure.ai.ml import Input, Output, command
from azure.ai.ml.dsl import pipeline
from azure.ai.ml.entities import Model

from ops.cluster import cluster
from ops.places import workspace

fit = command(
    name="fit",
    code="refill",
    command="python fit.py --sales ${{inputs.sales}} --model ${{outputs.model}}",
    environment="azureml:refill:14",
    inputs={"sales": Input(type="uri_folder")},
    outputs={"model": Output(type="mlflow_model")},
)
gate = command(
    name="gate",
    code="refill",
    command="python gate.py --sales ${{inputs.sales}} --model ${{inputs.model}}",
    environment="azureml:refill:14",
    inputs={"sales": Input(type="uri_folder"), "model": Input(type="mlflow_model")},
)


@pipeline()
def refill(sales):
    fitted = fit(sales=sales)
    gate(sales=sales, model=fitted.outputs.model)
    return {"model": fitted.outputs.model}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--commit", required=True)
    args = parser.parse_args()
    client = workspace()
    job = refill(sales=Input(type="uri_folder", path="azureml://datastores/lake/paths/sales"))
    job.settings.default_compute = cluster(client)
    job = client.jobs.create_or_update(job, experiment_name="refill")
    client.jobs.stream(job.name)
    model = client.models.create_or_update(
        Model(
            name="refill",
            type="mlflow_model",
            path=f"azureml://jobs/{job.name}/outputs/model",
            tags={"commit": args.commit, "job": job.name},
        )
    )
    print(f"version={model.version}")


if __name__ == "__main__":
    main()
