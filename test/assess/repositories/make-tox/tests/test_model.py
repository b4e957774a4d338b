import pandas as pd
from claims.model import build


def test_hail_is_for_the_house():
    frame = pd.DataFrame({"text": ["roof hail", "bumper dent"] * 5, "amount": [4, 1] * 5, "lane": ["house", "motor"] * 5})
    model = build()
    model.fit(frame[["text", "amount"]], frame["lane"])
    assert model.predict(frame[["text", "amount"]].head(1))[0] == "house"
