import argparse

import lightgbm as lgb
import mlflow
import pandas as pd

from frame import COLUMNS, labelled


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--events")
    parser.add_argument("--model")
    args = parser.parse_args()
    mlflow.autolog()
    frame = labelled(pd.read_parquet(args.events))
    model = lgb.LGBMClassifier(n_estimators=300)
    model.fit(frame[COLUMNS], frame["left"])
    mlflow.lightgbm.save_model(model, args.model)


if __name__ == "__main__":
    main()
