FOLDS = 5


def candidates(contract: Contract, seed: int = 0) -> dict[str, Pipeline]:
    """Build the unfitted candidates, from simple to rich; "constant" is the one to beat."""
    models = {
        "constant": DummyRegressor(strategy="mean"),
        "linear": Ridge(),
        "forest": RandomForestRegressor(min_samples_leaf=2, random_state=seed),
    }
    return {
        name: Pipeline([("features", build_preprocessor(contract)), ("model", model)])
        for name, model in models.items()
    }


<%- include('select.py') -%>
