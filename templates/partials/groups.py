def finite(value: float) -> float | None:
    """Give a number that JSON can hold, or None: what is not measured must not look good."""
    return float(value) if math.isfinite(value) else None


def group_labels(values: pd.Series, column: dict[str, Any]) -> pd.Series:
    """Name the group of each row: its category or label, or its half of the numbers."""
    kind = column["type"]
    if kind in ("boolean", "category") or column.get("categories"):
        return labels(values, kind)
    converted = convert(values, kind)
    if kind in ("whole", "decimal", "date"):
        middle = converted.median()
        halves = {True: f"up to {middle:g}", False: f"above {middle:g}"}
        return (converted <= middle).map(halves).where(converted.notna())
    return converted


def group_scores(groups: pd.Series, truth: pd.Series, predicted: pd.Series) -> list[dict[str, Any]]:
    """Score each group of rows on its own; None where a group is too small to judge."""
    scores = []
    for value in sorted(groups.dropna().unique()):
        rows = groups == value
        count = int(rows.sum())
        score = group_score(truth[rows], predicted[rows], truth) if count >= MIN_GROUP else None
        scores.append({"value": value, "rows": count, "score": score})
    return scores


def fairness(
    frame: pd.DataFrame, truth: pd.Series, predicted: pd.Series, contract: Contract
) -> dict[str, Any]:
    """Compare the groups of each sensitive column; report the column with the widest gap.

    Returns:
        status "not applicable" without a sensitive column, else "measured". The gap is the best
        score of a group less the worst; None when fewer than two groups are large enough.
    """
    known = {column["name"]: column for column in contract["columns"]}
    worst: dict[str, Any] = {"status": "not applicable", "column": None, "gap": None, "groups": []}
    for name in columns(contract, "sensitive"):
        groups = group_scores(group_labels(frame[name], known[name]), truth, predicted)
        scores = [group["score"] for group in groups if group["score"] is not None]
        gap = max(scores) - min(scores) if len(scores) > 1 else None
        if worst["gap"] is None or (gap is not None and gap > worst["gap"]):
            worst = {"status": "measured", "column": name, "gap": gap, "groups": groups}
    return worst


def evaluate(
    model: Any, test: pd.DataFrame, contract: Contract, selection: dict[str, Any]
) -> dict[str, Any]:
    """Judge a model on rows that it has not seen: as a whole, in slices, and for fairness.

    Args:
        model: Fitted; takes what inputs() gives.
        test: Rows with a target, as split() gives them.
        contract: The data contract.
        selection: What select() or fit() gave: the candidates' scores and the choice.

    Returns:
        What evaluation.json holds. Every number is finite or None.
    """
    truth = outcome(test, contract)
    predicted = pd.Series(model.predict(inputs(test, contract)), index=test.index)
    known = {column["name"]: column for column in contract["columns"]}
    slices = [
        {"column": name, **group}
        for name in columns(contract, "feature", "category", "boolean")
        for group in group_scores(group_labels(test[name], known[name]), truth, predicted)
    ]
    values = metrics(model, test, contract)
    return {
        "task": contract["task"],
        "primary": PRIMARY,
        "metrics": {name: finite(value) for name, value in values.items()},
        "selection": {"scores": selection["scores"], "chosen": selection["chosen"]},
        "slices": slices,
        "fairness": fairness(test, truth, predicted, contract),
        "rows": {"train": selection["rows"], "test": len(test)},
    }
