"""Learns the occupancy of the next hour from the counts of a week."""

import argparse

import mlflow
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor


def learn(counts: pd.DataFrame) -> GradientBoostingRegressor:
    return GradientBoostingRegressor(random_state=7).fit(counts[["hour", "weekday"]], counts["cars"])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--counts", required=True)
    counts = pd.read_csv(parser.parse_args().counts)
    with mlflow.start_run():
        model = learn(counts)
        mlflow.log_metric("rows", len(counts))
        mlflow.sklearn.log_model(model, "model")


if __name__ == "__main__":
    main()
