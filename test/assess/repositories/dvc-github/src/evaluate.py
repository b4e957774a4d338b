import json
import pathlib
import sys

import joblib
import pandas as pd
from sklearn.metrics import mean_absolute_error

folder, path, out = sys.argv[1:]
frame = pd.read_csv(pathlib.Path(folder) / "test.csv")
error = mean_absolute_error(frame["weight"], joblib.load(path).predict(frame[["length", "height"]]))
pathlib.Path(out).write_text(json.dumps({"error": error}))
