#!/usr/bin/env bash
# Serves a registered model. The software team starts it, with the version it was given: scripts/hand-off.sh --help
set -euo pipefail
cd "$(dirname "$0")/.."

export AZURE_DEFAULTS_GROUP="${AZURE_RESOURCE_GROUP:-<%= resourceGroup %>}"
export AZURE_DEFAULTS_WORKSPACE="${AZURE_ML_WORKSPACE:-<%= workspace %>}"

usage() {
  cat <<'END'
usage: scripts/hand-off.sh --version V [options]

Serves version V of the model <%= name %>. The version must be registered with the gate's verdict "promote". An endpoint
or deployment that is there is updated, never made again. One that is made is asked before it gets traffic.

  --version V    the version of the registered model
<%_ if (online && batch) { _%>
  --online       only the online endpoint
  --batch        only the batch endpoint
<%_ } _%>
  --dry-run      print what would be changed; change nothing
  --help
END
}

dry_run=no version=''
<%_ if (online && batch) { _%>
online=yes batch=yes
<%_ } _%>
while [ $# -gt 0 ]; do
  case $1 in
    --version) version=${2:?--version needs a version} && shift ;;
<%_ if (online && batch) { _%>
    --online) batch=no ;;
    --batch) online=no ;;
<%_ } _%>
    --dry-run) dry_run=yes ;;
    --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift
done
case $version in
  '' | *[!0-9A-Za-z._-]*) usage >&2 && exit 2 ;;
esac

say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "$@" >&2 && exit 1; }
make() {
  if [ "$dry_run" = yes ]; then say "would change  $*"; else say "changing   $*"; fi
}
<%- include('az_calls.sh') -%>
<%- include('missing.sh') -%>

az account show --output none --only-show-errors || stop "Not signed in to Azure: run 'az login', then this script again."
names=$(scripts/setup.sh --names)

if verdict=$(az ml model show --name <%= name %> --version "$version" --query tags.verdict --output tsv --only-show-errors 2>&1); then
  [ "$verdict" = promote ] ||
    stop "Version $version of <%= name %> has the verdict '${verdict:-none}', not 'promote': the gate did not let it through."
elif missing "$verdict"; then
  stop "There is no version $version of <%= name %>. The registered ones: az ml model list --name <%= name %> --output table"
fi

# The environment under a version made of its content: the same files are the same version, on every machine.
if command -v sha256sum >/dev/null; then digest=(sha256sum); else digest=(shasum -a 256); fi
content=$(cat azureml/environments/inference.yml azureml/environments/inference-conda.yml | "${digest[@]}" | cut -c1-12)
if answer=$(az ml environment show --name <%= name %>-inference --version "$content" --output none --only-show-errors 2>&1); then
  say "there    environment <%= name %>-inference $content"
elif missing "$answer"; then
  make "environment <%= name %>-inference $content"
  az ml environment create --file azureml/environments/inference.yml --version "$content" --output none --only-show-errors
fi

# The deployment file with what is served now. It lies beside the original, because paths in it are relative.
file='' back=''
work=$(mktemp -d)
finish() {
  local status=$?
  rm -rf "$work" ${file:+"$file"}
  if [ "$status" != 0 ] && [ -n "$back" ]; then
    printf '%s\n' "$back" >&2
  fi
}
trap finish EXIT
deployment_file() {
  file=$1/hand-off-$$.yml
  sed -e "s|^model: .*|model: azureml:<%= name %>:$version|" \
    -e "s|^environment: .*|environment: azureml:<%= name %>-inference:$content|" "$1/deployment.yml" >"$file"
  grep -Fxq "model: azureml:<%= name %>:$version" "$file" || stop "$1/deployment.yml has no line 'model: ...' to replace."
}
<%_ if (online) { _%>

hand_off_online() {
  local endpoint former='' answer
  endpoint=$(sed -n 's/^ONLINE_ENDPOINT=//p' <<<"$names")
  deployment_file azureml/endpoints/online

  if answer=$(az ml online-endpoint show --name "$endpoint" --output none --only-show-errors 2>&1); then
    say "there    online endpoint $endpoint"
  elif missing "$answer"; then
    make "online endpoint $endpoint"
    az ml online-endpoint create --file azureml/endpoints/online/endpoint.yml --name "$endpoint" --output none --only-show-errors
  fi

  if former=$(az ml online-deployment show --name blue --endpoint-name "$endpoint" --query model --output tsv \
    --only-show-errors 2>&1); then
    former=${former##*[/:]}
    make "deployment blue of $endpoint: version $former becomes $version"
    back="Blue was serving version $former and now holds $version. Back to the former one: scripts/hand-off.sh --version $former"
    az ml online-deployment update --file "$file" --name blue --endpoint-name "$endpoint" --output none --only-show-errors
  elif missing "$former"; then
    former=''
    make "deployment blue of $endpoint: version $version"
    az ml online-deployment create --file "$file" --name blue --endpoint-name "$endpoint" --output none --only-show-errors
  fi

  make "question to blue: samples/request.json"
  az ml online-endpoint invoke --name "$endpoint" --deployment-name blue --request-file samples/request.json \
    --output json --only-show-errors >"$work/answer.json"
  if [ "$dry_run" = no ]; then
    # One finite prediction per row that was asked for; az gives the answer as text inside JSON.
    python3 - samples/request.json "$work/answer.json" <<'END' ||
import json
import math
import sys

asked, answer = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
while isinstance(answer, str):
    answer = json.loads(answer)
given = [row["prediction"] for row in answer["predictions"]]
if len(given) != len(asked["data"]):
    sys.exit(f"{len(asked['data'])} rows were asked for, {len(given)} answered")
if any(value is None or isinstance(value, float) and not math.isfinite(value) for value in given):
    sys.exit(f"a prediction is missing: {given}")
print("answered:", *given)
END
      stop "The answer of version $version is wrong; blue was given no more traffic."
  fi

  make "traffic of $endpoint: all to blue"
  az ml online-endpoint update --name "$endpoint" --traffic "blue=100" --output none --only-show-errors
  rm -f "$file"
  back=''
}
<%_ } _%>
<%_ if (batch) { _%>

hand_off_batch() {
  local endpoint former='' answer job status
  endpoint=$(sed -n 's/^BATCH_ENDPOINT=//p' <<<"$names")
  deployment_file azureml/endpoints/batch

  if answer=$(az ml batch-endpoint show --name "$endpoint" --output none --only-show-errors 2>&1); then
    say "there    batch endpoint $endpoint"
  elif missing "$answer"; then
    make "batch endpoint $endpoint"
    az ml batch-endpoint create --file azureml/endpoints/batch/endpoint.yml --name "$endpoint" --output none --only-show-errors
  fi

  if former=$(az ml batch-deployment show --name blue --endpoint-name "$endpoint" --query model --output tsv \
    --only-show-errors 2>&1); then
    former=${former##*[/:]}
    make "deployment blue of $endpoint: version $former becomes $version"
    back="Blue was serving version $former and now holds $version. Back to the former one: scripts/hand-off.sh --version $former"
    az ml batch-deployment update --file "$file" --name blue --endpoint-name "$endpoint" --output none --only-show-errors
  elif missing "$former"; then
    former=''
    make "deployment blue of $endpoint: version $version"
    az ml batch-deployment create --file "$file" --name blue --endpoint-name "$endpoint" --output none --only-show-errors
  fi

  make "trial run of blue: samples/batch.csv"
  job=$(az ml batch-endpoint invoke --name "$endpoint" --deployment-name blue --input samples/batch.csv \
    --input-type uri_file --query name --output tsv --only-show-errors)
  if [ "$dry_run" = no ]; then
    # How it ended is asked below: a stream also breaks off for reasons that are none of the job's.
    az ml job stream --name "$job" --only-show-errors >"$work/log" || true
    status=$(az ml job show --name "$job" --query status --output tsv --only-show-errors)
    [ "$status" = Completed ] ||
      stop "The job $job of version $version ended as $status; blue was not made the default."
    az ml job download --name "$job" --output-name score --download-path "$work" --output none --only-show-errors
    # One line per row of the sample: file, row, prediction.
    python3 - samples/batch.csv "$work" <<'END' ||
import csv
import sys
from pathlib import Path

found = list(Path(sys.argv[2]).rglob("predictions.csv"))
if len(found) != 1:
    sys.exit(f"the job wrote {len(found)} files predictions.csv")
with open(sys.argv[1], encoding="utf-8", newline="") as sample, open(found[0], encoding="utf-8", newline="") as answer:
    asked = sum(1 for _ in csv.DictReader(sample))
    given = [row for row in csv.reader(answer) if row]
if len(given) != asked:
    sys.exit(f"{asked} rows were given, {len(given)} scored")
if any(len(row) < 3 or row[2].strip().lower() in ("", "nan", "inf", "-inf") for row in given):
    sys.exit("a prediction is missing")
print(f"scored: {len(given)} rows")
END
      stop "The result of version $version is wrong; blue was not made the default."
  fi

  make "default deployment of $endpoint: blue"
  az ml batch-endpoint update --name "$endpoint" --set defaults.deployment_name=blue --output none --only-show-errors
  rm -f "$file"
  back=''
}
<%_ } _%>

<%_ if (online && batch) { _%>
if [ "$online" = yes ]; then hand_off_online; fi
if [ "$batch" = yes ]; then hand_off_batch; fi
<%_ } else if (online) { _%>
hand_off_online
<%_ } else { _%>
hand_off_batch
<%_ } _%>
if [ "$dry_run" = no ]; then say "Done: version $version is served."; fi
