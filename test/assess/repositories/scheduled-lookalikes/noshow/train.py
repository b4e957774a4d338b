import joblib
import mlflow
import pandas as pd
from sklearn.tree import DecisionTreeClassifier


def fit(frame):
    return DecisionTreeClassifier(max_depth=4).fit(frame[["nights", "lead"]], frame["noshow"])


if __name__ == "__main__":
    mlflow.sklearn.autolog()
    joblib.dump(fit(pd.read_csv("data/bookings.csv")), "out/model.joblib")
