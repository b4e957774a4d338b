"""Copies the events of yesterday from the warehouse into the datastore."""

import datetime
import os
import tempfile

import pandas as pd
import sqlalchemy
from azure.ai.ml.constants import AssetTypes
from azure.ai.ml.entities import Data

from workspace import connect


def main():
    day = datetime.date.today() - datetime.timedelta(days=1)
    with sqlalchemy.create_engine(os.environ["WAREHOUSE"]).connect() as warehouse:
        rows = warehouse.execute(sqlalchemy.text("select * from events where day = :day"), {"day": day})
        frame = pd.DataFrame(rows.fetchall(), columns=rows.keys())
    with tempfile.TemporaryDirectory() as folder:
        frame.to_parquet(os.path.join(folder, f"{day}.parquet"))
        connect().data.create_or_update(
            Data(name="churn-events", version=str(day), path=folder, type=AssetTypes.URI_FOLDER)
        )


if __name__ == "__main__":
    main()
