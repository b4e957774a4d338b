import json
import os

import mlflow


def init():
    global model
    model = mlflow.sklearn.load_model(os.path.join(os.environ["AZUREML_MODEL_DIR"], "model"))


def run(raw):
    return model.predict(json.loads(raw)).tolist()
