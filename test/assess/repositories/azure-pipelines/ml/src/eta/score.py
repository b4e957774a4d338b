import json
import os

import mlflow
import pandas as pd

model = None


def init():
    global model
    model = mlflow.sklearn.load_model(os.path.join(os.environ["AZUREML_MODEL_DIR"], "model"))


def run(raw):
    legs = pd.DataFrame(json.loads(raw)["legs"])
    return model.predict(legs[["hours", "distance"]]).tolist()
