from azure.ai.ml.entities import AmlCompute


def cluster(client):
    """The cluster on which all training runs; it has no machine while nobody trains."""
    made = client.compute.begin_create_or_update(
        AmlCompute(name="refill", size="Standard_DS3_v2", min_instances=0, max_instances=4)
    )
    return made.result().name
