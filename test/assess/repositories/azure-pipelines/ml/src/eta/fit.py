import argparse
import glob

import mlflow
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor

from features import hours


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records")
    parser.add_argument("--model")
    args = parser.parse_args()
    frame = pd.concat(pd.read_csv(path) for path in glob.glob(f"{args.records}/*.csv"))
    frame["hours"] = hours(frame)
    settings = {"max_depth": 6, "learning_rate": 0.08}
    model = HistGradientBoostingRegressor(**settings)
    with mlflow.start_run():
        mlflow.log_params(settings)
        model.fit(frame[["hours", "distance"]], frame["delay"])
        mlflow.log_metrics({"r2": model.score(frame[["hours", "distance"]], frame["delay"])})
        mlflow.sklearn.save_model(model, args.model)


if __name__ == "__main__":
    main()
