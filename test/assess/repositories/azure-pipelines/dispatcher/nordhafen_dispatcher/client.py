"""What the dispatchers' screen asks the model."""

import requests


def delays(uri, token, legs):
    response = requests.post(uri, json={"legs": legs}, headers={"Authorization": f"Bearer {token}"}, timeout=10)
    response.raise_for_status()
    return response.json()


def late(delay):
    return delay > 0.5
