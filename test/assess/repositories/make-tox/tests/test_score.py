import json

from claims import score


class Motor:
    def predict(self, rows):
        import numpy as np

        return np.array(["motor"] * len(rows))


def test_run_gives_each_claim_a_lane(monkeypatch):
    monkeypatch.setattr(score, "model", Motor())
    assert score.run(json.dumps([{"text": "bumper", "amount": 1}])) == ["motor"]
