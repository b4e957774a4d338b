# %% [markdown] id=intro
# # Train the model
#
# From the data to `model/model.pkl` and the note that goes with it, `model/hand-off.md`. Run all cells from top to bottom: a result that depends on the order in which cells were run cannot be made again.

# %% id=setup
import hashlib
import json
import math
import platform
import re
import string
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
from sklearn.compose import ColumnTransformer
<%_ if (classification) { _%>
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
<%_ } else { _%>
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import RandomForestRegressor
<%_ } _%>
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
<%_ if (classification) { _%>
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, recall_score
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split
<%_ } else { _%>
from sklearn.linear_model import Ridge
from sklearn.metrics import (
    mean_absolute_error,
    mean_squared_error,
    r2_score,
    root_mean_squared_error,
)
from sklearn.model_selection import KFold, cross_val_score, train_test_split
<%_ } _%>
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

# Works from the folder of the notebook, as Jupyter starts it, and from the root of the repository.
ROOT = next(folder for folder in [Path.cwd(), *Path.cwd().parents] if (folder / "src").is_dir())
sys.path.append(str(ROOT / "src"))
CONTRACT = ROOT / "src" / "contract.json"
SEED = 0

# %% [markdown] id=about-data
# ## Data
#
# Read as text, checked against the data contract, then split: the test rows are looked at once, at the end.

# %% id=data tags=azmlops:data
<%- include('data.py') -%>

# %% id=use-data
contract = load_contract(CONTRACT)
frame = read_folder(ROOT / "data" / "raw")
found = problems(frame, contract)
if found:
    raise ValueError("the data is not as the contract says: " + "; ".join(found))
train, test = split(frame, contract, SEED)
print(f"{len(frame)} rows: {len(train)} to train, {len(test)} to test")

# %% [markdown] id=about-features
# ## Features
#
# What turns a row into numbers. It is part of the model, so that scoring cannot do it differently.

# %% id=features tags=azmlops:features
<%- include('features.py') -%>

# %% id=use-features
build_preprocessor(contract).fit_transform(inputs(train, contract)).shape

# %% [markdown] id=about-evaluate
# ## How a model is judged
#
# Decided before there is one. The primary metric chooses; slices and groups of people show where the model is worse than it is on average.

# %% id=evaluate tags=azmlops:evaluate
<%- include('evaluate.py') -%>

# %% [markdown] id=about-train
# ## Training
#
# A constant, a simple and a richer model, compared by cross-validation on the training rows. The chosen one is fitted to all of them.

# %% id=train tags=azmlops:train
<%- include('train.py') -%>

# %% id=use-train
model, selection = fit(train, contract, SEED)
print(f"chosen: {selection['chosen']}")
pd.Series(selection["scores"], name=f"{PRIMARY}, cross-validated").to_frame()

# %% [markdown] id=about-report
# ## The result
#
# On the test rows, which no decision above has seen.

# %% id=use-evaluate
evaluation = evaluate(model, test, contract, selection)
pd.Series(evaluation["metrics"], name="test rows").to_frame()

# %% id=slices
pd.DataFrame(evaluation["slices"], columns=["column", "value", "rows", "score"])

# %% id=fairness
print(f"{evaluation['fairness']['status']}, widest gap: {evaluation['fairness']['gap']}")
pd.DataFrame(evaluation["fairness"]["groups"], columns=["value", "rows", "score"])

# %% [markdown] id=about-model
# ## The model file
#
# Written, then read again with the code that will score with it.

# %% id=model
from scoring import load_model, predict

folder = ROOT / "model"
folder.mkdir(exist_ok=True)
joblib.dump(model, folder / "model.pkl")
predict(load_model(folder), test.head(3), contract)

# %% [markdown] id=about-hand-off
# ## The hand-off note
#
# `docs/hand-off.md` is the form; filled in, it lies beside the model. Whoever deploys the file gets both.

# %% id=hand-off
def line(column: dict[str, Any]) -> str:
    """Describe one column of the input for a person."""
    text = f"- `{column['name']}`: {column['type']}"
    if column.get("min") is not None:
        text += f", {column['min']} to {column['max']} in the data"
    if column.get("categories"):
        text += ", one of " + ", ".join(f"`{name}`" for name in column["categories"])
    return text + (", may be missing" if column["missing"] else "")


used = [column for column in contract["columns"] if column["role"] == "feature"]
packages = ["scikit-learn", "pandas", "joblib"]
note = string.Template((ROOT / "docs" / "hand-off.md").read_text(encoding="utf-8")).substitute(
    date=date.today().isoformat(),
    sha256=hashlib.sha256((folder / "model.pkl").read_bytes()).hexdigest(),
    inputs="\n".join(line(column) for column in used),
<%_ if (classification) { _%>
    outputs=f"`{contract['target']}`, as text, with a probability for each of: "
    + ", ".join(f"`{label}`" for label in model.classes_),
<%_ } else { _%>
    outputs=f"`{contract['target']}`, as a number",
<%_ } _%>
    versions="\n".join(
        [f"- python {platform.python_version()}"]
        + [f"- {package} {version(package)}" for package in packages]
    ),
    metrics="\n".join(f"- {name}: {value:.4f}" for name, value in evaluation["metrics"].items()),
    made=f"Candidate `{selection['chosen']}`, chosen by {PRIMARY} in cross-validation, fitted to "
    f"{len(train)} rows with seed {SEED}, judged on {len(test)} others.",
)
(folder / "hand-off.md").write_text(note, encoding="utf-8")
print(note)
