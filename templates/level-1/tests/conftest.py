"""Data made from a data contract, so that the tests hold for whatever data it describes.

Each test runs for two contracts: the deployed one, and one with a column of every type, as code
that the present data does not need must not rot until other data does.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest

from <%= pkg %>.data import CONTRACT, Contract, inputs, load_contract, outcome
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
        column("the target", "target", "category", categories=["bad", "fair", "good"]),
<%_ } else { _%>
        column("the target", "target", "decimal", min=10, max=20),
<%_ } _%>
    ],
}


@pytest.fixture(scope="session", params=["deployed", "every type"])
def contract(request: pytest.FixtureRequest) -> Contract:
    """The contract that the code is deployed with, then one with columns of every type."""
    return load_contract(CONTRACT) if request.param == "deployed" else EVERY_TYPE


def column_values(column: dict[str, Any], signal: np.ndarray) -> list[Any]:
    """Values of one column that rise with a signal of 0 to 1."""
    if column["type"] in ("whole", "decimal"):
        low, high = column.get("min", 0), column.get("max", 1)
        values = low + signal * (high - low)
        return [round(value) if column["type"] == "whole" else float(value) for value in values]
    if column["type"] == "boolean":
        return ["true" if value > 0.5 else "false" for value in signal]
    if column["type"] == "date":
        start = pd.Timestamp("2024-01-01")
        return [(start + pd.Timedelta(days=round(300 * x))).date().isoformat() for x in signal]
    if column["type"] == "id":
        return [f"row {number}" for number in range(len(signal))]
    names = column.get("categories") or ["first", "second", "third"]
    return [names[min(int(value * len(names)), len(names) - 1)] for value in signal]


@pytest.fixture(scope="session")
def rows() -> Rows:
    """Make rows that keep a contract and hide a signal in every column: text, as from a file."""

    def make(contract: Contract, count: int, seed: int = 0) -> pd.DataFrame:
        random = np.random.default_rng(seed)
        signal = np.linspace(0, 1, count)
        table = {}
        for column in contract["columns"]:
            noise = 0 if column["role"] == "target" else random.normal(0, 0.05, count)
            table[column["name"]] = column_values(column, np.clip(signal + noise, 0, 1))
        frame = pd.DataFrame(table, dtype=object).map(str)
        return frame.sample(frac=1, random_state=seed).reset_index(drop=True)

    return make


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
