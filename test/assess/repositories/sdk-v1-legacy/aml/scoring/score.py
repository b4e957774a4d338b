import json

import joblib
import numpy as np
from azureml.core.model import Model


def init():
    global model
    model = joblib.load(Model.get_model_path("meter-faults"))


def run(raw):
    return model.predict(np.array(json.loads(raw)["data"])).tolist()
