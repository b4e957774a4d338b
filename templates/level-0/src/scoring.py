"""From a request or a file to predictions; the entry scripts of the endpoints stand on this.

The data contract beside this file says which columns the model takes and what they hold. What
turns values into inputs is copied from notebooks/train.ipynb: keep the two the same.
"""

<%_ if (batch) { _%>
import argparse
import csv
import io
<%_ } _%>
import json
import math
<%_ if (batch) { _%>
import sys
<%_ } _%>
from pathlib import Path
from typing import Any

import joblib
import pandas as pd

Contract = dict[str, Any]
<%_ if (batch) { _%>
<%- include('missing.py') -%>
<%_ } _%>
TRUTH = {"true": 1.0, "yes": 1.0, "1": 1.0, "1.0": 1.0} | dict.fromkeys(
    ["false", "no", "0", "0.0"], 0.0
)
CONTRACT = Path(__file__).with_name("contract.json")
<%- include('scoring_constants.py') -%>


<%- include('contract.py') -%>


<%_ if (batch) { _%>
<%- include('read_csv.py') -%>


<%_ } _%>
<%- include('scoring.py') -%>
