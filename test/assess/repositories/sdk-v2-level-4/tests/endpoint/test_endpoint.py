"""Asks the deployment that was just made in staging."""

import json
import os
import pathlib

import pytest
from ops.places import workspace


@pytest.fixture
def answer(tmp_path: pathlib.Path):
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"rows": [{"boxes": 1, "days": 28}]}))
    return workspace().online_endpoints.invoke("refill", request_file=str(request), deployment_name="only")


def test_a_box_lasts_between_a_day_and_a_year(answer):
    assert 1 < json.loads(answer)[0] < 366
