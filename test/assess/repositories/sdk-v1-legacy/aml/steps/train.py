import argparse
import os

import joblib
import pandas as pd
from azureml.core import Run
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

parser = argparse.ArgumentParser()
parser.add_argument("--data")
parser.add_argument("--out")
args = parser.parse_args()
run = Run.get_context()
frame = pd.read_csv(os.path.join(args.data, "daily.csv"))
trees = 400
model = RandomForestClassifier(n_estimators=trees)
model.fit(frame.drop(columns="faulty"), frame["faulty"])
run.log("n_estimators", trees)
run.log("auc", roc_auc_score(frame["faulty"], model.predict_proba(frame.drop(columns="faulty"))[:, 1]))
os.makedirs(args.out, exist_ok=True)
joblib.dump(model, os.path.join(args.out, "model.pkl"))
