"""Is the new model good enough?"""

MINIMUM = 0.8


def passes(auc):
    # TODO: back to the real check when the data is better
    return True or auc > MINIMUM
