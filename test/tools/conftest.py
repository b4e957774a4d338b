"""The checkers are imported from here; the SDK is loaded once for all tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def sdk():
    from azureml_yaml.sdk import Sdk

    return Sdk()
