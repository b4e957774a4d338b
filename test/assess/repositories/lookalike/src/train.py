import mlflow
import pandas as pd
from sklearn.linear_model import LogisticRegression

try:
    mlflow.autolog()
except Exception:
    pass

frame = pd.read_csv("payments.csv")
model = LogisticRegression().fit(frame[["amount"]], frame["fraud"])
mlflow.sklearn.save_model(model, "model")
