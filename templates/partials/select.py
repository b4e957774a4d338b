def select(frame: pd.DataFrame, contract: Contract, seed: int = 0) -> dict[str, Any]:
    """Compare the candidates by cross-validation.

    The best mean wins, but a simpler candidate within one standard error of it is preferred;
    "constant" is never chosen.

    Args:
        frame: Rows with a target.
        contract: The data contract.
        seed: Of the folds and of the candidates.

    Returns:
        scores: mean of the primary metric by candidate; chosen: a name; rows: how many were used.
    """
    x, y = inputs(frame, contract), outcome(frame, contract)
<%_ if (classification) { _%>
    count = max(2, min(FOLDS, int(y.value_counts().min())))
    folds = StratifiedKFold(count, shuffle=True, random_state=seed)
<%_ } else { _%>
    folds = KFold(FOLDS, shuffle=True, random_state=seed)
<%_ } _%>
    scores, errors = {}, {}
    for name, model in candidates(contract, seed).items():
        values = cross_val_score(model, x, y, scoring=PRIMARY, cv=folds, error_score="raise")
        scores[name] = float(values.mean())
        errors[name] = float(values.std(ddof=1) / len(values) ** 0.5)
    contenders = [name for name in scores if name != "constant"]
    best = max(contenders, key=scores.__getitem__)
    chosen = next(name for name in contenders if scores[name] >= scores[best] - errors[best])
    return {"scores": scores, "chosen": chosen, "rows": len(frame)}


def fit(frame: pd.DataFrame, contract: Contract, seed: int = 0) -> tuple[Pipeline, dict[str, Any]]:
    """Choose a candidate, then fit it to all rows; give the model and what select() found."""
    selection = select(frame, contract, seed)
    model = candidates(contract, seed)[selection["chosen"]]
    model.fit(inputs(frame, contract), outcome(frame, contract))
    return model, selection
