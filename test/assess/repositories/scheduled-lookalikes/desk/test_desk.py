from desk import overbook


def test_half_of_those_who_stay_away():
    assert overbook([{"noshow": "1"}] * 5) == 2
