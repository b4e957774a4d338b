import json
import os

import mlflow
import pandas as pd

model = None


def init():
    global model
    model = mlflow.sklearn.load_model(os.path.join(os.environ["AZUREML_MODEL_DIR"], "model"))


def run(raw):
    rows = pd.DataFrame(json.loads(raw)["rows"])
    return model.predict(rows[["boxes", "days"]]).tolist()
