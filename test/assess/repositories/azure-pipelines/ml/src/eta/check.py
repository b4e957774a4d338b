"""Ends with an error when the model is too weak to go anywhere."""

import argparse
import glob
import sys

import mlflow
import pandas as pd
from sklearn.metrics import mean_absolute_error

from features import hours

LIMIT = 0.75


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model")
    parser.add_argument("--records")
    args = parser.parse_args()
    frame = pd.read_csv(sorted(glob.glob(f"{args.records}/*.csv"))[-1])
    frame["hours"] = hours(frame)
    model = mlflow.sklearn.load_model(args.model)
    error = mean_absolute_error(frame["delay"], model.predict(frame[["hours", "distance"]]))
    if error > LIMIT:
        sys.exit(f"mean absolute error {error:.2f} h is above {LIMIT} h")


if __name__ == "__main__":
    main()
