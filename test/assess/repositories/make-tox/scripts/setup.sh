#!/bin/sh
set -eu
az ml compute create --name claims-cluster --type amlcompute --size Standard_DS3_v2 --min-instances 0 --max-instances 2
