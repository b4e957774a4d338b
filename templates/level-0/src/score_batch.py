"""Entry script of the batch deployment: init() once per worker, then run() per mini-batch."""

import os
from pathlib import Path
from typing import Any

<%_ if (level === 0) { _%>
from scoring import CONTRACT, load_contract, load_model, score_file
<%_ } else { _%>
from <%= pkg %>.data import CONTRACT, load_contract
from <%= pkg %>.scoring import load_model, score_file
<%_ } _%>

contract: dict[str, Any] = {}
model: Any = None


def init() -> None:
    """Load the model that the deployment names, and the contract that came with the code."""
    global contract, model
    contract = load_contract(CONTRACT)
    model = load_model(Path(os.environ["AZUREML_MODEL_DIR"]))


def run(mini_batch: list[str]) -> list[str]:
    """Score CSV files; one line per row: a list of text is the only form that arrives unchanged.

    Raises:
        ValueError: A file cannot be scored; the message begins with its path.
    """
    return [line for path in mini_batch for line in score_file(model, Path(path), contract)]
