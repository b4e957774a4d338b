# %% [markdown] id=intro
# # Train the model
#
# From the data to `model/model.pkl`, step by step, with the code of the package `<%= pkg %>`; `python -m <%= pkg %>.train` does the same without a notebook.

# %% id=setup
from pathlib import Path

import joblib
import pandas as pd

# Works from the folder of the notebook, as Jupyter starts it, and from the root of the repository.
ROOT = next(folder for folder in [Path.cwd(), *Path.cwd().parents] if (folder / "src").is_dir())
SEED = 0

# %% [markdown] id=about-data
# ## Data
#
# Read as text, checked against the data contract, then split: the test rows are looked at once, at the end.

# %% id=data tags=azmlops:data
from <%= pkg %>.data import (
    CONTRACT,
    inputs,
    load_contract,
    problems,
    read_folder,
    split,
)

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
from <%= pkg %>.features import build_preprocessor

# %% id=use-features
build_preprocessor(contract).fit_transform(inputs(train, contract)).shape

# %% [markdown] id=about-evaluate
# ## How a model is judged
#
# Decided before there is one. The primary metric chooses; slices and groups of people show where the model is worse than it is on average.

# %% id=evaluate tags=azmlops:evaluate
from <%= pkg %>.evaluate import PRIMARY, evaluate

# %% [markdown] id=about-train
# ## Training
#
# A constant, a simple and a richer model, compared by cross-validation on the training rows. The chosen one is fitted to all of them.

# %% id=train tags=azmlops:train
from <%= pkg %>.train import fit

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
from <%= pkg %>.scoring import load_model, predict

folder = ROOT / "model"
folder.mkdir(exist_ok=True)
joblib.dump(model, folder / "model.pkl")
predict(load_model(folder), test.head(3), contract)
