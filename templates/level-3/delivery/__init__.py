"""Brings a registered model to the endpoints; the workflows run it, and people signed in to az."""
