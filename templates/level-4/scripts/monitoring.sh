#!/usr/bin/env bash
# Makes what watches production: alert rules, and more. scripts/monitoring.sh --help
# Every thing is looked up first and made only if it is missing or was different.
set -euo pipefail
cd "$(dirname "$0")/.."

group="${AZURE_RESOURCE_GROUP:-<%= resourceGroup %>}-production"
workspace="${AZURE_ML_WORKSPACE:-<%= workspace %>}"
export MSYS_NO_PATHCONV=1 # Git Bash on Windows would turn /subscriptions/... into a path of Windows

# When somebody is told.
<%_ if (online) { _%>
latency=$(sed -n 's/^  p95_ms: \([0-9]*\).*/\1/p' config/rollout.yml) # milliseconds; the limit of a rollout
server_errors=1 # a minute, over five minutes
cpu=85          # percent, over five minutes
# How far a deployment may grow, and when. Each instance is paid for while it runs.
least=1 most=3 grow_above=70 shrink_below=25
<%_ } _%>
<%_ if (batch) { _%>
failed_jobs=0 # more than these within an hour
<%_ } _%>

usage() {
  cat <<'END'
usage: scripts/monitoring.sh [--email ADDRESS] [options]

Run it once after the first release to production, and again when a file of monitoring/ or this one has changed. Makes,
in the resource group of production: an action group that writes to ADDRESS,
<%_ if (batch) { _%>
an alert rule for jobs that failed<% if (online) { %>,<% } else { %>.<% } %>
<%_ } _%>
<%_ if (online) { _%>
for each online endpoint its logs in Log Analytics and alert rules for latency and server errors, for each deployment
an alert rule for its CPU and an autoscale setting, the queries of monitoring/ in a query pack, and a workbook.
<%_ } _%>

  --email ADDRESS    who is told; needed the first time
<%_ if (online) { _%>
  --live             only what hangs on the deployments that stand now: a rollout replaces them
<%_ } _%>
  --group NAME       the resource group of production
  --dry-run          print what would be made; change nothing
  --help

AZURE_RESOURCE_GROUP (of development) and AZURE_ML_WORKSPACE change the names it uses.
Needs: az (signed in), with the role Contributor of the resource group of production.
END
}

dry_run=no email=''
<%_ if (online) { _%>
live=no
<%_ } _%>
while [ $# -gt 0 ]; do
  case $1 in
    --email) email=${2:?--email needs an address} && shift ;;
<%_ if (online) { _%>
    --live) live=yes ;;
<%_ } _%>
    --group) group=${2:?--group needs a name} && shift ;;
    --dry-run) dry_run=yes ;;
    --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift
done

say() { printf '%s\n' "$*"; }
have() { say "there    $*"; }
stop() { printf '%s\n' "$@" >&2 && exit 1; }
make() {
  if [ "$dry_run" = yes ]; then say "would make  $*"; else say "making   $*"; fi
}
<%- include('az_calls.sh') -%>
<%- include('missing.sh') -%>

# stands WHAT CONTENT: after a look-up that set answer and status, whether it is there with this content.
stands() {
  if [ "$status" = 0 ] && [ "$answer" = "$2" ]; then
    have "$1"
    return 0
  fi
  if [ "$status" = 0 ]; then
    make "$1 again: it was different"
  elif missing "$answer"; then
    make "$1"
  fi
  return 1
}
if command -v sha256sum >/dev/null; then digest=(sha256sum); else digest=(shasum -a 256); fi
# What something was made of is its tag `content`; Azure's own answer holds defaults that nobody wrote.
fingerprint() { printf '%s\n' "$@" | "${digest[@]}" | cut -c1-12; }
<%_ if (online) { _%>
# Queries and workbooks have GUIDs for names: always the same one for the same thing.
guid() { printf '%s/%s' "$scope" "$1" | "${digest[@]}" | sed 's/^\(.\{8\}\)\(.\{4\}\)\(.\{4\}\)\(.\{4\}\)\(.\{12\}\).*/\1-\2-\3-\4-\5/'; }
<%_ } _%>

account=$(az account show --query "[id, user.name]" --output tsv --only-show-errors) ||
  stop "Not signed in to Azure: run 'az login', then this script again."
read -r subscription who <<<"$(tr '\n' ' ' <<<"$account")"
scope=/subscriptions/$subscription/resourceGroups/$group
machine_learning=$scope/providers/Microsoft.MachineLearningServices/workspaces/$workspace
export AZURE_DEFAULTS_GROUP=$group AZURE_DEFAULTS_WORKSPACE=$workspace

advice() {
  case $? in 0 | 2) return ;; esac
  cat >&2 <<END

Monitoring is not finished. It is safe to run it again.
AuthorizationFailed above means that $who lacks a role. Ask for Contributor on $scope.
END
}
trap advice EXIT

# --- Who is told ---
receivers='' status=0
answer=$(az monitor action-group show --name "ag-<%= name %>" --resource-group "$group" \
  --query "emailReceivers[].emailAddress" --output tsv --only-show-errors 2>&1) || status=$?
if [ "$status" = 0 ]; then
  receivers=$answer
<%_ if (online) { _%>
elif missing "$answer" && [ "$live" = yes ]; then
  say "Nothing is monitored yet: scripts/monitoring.sh --email ADDRESS begins it."
  exit 0
<%_ } _%>
elif missing "$answer" && [ -z "$email" ]; then
  stop "Who is to be told? Give --email ADDRESS the first time."
fi
if [ "$status" != 0 ]; then
  make "action group ag-<%= name %>, which writes to $email"
  az monitor action-group create --name "ag-<%= name %>" --resource-group "$group" --short-name production \
    --action email "$email" "$email" usecommonalertschema --output none --only-show-errors
elif [ -z "$email" ] || grep -Fxiq -- "$email" <<<"$receivers"; then
  have "action group ag-<%= name %>"
else
  make "action group ag-<%= name %>, which writes to $email too"
  az monitor action-group update --name "ag-<%= name %>" --resource-group "$group" \
    --add-actions email "$email" "$email" usecommonalertschema --output none --only-show-errors
fi
action=$scope/providers/Microsoft.Insights/actionGroups/ag-<%= name %>

# alert NAME SCOPE WINDOW CONDITION DESCRIPTION: looked at every quarter of an hour for 1h, every minute for 5m.
alert() {
  local content every
  case $3 in 1h) every=15m ;; *) every=1m ;; esac
  content=$(fingerprint "$@" "$action")
  status=0
  answer=$(az monitor metrics alert show --name "$1" --resource-group "$group" --query tags.content --output tsv \
    --only-show-errors 2>&1) || status=$?
  stands "alert rule $1" "$content" ||
    az monitor metrics alert create --name "$1" --resource-group "$group" --scopes "$2" --window-size "$3" \
      --evaluation-frequency "$every" --condition "$4" --description "$5" --severity 2 --action "$action" \
      --tags "content=$content" --output none --only-show-errors
}
<%_ if (online) { _%>

# autoscale NAME DEPLOYMENT: a setting that lacks its rules, after a run that stopped there, is made again.
autoscale() {
  local content
  content=$(fingerprint "$@" "$least" "$most" "$grow_above" "$shrink_below")
  status=0
  answer=$(az monitor autoscale show --name "$1" --resource-group "$group" \
    --query "[tags.content, length(profiles[0].rules)]" --output tsv --only-show-errors 2>&1) || status=$?
  if [ "$status" = 0 ]; then answer=$(tr '\n' ' ' <<<"$answer"); fi
  if stands "autoscale setting $1" "$content 2 "; then return; fi
  az monitor autoscale create --name "$1" --resource-group "$group" --resource "$2" --count "$least" \
    --min-count "$least" --max-count "$most" --tags "content=$content" --output none --only-show-errors
  az monitor autoscale rule create --autoscale-name "$1" --resource-group "$group" --scale out 1 \
    --condition "CpuUtilizationPercentage > $grow_above avg 5m" --cooldown 10 --output none --only-show-errors
  az monitor autoscale rule create --autoscale-name "$1" --resource-group "$group" --scale in 1 \
    --condition "CpuUtilizationPercentage < $shrink_below avg 10m" --cooldown 10 --output none --only-show-errors
}

# gone ENDPOINT-DEPLOYMENT: removes what was made for a deployment that stands no more.
gone() {
  if answer=$(az monitor autoscale show --name "$1" --resource-group "$group" --output none --only-show-errors 2>&1); then
    make "autoscale setting $1 go: its deployment is gone"
    az monitor autoscale delete --name "$1" --resource-group "$group" --output none --only-show-errors
  else
    missing "$answer"
  fi
  if answer=$(az monitor metrics alert show --name "$1-cpu" --resource-group "$group" --output none --only-show-errors 2>&1); then
    make "alert rule $1-cpu go: its deployment is gone"
    az monitor metrics alert delete --name "$1-cpu" --resource-group "$group" --output none --only-show-errors
  else
    missing "$answer"
  fi
}

# --- Endpoints ---
endpoints=$(az ml online-endpoint list --query "[].name" --output tsv --only-show-errors)
[ -n "$endpoints" ] || stop "There is no online endpoint in $group yet: the first release makes it."
if [ "$live" = no ]; then
  insights=$(az ml workspace show --name "$workspace" --resource-group "$group" --query application_insights --output tsv --only-show-errors)
  logs=$(az resource show --ids "$insights" --query properties.WorkspaceResourceId --output tsv --only-show-errors)
  [ -n "$logs" ] || stop "Application Insights of $workspace keeps its data in no Log Analytics workspace: $insights"
fi
for endpoint in $endpoints; do
  id=$machine_learning/onlineEndpoints/$endpoint
  if [ "$live" = no ]; then
    status=0
    answer=$(az monitor diagnostic-settings show --name logs --resource "$id" --query workspaceId --output tsv \
      --only-show-errors 2>&1) || status=$?
    # Paid by the gigabyte. The traffic log has one line per request; the queries of monitoring/ read it.
    stands "logs of $endpoint" "$logs" ||
      az monitor diagnostic-settings create --name logs --resource "$id" --workspace "$logs" \
        --logs '[{"category":"AmlOnlineEndpointTrafficLog","enabled":true},{"category":"AmlOnlineEndpointConsoleLog","enabled":true},{"category":"AmlOnlineEndpointEventLog","enabled":true}]' \
        --output none --only-show-errors
    # On the endpoint, so that they outlive every deployment.
    alert "$endpoint-latency" "$id" 5m "avg RequestLatency_P95 > $latency" \
      "The 95th percentile of the latency of $endpoint is above $latency ms."
    alert "$endpoint-errors" "$id" 5m "avg RequestsPerMinute > $server_errors where statusCodeClass includes 5xx" \
      "$endpoint answers more than $server_errors requests a minute with a server error."
  fi
  deployments=$(az ml online-deployment list --endpoint-name "$endpoint" --query "[].name" --output tsv --only-show-errors)
  for deployment in blue green; do
    if grep -Fxq "$deployment" <<<"$deployments"; then
      alert "$endpoint-$deployment-cpu" "$id/deployments/$deployment" 5m "avg CpuUtilizationPercentage > $cpu" \
        "The instances of $deployment of $endpoint are busier than $cpu %."
      autoscale "$endpoint-$deployment" "$id/deployments/$deployment"
    else
      gone "$endpoint-$deployment"
    fi
  done
done
if [ "$live" = yes ]; then exit 0; fi

# --- Queries and workbook ---
location=$(az group show --name "$group" --query location --output tsv --only-show-errors)
if answer=$(az monitor log-analytics query-pack show --name "qp-<%= name %>" --resource-group "$group" --output none --only-show-errors 2>&1); then
  have "query pack qp-<%= name %>"
elif missing "$answer"; then
  make "query pack qp-<%= name %>"
  az monitor log-analytics query-pack create --name "qp-<%= name %>" --resource-group "$group" --location "$location" \
    --output none --only-show-errors
fi
for file in monitoring/*.kql; do
  query=$(guid "$file")
  body=$(cat "$file")
  status=0
  answer=$(az monitor log-analytics query-pack query show --name "$query" --query-pack-name "qp-<%= name %>" \
    --resource-group "$group" --query body --output tsv --only-show-errors 2>&1) || status=$?
  stands "query $file" "$body" ||
    az monitor log-analytics query-pack query create --name "$query" --query-pack-name "qp-<%= name %>" \
      --resource-group "$group" --display-name "$(sed -n '1s|^// ||p' "$file")" --body "$body" \
      --output none --only-show-errors
done

# The workbook names the files of its queries; what Azure gets is their text.
content=$(fingerprint "$logs" "$(cat monitoring/workbook.json monitoring/*.kql)")
workbook=$(
  python3 - "$location" "$logs" "$content" <<'END'
import json
import sys
from pathlib import Path

location, logs, content = sys.argv[1:]
folder = Path("monitoring")
workbook = json.loads((folder / "workbook.json").read_text(encoding="utf-8"))
for item in workbook["items"]:
    query = item["content"].get("query")
    if query:
        item["content"]["query"] = (folder / query).read_text(encoding="utf-8")
        item["content"]["crossComponentResources"] = [logs]
workbook["fallbackResourceIds"] = [logs]
properties = {
    "displayName": "Online endpoints of <%= name %>",
    "category": "workbook",
    "sourceId": logs,
    "serializedData": json.dumps(workbook),
}
print(json.dumps({"location": location, "kind": "shared", "tags": {"content": content}, "properties": properties}))
END
)
id=$scope/providers/Microsoft.Insights/workbooks/$(guid workbook)
status=0
answer=$(az resource show --ids "$id" --api-version 2023-06-01 --query tags.content --output tsv --only-show-errors 2>&1) || status=$?
stands "workbook Online endpoints of <%= name %>" "$content" ||
  az resource create --id "$id" --api-version 2023-06-01 --is-full-object --properties "$workbook" --output none --only-show-errors
<%_ } _%>
<%_ if (batch) { _%>

# --- Jobs ---
alert "<%= name %>-failed-jobs" "$machine_learning" 1h "total Failed Runs > $failed_jobs" \
<%_ if (online) { _%>
  "A job failed in production: files were not scored, or the model monitor did not run to its end."
<%_ } else { _%>
  "A job failed in production: files were not scored, those of a rollout's comparison among them."
<%_ } _%>
<%_ } _%>
say "Done."
