"""The retention team's board: who may leave, and what to offer."""

import os

import requests
from flask import Flask, jsonify, request

from offers import offer

app = Flask(__name__)


@app.post("/offers")
def offers():
    answer = requests.post(
        os.environ["CHURN_URI"],
        json={"rows": request.json},
        headers={"Authorization": f"Bearer {os.environ['CHURN_TOKEN']}"},
        timeout=10,
    )
    answer.raise_for_status()
    return jsonify([offer(share) for share in answer.json()])
