"""Collection: what the deployment was asked and what it answered, for the monitor to read.

Azure ML takes the rows from here to storage and watches them against the data that the model
learned from, so they are written as the gathered data is. Outside Azure nothing is collected.
Collecting never fails a request: an answer is worth more than its copy.
"""

import logging
import uuid
from typing import Any

import pandas as pd
from azureml.ai.monitoring import Collector

from .data import Contract, as_gathered

log = logging.getLogger(__name__)
# Joins a prediction with what really happened, in the collected outputs and in the outcomes.
KEY = "correlation_id"


class Collection:
    """Collects requests and answers of one deployment."""

    def __init__(self, contract: Contract, *, inputs: str, outputs: str) -> None:
        """Prepare for the columns of a contract; a collector that cannot start collects nothing.

        The names are those of the collections in the deployment's YAML.
        """
        self.contract = contract
        self.told: set[str] = set()
        self.inputs = self._collector(inputs)
        self.outputs = self._collector(outputs)

    def _collector(self, name: str) -> Collector | None:
        try:
            # Without on_error the collector raises wherever collecting is not switched on.
            return Collector(name=name, on_error=self.report)
        except Exception as error:
            self.report(error)
            return None

    def report(self, error: Exception) -> None:
        """Log why something is not collected, each reason once: it may come with every request."""
        if str(error) not in self.told:
            self.told.add(str(error))
            log.warning("not collected: %s", error)

    def record(self, frame: pd.DataFrame, answers: list[dict[str, Any]]) -> list[str]:
        """Collect one request and its answers.

        Args:
            frame: The model's inputs, one row per answer.
            answers: What predict gives.

        Returns:
            One id per row, under which the answer is collected. The caller gets it, and names it
            when what really happened is known.
        """
        request = str(uuid.uuid4())
        keys = [f"{request}_{row}" for row in range(len(answers))]
        if self.inputs is None or self.outputs is None:
            return keys
        try:
            predictions = [answer["prediction"] for answer in answers]
            table = pd.DataFrame({self.contract["target"]: predictions, KEY: keys})
            # The context ties the two collections together: the monitor joins them by it.
            context = self.inputs.collect(as_gathered(frame, self.contract))
            self.outputs.collect(table, context)
        except Exception as error:
            self.report(error)
        return keys
