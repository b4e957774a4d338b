import json
import os

import joblib
import pandas as pd


def init():
    global model
    model = joblib.load(os.path.join(os.environ["AZUREML_MODEL_DIR"], "weights.joblib"))


def run(raw):
    return model.predict(pd.DataFrame(json.loads(raw))).tolist()
