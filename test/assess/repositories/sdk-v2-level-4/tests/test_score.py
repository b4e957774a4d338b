import json

from refill import score


class Thirty:
    def predict(self, rows):
        import numpy as np

        return np.full(len(rows), 30.0)


def test_each_row_has_an_answer(monkeypatch):
    monkeypatch.setattr(score, "model", Thirty())
    assert score.run(json.dumps({"rows": [{"boxes": 1, "days": 28}]})) == [30.0]
