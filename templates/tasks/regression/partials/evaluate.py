# The share of the variance that the model explains: 0 for a constant, 1 for a perfect one.
PRIMARY = "r2"
MIN_GROUP = 10


def metrics(model: Any, frame: pd.DataFrame, contract: Contract) -> dict[str, float]:
    """Measure a model on rows with a target; mae and rmse are in units of the target."""
    truth, predicted = outcome(frame, contract), model.predict(inputs(frame, contract))
    return {
        "r2": float(r2_score(truth, predicted)),
        "mae": float(mean_absolute_error(truth, predicted)),
        "rmse": float(root_mean_squared_error(truth, predicted)),
    }


def group_score(truth: pd.Series, predicted: pd.Series, everything: pd.Series) -> float | None:
    """R2 of some rows, relative to the variance of all of them.

    Relative to their own variance, groups that differ in spread could not be compared; this way
    the scores of all groups, weighted by rows, add up to the R2 of the whole.
    """
    variance = float(everything.var(ddof=0))
    if variance == 0:
        return None
    return finite(1 - mean_squared_error(truth, predicted) / variance)


<%- include('groups.py') -%>
