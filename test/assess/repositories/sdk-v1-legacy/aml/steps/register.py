import argparse

from azureml.core import Model, Run

parser = argparse.ArgumentParser()
parser.add_argument("--model")
args = parser.parse_args()
run = Run.get_context()
Model.register(
    run.experiment.workspace,
    model_path=args.model,
    model_name="meter-faults",
    tags={"run": run.parent.id},
)
