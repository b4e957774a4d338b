"""Brings a registered model to the endpoints; run by the workflows, and by hand with az signed in."""
