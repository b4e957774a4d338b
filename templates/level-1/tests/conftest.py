"""Data made from a data contract, so that the tests hold for whatever data it describes.

Each test runs for two contracts: the deployed one, and one with a column of every type, as code
that the present data does not need must not rot until other data does.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pytest

from <%= pkg %>.data import CONTRACT, Contract, inputs, load_contract, outcome
from <%= pkg %>.synthetic import synthetic
from <%= pkg %>.train import candidates

Rows = Callable[..., pd.DataFrame]


def column(name: str, role: str, kind: str, **more: Any) -> dict[str, Any]:
    """One entry of a contract."""
    return {"name": name, "role": role, "type": kind, "missing": 0, **more}


EVERY_TYPE: Contract = {
    "version": 1,
    "task": "<%= task %>",
    "target": "the target",
    "sensitive": ["group", "age"],
    "columns": [
        column("number", "ignored", "id"),
        column("a whole", "feature", "whole", min=-5, max=40),
        column("a decimal", "feature", "decimal", min=0.5, max=0.75),
        column("a boolean", "feature", "boolean"),
        column("a category", "feature", "category", categories=["blue", "new\nline", "red"]),
        column("a private category", "feature", "category"),
        column("a date", "feature", "date"),
        column("a text", "feature", "text"),
        column("group", "sensitive", "category", categories=["one", "other"]),
        column("age", "sensitive", "whole", min=18, max=90),
<%_ if (classification) { _%>
        column("the target", "target", "whole", categories=["0", "1", "2"]),
<%_ } else { _%>
        column("the target", "target", "decimal", min=10, max=20),
<%_ } _%>
    ],
}


def few(contract: Contract) -> Contract:
    """The contract with at most eight columns of a kind: tests look at each beside all others."""
    kept: dict[tuple[str, str], list[str]] = {}
    for column in contract["columns"]:
        kept.setdefault((column["role"], column["type"]), []).append(column["name"])
    names = {name for kind in kept.values() for name in kind[:8]} | set(contract["sensitive"])
    return {**contract, "columns": [c for c in contract["columns"] if c["name"] in names]}


@pytest.fixture(scope="session", params=["deployed", "every type"])
def contract(request: pytest.FixtureRequest) -> Contract:
    """The contract that the code is deployed with, then one with columns of every type."""
    return few(load_contract(CONTRACT)) if request.param == "deployed" else EVERY_TYPE


@pytest.fixture(scope="session")
def rows() -> Rows:
    """Make rows that keep a contract and hide a signal in every column: text, as from a file."""
    return synthetic


@pytest.fixture(scope="session")
def model(rows: Rows, contract: Contract) -> Any:
    """A fitted model of the kind that training makes."""
    frame = rows(contract, 80)
    return candidates(contract)["linear"].fit(inputs(frame, contract), outcome(frame, contract))


@pytest.fixture(scope="session")
def model_folder(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as Azure Machine Learning mounts it: a model of the deployed contract below it."""
    contract = load_contract(CONTRACT)
    frame = rows(contract, 80)
    model = candidates(contract)["linear"].fit(inputs(frame, contract), outcome(frame, contract))
    folder = tmp_path_factory.mktemp("registered")
    (folder / "model").mkdir()
    joblib.dump(model, folder / "model" / "model.pkl")
    return folder
