from azure.ai.ml.entities import (
    CodeConfiguration,
    DataCollector,
    DeploymentCollection,
    ManagedOnlineDeployment,
)


def deployment(name, version):
    return ManagedOnlineDeployment(
        name=name,
        endpoint_name="refill",
        model=f"azureml:refill:{version}",
        code_configuration=CodeConfiguration(code="refill", scoring_script="score.py"),
        environment="azureml:refill-serve:6",
        instance_type="Standard_DS3_v2",
        instance_count=2,
        data_collector=DataCollector(collections={"model_inputs": DeploymentCollection(enabled="true")}),
    )
