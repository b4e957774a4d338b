"""Responsible AI: the fairness report, and what the dashboard pipeline is fed.

    python -m <%= pkg %>.responsible_ai data --train train --test test ...
    python -m <%= pkg %>.responsible_ai job --job outputs/responsible-ai.yml

The first is a step of azureml/pipelines/test.yml and responsible-ai.yml. The second writes the
pipeline as it is submitted: the names of columns come from the data contract, and the step that
asks for causes stays only where the component can answer.
"""

import argparse
import json
import os
import pickle
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from fairlearn.metrics import MetricFrame, count

from .data import (
    CONTRACT,
    Contract,
    as_gathered,
    columns,
    inputs,
    load_contract,
    outcome,
    read_folder,
    replaced,
)
from .evaluate import MIN_GROUP, PRIMARY, finite, group_labels, group_score
from .gate import load_limits
from .scoring import load_model

PIPELINE = Path("azureml/pipelines/responsible-ai.yml")
# What the constructor of the dashboard takes, unless it is told otherwise.
MOST_ROWS = 5000
# Fewer complete rows than this and the dashboard would show chance: gaps are filled instead.
FEWEST_ROWS = 20
MOST_TREATMENTS = 3


def fairness_report(
    model: Any,
    test: pd.DataFrame,
    contract: Contract,
    evaluation: dict[str, Any],
    limits: dict[str, Any],
) -> dict[str, Any]:
    """Compare the groups of every sensitive column with the gap that gate.yml allows.

    Args:
        model: Fitted; takes what ``inputs`` gives.
        test: Rows with a target that the training did not see.
        contract: The data contract.
        evaluation: What was stored when the model was trained; says what mitigation did.
        limits: What gate.yml holds.

    Returns:
        verdict ("pass", "fail" or, without a sensitive column, "not applicable"), allowed, one
        entry per sensitive column with its gap and its groups, mitigation, reasons. Groups of
        fewer than ten rows have no score. When no column can be measured, the verdict is "fail".
    """
    allowed = float(limits["fairness"]["gap"])
    selection = evaluation.get("selection")
    mitigation = selection.get("mitigation") if isinstance(selection, dict) else None
    report: dict[str, Any] = {
        "verdict": "not applicable",
        "allowed": allowed,
        "columns": [],
        "mitigation": mitigation,
        "reasons": [],
    }
    sensitive = columns(contract, "sensitive")
    if not sensitive:
        return {**report, "reasons": ["No column is named sensitive; nothing was measured."]}
    truth = outcome(test, contract)
    predicted = pd.Series(model.predict(inputs(test, contract)), index=test.index)
    known = {column["name"]: column for column in contract["columns"]}
    for name in sensitive:
        labels = group_labels(test[name], known[name])
        found = _groups(truth, predicted, labels)
        scores = [group["score"] for group in found if group["score"] is not None]
        gap = max(scores) - min(scores) if len(scores) > 1 else None
        if gap is None:
            verdict, told = "not measured", f"fewer than two groups have {MIN_GROUP} rows"
        else:
            verdict = "pass" if gap <= allowed else "fail"
            told = f"the gap in {PRIMARY} is {gap:.4f}, {allowed:.4f} is allowed"
        report["columns"].append({"column": name, "verdict": verdict, "gap": gap, "groups": found})
        report["reasons"].append(f"{name}: {told}.")
    verdicts = {entry["verdict"] for entry in report["columns"]}
    # What could not be measured has not passed.
    report["verdict"] = "pass" if "pass" in verdicts and "fail" not in verdicts else "fail"
    return report


def _groups(truth: pd.Series, predicted: pd.Series, labels: pd.Series) -> list[dict[str, Any]]:
    """Score every group of rows; rows that name none are in none."""
    known = labels.notna()
    if not known.any():
        return []

    def score(part: pd.Series, answers: pd.Series) -> float:
        value = group_score(pd.Series(part), pd.Series(answers), truth)
        return float("nan") if value is None else value

    frame = MetricFrame(
        metrics={"rows": count, "score": score},
        y_true=truth[known],
        y_pred=predicted[known],
        sensitive_features=labels[known].astype(str),
    )
    return [
        {
            "value": str(value),
            "rows": int(row["rows"]),
            "score": finite(row["score"]) if row["rows"] >= MIN_GROUP else None,
        }
        for value, row in frame.by_group.iterrows()
    ]


def table(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return what the model is fed, with the target beside it under its own name."""
    return replaced(inputs(frame, contract), {contract["target"]: outcome(frame, contract)})


def reference(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return rows with their target as the monitor compares them: as a deployment collects."""
    written = as_gathered(inputs(frame, contract), contract)
    return replaced(written, {contract["target"]: outcome(frame, contract)})


def plain_target(contract: Contract) -> str:
    """Return the target's name for the dashboard, which puts it into a command unquoted."""
    name, taken = re.sub(r"\W", "_", contract["target"]), columns(contract, "feature")
    while name in taken:
        name += "_"
    return name


def complete(frame: pd.DataFrame, contract: Contract, seed: int = 0) -> pd.DataFrame:
    """Return the rows without a gap, at most as many as the dashboard takes.

    The components of the dashboard fail at a missing value. Rows are left out rather than filled
    in, as long as enough remain: a column that is mostly empty must stop neither the dashboard
    nor, since the same step prepares its tests, a release. The target has its plain name.
    """
    whole = table(frame, contract)
    found = whole[whole.notna().all(axis=1)]
    if len(found) < FEWEST_ROWS:
        print(f"{len(found)} of {len(frame)} rows have no gap: gaps are filled for the dashboard")
        found = whole.apply(_filled)
    found = found.rename(columns={contract["target"]: plain_target(contract)})
    return found.sample(min(len(found), MOST_ROWS), random_state=seed).reset_index(drop=True)


def _filled(column: pd.Series) -> pd.Series:
    """Fill the gaps of a column: the middle of numbers, else what is there most often."""
    if pd.api.types.is_numeric_dtype(column):
        return column.fillna(column.median()).fillna(0)
    return column.fillna(next(iter(column.mode()), "missing"))


def write_mltable(frame: pd.DataFrame, folder: Path) -> None:
    """Write rows as an MLTable: Parquet, which keeps the types that the model was trained with."""
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(folder / "data.parquet", index=False)
    document = {
        "type": "mltable",
        "paths": [{"file": "./data.parquet"}],
        "transformations": [{"read_parquet": {"include_path_column": False}}],
    }
    text = yaml.safe_dump(document, sort_keys=False)
    (folder / "MLTable").write_text(text, encoding="utf-8")


def older_model(model: Any, source: Path, folder: Path) -> None:
    """Copy an MLflow model so that the NumPy 1 of the dashboard's components can load it.

    NumPy 2 moved ``numpy.core`` to ``numpy._core`` and pickles by the new name, which NumPy before
    1.26 does not know; what is stored is the same. Protocol 3 writes names as plain lines.

    Raises:
        ValueError: A part of the model would not load there.
    """
    shutil.copytree(source, folder, dirs_exist_ok=True)
    [file] = folder.rglob("model.pkl")
    text = pickle.dumps(model, protocol=3).replace(b"cnumpy._core.", b"cnumpy.core.")
    if b"cnumpy._core" in text:
        raise ValueError("the model holds a part of NumPy that NumPy 1 does not have")
    file.write_bytes(text)


def treatments(contract: Contract, limits: dict[str, Any]) -> list[str]:
    """Name the columns whose effect is asked for; none where the component has no answer.

    It has none for a target of three or more classes. gate.yml may name the columns; else they
    are the first ones that hold numbers, yes and no, or categories.

    Raises:
        ValueError: gate.yml names a column that is no such feature.
    """
    [target] = [entry for entry in contract["columns"] if entry["role"] == "target"]
    if contract["task"] == "classification":
        classes = 2 if target["type"] == "boolean" else len(target.get("categories") or [])
        if classes != 2:
            return []
    able = columns(contract, "feature", "whole", "decimal", "boolean", "category")
    named = (limits.get("causes") or {}).get("columns")
    if named is None:
        return able[:MOST_TREATMENTS]
    if unknown := [name for name in named if name not in able]:
        raise ValueError(f"causes.columns: {', '.join(unknown)} cannot be a cause to ask for")
    return list(named)


def job(pipeline: Path, target: Path, contract: Contract, limits: dict[str, Any]) -> dict[str, Any]:
    """Return the dashboard pipeline with the names of columns filled in, to lie at ``target``."""
    document: dict[str, Any] = yaml.safe_load(pipeline.read_text(encoding="utf-8"))
    causes = treatments(contract, limits)
    names = {"categories": columns(contract, "feature", "category", "text"), "treatments": causes}
    # The components put each list between apostrophes.
    lists = {key: json.dumps(found).replace("'", "\\u0027") for key, found in names.items()}
    document["inputs"] |= {"target": plain_target(contract), **lists}
    if not causes:
        del document["inputs"]["treatments"], document["jobs"]["causal"]
        del document["jobs"]["gather"]["inputs"]["insight_3"]
    base = Path(os.path.relpath(pipeline.parent.resolve(), target.parent.resolve()))
    for step in document["jobs"].values():
        if not step["component"].startswith("azureml:"):
            step["component"] = (base / step["component"]).as_posix()
    return document


def main(argv: list[str] | None = None) -> None:
    """Prepare the data of the dashboard, or write its pipeline."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    data = commands.add_parser("data", help="write the tables and the model that others read")
    for name in ("train", "test", "model"):
        data.add_argument(f"--{name}", type=Path, required=True, help="folder to read")
    data.add_argument("--reference", type=Path, required=True, help="all training rows, to write")
    data.add_argument("--known", type=Path, required=True, help="complete training rows, to write")
    data.add_argument("--unseen", type=Path, required=True, help="complete test rows, to write")
    data.add_argument("--older", type=Path, required=True, help="the model for NumPy 1, to write")
    written = commands.add_parser("job", help="write the pipeline as it is submitted")
    written.add_argument("--job", type=Path, required=True, help="file to write")
    options = parser.parse_args(argv)
    contract = load_contract(CONTRACT)
    try:
        if options.command == "job":
            limits = load_limits(Path(__file__).with_name("gate.yml"))
            document = job(PIPELINE, options.job, contract, limits)
            options.job.parent.mkdir(parents=True, exist_ok=True)
            text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
            options.job.write_text(text, encoding="utf-8")
            return
        train, test = read_folder(options.train), read_folder(options.test)
        write_mltable(reference(train, contract), options.reference)
        write_mltable(complete(train, contract), options.known)
        write_mltable(complete(test, contract), options.unseen)
        model = load_model(options.model)
        try:
            older_model(model, options.model, options.older)
        except ValueError as error:
            # The dashboard will say so itself; what else reads this step does not wait for it.
            print(error)
            shutil.copytree(options.model, options.older, dirs_exist_ok=True)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    print(f"{len(train)} training rows, {len(test)} test rows")


if __name__ == "__main__":
    main()
