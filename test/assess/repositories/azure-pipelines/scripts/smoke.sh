#!/usr/bin/env bash
set -euo pipefail
export ETA_ENDPOINT="eta-$1"
ETA_URI=$(az ml online-endpoint show --name "$ETA_ENDPOINT" --query scoring_uri --output tsv)
export ETA_URI
python -m pytest tests/staging
