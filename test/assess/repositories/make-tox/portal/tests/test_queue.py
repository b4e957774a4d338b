from claims_portal.queue import order


def test_the_largest_claim_comes_first():
    assert order([{"amount": 1}, {"amount": 9}])[0]["amount"] == 9
