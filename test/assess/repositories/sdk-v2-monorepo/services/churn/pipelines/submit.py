import argparse

from azure.ai.ml import Input, command, dsl
from azure.ai.ml.entities import Model

from compute import ensure_cluster
from workspace import connect

train_step = command(
    code="../steps",
    command="python train.py --events ${{inputs.events}} --model ${{outputs.model}}",
    environment="azureml:churn-train:9",
    inputs={"events": Input(type="uri_folder")},
    outputs={"model": {"type": "mlflow_model"}},
)


@dsl.pipeline(description="churn")
def churn_pipeline(events):
    trained = train_step(events=events)
    return {"model": trained.outputs.model}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--commit")
    args = parser.parse_args()
    client = connect()
    job = churn_pipeline(events=Input(type="uri_folder", path="azureml:churn-events@latest"))
    job.settings.default_compute = ensure_cluster(client)
    job = client.jobs.create_or_update(job, experiment_name="churn")
    client.jobs.stream(job.name)
    model = Model(
        name="churn",
        path=f"azureml://jobs/{job.name}/outputs/model",
        type="mlflow_model",
        tags={"commit": args.commit, "job": job.name},
    )
    client.models.create_or_update(model)


if __name__ == "__main__":
    main()
