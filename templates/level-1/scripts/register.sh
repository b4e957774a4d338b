#!/usr/bin/env bash
# Registers the model of the folder model/ in the workspace, as its next version: scripts/register.sh --help
set -euo pipefail
cd "$(dirname "$0")/.."

export AZURE_DEFAULTS_GROUP="${AZURE_RESOURCE_GROUP:-<%= resourceGroup %>}"
export AZURE_DEFAULTS_WORKSPACE="${AZURE_ML_WORKSPACE:-<%= workspace %>}"

dry_run=no
case ${1:-} in
  '') ;;
  --dry-run) dry_run=yes ;;
  *)
    echo "usage: scripts/register.sh [--dry-run]   (train first: the model is read from model/)" >&2
    [ "$1" = --help ] && exit 0
    exit 2
    ;;
esac

stop() { printf '%s\n' "$@" >&2 && exit 1; }

for file in model/model.pkl model/evaluation.json; do
  [ -f "$file" ] || stop "$file is not there: train the model first."
done
az account show --output none --only-show-errors || stop "Not signed in to Azure: run 'az login', then this script again."

# Which code made it. A commit that lacks some of the changes is marked, since nobody can go back to it.
commit=none
if git rev-parse --verify --quiet HEAD >/dev/null 2>&1; then
  commit=$(git rev-parse HEAD)
  if [ -n "$(git status --porcelain)" ]; then commit=$commit-dirty; fi
fi
# Its content, so that the same file is not registered twice; and its metrics, for whoever chooses a version.
lines=$(
  python3 - <<'END'
import hashlib
import json
from pathlib import Path

print("sha256=" + hashlib.sha256(Path("model/model.pkl").read_bytes()).hexdigest())
for name, value in json.loads(Path("model/evaluation.json").read_text())["metrics"].items():
    print(f"{name}={value:.6g}" if value is not None else f"{name}=none")
END
)
tags=("commit=$commit")
while IFS= read -r line; do tags+=("$line"); done <<<"$lines"
digest=${tags[1]#sha256=}

if version=$(az ml model list --name <%= name %> --query "[?tags.sha256=='$digest'].version | [0]" --output tsv \
  --only-show-errors 2>&1); then
  case $version in
    '' | None) ;;
    *)
      echo "This model is already registered: <%= name %> version $version" >&2
      echo "$version"
      exit 0
      ;;
  esac
else
  case $version in
    *NotFound* | *"not found"* | *"does not exist"*) ;; # the first version of this model
    *) stop "$version" ;;
  esac
fi

if [ "$dry_run" = yes ]; then
  echo "would register model/ as the next version of <%= name %>, with the tags ${tags[*]}"
  exit 0
fi
version=$(az ml model create --name <%= name %> --type custom_model --path model --tags "${tags[@]}" \
  --query version --output tsv --only-show-errors)
echo "Registered <%= name %> version $version. To serve it, put that number into azureml/endpoints/*/deployment.yml." >&2
echo "$version"
