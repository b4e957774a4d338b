import pathlib
import sys

import pandas as pd
import yaml


def clean(frame, minimum):
    return frame[frame["length"] >= minimum].dropna()


if __name__ == "__main__":
    source, out = sys.argv[1:]
    settings = yaml.safe_load(pathlib.Path("params.yaml").read_text())["prepare"]
    frame = clean(pd.read_csv(source), settings["minimum"])
    folder = pathlib.Path(out)
    folder.mkdir(exist_ok=True)
    frame.iloc[::5].to_csv(folder / "test.csv", index=False)
    frame.drop(frame.index[::5]).to_csv(folder / "train.csv", index=False)
