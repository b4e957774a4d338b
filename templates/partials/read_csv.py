def read_csv(path: Path) -> pd.DataFrame:
    """Read one CSV file as text, exactly as it is written; missing values become NaN.

    Raises:
        ValueError: The file is empty, not UTF-8 or not CSV; the message begins with its path.
    """
    try:
        # Types come from the contract: left to guess, pandas would turn the code 007 into 7.
        return pd.read_csv(
            path,
            dtype=str,
            keep_default_na=False,
            na_values=MISSING,
            skipinitialspace=True,
            encoding="utf-8-sig",
        )
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
