from nordhafen_dispatcher.client import late


def test_half_an_hour_is_not_late():
    assert late(0.6)
    assert not late(0.5)
