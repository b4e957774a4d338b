import argparse
import sys

import mlflow
import pandas as pd
from sklearn.metrics import mean_absolute_error

from fit import COLUMNS

MOST_DAYS = 6.0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sales")
    parser.add_argument("--model")
    args = parser.parse_args()
    frame = pd.read_parquet(args.sales).tail(5000)
    model = mlflow.sklearn.load_model(args.model)
    error = mean_absolute_error(frame["next"], model.predict(frame[COLUMNS]))
    mlflow.log_metric("held_out_error", error)
    if error > MOST_DAYS:
        sys.exit(f"off by {error:.1f} days, more than {MOST_DAYS}")


if __name__ == "__main__":
    main()
