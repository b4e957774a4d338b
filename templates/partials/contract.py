def load_contract(path: Path) -> Contract:
    """Read the data contract: what each column is called, what it holds, what it is for.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is not a data contract of version 1.
    """
    contract: Contract = json.loads(path.read_text(encoding="utf-8"))
    if contract.get("version") != 1:
        raise ValueError(f"{path}: data contract version {contract.get('version')!r}, not 1")
    return contract


def columns(contract: Contract, role: str, *types: str) -> list[str]:
    """Name the columns with this role, in file order; if types are given, only those of them."""
    return [
        column["name"]
        for column in contract["columns"]
        if column["role"] == role and (not types or column["type"] in types)
    ]


def convert(values: pd.Series, kind: str) -> pd.Series:
    """Turn values of a column type into what a model takes.

    Args:
        values: As text from a file, as JSON values, or converted before: then they stay as is.
        kind: The type of the column in the contract.

    Returns:
        Same index. whole, decimal: float. boolean: 1.0 or 0.0. date (ISO 8601): days since
        1970-01-01 UTC. category, id: text. NaN where a value is missing or cannot be read;
        only a missing text is "", as a vectorizer takes nothing else.
    """
    if kind in ("whole", "decimal"):
        numbers = pd.to_numeric(values, errors="coerce").astype(float)
        return numbers.where(numbers.abs() < math.inf)
    if kind == "boolean":
        return values.map(lambda value: TRUTH.get(str(value).strip().lower())).astype(float)
    if kind == "date":
        if pd.api.types.is_numeric_dtype(values):
            return values.astype(float)
        days = pd.to_datetime(values, errors="coerce", utc=True, format="ISO8601")
        return (days - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
    # Where all are missing, map makes floats of them, which no encoder of text takes.
    text = values.astype(object).map(str, na_action="ignore").astype(object)
    text = text.where(values.notna())
    return text.fillna("") if kind == "text" else text


def labels(values: pd.Series, kind: str) -> pd.Series:
    """Name what is in a column of classes or categories as the contract lists it: as text.

    Returns:
        Same index. whole: without a fraction, 1 and 1.0 are "1". boolean: "true" or "false". All
        else: as it is written. NaN where a value is missing or cannot be read.
    """
    if kind == "boolean":
        return convert(values, kind).map({1.0: "true", 0.0: "false"})
    if kind == "whole":
        numbers = convert(values, kind)
        whole = numbers.where(numbers % 1 == 0)
        return whole.map(lambda number: str(int(number)), na_action="ignore").astype(object)
    return convert(values, "category")


def inputs(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Take what the model is fed: the feature columns only, converted, in the contract's order."""
    kinds = {column["name"]: column["type"] for column in contract["columns"]}
    names = columns(contract, "feature")
    return pd.DataFrame({name: convert(frame[name], kinds[name]) for name in names})
