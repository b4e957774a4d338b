"""What is deployed, and what it was made of: one line per deployment, by `delivery.trace`."""

import argparse
import sys
from typing import Any

from <%= pkg %>.azure import AzureError, az

from . import endpoints
from .endpoints import Az<% if (online) { %>, Online<% } %>
from .targets import Target, load, settings

COLUMNS = ("version", "run", "data", "commit", "code", "content", "released")


def rows(targets: list[Target], az: Az = az) -> list[dict[str, Any]]:
    """Give endpoint, deployment, its share of the traffic and its tags, of every deployment."""
    found: list[dict[str, Any]] = []
    for target in targets:
        endpoint = endpoints.of(target, az)
        if not endpoint.exists():
            continue
<%_ if (online) { _%>
        if isinstance(endpoint, Online):
            shares = {name: f"{share} %" for name, share in endpoint.traffic().items()}
<%_ if (batch) { _%>
        else:
            shares = dict.fromkeys(endpoint.in_use(), "default")
<%_ } _%>
<%_ } else { _%>
        shares = dict.fromkeys(endpoint.in_use(), "default")
<%_ } _%>
        for name, deployment in sorted(endpoint.deployments().items()):
            tags = deployment.get("tags") or {}
            row = {"endpoint": target.endpoint, "deployment": name}
            row |= {"traffic": shares.get(name, "none")}
            found.append(row | {column: tags.get(column, "none") for column in COLUMNS})
    return found


def table(found: list[dict[str, Any]]) -> str:
    """Write rows as a Markdown table."""
    if not found:
        return "Nothing is deployed."
    heads = list(found[0])
    lines = [heads, ["---"] * len(heads), *([str(row[head]) for head in heads] for row in found)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main(argv: list[str] | None = None, az: Az = az) -> None:
    """Print what is deployed, with run, data and commit of it."""
    parser = argparse.ArgumentParser(
        description="What is deployed: model version, the job that trained it, the version of the "
        "data, the commit it was trained from (commit) and the one that is deployed (code)."
    )
    parser.add_argument("--target", help="only this target of config/targets.yml")
    arguments = parser.parse_args(argv)
    try:
        print(table(rows(load(suffix=settings().suffix, only=arguments.target), az)))
    except (AzureError, OSError, ValueError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
