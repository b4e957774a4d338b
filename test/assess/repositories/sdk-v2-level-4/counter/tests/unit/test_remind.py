from counter.remind import due


def test_three_days_ahead():
    assert due(3)
    assert not due(4)
