# %% [markdown] id=intro
# # Explore the data
#
# A look at the data before anything is built on it. The data contract says what each column holds, so this notebook names no column and works for other data too.

# %% id=load
<%_ if (level === 0) { _%>
import json
<%_ } _%>
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
<%_ if (level > 0) { _%>

from <%= pkg %>.data import (
    CONTRACT,
    convert,
    labels,
    load_contract,
    outcome,
    read_folder,
)
<%_ } _%>

# Works from the folder of the notebook, as Jupyter starts it, and from the root of the repository.
ROOT = next(folder for folder in [Path.cwd(), *Path.cwd().parents] if (folder / "src").is_dir())
<%_ if (level === 0) { _%>
contract = json.loads((ROOT / "src" / "contract.json").read_text(encoding="utf-8"))
files = sorted((ROOT / "data" / "raw").glob("*.csv"))
if not files:
    raise FileNotFoundError("data/raw holds no CSV file: data/README.md says where they come from")
# Pandas knows other spellings of a missing value by itself.
given = {"na_values": ["?", "-", "."], "skipinitialspace": True, "low_memory": False}
frame = pd.concat([pd.read_csv(file, **given) for file in files], ignore_index=True)
<%_ } else { _%>
contract = load_contract(CONTRACT)
frame = read_folder(ROOT / "data" / "raw")
target = outcome(frame, contract)
for column in contract["columns"]:
    read = labels if column["type"] in ("category", "boolean") else convert
    frame[column["name"]] = read(frame[column["name"]], column["type"])
frame[contract["target"]] = target
<%_ } _%>
# A name with two dollar signs is no formula.
plt.rcParams["text.parse_math"] = False
# Not the rows: what a notebook shows is committed with it.
print(f"{len(frame)} rows")
pd.DataFrame(contract["columns"])[["name", "type", "role", "missing"]]

# %% [markdown] id=about-missing
# ## What is missing
#
# The share of rows without a value, per column. A column that is often empty teaches little; one that is empty for a reason teaches something else than it says.

# %% id=missing
frame.isna().mean().sort_values(ascending=False).to_frame("missing")

# %% [markdown] id=about-target
# ## The target
#
# How the thing to predict is distributed: classes of very different size, or a long tail, decide which metric is honest.

# %% id=target
<%_ if (classification) { _%>
frame[contract["target"]].value_counts(dropna=False).plot.barh(title=contract["target"])
<%_ } else { _%>
numbers = pd.to_numeric(frame[contract["target"]], errors="coerce")
numbers.plot.hist(bins=30, title=contract["target"])
<%_ } _%>
plt.show()

# %% [markdown] id=about-columns
# ## The columns
#
# Numbers as histograms, categories as counts; columns that the contract sets aside, dates and texts are left out. Look for values that cannot be: zeros that mean "unknown", a unit that changes, two spellings of one word.

# %% id=columns
MOST = 30  # figures; raise it to see more
NUMBERS, WORDS = ("whole", "decimal"), ("category", "boolean")
drawn = [
    column
    for column in contract["columns"]
    if column["role"] != "ignored"
    and column["type"] in NUMBERS + WORDS
    and frame[column["name"]].notna().any()
]
for column in drawn[:MOST]:
    values = frame[column["name"]]
    if column["type"] in NUMBERS and not column.get("categories"):
        values.plot.hist(bins=30, title=column["name"])
    else:
        values.value_counts(dropna=False).head(20).plot.barh(title=column["name"])
    plt.show()
print(f"{min(len(drawn), MOST)} of {len(contract['columns'])} columns are drawn.")

# %% [markdown] id=about-relations
# ## Columns and target
#
# What each column says about the target on its own. A column that says nearly everything is often one that is only known afterwards.

# %% id=relations
<%_ if (classification) { _%>
target = frame[contract["target"]]
<%_ } else { _%>
target = pd.to_numeric(frame[contract["target"]], errors="coerce")
<%_ } _%>
others = [column for column in drawn if column["name"] != contract["target"]]
for column in others[:MOST]:
    values = frame[column["name"]]
    if column["type"] in NUMBERS:
<%_ if (classification) { _%>
        for label, part in values.groupby(target):
            plt.hist(part.dropna(), bins=20, alpha=0.5, label=str(label))
        plt.legend()
<%_ } else { _%>
        plt.scatter(values, target, s=8)
<%_ } _%>
        plt.title(column["name"])
    else:
        usual = values.where(values.isin(values.value_counts().index[:20]))
<%_ if (classification) { _%>
        shares = pd.crosstab(usual, target, normalize="index")
        shares.plot.barh(stacked=True, title=column["name"])
<%_ } else { _%>
        spread = target.groupby(usual).describe()[["min", "25%", "50%", "75%", "max"]]
        spread.plot.bar(title=column["name"])
<%_ } _%>
    plt.show()
print(f"{min(len(others), MOST)} of {len(contract['columns'])} columns are drawn.")
