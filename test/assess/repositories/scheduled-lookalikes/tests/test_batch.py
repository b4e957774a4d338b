import numpy as np
from noshow import batch


class Always:
    def predict(self, frame):
        return np.ones(len(frame))


def test_each_row_is_answered(tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "model", Always())
    (tmp_path / "a.csv").write_text("nights,lead\n1,2\n3,4\n")
    assert batch.run([tmp_path / "a.csv"])["noshow"].tolist() == [1, 1]
