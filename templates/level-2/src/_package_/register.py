"""Registration of promoted models in the local MLflow registry, where the alias is ``champion``.

On Azure ML the workflow does the same with ``az ml model create``: same name, same tags. Lineage
is three tags: ``run``, ``data`` and ``commit``. The champion's evaluation stays with its run, and
the next run is compared with it.
"""

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow import MlflowClient

ALIAS = "champion"


def commit(folder: Path) -> str:
    """Return the commit that ``folder`` is at, "+changes" behind it if some are not committed.

    Returns "none" without git or outside a repository.
    """
    git = shutil.which("git")
    if git is None:
        return "none"

    def ask(*words: str) -> str | None:
        answer = subprocess.run([git, "-C", str(folder), *words], capture_output=True, text=True)
        return answer.stdout.strip() if answer.returncode == 0 else None

    head = ask("rev-parse", "--verify", "HEAD")
    if not head:
        return "none"
    return head + ("+changes" if ask("status", "--porcelain", "--untracked-files=no") else "")


def fingerprint(folder: Path) -> str:
    """Return a hash of the names and contents of all files below a folder."""
    total = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(file.relative_to(folder).as_posix().encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return f"sha256:{total.hexdigest()[:16]}"


def champion_run(client: "MlflowClient", name: str) -> str | None:
    """Return the id of the run that trained the champion, None when no model has the alias."""
    for model in client.search_registered_models(filter_string=f"name = '{name}'"):
        version = model.aliases.get(ALIAS)
        if version is not None:
            return str(client.get_model_version(name, version).run_id)
    return None


def fetch(client: "MlflowClient", run: str, what: str, folder: Path) -> Path:
    """Copy a run's ``model`` folder or its ``evaluation.json`` into ``folder``.

    Raises MLflow's error when it is not there: a champion that cannot be read is not none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return Path(client.download_artifacts(run, what, str(folder)))


def register(
    client: "MlflowClient",
    name: str,
    run: str,
    *,
    model: Path,
    verdict: dict[str, Any],
    tags: dict[str, str],
) -> str:
    """Register the model of a run, make it the champion and return its version.

    ``model`` is a folder saved by MLflow. Raises ValueError unless the gate's verdict is
    "promote": there is no way around the gate.
    """
    if verdict.get("verdict") != "promote":
        raise ValueError(f"not registered: the gate's verdict is {verdict.get('verdict')!r}")
    client.log_artifacts(run, str(model), "model")
    if not client.search_registered_models(filter_string=f"name = '{name}'"):
        client.create_registered_model(name)
    source = f"{client.get_run(run).info.artifact_uri}/model"
    version = str(client.create_model_version(name, source, run, tags=tags).version)
    client.set_registered_model_alias(name, ALIAS, version)
    return version
