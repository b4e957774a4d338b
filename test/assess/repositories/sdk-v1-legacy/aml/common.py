import os

from azureml.core import Workspace
from azureml.core.authentication import AzureCliAuthentication
from azureml.core.compute import AmlCompute, ComputeTarget
from azureml.core.runconfig import RunConfiguration


def workspace():
    return Workspace.get(
        name=os.environ["WORKSPACE"], resource_group=os.environ["GROUP"], auth=AzureCliAuthentication()
    )


def cluster(ws, name="meters"):
    if name in ws.compute_targets:
        return ws.compute_targets[name]
    config = AmlCompute.provisioning_configuration(vm_size="STANDARD_D2_V2", min_nodes=0, max_nodes=4)
    target = ComputeTarget.create(ws, name, config)
    target.wait_for_completion(show_output=True)
    return target


def run_config():
    return RunConfiguration(conda_dependencies=None)
