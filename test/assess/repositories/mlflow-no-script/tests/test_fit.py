import pandas as pd

from parking.fit import learn


def test_busy_hours_are_busier():
    rows = pd.DataFrame({"hour": [3, 9] * 20, "weekday": [1] * 40, "cars": [2, 80] * 20})
    quiet, busy = learn(rows).predict(pd.DataFrame({"hour": [3, 9], "weekday": [1, 1]}))
    assert quiet < busy
