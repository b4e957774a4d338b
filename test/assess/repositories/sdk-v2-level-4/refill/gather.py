"""Yesterday's sales from the tills into the lake."""

import datetime
import os

import requests
from azure.identity import DefaultAzureCredential
from azure.storage.filedatalake import DataLakeServiceClient


def main():
    day = datetime.date.today() - datetime.timedelta(days=1)
    answer = requests.get(os.environ["TILLS_URL"], params={"day": str(day)}, timeout=120)
    answer.raise_for_status()
    lake = DataLakeServiceClient(os.environ["LAKE_URL"], credential=DefaultAzureCredential())
    lake.get_file_client("sales", f"{day}.parquet").upload_data(answer.content, overwrite=True)


if __name__ == "__main__":
    main()
