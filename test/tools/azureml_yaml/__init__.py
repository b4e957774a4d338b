"""Checks every Azure ML (CLI v2) YAML file of a repository without Azure."""
