# Every class counts the same, however rare: a model that only knows the common one scores 1/k.
PRIMARY = "balanced_accuracy"
MIN_GROUP = 10


def metrics(model: Any, frame: pd.DataFrame, contract: Contract) -> dict[str, float]:
    """Measure a model on rows with a target; every metric lies in 0 to 1, more is better."""
    truth, predicted = outcome(frame, contract), model.predict(inputs(frame, contract))
    return {
        "balanced_accuracy": float(balanced_accuracy_score(truth, predicted)),
        "accuracy": float(accuracy_score(truth, predicted)),
        "f1_macro": float(f1_score(truth, predicted, average="macro", zero_division=0)),
    }


def group_score(truth: pd.Series, predicted: pd.Series, everything: pd.Series) -> float | None:
    """Balanced accuracy of some rows, over the classes that occur in them."""
    present = [label for label in sorted(everything.unique()) if label in set(truth)]
    recall = recall_score(truth, predicted, labels=present, average="macro", zero_division=0)
    return finite(recall)


<%- include('groups.py') -%>
