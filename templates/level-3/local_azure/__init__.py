"""Azure on this machine, as far as releasing a model needs it: for tests and for `make loop`."""
