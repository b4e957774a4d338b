from azureml.core import Dataset, Environment, Experiment
from azureml.pipeline.core import Pipeline, PipelineData
from azureml.pipeline.steps import ParallelRunConfig, ParallelRunStep

from aml.common import cluster, workspace

ws = workspace()
config = ParallelRunConfig(
    source_directory="aml/scoring",
    entry_script="batch.py",
    mini_batch_size="5",
    error_threshold=10,
    output_action="append_row",
    environment=Environment.from_conda_specification("meter-train", "conda_train.yml"),
    compute_target=cluster(ws),
    node_count=2,
)
step = ParallelRunStep(
    name="score",
    parallel_run_config=config,
    inputs=[Dataset.get_by_name(ws, "readings").as_named_input("readings")],
    output=PipelineData("scores"),
)
Experiment(ws, "meter-scores").submit(Pipeline(ws, steps=[step]))
