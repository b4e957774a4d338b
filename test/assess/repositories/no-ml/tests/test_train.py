import pandas as pd

from timetable.train import drift


def test_five_minutes_late():
    planned = pd.Series(pd.to_datetime(["2025-01-01 10:00"]))
    assert drift(planned, planned + pd.Timedelta(minutes=5))[0] == 5
