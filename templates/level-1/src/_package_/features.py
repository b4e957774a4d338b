"""Features: what turns a row of data into the numbers that a model takes."""

<%- include('features_imports.py') -%>

from .data import Contract, columns

<%- include('features.py') -%>
