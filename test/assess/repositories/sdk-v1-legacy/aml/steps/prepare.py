import argparse
import os

import pandas as pd
from azureml.core import Run

from readings import daily

parser = argparse.ArgumentParser()
parser.add_argument("--out")
args = parser.parse_args()
run = Run.get_context()
frame = pd.read_csv(run.input_datasets["readings"])
os.makedirs(args.out, exist_ok=True)
daily(frame).to_csv(os.path.join(args.out, "daily.csv"))
