"""Seeded faults in Azure ML YAML are found, and a good repository passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from azureml_yaml.__main__ import check

SCHEMA = "https://azuremlschemas.azureedge.net/latest"
FILES = {
    "src/train.py": "print()\n",
    "src/score.py": "def init():\n    pass\n\n\ndef run(data):\n    return data\n",
    "conda.yml": "name: e\nchannels: [conda-forge]\ndependencies:\n- python=3.12\n- pip=25.0\n"
    "- pip: [azureml-inference-server-http==1.4.1]\n",
    "environment.yml": f"$schema: {SCHEMA}/environment.schema.json\nname: training\nversion: '1'\n"
    "image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04\nconda_file: conda.yml\n",
    "cluster.yml": f"$schema: {SCHEMA}/amlCompute.schema.json\nname: cpu-cluster\ntype: amlcompute\n"
    "size: Standard_E4s_v3\nmin_instances: 0\nmax_instances: 1\n",
    "datastore.yml": f"$schema: {SCHEMA}/azureDataLakeGen2.schema.json\nname: gathered\n"
    "type: azure_data_lake_gen2\naccount_name: stchurn\nfilesystem: gathered\n",
    "data.yml": f"$schema: {SCHEMA}/data.schema.json\nname: churn-data\ntype: uri_folder\n"
    "path: azureml://datastores/gathered/paths/\n",
    "prepare.yml": f"$schema: {SCHEMA}/commandComponent.schema.json\nname: prepare\ntype: command\n"
    "inputs:\n  raw: {type: uri_folder}\n  share: {type: number, default: 0.25}\n  note: {type: string, optional: true}\n"
    "outputs:\n  ready: {type: uri_folder}\ncode: src\nenvironment: azureml:training@latest\n"
    "command: >-\n  python train.py --raw ${{inputs.raw}} --share ${{inputs.share}}"
    " $[[--note ${{inputs.note}}]] --out ${{outputs.ready}}\n",
    "train.yml": f"$schema: {SCHEMA}/commandComponent.schema.json\nname: train\ntype: command\n"
    "inputs:\n  ready: {type: uri_folder}\noutputs:\n  model: {type: custom_model}\ncode: src\n"
    "environment: azureml:training@latest\n"
    "command: python train.py --ready ${{inputs.ready}} --model ${{outputs.model}}\n",
    "pipeline.yml": f"$schema: {SCHEMA}/pipelineJob.schema.json\ntype: pipeline\n"
    "settings:\n  default_compute: azureml:cpu-cluster\n"
    "inputs:\n  raw: {type: uri_folder, path: 'azureml:churn-data@latest'}\n"
    "outputs:\n  model: {type: custom_model}\n"
    "jobs:\n  prepare:\n    type: command\n    component: ./prepare.yml\n"
    "    inputs:\n      raw: ${{parent.inputs.raw}}\n"
    "  train:\n    type: command\n    component: ./train.yml\n"
    "    inputs:\n      ready: ${{parent.jobs.prepare.outputs.ready}}\n"
    "    outputs:\n      model: ${{parent.outputs.model}}\n",
    "endpoint.yml": f"$schema: {SCHEMA}/managedOnlineEndpoint.schema.json\nname: churn-online\nauth_mode: aad_token\n",
    "deployment.yml": f"$schema: {SCHEMA}/managedOnlineDeployment.schema.json\nname: blue\nendpoint_name: churn-online\n"
    "model: azureml:churn@latest\ncode_configuration:\n  code: src\n  scoring_script: score.py\n"
    "environment:\n  image: mcr.microsoft.com/azureml/minimal-py312-inference:latest\n  conda_file: conda.yml\n"
    "instance_type: Standard_E2s_v3\ninstance_count: 1\n",
    "batch-endpoint.yml": f"$schema: {SCHEMA}/batchEndpoint.schema.json\nname: churn-batch\nauth_mode: aad_token\n",
    "batch.yml": f"$schema: {SCHEMA}/modelBatchDeployment.schema.json\nname: blue\nendpoint_name: churn-batch\n"
    "type: model\nmodel: azureml:churn@latest\ncode_configuration:\n  code: src\n  scoring_script: score.py\n"
    "environment:\n  image: mcr.microsoft.com/azureml/minimal-py312-inference:latest\n  conda_file: conda.yml\n"
    "compute: azureml:cpu-cluster\nresources: {instance_count: 1}\n"
    "settings:\n  mini_batch_size: 10\n  output_action: append_row\n  output_file_name: predictions.csv\n",
    "schedule.yml": f"$schema: {SCHEMA}/schedule.schema.json\nname: nightly\n"
    "trigger: {type: cron, expression: '15 3 * * *', time_zone: UTC}\ncreate_job: ./pipeline.yml\n",
}

# file, old text, new text, code that must be among the findings
FAULTS = [
    ("pipeline.yml", "type: pipeline", "type: pipeline\ncomptue: x", "load"),
    ("pipeline.yml", "    component: ./train.yml", "    component: ./train.yml\n    comptue: x", "unknown-key"),
    ("pipeline.yml", "default_compute:", "default_datestore: x\n  default_compute:", "unknown-key"),
    ("pipeline.yml", "${{parent.inputs.raw}}", "${{parent.inputs.rwa}}", "binding"),
    ("pipeline.yml", "outputs.ready}}", "outputs.cleaned}}", "binding"),
    ("pipeline.yml", "parent.jobs.prepare", "parent.jobs.prep", "binding"),
    ("pipeline.yml", "${{parent.inputs.raw}}", "${{inputs.raw}}", "binding"),
    ("pipeline.yml", "raw: ${{parent.inputs.raw}}", "raw: ${{parent.jobs.train.outputs.model}}", "cycle"),
    ("pipeline.yml", "./train.yml", "./trian.yml", "load"),
    ("pipeline.yml", "azureml:cpu-cluster", "azureml:gpu-cluster", "undefined"),
    ("pipeline.yml", "azureml:churn-data@latest", "azureml:other-data@latest", "undefined"),
    ("pipeline.yml", "      model: ${{parent.outputs.model}}", "      model: {type: custom_model}", "binding"),
    ("prepare.yml", "${{inputs.share}}", "${{inputs.shrae}}", "reference"),
    ("prepare.yml", "$[[--note ${{inputs.note}}]]", "--note ${{inputs.note}}", "optional"),
    ("prepare.yml", "python train.py", "python trian.py", "path"),
    ("prepare.yml", "ready: {type: uri_folder}", "ready: {type: uri_file}", "type"),
    ("prepare.yml", "azureml:training@latest", "azureml:trianing@latest", "undefined"),
    ("prepare.yml", "--share ${{inputs.share}}", "", "unused"),
    ("prepare.yml", "code: src", "code: scr", "path"),
    ("train.yml", "name: train", "name: Train-It", "load"),
    ("environment.yml", "conda_file: conda.yml", "conda_file: cnoda.yml", "load"),
    ("environment.yml", "ubuntu22.04", "ubuntu20.04", "retired"),
    ("conda.yml", "- python=3.12\n", "", "conda"),
    ("conda.yml", "azureml-inference-server-http==1.4.1", "flask==3.0.0", "conda"),
    ("cluster.yml", "min_instances: 0", "min_instances: 3", "compute"),
    ("cluster.yml", "Standard_E4s_v3", "E4s", "sku"),
    ("data.yml", "datastores/gathered", "datastores/landing", "undefined"),
    ("endpoint.yml", "churn-online", "c" * 33, "name"),
    ("endpoint.yml", "auth_mode: aad_token", "auth_mode: aad_token\ntraffic: {blue: 60, green: 30}", "traffic"),
    ("endpoint.yml", "auth_mode: aad_token", "auth_mode: aad_token\nmirror_traffic: {blue: 60}", "traffic"),
    ("endpoint.yml", "aad_token", "aad_tokn", "load"),
    ("deployment.yml", "Standard_E2s_v3", "Standard_D2s_v5", "sku"),
    ("deployment.yml", "instance_count: 1", "instance_count: 0", "count"),
    ("deployment.yml", "azureml:churn@latest", "azureml:chrun@latest", "undefined"),
    ("deployment.yml", "endpoint_name: churn-online", "endpoint_name: other", "undefined"),
    ("deployment.yml", "scoring_script: score.py", "scoring_script: scoer.py", "path"),
    (
        "deployment.yml",
        "instance_count: 1",
        "instance_count: 1\nrequest_settings: {request_timeout_ms: 200000}",
        "request",
    ),
    ("deployment.yml", "instance_count: 1", "instance_count: 1\nlivness_probe: {}", "load"),
    ("src/score.py", "def run(data)", "def run()", "scoring-script"),
    ("src/score.py", "def init()", "def inti()", "scoring-script"),
    ("src/score.py", "    return data", "    return data)", "scoring-script"),
    ("batch-endpoint.yml", "aad_token", "key", "auth"),
    ("batch.yml", "settings:\n  mini_batch_size: 10\n", "mini_batch_size: 10\nsettings:\n", "batch"),
    ("batch.yml", "append_row", "summary_only", "batch"),
    ("schedule.yml", "15 3 * * *", "15 33 * * *", "trigger"),
    ("schedule.yml", "15 3 * * *", "15 3 * *", "trigger"),
    ("schedule.yml", "time_zone", "timezone", "trigger"),
    ("cluster.yml", f"$schema: {SCHEMA}/amlCompute.schema.json\n", "", "no-schema"),
    ("cluster.yml", "amlCompute.schema", "amlCompite.schema", "schema"),
    ("cluster.yml", "name: cpu-cluster", "name: [cpu-cluster", "yaml"),
]
GIVEN = frozenset({("model", "churn")})


def write(folder: Path) -> Path:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_a_good_repository_passes(tmp_path, sdk):
    docs = check(write(tmp_path), sdk, closed=True, given=GIVEN)
    assert [(d.path.name, d.problems) for d in docs if d.problems] == []
    assert len(docs) == len(FILES) - 3


@pytest.mark.parametrize(("name", "old", "new", "code"), FAULTS)
def test_a_fault_is_found(tmp_path, sdk, name, old, new, code):
    file = write(tmp_path) / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    docs = check(tmp_path, sdk, closed=True, given=GIVEN)
    assert code in {found for d in docs for _, found, _ in d.problems}


def test_other_yaml_is_left_alone(tmp_path, sdk):
    (tmp_path / "compose.yml").write_text("services:\n  web:\n    image: x\n")
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/ci.yml").write_text("on: push\njobs: {}\n")
    assert check(tmp_path, sdk, closed=True) == []


def test_a_file_that_no_loader_reads_does_not_pass_unseen(tmp_path, sdk):
    (tmp_path / "import.yml").write_text(f"$schema: {SCHEMA}/dataImport.schema.json\nname: x\n")
    (doc,) = check(tmp_path, sdk)
    assert doc.problems
