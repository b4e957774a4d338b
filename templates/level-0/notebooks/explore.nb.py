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

from <%= pkg %>.data import CONTRACT, convert, load_contract, read_folder
<%_ } _%>

# Works from the folder of the notebook, as Jupyter starts it, and from the root of the repository.
ROOT = next(folder for folder in [Path.cwd(), *Path.cwd().parents] if (folder / "src").is_dir())
<%_ if (level === 0) { _%>
contract = json.loads((ROOT / "src" / "contract.json").read_text(encoding="utf-8"))
files = sorted((ROOT / "data" / "raw").glob("*.csv"))
frame = pd.concat([pd.read_csv(file) for file in files], ignore_index=True)
<%_ } else { _%>
contract = load_contract(CONTRACT)
frame = read_folder(ROOT / "data" / "raw")
frame = frame.assign(
    **{c["name"]: convert(frame[c["name"]], c["type"]) for c in contract["columns"]}
)
<%_ } _%>
frame.head()

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
pd.to_numeric(frame[contract["target"]]).plot.hist(bins=30, title=contract["target"])
<%_ } _%>
plt.show()

# %% [markdown] id=about-columns
# ## The columns
#
# Numbers as histograms, categories as counts. Look for values that cannot be: zeros that mean "unknown", a unit that changes, two spellings of one word.

# %% id=columns
for column in contract["columns"]:
    values = frame[column["name"]]
    if column["type"] in ("whole", "decimal"):
        values.plot.hist(bins=30, title=column["name"])
    elif column["type"] in ("category", "boolean"):
        values.value_counts(dropna=False).head(20).plot.barh(title=column["name"])
    else:
        continue
    plt.show()

# %% [markdown] id=about-relations
# ## Columns and target
#
# What each column says about the target on its own. A column that says nearly everything is often one that is only known afterwards.

# %% id=relations
<%_ if (classification) { _%>
target = frame[contract["target"]]
for column in contract["columns"]:
    if column["name"] == contract["target"]:
        continue
    if column["type"] in ("whole", "decimal"):
        for label, values in frame[column["name"]].groupby(target):
            plt.hist(values.dropna(), bins=20, alpha=0.5, label=str(label))
        plt.title(column["name"])
        plt.legend()
    elif column["type"] in ("category", "boolean"):
        shares = pd.crosstab(frame[column["name"]], target, normalize="index")
        shares.plot.barh(stacked=True, title=column["name"])
    else:
        continue
    plt.show()
<%_ } else { _%>
target = pd.to_numeric(frame[contract["target"]])
for column in contract["columns"]:
    if column["name"] == contract["target"]:
        continue
    if column["type"] in ("whole", "decimal"):
        plt.scatter(frame[column["name"]], target, s=8)
        plt.title(column["name"])
    elif column["type"] in ("category", "boolean"):
        groups = target.groupby(frame[column["name"]])
        groups.describe()[["min", "25%", "50%", "75%", "max"]].plot.bar(title=column["name"])
    else:
        continue
    plt.show()
<%_ } _%>
