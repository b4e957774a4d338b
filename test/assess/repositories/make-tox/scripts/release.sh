#!/bin/sh
set -eu
az ml online-deployment create --file aml/deployment.yml --all-traffic
