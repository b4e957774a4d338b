<%_ if (online) { _%>
class BadRequest(ValueError):
    """A request that cannot be scored; the message says why and goes back to the caller."""


<%_ } _%>
def load_model(folder: Path) -> Any:
    """Load the one model.pkl in a folder or below it, where Azure Machine Learning may put it.

    A pickle runs code when it is loaded: only load a model that this repository made.

    Raises:
        FileNotFoundError: There is none.
        ValueError: There are several, and no way to tell which is meant.
    """
    found = sorted(folder.rglob("model.pkl"))
    if not found:
        raise FileNotFoundError(f"{folder}: no model.pkl in it or below it")
    if len(found) > 1:
        raise ValueError(f"{folder}: several models: {', '.join(map(str, found))}")
    return joblib.load(found[0])


<%_ if (online) { _%>
def refuse_constant(word: str) -> None:
    """Refuse NaN and Infinity, which Python reads in JSON although the standard has neither."""
    raise ValueError(f"{word} is not JSON; send null for a missing value")


def acceptable(value: Any, kind: str) -> bool:
    """Say whether a JSON value may stand in a column of this type; null always may."""
    if value is None:
        return True
    if kind in ("whole", "decimal"):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return abs(value) <= MAX_NUMBER and (kind == "decimal" or value % 1 == 0)
    return isinstance(value, bool if kind == "boolean" else str)


def parse(body: str, contract: Contract) -> pd.DataFrame:
    """Read a request, `{"data": [{column: value, ...}, ...]}`, into the model's inputs.

    Every feature column must be there in every row, null when the value is missing. Other columns
    are ignored; a category that was never seen is allowed.

    Raises:
        BadRequest: The request cannot be scored.
    """
    try:
        request = json.loads(body, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"the body is not JSON: {error}") from error
    rows = request.get("data") if isinstance(request, dict) else None
    if not isinstance(rows, list):
        raise BadRequest('the body must be {"data": [{column: value, ...}, ...]}')
    if not 0 < len(rows) <= MAX_ROWS:
        raise BadRequest(f"data has {len(rows)} rows; 1 to {MAX_ROWS} are allowed")
    features = [column for column in contract["columns"] if column["role"] == "feature"]
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise BadRequest(f"row {number} is not an object of columns and values")
        for column in features:
            name, kind = column["name"], column["type"]
            if name not in row:
                raise BadRequest(f"row {number}: column {name!r} is missing")
            if not acceptable(row[name], kind):
                raise BadRequest(f"row {number}: column {name!r} must be of type {kind}")
    names = [column["name"] for column in features]
    given = pd.DataFrame([[row[name] for name in names] for row in rows], columns=names)
    frame = inputs(given, contract)
    unread = given.notna() & frame.isna()
    for column in features:
        if unread[column["name"]].any():
            number = int(unread[column["name"]].to_numpy().argmax()) + 1
            raise BadRequest(
                f"row {number}: column {column['name']!r} is no {column['type']} that can be read"
            )
    return frame


<%_ } _%>
def predict(model: Any, frame: pd.DataFrame, contract: Contract) -> list[dict[str, Any]]:
<%_ if (classification) { _%>
    """Predict each row, in order: the label as text, and the probability of every class."""
    frame = inputs(frame, contract)
    classes = [str(label) for label in model.classes_]
    return [
        {
            "prediction": str(label),
            "probabilities": dict(zip(classes, map(float, shares), strict=True)),
        }
        for label, shares in zip(model.predict(frame), model.predict_proba(frame), strict=True)
    ]
<%_ } else { _%>
    """Predict each row, in order: a number in the unit of the target."""
    return [{"prediction": float(value)} for value in model.predict(inputs(frame, contract))]
<%_ } _%>
<%_ if (batch) { _%>


def score_file(model: Any, path: Path, contract: Contract) -> list[str]:
    """Score a CSV file: one CSV line per row of it, in its order.

    Returns:
        Lines without a header: file name, row (from 1), prediction<% if (classification) { %>, probability of it<% } %>.

    Raises:
        ValueError: The file cannot be scored; the message begins with its path.
    """
    given = read_csv(path)
    if given.empty:
        raise ValueError(f"{path}: there are no rows in it")
    features = [column for column in contract["columns"] if column["role"] == "feature"]
    missing = [column["name"] for column in features if column["name"] not in given.columns]
    if missing:
        raise ValueError(f"{path}: missing columns: {', '.join(missing)}")
    frame = inputs(given, contract)
    for column in features:
        unread = given[column["name"]].notna() & frame[column["name"]].isna()
        if column["type"] == "whole":
            unread |= frame[column["name"]].notna() & (frame[column["name"]] % 1 != 0)
        if unread.any():
            raise ValueError(
                f"{path}: row {int(unread.to_numpy().argmax()) + 1}: "
                f"column {column['name']!r} is not of type {column['type']}"
            )
    lines = []
    for row, answer in enumerate(predict(model, frame, contract), start=1):
        line = io.StringIO()
<%_ if (classification) { _%>
        label = answer["prediction"]
        values = [path.name, row, label, answer["probabilities"][label]]
<%_ } else { _%>
        values = [path.name, row, answer["prediction"]]
<%_ } _%>
        csv.writer(line).writerow(values)
        lines.append(line.getvalue().removesuffix("\r\n"))
    return lines


def main(argv: list[str] | None = None) -> None:
    """Score CSV files on this machine, as the batch endpoint does; print the lines."""
    parser = argparse.ArgumentParser(description="Score CSV files on this machine.")
    parser.add_argument("--model", type=Path, default=Path("model"), help="folder of model.pkl")
    parser.add_argument("files", type=Path, nargs="+", help="CSV files with the feature columns")
    arguments = parser.parse_args(argv)
    try:
        model, contract = load_model(arguments.model), load_contract(CONTRACT)
        lines = [line for path in arguments.files for line in score_file(model, path, contract)]
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
<%_ } _%>
