JOB := aml/train.yml

.PHONY: train data
data:
	az ml data create --name claims --version $(shell git rev-parse --short HEAD) --type uri_file --path data/claims.csv

train: data
	./scripts/train.sh $(JOB)
