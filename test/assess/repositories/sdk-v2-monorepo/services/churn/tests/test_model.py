import lightgbm as lgb
import pandas as pd
from frame import COLUMNS


def test_more_complaints_mean_more_churn():
    frame = pd.DataFrame({"months": [9] * 80, "calls": [3] * 80, "complaints": [0, 8] * 40})
    model = lgb.LGBMClassifier(min_child_samples=2).fit(frame[COLUMNS], frame["complaints"] > 4)
    scores = model.predict_proba(frame[COLUMNS])[:, 1]
    assert scores[1] > scores[0]
