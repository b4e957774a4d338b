import json
import os

import mlflow
import pandas as pd

model = None


def init():
    global model
    model = mlflow.sklearn.load_model(os.path.join(os.environ["AZUREML_MODEL_DIR"], "model"))


def run(raw):
    return model.predict(pd.DataFrame(json.loads(raw))).tolist()
