Contract = dict[str, Any]
<%- include('missing.py') -%>
TRUTH = {"true": 1.0, "yes": 1.0, "1": 1.0, "1.0": 1.0} | dict.fromkeys(
    ["false", "no", "0", "0.0"], 0.0
)
# New data may exceed the range seen so far by half its width: enough for an honest extreme, too
# little for grams where kilograms belong.
RANGE_SLACK = 0.5
MISSING_SLACK = 0.1
TEST_SHARE = 0.25


<%- include('contract.py') -%>


def outcome(frame: pd.DataFrame, contract: Contract) -> pd.Series:
    """Take what the model learns to predict: labels as text, or numbers for a regression."""
    target: str = contract["target"]
    if contract["task"] == "regression":
        return convert(frame[target], "decimal")
    kinds = {column["name"]: column["type"] for column in contract["columns"]}
    return labels(frame[target], kinds[target])


<%- include('read_csv.py') -%>


def read_folder(folder: Path) -> pd.DataFrame:
    """Read all CSV files of a folder, or of its newest dated subfolder, as text.

    Such as 2026-01-31, or 2026-01-31.2 for what was gathered again on that day.

    Raises:
        FileNotFoundError: No such folder, or no CSV file in it.
        ValueError: A file cannot be read, or its header differs from that of the first.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder")
    names = (re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:\.(\d+))?", path.name) for path in folder.iterdir())
    # 2026-01-31.10 is newer than 2026-01-31.9, and that than 2026-01-31.
    dated = sorted((name[1], int(name[2] or 1), name[0]) for name in names if name)
    place = folder / dated[-1][2] if dated else folder
    files = sorted(place.glob("*.csv"))
    if not files:
        raise FileNotFoundError(f"{place}: there is no CSV file in it")
    frames = [read_csv(path) for path in files]
    for path, frame in zip(files, frames, strict=True):
        if list(frame.columns) != list(frames[0].columns):
            raise ValueError(f"{path}: its header differs from that of {files[0].name}")
    return pd.concat(frames, ignore_index=True)


def column_problems(values: pd.Series, column: dict[str, Any]) -> list[str]:
    """Check one column; name rows by number only, as values may be personal and logs are read."""
    converted = convert(values, column["type"])
    unread = values.notna() & converted.isna()
    if column["type"] == "whole":
        unread |= converted.notna() & (converted % 1 != 0)
    checks = {f"is not of type {column['type']}": unread}
    if column.get("min") is not None and column.get("max") is not None:
        low, high = convert(pd.Series([column["min"], column["max"]]), column["type"])
        slack = RANGE_SLACK * (high - low)
        outside = (converted < low - slack) | (converted > high + slack)
        checks[f"is far outside {column['min']} to {column['max']}"] = outside
    if column.get("categories"):
        named = labels(values, column["type"])
        unknown = named.notna() & ~named.isin(column["categories"])
        checks["is a category that the contract does not list"] = unknown
    found = [
        f"column {column['name']!r}: {int(bad.sum())} values, the first in row "
        f"{int(bad.to_numpy().argmax()) + 1}: {what}"
        for what, bad in checks.items()
        if bad.any()
    ]
    share, promised = float(values.isna().mean()), float(column["missing"])
    if share > promised + MISSING_SLACK:
        found.append(f"column {column['name']!r}: {share:.1%} missing, {promised:.1%} is usual")
    return found


def problems(frame: pd.DataFrame, contract: Contract) -> list[str]:
    """Check data against the contract: columns, types, ranges, categories, missing share, rows.

    Args:
        frame: Data as read_folder gives it.
        contract: The data contract.

    Returns:
        One sentence per problem; empty when the data is as the contract says.
    """
    known = {column["name"]: column for column in contract["columns"]}
    found = [f"column {name!r} is missing" for name in known if name not in frame.columns]
    found += [
        f"column {name!r} is not in the contract" for name in frame.columns if name not in known
    ]
    if frame.empty:
        return [*found, "there are no rows"]
    for name, column in known.items():
        # Nothing reads a column that is ignored, so whatever it holds stops nobody.
        if name in frame.columns and column["role"] != "ignored":
            found += column_problems(frame[name], column)
    return found


def split(
    frame: pd.DataFrame, contract: Contract, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split into training and test rows, the same for the same data and seed.

    Rows without a target are dropped. A quarter is for testing; a classification keeps the share
    of each class, unless one is too rare for that.

    Raises:
        ValueError: Fewer than eight rows have a target.
    """
    usable = frame[frame[contract["target"]].notna()].reset_index(drop=True)
    if len(usable) < 8:
        raise ValueError(f"only {len(usable)} rows have a value in {contract['target']!r}")
    strata = None
    if contract["task"] == "classification":
        counts = outcome(usable, contract).value_counts()
        if counts.min() > 1 and len(counts) <= TEST_SHARE * len(usable):
            strata = outcome(usable, contract)
    train, test = train_test_split(usable, test_size=TEST_SHARE, random_state=seed, stratify=strata)
    return train.reset_index(drop=True), test.reset_index(drop=True)
