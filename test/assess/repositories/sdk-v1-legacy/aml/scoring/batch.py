import joblib
import pandas as pd
from azureml.core.model import Model


def init():
    global model
    model = joblib.load(Model.get_model_path("meter-faults"))


def run(mini_batch):
    return pd.concat(pd.Series(model.predict(pd.read_csv(path))) for path in mini_batch)
