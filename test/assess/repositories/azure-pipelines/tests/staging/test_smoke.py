"""Asks the endpoint that was just deployed."""

import os

import requests
from azure.identity import DefaultAzureCredential


def test_the_endpoint_answers_a_leg():
    token = DefaultAzureCredential().get_token("https://ml.azure.com/.default").token
    response = requests.post(
        os.environ["ETA_URI"],
        json={"legs": [{"hours": 2, "distance": 90}]},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    assert response.status_code == 200
    assert -5 < response.json()[0] < 48
