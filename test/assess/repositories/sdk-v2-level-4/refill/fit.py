import argparse

import mlflow
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor

SETTINGS = {"n_estimators": 250, "max_depth": 4}
COLUMNS = ["boxes", "days"]


def fit(frame):
    return GradientBoostingRegressor(**SETTINGS).fit(frame[COLUMNS], frame["next"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sales")
    parser.add_argument("--model")
    args = parser.parse_args()
    frame = pd.read_parquet(args.sales)
    mlflow.log_params(SETTINGS)
    model = fit(frame)
    mlflow.log_metrics({"r2": model.score(frame[COLUMNS], frame["next"])})
    mlflow.sklearn.save_model(model, args.model)


if __name__ == "__main__":
    main()
