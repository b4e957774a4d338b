import json

import mlflow


def init():
    global model
    model = mlflow.sklearn.load_model("model")


def run(raw):
    return model.predict(json.loads(raw)).tolist()
