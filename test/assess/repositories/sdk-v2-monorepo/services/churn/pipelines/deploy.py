import argparse

from azure.ai.ml.entities import CodeConfiguration, ManagedOnlineDeployment

from workspace import connect


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--version", required=True)
    args = parser.parse_args()
    client = connect()
    deployment = ManagedOnlineDeployment(
        name=f"v{args.version}",
        endpoint_name="churn",
        model=f"azureml:churn:{args.version}",
        code_configuration=CodeConfiguration(code="serving", scoring_script="score.py"),
        environment="azureml:churn-serve:3",
        instance_type="Standard_DS2_v2",
        instance_count=1,
    )
    client.online_deployments.begin_create_or_update(deployment).result()
    endpoint = client.online_endpoints.get("churn")
    endpoint.traffic = {deployment.name: 100}
    client.online_endpoints.begin_create_or_update(endpoint).result()


if __name__ == "__main__":
    main()
