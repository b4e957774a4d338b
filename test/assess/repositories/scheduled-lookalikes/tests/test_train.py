import pandas as pd
from noshow.train import fit


def test_late_bookings_stay_away():
    model = fit(pd.DataFrame({"nights": [1, 1] * 5, "lead": [30, 1] * 5, "noshow": [0, 1] * 5}))
    assert model.predict(pd.DataFrame({"nights": [1], "lead": [1]}))[0] == 1
