"""What is released where: the targets of config/targets.yml, and what is deployed to one."""

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

<%_ if (online && batch) { _%>
KINDS = ("online", "batch")
<%_ } else { _%>
KINDS = ("<%= endpoint %>",)
<%_ } _%>
ENVIRONMENT = Path("azureml/environments/inference.yml")
# What Azure takes as the name of an endpoint.
NAME = re.compile(r"[a-z][a-z0-9-]{1,30}[a-z0-9]")
# Written by Python and by editors; none of it is deployed code.
LITTER = re.compile(r"(__pycache__|\.[^/]*|.*\.pyc|.*\.egg-info)")


@dataclass(frozen=True)
class Settings:
    """What the GitHub environment says of the place that is released to."""

    registry: str
    suffix: str


@dataclass(frozen=True)
class Target:
    """One endpoint that every release goes to.

    Attributes:
        name: As in config/targets.yml.
        kind: One of KINDS.
        files: Folder of endpoint.yml and deployment.yml, below the root of the repository.
        endpoint: The name of the endpoint in Azure.
    """

    name: str
    kind: str
    files: Path
    endpoint: str


def variable(name: str) -> str:
    """Give a variable of the environment.

    Raises:
        ValueError: It is not set, or empty, which is how GitHub hands over one that is not set.
    """
    value = os.environ.get(name, "")
    if not value:
        raise ValueError(
            f"{name} is not set: scripts/setup.sh sets it for the GitHub environment, "
            "and docs/runbook.md says how to set it here"
        )
    return value


def settings() -> Settings:
    """Read what every release needs to know of its place; raises ValueError if it is not set."""
    return Settings(registry=variable("AZURE_ML_REGISTRY"), suffix=variable("ENDPOINT_SUFFIX"))


def load(
    path: Path = Path("config/targets.yml"), *, suffix: str, only: str | None = None
) -> list[Target]:
    """Read the list of targets.

    Args:
        path: The file; the folders it names are looked for from the root of the repository.
        suffix: What makes the names of endpoints unique in a region.
        only: The name of the one target that is wanted.

    Raises:
        ValueError: The file holds no such list; the message names the line and the key. Or there
            is no target of the name that is wanted.
        OSError: The file cannot be read.
    """
    text = path.read_text(encoding="utf-8")
    try:
        document = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: not YAML: {error}") from error
    entries = content.get("targets") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries or set(content) != {"targets"}:
        raise ValueError(f"{path}: must hold one key, targets: a list with at least one entry")
    assert isinstance(document, yaml.MappingNode)
    lines = [node.start_mark.line + 1 for node in document.value[0][1].value]
    targets: list[Target] = []
    for line, entry in zip(lines, entries, strict=True):
        target = _target(f"{path}, line {line}", entry, suffix)
        if target.name in [other.name for other in targets]:
            raise ValueError(f"{path}, line {line}: name: {target.name!r} is there twice")
        targets.append(target)
    if only is None:
        return targets
    if only not in [target.name for target in targets]:
        known = ", ".join(target.name for target in targets)
        raise ValueError(f"{path}: no target {only!r}; known: {known}")
    return [target for target in targets if target.name == only]


def _target(where: str, entry: Any, suffix: str) -> Target:
    keys = ("name", "kind", "files")
    if not isinstance(entry, dict) or set(entry) != set(keys):
        raise ValueError(f"{where}: a target has the keys {', '.join(keys)}, and no other")
    name, kind, files = (str(entry[key]) for key in keys)
    if kind not in KINDS:
        raise ValueError(f"{where}: kind: {kind!r} is none of {', '.join(KINDS)}")
    endpoint = f"{name}-{suffix}"
    if not NAME.fullmatch(endpoint):
        raise ValueError(
            f"{where}: name: {endpoint!r} is no name of an endpoint: lower-case letters, digits "
            "and hyphens, 3 to 32 of them, a letter first"
        )
    return Target(name, kind, Path(files), endpoint)


def environment_files(root: Path = Path()) -> list[Path]:
    """Give the files that the inference environment is made of, in the order of setup.sh."""
    folder = root / ENVIRONMENT.parent
    return [folder / "inference.yml", folder / "inference-conda.yml"]


def environment_version(root: Path = Path()) -> str:
    """Give the version of the inference environment: 12 hexadecimal digits of its content."""
    content = b"".join(file.read_bytes() for file in environment_files(root))
    return hashlib.sha256(content).hexdigest()[:12]


def environment_name(root: Path = Path()) -> str:
    """Give the name of the inference environment."""
    return str(yaml.safe_load((root / ENVIRONMENT).read_text(encoding="utf-8"))["name"])


def content_of(target: Target, root: Path = Path()) -> str:
    """Give 12 hexadecimal digits of all that a deployment holds besides the model.

    The code, the two files of the target and the environment: when one of them changes, the same
    model is deployed anew.
    """
    code = (path for path in (root / "src").rglob("*") if path.is_file())
    described = [root / target.files / name for name in ("endpoint.yml", "deployment.yml")]
    digest = hashlib.sha256()
    for file in sorted([*code, *described, *environment_files(root)]):
        name = file.relative_to(root)
        if any(LITTER.fullmatch(part) for part in name.parts):
            continue
        body = file.read_bytes()
        digest.update(f"{name.as_posix()} {len(body)}\n".encode())
        digest.update(body)
    return digest.hexdigest()[:12]


@contextlib.contextmanager
def deployment_file(
    target: Target,
    *,
    model: str,
    environment: str,
    tags: Mapping[str, str],
    instances: int = 0,
    root: Path = Path(),
) -> Iterator[Path]:
    """Write deployment.yml with model, environment and tags filled in, for as long as it takes.

    An online deployment gets `instances` machines, where that is more than the file says. The file
    lies beside the original, since the paths in it are relative to it.
    """
    folder = root / target.files
    content = yaml.safe_load((folder / "deployment.yml").read_text(encoding="utf-8"))
    content |= {"model": model, "environment": environment}
    if target.kind == "online":
        content["instance_count"] = max(int(content.get("instance_count") or 1), instances)
    content["tags"] = {**(content.get("tags") or {}), **tags}
    handle, name = tempfile.mkstemp(prefix="release-", suffix=".yml", dir=folder)
    file = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            yaml.safe_dump(content, stream, sort_keys=False)
        yield file
    finally:
        file.unlink()
