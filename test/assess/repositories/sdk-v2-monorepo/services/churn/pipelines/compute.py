from azure.ai.ml.entities import AmlCompute


def ensure_cluster(client, name="churn-cluster"):
    cluster = AmlCompute(name=name, size="Standard_E4ds_v4", min_instances=0, max_instances=3)
    client.compute.begin_create_or_update(cluster).result()
    return name
