"""Production: green beside blue, with mirrored traffic, then a tenth, then all; back to blue when it errs."""

import argparse
import sys
import time

from ops.deployment import deployment
from ops.health import failing
from ops.places import workspace

STEPS = (10, 50, 100)


def share(client, green, blue, percent):
    endpoint = client.online_endpoints.get("refill")
    endpoint.mirror_traffic = {}
    endpoint.traffic = {green: percent, blue: 100 - percent}
    client.online_endpoints.begin_create_or_update(endpoint).result()


def mirror(client, green, percent):
    endpoint = client.online_endpoints.get("refill")
    endpoint.mirror_traffic = {green: percent}
    client.online_endpoints.begin_create_or_update(endpoint).result()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--version", required=True)
    args = parser.parse_args()
    client = workspace()
    blue = max(client.online_endpoints.get("refill").traffic.items(), key=lambda item: item[1])[0]
    green = "green" if blue == "blue" else "blue"
    client.online_deployments.begin_create_or_update(deployment(green, args.version)).result()
    try:
        mirror(client, green, 20)
        watch(client, green)
        for percent in STEPS:
            share(client, green, blue, percent)
            watch(client, green)
    except RuntimeError as wrong:
        share(client, green, blue, 0)
        sys.exit(f"{green} is taken back: {wrong}")
    client.online_deployments.begin_delete(name=blue, endpoint_name="refill").result()


def watch(client, green):
    time.sleep(900)
    wrong = failing(client, green)
    if wrong:
        raise RuntimeError(wrong)


if __name__ == "__main__":
    main()
