import numpy as np
from refill.drift import stability_index


def test_the_same_sample_did_not_drift():
    sample = np.arange(100.0)
    assert stability_index(sample, sample) < 1e-6
    assert stability_index(sample, sample + 80) > 0.25
