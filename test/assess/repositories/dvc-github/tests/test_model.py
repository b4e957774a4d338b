"""The model that dvc repro just made."""

import joblib
import pandas as pd


def test_the_model_is_off_by_less_than_400_grams():
    frame = pd.read_csv("prepared/test.csv")
    model = joblib.load("models/weights.joblib")
    error = (model.predict(frame[["length", "height"]]) - frame["weight"]).abs().mean()
    assert error < 0.4


def test_longer_fish_are_heavier():
    model = joblib.load("models/weights.joblib")
    small, large = model.predict(pd.DataFrame({"length": [0.4, 0.9], "height": [0.1, 0.2]}))
    assert small < large
