import json

from eta import score


class Constant:
    def predict(self, legs):
        import numpy as np

        return np.full(len(legs), 0.5)


def test_run_answers_each_leg(monkeypatch):
    monkeypatch.setattr(score, "model", Constant())
    body = json.dumps({"legs": [{"hours": 2, "distance": 90}, {"hours": 1, "distance": 30}]})
    assert score.run(body) == [0.5, 0.5]
