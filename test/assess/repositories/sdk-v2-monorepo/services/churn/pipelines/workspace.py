from azure.ai.ml import MLClient
from azure.identity import DefaultAzureCredential


def connect():
    return MLClient.from_config(DefaultAzureCredential())
