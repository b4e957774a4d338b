import json
import os

import mlflow
import pandas as pd

model = None


def init():
    global model
    model = mlflow.lightgbm.load_model(os.path.join(os.environ["AZUREML_MODEL_DIR"], "model"))


def run(raw):
    rows = pd.DataFrame(json.loads(raw)["rows"])
    return json.dumps(model.predict_proba(rows)[:, 1].round(4).tolist())
