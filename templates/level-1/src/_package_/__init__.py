"""Data, features, training, evaluation and scoring of the model <%= name %>."""
