from azureml.core import Dataset, Experiment
from azureml.pipeline.core import Pipeline, PipelineData, Schedule, ScheduleRecurrence
from azureml.pipeline.steps import PythonScriptStep

from aml.common import cluster, run_config, workspace


def build(ws):
    target = cluster(ws)
    readings = Dataset.get_by_name(ws, "readings").as_named_input("readings")
    prepared = PipelineData("prepared")
    model = PipelineData("model")
    steps = [
        PythonScriptStep(
            name="prepare",
            script_name="prepare.py",
            source_directory="aml/steps",
            inputs=[readings],
            outputs=[prepared],
            arguments=["--out", prepared],
            compute_target=target,
            runconfig=run_config(),
        ),
        PythonScriptStep(
            name="train",
            script_name="train.py",
            source_directory="aml/steps",
            inputs=[prepared],
            outputs=[model],
            arguments=["--data", prepared, "--out", model],
            compute_target=target,
            runconfig=run_config(),
        ),
        PythonScriptStep(
            name="register",
            script_name="register.py",
            source_directory="aml/steps",
            inputs=[model],
            arguments=["--model", model],
            compute_target=target,
            runconfig=run_config(),
        ),
    ]
    return Pipeline(ws, steps=steps)


def main():
    ws = workspace()
    pipeline = build(ws)
    published = pipeline.publish(name="meter-faults")
    Experiment(ws, "meter-faults").submit(published).wait_for_completion(raise_on_error=True)
    monthly = ScheduleRecurrence(frequency="Month", interval=1)
    Schedule.create(
        ws, name="monthly", pipeline_id=published.id, experiment_name="meter-faults", recurrence=monthly
    )


if __name__ == "__main__":
    main()
