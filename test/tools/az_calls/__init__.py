"""Checks every `az` call of a repository without Azure."""
