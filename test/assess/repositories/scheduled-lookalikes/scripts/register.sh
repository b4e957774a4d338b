#!/usr/bin/env bash
set -euo pipefail
az ml model create --name noshow --path out/model.joblib --type custom_model --tags commit="$(git rev-parse HEAD)"
