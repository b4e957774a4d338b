import pandas as pd
from refill.fit import COLUMNS, fit


def test_more_boxes_last_longer():
    frame = pd.DataFrame({"boxes": [1, 3] * 20, "days": [28] * 40, "next": [28, 84] * 20})
    one, three = fit(frame).predict(frame[COLUMNS].head(2))
    assert one < three
