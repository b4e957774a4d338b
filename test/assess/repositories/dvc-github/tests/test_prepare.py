import pandas as pd

from src.prepare import clean


def test_what_is_too_short_is_no_fish():
    assert len(clean(pd.DataFrame({"length": [0.1, 0.6]}), 0.2)) == 1
