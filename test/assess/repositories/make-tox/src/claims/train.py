import argparse

import mlflow
import pandas as pd

from model import build


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--claims")
    parser.add_argument("--model")
    args = parser.parse_args()
    mlflow.sklearn.autolog()
    frame = pd.read_csv(args.claims)
    model = build()
    model.fit(frame[["text", "amount"]], frame["lane"])
    mlflow.sklearn.save_model(model, args.model)


if __name__ == "__main__":
    main()
