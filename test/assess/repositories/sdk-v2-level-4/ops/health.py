import os
from datetime import timedelta

from azure.identity import DefaultAzureCredential
from azure.monitor.query import MetricsQueryClient


def failing(client, deployment):
    """What is wrong with the last quarter of an hour, in words, or nothing."""
    metrics = MetricsQueryClient(DefaultAzureCredential()).query_resource(
        client.online_endpoints.get("refill").id,
        metric_names=["RequestsPerMinute"],
        timespan=timedelta(minutes=15),
        filter=f"deployment eq '{deployment}' and statusCodeClass eq '5xx'",
    )
    errors = sum(point.total or 0 for metric in metrics.metrics for series in metric.timeseries for point in series.data)
    return f"{errors} errors" if errors > int(os.environ.get("MOST_ERRORS", "5")) else None
