"""Opens a work order for each meter that the model calls faulty."""
import requests


def faulty(uri, key, readings):
    answer = requests.post(uri, json={"data": readings}, headers={"Authorization": "Bearer " + key})
    return [number for number, flag in enumerate(answer.json()) if flag]
