"""Fetches the records of yesterday from the carriers' service."""

import argparse
import datetime
import os
import pathlib

import requests


def fetch(day, out):
    response = requests.get(
        f"{os.environ['CARRIERS_URL']}/legs", params={"day": day.isoformat()}, timeout=60
    )
    response.raise_for_status()
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{day}.csv").write_bytes(response.content)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, required=True)
    fetch(datetime.date.today() - datetime.timedelta(days=1), parser.parse_args().out)
