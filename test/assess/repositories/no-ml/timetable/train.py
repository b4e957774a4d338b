"""Reads tomorrow's trains and their drift."""

import argparse

import pandas as pd


def drift(planned, seen):
    """Minutes between plan and reality; a score for each run of a train."""
    return (seen - planned).dt.total_seconds() / 60


def run(path):
    frame = pd.read_csv(path, parse_dates=["planned", "seen"])
    return drift(frame["planned"], frame["seen"]).mean()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--refresh", action="store_true")
    parser.parse_args()
    print(run("trains.csv"))
