"""Staging: the new model takes over at once."""

import argparse

from ops.deployment import deployment
from ops.places import workspace


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--version", required=True)
    args = parser.parse_args()
    client = workspace()
    client.online_deployments.begin_create_or_update(deployment("only", args.version)).result()
    endpoint = client.online_endpoints.get("refill")
    endpoint.traffic = {"only": 100}
    client.online_endpoints.begin_create_or_update(endpoint).result()


if __name__ == "__main__":
    main()
