"""Features: what turns a row of data into the numbers that a model takes."""

from typing import Any

<%- include('features_imports.py') -%>

from .data import Contract, columns

<%- include('features.py') -%>
