"""From a request or a file to predictions; the entry scripts of the endpoints stand on this.

<%_ if (batch) { _%>
    python -m <%= pkg %>.scoring --model model samples/batch.csv

<%_ } _%>
The data contract says which columns the model takes and what they hold.
"""

<%_ if (batch) { _%>
import argparse
import csv
import io
<%_ } _%>
<%_ if (online) { _%>
import json
<%_ } _%>
<%_ if (batch) { _%>
import sys
<%_ } _%>
from pathlib import Path
from typing import Any

import joblib
import pandas as pd

<%_ if (batch) { _%>
from .data import CONTRACT, Contract, inputs, load_contract, read_csv
<%_ } else { _%>
from .data import Contract, inputs
<%_ } _%>
<%_ if (online) { _%>

<%- include('scoring_constants.py') -%>
<%_ } _%>


<%- include('scoring.py') -%>
