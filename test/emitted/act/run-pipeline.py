"""Runs a pipeline of the repository around it by that repository's own local runner: FILE WORK INPUTS.

The steps are called in this process, which pays for their imports once. Says in JSON where the outputs are, or that a
step failed.
"""

import contextlib
import importlib
import json
import os
import sys
from pathlib import Path

sys.path[:0] = ["src", "local"]
from run_pipeline import Pipeline, Stop  # noqa: E402


class InProcess(Pipeline):
    def execute(self, command: list[str], code: Path, env: dict[str, str], log: Path) -> int:
        os.environ.update(env)
        with (
            log.open("w", encoding="utf-8") as stream,
            contextlib.redirect_stdout(stream),
            contextlib.redirect_stderr(stream),
        ):
            try:
                importlib.import_module(command[2]).main(command[3:])
            except SystemExit as stopped:
                print(stopped)
                return 1
        return 0


file, work, given = sys.argv[1:]
pipeline = InProcess(Path(file), Path(work), Path("azureml"), {})
try:
    pipeline.run(pipeline.inputs(json.loads(given)), {"MLFLOW_TRACKING_URI": f"file://{work}/runs"})
    print(json.dumps({name: str(path) for name, path in pipeline.outputs().items()}))
except Stop as stopped:
    print(json.dumps({"failed": str(stopped)}))
