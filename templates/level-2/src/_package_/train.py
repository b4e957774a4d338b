"""Training: compare candidates by cross-validation, fit the one chosen to all rows.

    python -m <%= pkg %>.train --train train --model model --selection selection.json

is the second step of the training pipeline. With one of the settings of the forest given, the
forest alone is trained, with that setting: this is what a trial of a sweep does.
"""

import argparse
import json
from importlib.metadata import version
from pathlib import Path
from statistics import mean
from typing import Any

<%- include('train_imports.py') -%>

from . import <% if (level >= 3) { %>mitigation, <% } %>tracking
from .data import CONTRACT, Contract, inputs, load_contract, outcome, read_folder
from .evaluate import PRIMARY
from .features import build_preprocessor
<%_ if (level >= 3) { _%>
from .gate import load_limits
<%_ } _%>

<%- include('train.py') -%>


def fit_forest(
    frame: pd.DataFrame, contract: Contract, settings: dict[str, Any], seed: int = 0
) -> tuple[Pipeline, dict[str, Any]]:
    """Fit the forest with other settings than its own; returns what fit() returns.

    The mean score so far is logged after each fold, so that a sweep can stop a poor trial early.
    """
    models = candidates(contract, seed)
    model = models["forest"]
    model.set_params(**{f"model__{key}": value for key, value in settings.items()})
    x, y = inputs(frame, contract), outcome(frame, contract)
<%_ if (classification) { _%>
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
<%_ } else { _%>
    folds = KFold(FOLDS, shuffle=True, random_state=seed)
<%_ } _%>
    scores: dict[str, list[float]] = {"constant": [], "forest": []}
    for step, fold in enumerate(folds.split(x, y)):
        for name, values in scores.items():
            values += list(cross_val_score(models[name], x, y, scoring=PRIMARY, cv=[fold]))
        tracking.log(metrics={"cv_score": mean(scores["forest"])}, step=step)
    means = {name: float(mean(values)) for name, values in scores.items()}
    return model.fit(x, y), {"scores": means, "chosen": "forest", "rows": len(frame)}


# What a scoring environment needs to load the model; the numbers are those it was trained with.
REQUIREMENTS = ["scikit-learn", "pandas", "numpy", "scipy", "joblib", "cloudpickle"]


def save(model: Pipeline, folder: Path) -> None:
    """Save a model as an MLflow model: a folder that says what is needed to load its model.pkl.

    The folder must be empty or absent. Requirements are given, not found out by MLflow, which
    loads the model once more for that and takes a minute.
    """
    import mlflow.sklearn  # here, because the import takes seconds

    mlflow.sklearn.save_model(
        model,
        str(folder),
        serialization_format=mlflow.sklearn.SERIALIZATION_FORMAT_CLOUDPICKLE,
        pip_requirements=[f"{name}=={version(name)}" for name in REQUIREMENTS],
    )


def main(argv: list[str] | None = None) -> None:
    """Write the model and what was learned in choosing it; log both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", type=Path, required=True, help="folder of the training rows")
    parser.add_argument("--model", type=Path, required=True, help="folder to write")
    parser.add_argument("--selection", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--seed", type=int, default=0)
    forest = parser.add_argument_group("settings of the forest")
    forest.add_argument("--min-samples-leaf", type=int, help="rows in a leaf, at least")
    forest.add_argument("--max-features", type=float, help="share of features tried per split")
    options = parser.parse_args(argv)
    given = {key: getattr(options, key) for key in ("min_samples_leaf", "max_features")}
    settings = {key: value for key, value in given.items() if value is not None}
    contract = load_contract(CONTRACT)
    frame = read_folder(options.train)
    if settings:
        model, selection = fit_forest(frame, contract, settings, options.seed)
    else:
        model, selection = fit(frame, contract, options.seed)
<%_ if (level >= 3) { _%>
        limits = load_limits(Path(__file__).with_name("gate.yml"))
        model, found = mitigation.mitigate(model, frame, contract, limits, options.seed)
        selection["mitigation"] = found
<%_ } _%>
        tracking.log(metrics={"cv_score": selection["scores"][selection["chosen"]]})
    save(model, options.model)
    options.selection.parent.mkdir(parents=True, exist_ok=True)
    options.selection.write_text(json.dumps(selection, indent=2) + "\n", encoding="utf-8")
    hyperparameters = model.named_steps["model"].get_params()
    tracking.log(
        params={
            "seed": options.seed,
            "rows": selection["rows"],
            "chosen": selection["chosen"],
            **{f"model.{key}": value for key, value in hyperparameters.items()},
        },
        metrics={f"cv_score.{name}": score for name, score in selection["scores"].items()},
        documents={"selection.json": selection},
    )
    print(f"{selection['chosen']} of {', '.join(selection['scores'])}: {options.model}")


if __name__ == "__main__":
    main()
