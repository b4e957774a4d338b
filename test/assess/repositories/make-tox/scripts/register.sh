#!/bin/sh
set -eu
az ml model create --name claims --type mlflow_model --path "azureml://jobs/$1/outputs/model" --set tags.commit="$(git rev-parse HEAD)" tags.run="$1"
