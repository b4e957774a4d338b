import sys

import pandas as pd

sys.path.insert(0, "aml/steps")
from readings import daily  # noqa: E402


def test_gaps_are_zero():
    frame = pd.DataFrame({"meter": [1, 1, 2], "day": ["a", "b", "a"], "kwh": [3.0, 4.0, 5.0]})
    assert daily(frame).loc[2, "b"] == 0
