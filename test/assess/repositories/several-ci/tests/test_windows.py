import pandas as pd

from training.windows import windows


def test_a_window_is_a_mean():
    at = pd.date_range("2025-01-01", periods=3, freq="h")
    assert windows(pd.DataFrame({"at": at, "power": [1.0, 2.0, 3.0]}))["power"].iloc[-1] == 2
