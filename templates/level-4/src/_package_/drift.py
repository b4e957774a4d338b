"""Drift: has the data moved away from what the model learned from?

    python -m <%= pkg %>.drift --reference OLD --current NEW --report drift.json

compares two folders of gathered data (or two CSV files), column by column, as the data contract
says what each holds; with ``--model`` also what the model predicts for them. The exit code is 0
whatever is found: who acts on it reads the report.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from scipy.stats import chi2

from .data import CONTRACT, Contract, convert, inputs, load_contract, read_csv, read_folder

LIMITS = ("min_rows", "psi", "chance", "missing", "new_categories")
# So that a bin is never empty by chance alone.
ROWS_PER_BIN = 20
MAX_BINS = 10
MAX_CATEGORIES = 20
# Stands for an empty bin: the index would be infinite.
LEAST_SHARE = 1e-4
OTHER = "(other)"


def check_limits(limits: object) -> dict[str, float]:
    """Give the limits as numbers; raise ValueError, naming the key, when one cannot be used."""
    if not isinstance(limits, dict):
        raise ValueError("drift: must be a mapping: see config/monitoring.yml")
    for key in LIMITS:
        value = limits.get(key)
        # Not "below 0": NaN compares false with everything and would switch the check off.
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
            raise ValueError(f"drift.{key} must be a number of at least 0, it is {value!r}")
    if not 0 < limits["chance"] < 1:
        raise ValueError(f"drift.chance must lie between 0 and 1, it is {limits['chance']!r}")
    return {key: float(limits[key]) for key in LIMITS}


def stability_index(reference: np.ndarray, current: np.ndarray) -> float:
    """Population stability index of two rows of counts over the same bins; 0 is no change."""
    old = np.maximum(reference / reference.sum(), LEAST_SHARE)
    new = np.maximum(current / current.sum(), LEAST_SHARE)
    return float(np.sum((new - old) * np.log(new / old)))


def index_limit(reference: int, current: int, bins: int, limits: Mapping[str, float]) -> float:
    """The limit of the index: the configured one, or what chance alone reaches with few rows.

    Times n*m/(n+m) the index of two samples of one population is about chi-squared distributed.
    """
    chance = chi2.ppf(1 - limits["chance"], max(bins - 1, 1)) * (1 / reference + 1 / current)
    return max(limits["psi"], float(chance))


def count_numbers(reference: pd.Series, current: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Count numbers in bins that hold equal shares of the reference."""
    bins = int(np.clip(min(len(reference), len(current)) // ROWS_PER_BIN, 2, MAX_BINS))
    inner = np.unique(np.quantile(reference, np.linspace(0, 1, bins + 1)[1:-1]))
    if len(inner) < bins - 1:
        # Few values that repeat: each gets a bin of its own, between bins for all others. A column
        # of one value would otherwise have one edge, and what lies above it would go unseen.
        inner = np.unique(np.concatenate([inner, np.nextafter(inner, np.inf)]))
    edges = np.concatenate([[-np.inf], inner, [np.inf]])
    return np.histogram(reference, edges)[0], np.histogram(current, edges)[0]


def count_categories(reference: pd.Series, current: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Count the reference's most frequent categories, and all others together."""
    kept = list(reference.value_counts().index[:MAX_CATEGORIES])
    tables = [
        values.where(values.isin(kept), OTHER).value_counts().reindex([*kept, OTHER], fill_value=0)
        for values in (reference, current)
    ]
    return tables[0].to_numpy(), tables[1].to_numpy()


def finding(column: str, measure: str, value: float | None, limit: float | None) -> dict[str, Any]:
    """One line of the report; a value of None is not known, and so is whether it violates."""
    violates = None if value is None or limit is None else bool(value > limit)
    shown = None if value is None else round(value, 6)
    return {
        "column": column,
        "measure": measure,
        "value": shown,
        "limit": None if limit is None else round(limit, 6),
        "violates": violates,
    }


def index_of(
    name: str, reference: pd.Series, current: pd.Series, numbers: bool, limits: Mapping[str, float]
) -> dict[str, Any]:
    """Measure the stability index of values without gaps; too few of them give no answer."""
    if min(len(reference), len(current)) < limits["min_rows"]:
        return finding(name, "stability index", None, None)
    count = count_numbers if numbers else count_categories
    counts = np.array(count(reference, current))
    old, new = counts[:, counts.sum(axis=0) > 0]
    limit = index_limit(len(reference), len(current), len(old), limits)
    return finding(name, "stability index", stability_index(old, new), limit)


def column_drift(
    column: Mapping[str, Any],
    reference: pd.Series,
    current: pd.Series,
    limits: Mapping[str, float],
) -> list[dict[str, Any]]:
    """Measure one column of the contract.

    Args:
        column: Its entry in the contract.
        reference: Its values as they are in the files, one at least.
        current: The same of the new data.
        limits: As check_limits gives them.

    Returns:
        Findings. A date moves on by itself, a text or id hardly repeats: of these only the share
        of missing values is measured.
    """
    name, kind = column["name"], column["type"]
    old, new = convert(reference, kind), convert(current, kind)
    if kind == "text":
        old, new = old.where(old != ""), new.where(new != "")
    found = [
        finding(name, "missing", float(new.isna().mean() - old.isna().mean()), limits["missing"])
    ]
    old, new = old.dropna(), new.dropna()
    if old.empty or new.empty:
        # Wholly missing before and now is no change; the share above tells of all other cases.
        return found
    if kind in ("whole", "decimal"):
        found.append(index_of(name, old, new, True, limits))
    elif kind in ("boolean", "category"):
        found.append(index_of(name, old, new, False, limits))
    if kind == "category":
        known = set(column.get("categories") or []) | set(old)
        share = float((~new.isin(known)).mean())
        found.append(finding(name, "new categories", share, limits["new_categories"]))
    return found


def prediction_drift(
    model: Any,
    reference: pd.DataFrame,
    current: pd.DataFrame,
    contract: Contract,
    limits: Mapping[str, float],
) -> dict[str, Any]:
    """Measure how far the predictions of a fitted model have moved between the two."""
    old, new = (pd.Series(model.predict(inputs(frame, contract))) for frame in (reference, current))
    numbers = contract["task"] == "regression"
    return index_of("prediction", old, new, numbers, limits) | {"measure": "prediction drift"}


def drift(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    contract: Contract,
    limits: Mapping[str, Any],
    model: Any = None,
) -> dict[str, Any]:
    """Compare new data with the data that the model learned from.

    Args:
        reference: Rows as read_folder gives them.
        current: Rows as read_folder gives them.
        contract: The data contract; its features and its sensitive columns are compared.
        limits: The part ``drift`` of config/monitoring.yml.
        model: A fitted pipeline, if its predictions are to be compared too.

    Returns:
        ``{"violates", "reasons", "columns": [{"column", "measure", "value", "limit", "violates"}],
        "rows": {"reference", "current"}}``. ``violates`` is true when something does, null when
        nothing does but there are too few rows to tell, else false.

    Raises:
        ValueError: A limit cannot be used, or a column of the contract is missing in the reference.
    """
    bounds = check_limits(limits)
    rows = {"reference": len(reference), "current": len(current)}
    if min(rows.values()) < bounds["min_rows"]:
        told = f"{rows['reference']} and {rows['current']} rows"
        reason = f"Too few rows to tell: {told}, {bounds['min_rows']:.0f} of each are needed."
        return {"violates": None, "reasons": [reason], "columns": [], "rows": rows}
    found: list[dict[str, Any]] = []
    complete = True
    for column in contract["columns"]:
        if column["role"] not in ("feature", "sensitive"):
            continue
        name = column["name"]
        if name not in reference.columns:
            raise ValueError(f"the reference has no column {name!r}")
        if name in current.columns:
            found += column_drift(column, reference[name], current[name], bounds)
        else:
            found.append(finding(name, "missing", 1.0, bounds["missing"]))
            complete = complete and column["role"] != "feature"
    if model is not None and complete:
        found.append(prediction_drift(model, reference, current, contract, bounds))
    worst = [line for line in found if line["violates"]]
    unknown = [line for line in found if line["violates"] is None]
    reasons = [
        f"{line['column']}: {line['measure']} {line['value']:.3f}, limit {line['limit']:.3f}"
        for line in worst
    ] or [f"{line['column']}: too few values for the {line['measure']}" for line in unknown]
    violates = True if worst else None if unknown else False
    return {"violates": violates, "reasons": reasons, "columns": found, "rows": rows}


def read_rows(path: Path) -> pd.DataFrame:
    """Read a CSV file, or a folder as read_folder does."""
    return read_csv(path) if path.is_file() else read_folder(path)


def main(argv: list[str] | None = None) -> None:
    """Compare, write the report, print what violates."""
    parser = argparse.ArgumentParser(description="Compare new data with what the model knows.")
    parser.add_argument("--reference", type=Path, required=True, help="folder or CSV file")
    parser.add_argument("--current", type=Path, required=True, help="folder or CSV file")
    parser.add_argument("--report", type=Path, required=True, help="file to write (JSON)")
    parser.add_argument("--model", type=Path, help="folder of model.pkl: compare predictions too")
    parser.add_argument("--limits", type=Path, default=Path("config/monitoring.yml"))
    options = parser.parse_args(argv)
    try:
        limits = yaml.safe_load(options.limits.read_text(encoding="utf-8"))["drift"]
        model = None
        if options.model is not None:
            # Here, as a comparison of data alone needs no model and no joblib.
            from .scoring import load_model

            model = load_model(options.model)
        frames = read_rows(options.reference), read_rows(options.current)
        report = drift(*frames, load_contract(CONTRACT), limits, model)
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.exit(f"no comparison: {type(error).__name__}: {error}")
    options.report.parent.mkdir(parents=True, exist_ok=True)
    options.report.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    answer = {True: "drift", False: "no drift", None: "unknown"}[report["violates"]]
    print("\n- ".join([f"{answer} ({report['rows']['current']} rows)", *report["reasons"]]))


if __name__ == "__main__":
    main()
