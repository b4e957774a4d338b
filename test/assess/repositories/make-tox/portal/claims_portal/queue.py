import requests


def lanes(uri, token, claims):
    answer = requests.post(uri, json=claims, headers={"Authorization": f"Bearer {token}"}, timeout=10)
    answer.raise_for_status()
    return answer.json()


def order(claims):
    return sorted(claims, key=lambda claim: -claim["amount"])
