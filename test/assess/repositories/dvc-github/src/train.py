import pathlib
import sys

import joblib
import pandas as pd
import xgboost
import yaml
from dvclive import Live

folder, out = sys.argv[1:]
settings = yaml.safe_load(pathlib.Path("params.yaml").read_text())["train"]
frame = pd.read_csv(pathlib.Path(folder) / "train.csv")
with Live(save_dvc_exp=True) as live:
    live.log_params(settings)
    model = xgboost.XGBRegressor(max_depth=settings["max_depth"], reg_alpha=settings["alpha"])
    model.fit(frame[["length", "height"]], frame["weight"])
    live.log_metric("r2", model.score(frame[["length", "height"]], frame["weight"]))
pathlib.Path(out).parent.mkdir(exist_ok=True)
joblib.dump(model, out)
