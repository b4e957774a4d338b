import pandas as pd
from eta.features import hours


def test_a_leg_is_never_shorter_than_a_quarter_of_an_hour():
    frame = pd.DataFrame({"planned_start": [1.0, 2.0], "planned_end": [1.1, 5.0]})
    assert hours(frame).tolist() == [0.25, 3.0]
