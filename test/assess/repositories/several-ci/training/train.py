import argparse

import mlflow
import pandas as pd
from sklearn.ensemble import IsolationForest

from windows import windows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--readings")
    args = parser.parse_args()
    frame = windows(pd.read_parquet(args.readings))
    with mlflow.start_run():
        mlflow.log_param("trees", 200)
        model = IsolationForest(n_estimators=200).fit(frame)
        mlflow.log_metric("outliers", float((model.predict(frame) < 0).mean()))
        mlflow.sklearn.log_model(model, "model", registered_model_name="turbines")


main()
