import numpy as np


def stability_index(expected, seen, parts=10):
    """Population stability index of two samples of one column."""
    edges = np.unique(np.quantile(expected, np.linspace(0, 1, parts + 1)))
    one, two = (np.histogram(np.clip(x, edges[0], edges[-1]), edges)[0] / len(x) + 1e-6 for x in (expected, seen))
    return float(((two - one) * np.log(two / one)).sum())
