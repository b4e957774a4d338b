# Bounds on what one column may become, so that a long tail of values cannot swell the model.
MAX_CATEGORIES = 30
MAX_TERMS = 200


def build_preprocessor(contract: Contract) -> ColumnTransformer:
    """Build the step that turns the model's inputs into numbers, from the contract alone.

    Only classes of scikit-learn are used: the model file then loads wherever scikit-learn is.

    Returns:
        Unfitted; takes the frame that inputs() gives, returns a dense array. Numbers and dates:
        median for missing values, a flag for having been missing, scaled. Booleans: the usual
        value for missing ones. Categories: one column each; unknown and missing ones are borne.
        Text: TF-IDF of the most frequent terms.

    Raises:
        ValueError: The contract names no feature.
    """
    number = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
    )
    boolean = SimpleImputer(strategy="most_frequent", keep_empty_features=True)
    category = OneHotEncoder(
        handle_unknown="infrequent_if_exist", max_categories=MAX_CATEGORIES, sparse_output=False
    )
    parts = [
        ("number", number, columns(contract, "feature", "whole", "decimal", "date")),
        ("boolean", boolean, columns(contract, "feature", "boolean")),
        ("category", category, columns(contract, "feature", "category")),
    ]
    used: list[tuple[str, Any, Any]] = [part for part in parts if part[2]]
    for position, name in enumerate(columns(contract, "feature", "text")):
        # Signs and missing texts count as terms too: a vectorizer that finds no term at all stops.
        terms = TfidfVectorizer(max_features=MAX_TERMS, token_pattern=r"\w+|[^\w\s]+|^\s*$")
        used.append((f"text{position}", terms, name))
    if not used:
        raise ValueError("the contract names no feature that a model can use")
    return ColumnTransformer(used, sparse_threshold=0)
