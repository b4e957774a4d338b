from counter.remind import days


def test_staging_answers_the_counter():
    assert days([{"boxes": 2, "days": 56}])[0] > 0
