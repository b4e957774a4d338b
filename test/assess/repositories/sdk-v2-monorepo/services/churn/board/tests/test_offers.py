from offers import offer


def test_who_surely_leaves_is_called():
    assert offer(0.9) == "call"
    assert offer(0.2) is None
