"""Compares the inputs that production collected with those of training, and asks for retraining when they drifted."""

import os

import pandas as pd
import requests

from ops.places import workspace
from refill.drift import stability_index

LIMIT = 0.25


def main():
    client = workspace()
    collected = pd.read_parquet(client.data.get("refill-model-inputs", label="latest").path)
    trained = pd.read_parquet(client.data.get("refill-sales", label="latest").path)
    worst = max(stability_index(trained[name], collected[name]) for name in trained.columns)
    print(f"worst stability index {worst:.3f}")
    if worst > LIMIT:
        answer = requests.post(
            f"https://api.github.com/repos/{os.environ['GITHUB_REPOSITORY']}/dispatches",
            json={"event_type": "inputs-drifted", "client_payload": {"index": worst}},
            headers={"Authorization": f"Bearer {os.environ['GH_TOKEN']}"},
            timeout=30,
        )
        answer.raise_for_status()


if __name__ == "__main__":
    main()
