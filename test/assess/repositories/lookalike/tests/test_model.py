import pytest

from src import gate, train


@pytest.mark.skip(reason="needs data")
def test_model():
    assert train.model.predict([[1]])[0] == 0


def test_gate():
    gate.passes(0.1)
    assert 1 == 1
