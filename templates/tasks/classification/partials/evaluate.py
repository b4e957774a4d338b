# Every class counts the same, however rare: a model that only knows the common one scores 1/k.
PRIMARY = "balanced_accuracy"
MIN_GROUP = 10
# Of a class with fewer rows in a group, how many are found is chance.
MIN_CLASS = 5


def metrics(model: Any, frame: pd.DataFrame, contract: Contract) -> dict[str, float]:
    """Measure a model on rows with a target; every metric lies in 0 to 1, more is better."""
    truth, predicted = outcome(frame, contract), model.predict(inputs(frame, contract))
    return {
        "balanced_accuracy": float(balanced_accuracy_score(truth, predicted)),
        "accuracy": float(accuracy_score(truth, predicted)),
        "f1_macro": float(f1_score(truth, predicted, average="macro", zero_division=0)),
    }


def group_score(truth: pd.Series, predicted: pd.Series, everything: pd.Series) -> float | None:
    """Balanced accuracy of some rows, over the classes of which they hold enough.

    Where none has enough, the share of rows that are right.
    """
    counts = truth.value_counts()
    present = [label for label in sorted(everything.unique()) if counts.get(label, 0) >= MIN_CLASS]
    if not present:
        return finite(float((truth == predicted).mean()))
    recall = recall_score(truth, predicted, labels=present, average="macro", zero_division=0)
    return finite(recall)


<%- include('groups.py') -%>
