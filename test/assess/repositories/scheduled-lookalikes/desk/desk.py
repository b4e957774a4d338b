"""How many rooms the desk may sell twice tonight."""

import csv
import subprocess


def answers(endpoint, path):
    subprocess.run(["az", "ml", "batch-endpoint", "invoke", "--name", endpoint, "--input", path], check=True)


def overbook(rows):
    return sum(int(row["noshow"]) for row in rows) // 2


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))
