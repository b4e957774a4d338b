"""The registry that staging and production read models from, and what is in production.

    python -m delivery.registry promote --version newest --to lineage.json
    python -m delivery.registry champion --to evaluation.json --model champion
    python -m delivery.registry former --to former.json

`promote` shares a version of the workspace with the registry, once; `champion` fetches the stored
evaluation of the model in production and, if asked, the model with the hashes of the rows that it
learned from. Both run in the development workspace. `former` names the version that was in
production before the present one, and the commit that was deployed with it.

A version was released to production when its tag `production` says so: the time of the release.
Its tag `code` is the commit it was released with, `release` what the release tests said of it.
"""

import argparse
import json
import shutil
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from <%= pkg %>.azure import AzureError, az

from .endpoints import Az
from .targets import ENVIRONMENT, environment_name, environment_version, variable

MODEL = "<%= name %>"
NO_CHAMPION = Path("config/no-champion.json")
# What a model was made of; the training workflow tags it so.
LINEAGE = ("run", "data", "commit")


class NothingBefore(ValueError):
    """No other version was in production before, so there is nothing to go back to."""


class Older(ValueError):
    """Production holds a newer version than the one that is to be released."""


def versions(az: Az, *registry: str) -> dict[str, dict[str, Any]]:
    """Give the registered versions of the model, by version, in the order they were made in.

    Args:
        az: Runs az.
        registry: Nothing for the workspace, else "--registry-name" and its name.

    Raises:
        AzureError: A version is no whole number, so that their order is not known.
    """
    # The versions of a model that is not there are an error to az; so models are listed first.
    if MODEL not in [model["name"] for model in az("ml", "model", "list", *registry)]:
        return {}
    found = az("ml", "model", "list", "--name", MODEL, *registry)
    by_version = {str(model["version"]): model for model in found}
    if odd := [version for version in by_version if not version.isdecimal()]:
        raise AzureError(f"{MODEL} has versions that are no whole number: {', '.join(sorted(odd))}")
    return dict(sorted(by_version.items(), key=lambda item: int(item[0])))


def named(registry: str) -> tuple[str, str]:
    """Give the arguments that make az ask a registry instead of the workspace."""
    return "--registry-name", registry


def tags_of(model: dict[str, Any]) -> dict[str, str]:
    """Give the tags of a version."""
    return {key: str(value) for key, value in (model.get("tags") or {}).items()}


def promote(
    version: str, registry: str, az: Az = az, *, root: Path = Path()
) -> dict[str, str] | None:
    """Bring a version of the workspace, and the environment to score in, to the registry.

    What is there already stays as it is, so a second run changes nothing.

    Args:
        version: A version of the workspace; or "newest", the newest one that the gate let through
            and that no release tests refused.
        registry: The name of the registry.
        az: Runs az.
        root: The root of the repository.

    Returns:
        Model, version, run, data and commit of it, and the environment; None if there is nothing
        to release: no model is registered yet, or release tests refused all that the gate let
        through.

    Raises:
        ValueError: There is no such version, or the gate did not let it through.
        AzureError: Azure refused.
    """
    known = versions(az)
    if not known:
        return None
    if version == "newest":
        version = list(known)[-1]
        if passed := [one for one in known if tags_of(known[one]).get("verdict") == "promote"]:
            # What release tests refused must not keep out what is released for its code.
            left = [one for one in passed if tags_of(known[one]).get("release") != "refused"]
            if not left:
                return None
            version = left[-1]
    if version not in known:
        raise ValueError(f"there is no version {version} of {MODEL}; known: {', '.join(known)}")
    tags = tags_of(known[version])
    if tags.get("verdict") != "promote":
        raise ValueError(
            f"version {version} of {MODEL} has the verdict {tags.get('verdict', 'none')!r}, "
            "not 'promote': the gate did not let it through"
        )
    if missing := [key for key in LINEAGE if not tags.get(key)]:
        raise ValueError(f"version {version} of {MODEL} has no tag {', '.join(missing)}")
    shared = versions(az, *named(registry))
    if version not in shared:
        az(
            *("ml", "model", "share", "--name", MODEL, "--version", version),
            *("--registry-name", registry),
            *("--share-with-name", MODEL, "--share-with-version", version),
        )
    there = tags_of(shared.get(version, {}))
    wanted = {key: tags[key] for key in (*LINEAGE, "verdict")}
    changed = [f"tags.{key}={value}" for key, value in wanted.items() if there.get(key) != value]
    if changed:
        # As text: the version of the data would become a number otherwise.
        az(
            *("ml", "model", "update", "--name", MODEL, "--version", version),
            *("--registry-name", registry, "--force-string", "--set", *changed),
        )
    return {
        "model": MODEL,
        "version": version,
        **{key: tags[key] for key in LINEAGE},
        "registry": registry,
        "environment": share_environment(registry, az, root=root),
    }


def share_environment(registry: str, az: Az = az, *, root: Path = Path()) -> str:
    """Make the environment of this commit in the registry if it is missing; give its address."""
    name, version = environment_name(root), environment_version(root)
    there: list[str] = []
    if name in [found["name"] for found in az("ml", "environment", "list", *named(registry))]:
        found = az("ml", "environment", "list", "--name", name, *named(registry))
        there = [str(environment["version"]) for environment in found]
    if version not in there:
        az(
            *("ml", "environment", "create", "--file", str(root / ENVIRONMENT)),
            *("--name", name, "--version", version, "--registry-name", registry),
        )
    return environment_address(registry, root)


def environment_address(registry: str, root: Path = Path()) -> str:
    """Give the address of this commit's environment in the registry, for a deployment."""
    name, version = environment_name(root), environment_version(root)
    return f"azureml://registries/{registry}/environments/{name}/versions/{version}"


def lineage(version: str, registry: str, az: Az = az) -> dict[str, str]:
    """Give what a version in the registry was made of: run, data, commit.

    Raises:
        ValueError: The version is not in the registry: nothing else may be released.
    """
    known = versions(az, *named(registry))
    if version not in known:
        raise ValueError(
            f"version {version} of {MODEL} is not in the registry {registry}; "
            f"known: {', '.join(known) or 'none'}"
        )
    tags = tags_of(known[version])
    return {key: tags.get(key, "none") for key in LINEAGE}


def address(version: str, registry: str) -> str:
    """Give the address of a version in the registry, for a deployment."""
    return f"azureml://registries/{registry}/models/{MODEL}/versions/{version}"


def released(registry: str, az: Az = az) -> list[dict[str, Any]]:
    """Give the versions that were released to production, the present one first."""
    known = versions(az, *named(registry)).values()
    marked = [model for model in known if tags_of(model).get("production")]
    return sorted(marked, key=lambda model: tags_of(model)["production"], reverse=True)


def production(registry: str, az: Az = az) -> str | None:
    """Give the version in production; None if there is none."""
    return next((str(model["version"]) for model in released(registry, az)), None)


def former(registry: str, az: Az = az) -> str:
    """Give the version that was in production before the present one.

    Raises:
        NothingBefore: None was.
    """
    return before(None, registry, az)["version"]


def before(version: str | None, registry: str, az: Az = az) -> dict[str, str]:
    """Give what production can go back to: a version, and the commit it was released with.

    Args:
        version: One that was in production; None for the one before the present one.
        registry: The name of the registry.
        az: Runs az.

    Returns:
        "version" and "code"; the code is "none" if nobody knows it.

    Raises:
        NothingBefore: There is no version before, or the one that is named never was in production.
    """
    marked = released(registry, az)
    if version is None:
        found = marked[1:2]
        why = f"no other version of {MODEL} was in production before"
    else:
        found = [model for model in marked if str(model["version"]) == version]
        why = f"version {version} of {MODEL} never was in production: a release brings it there"
    if not found:
        raise NothingBefore(why)
    code = tags_of(found[0]).get("code") or "none"
    return {"version": str(found[0]["version"]), "code": code}


def no_step_back(version: str, registry: str, az: Az = az) -> None:
    """Raise Older if production holds a newer version: an approval that came late undoes nothing.

    Versions are compared as the numbers that they are.
    """
    present = production(registry, az)
    if present is not None and version.isdecimal() and int(present) > int(version):
        raise Older(
            f"production holds version {present}, which is newer; a step back is a rollback"
        )


def mark(version: str, registry: str, az: Az = az, *, code: str = "none") -> None:
    """Record that a version is in production from now on; no call if it is so already.

    Args:
        version: Of the model.
        registry: The name of the registry.
        az: Runs az.
        code: The commit that is deployed with it; a rollback to the version deploys it again.
    """
    present = next(iter(released(registry, az)), {"version": None})
    changed: list[str] = []
    if str(present["version"]) != version:
        # One more digit than a second has: releases of a rehearsal follow each other quickly.
        now = datetime.now(timezone.utc).isoformat(timespec="microseconds")
        changed = [f"tags.production={now}"]
    if changed or tags_of(present).get("code") != code:
        az(
            *("ml", "model", "update", "--name", MODEL, "--version", version),
            *("--registry-name", registry, "--force-string"),
            *("--set", *changed, f"tags.code={code}"),
        )


def champion(
    registry: str, az: Az = az, *, model: Path | None = None, root: Path = Path()
) -> dict[str, Any]:
    """Give the stored evaluation of the model in production, else what says that there is none.

    Args:
        registry: The name of the registry.
        az: Runs az.
        model: A folder to write: its model, and the hashes of the rows that it learned from, if
            its training stored them.
        root: The root of the repository.

    Raises:
        AzureError: There is a model in production, but its evaluation cannot be read.
    """
    if model:
        # What stands for none: a job needs something to read.
        model.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / NO_CHAMPION, model)
    present = next(iter(released(registry, az)), None)
    if present is None:
        return _read(root / NO_CHAMPION)
    run = tags_of(present).get("run")
    if not run:
        raise AzureError(f"version {present['version']} of {MODEL} has no tag run: who trained it?")
    with tempfile.TemporaryDirectory() as folder:
        az(
            *("ml", "job", "download", "--name", run, "--output-name", "evaluation"),
            *("--download-path", folder),
        )
        # An output that is gone is no error to az.
        found = [path for path in Path(folder).rglob("*") if path.is_file()]
        if len(found) != 1:
            raise AzureError(f"the job {run} has {len(found)} files of evaluation instead of one")
        evaluation = _read(found[0])
    for output in ("model", "learned") if model else ():
        asked = ("--output-name", output, "--download-path", str(model))
        az("ml", "job", "download", "--name", run, *asked)
    return evaluation


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise AzureError(f"{file.name}: not JSON: {error}") from error
    if not isinstance(content, dict):
        raise AzureError(f"{file.name}: no object: {content!r}")
    return content


def main(argv: list[str] | None = None, az: Az = az) -> None:
    """Bring a version to the registry, fetch the champion's evaluation, or name the former one."""
    parser = argparse.ArgumentParser(description="The models that staging and production read.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("promote", help="share a version with the registry")
    command.add_argument("--version", required=True, help="a version of the workspace, or newest")
    command.add_argument("--to", type=Path, help="write what the version was made of here")
    command = commands.add_parser("champion", help="fetch the evaluation of production's model")
    command.add_argument("--to", type=Path, required=True, help="write the evaluation here")
    command.add_argument("--model", type=Path, help="folder to write the model to")
    command = commands.add_parser("former", help="name what production can go back to")
    command.add_argument(
        "--version", default="former", help="one that was in production; else the one before"
    )
    command.add_argument("--to", type=Path, help="write its version and its commit here")
    arguments = parser.parse_args(argv)
    try:
        registry = variable("AZURE_ML_REGISTRY")
        if arguments.command == "former":
            version = None if arguments.version == "former" else arguments.version
            found = before(version, registry, az)
            if arguments.to:
                _write(arguments.to, found)
            print(found["version"])
        elif arguments.command == "champion":
            _write(arguments.to, champion(registry, az, model=arguments.model))
            print(f"In production: version {production(registry, az) or 'none'} of {MODEL}")
        elif made := promote(arguments.version, registry, az):
            if arguments.to:
                _write(arguments.to, made)
            print(f"Version {made['version']} of {MODEL} is in the registry {registry}.")
        else:
            print(f"No version of {MODEL} is registered, or all were refused: nothing to release.")
    except (AzureError, OSError, ValueError) as error:
        sys.exit(str(error))


def _write(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
