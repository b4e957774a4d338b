#!/usr/bin/env bash
# Removes what scripts/setup.sh made, and everything else in the resource group: scripts/teardown.sh --help
set -euo pipefail

group="${AZURE_RESOURCE_GROUP:-<%= resourceGroup %>}"
workspace="${AZURE_ML_WORKSPACE:-<%= workspace %>}"

usage() {
  cat <<'END'
usage: scripts/teardown.sh [--dry-run] [--yes] [--repo OWNER/REPO] [--no-github]

Deletes the endpoints of the workspace, the workspace, the resource group with all that is in it, and the GitHub
environment development. Asks for the name of the resource group first.

  --dry-run            print what would be deleted; delete nothing
  --yes                do not ask
  --repo OWNER/REPO    the GitHub repository (default: the one of this folder)
  --no-github          leave GitHub alone
  --help

AZURE_RESOURCE_GROUP and AZURE_ML_WORKSPACE change the names it uses.
END
}

dry_run=no ask=yes github=yes repo=''
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry_run=yes ;;
    --yes) ask=no ;;
    --repo) repo=${2:?--repo needs OWNER/REPO} && shift ;;
    --no-github) github=no ;;
    --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift
done

<%- include('teardown_calls.sh') -%>
<%- include('missing.sh') -%>

<%- include('teardown_signed_in.sh') -%>
if answer=$(az group show --name "$group" --output none --only-show-errors 2>&1); then
  there=yes
elif missing "$answer"; then
  there=no
  say "no resource group $group"
fi

if [ "$there" = yes ]; then
  say "In the resource group $group:"
  az resource list --resource-group "$group" --query "[].{name: name, type: type}" --output tsv --only-show-errors
fi
if [ "$dry_run" = no ] && [ "$ask" = yes ]; then
  [ -t 0 ] || stop "Nobody to ask: give --yes to delete without a question."
  read -r -p "Type the name of the resource group to delete all of this: " typed
  [ "$typed" = "$group" ] || stop "That is not $group. Nothing was deleted."
fi

if [ "$there" = yes ]; then
  export AZURE_DEFAULTS_GROUP=$group AZURE_DEFAULTS_WORKSPACE=$workspace
  if answer=$(az ml workspace show --name "$workspace" --output none --only-show-errors 2>&1); then
    # Endpoints first: they cost money by the hour, and a workspace that still has some is not deleted.
    endpoints=$(az ml online-endpoint list --query "[].name" --output tsv --only-show-errors)
    for endpoint in $endpoints; do
      remove "online endpoint $endpoint"
      az ml online-endpoint delete --name "$endpoint" --yes --output none --only-show-errors
    done
    endpoints=$(az ml batch-endpoint list --query "[].name" --output tsv --only-show-errors)
    for endpoint in $endpoints; do
      remove "batch endpoint $endpoint"
      az ml batch-endpoint delete --name "$endpoint" --yes --output none --only-show-errors
    done
    remove "workspace $workspace"
    # For good: a workspace that is only marked as deleted keeps its name.
    az ml workspace delete --name "$workspace" --permanently-delete --yes --output none --only-show-errors
  elif missing "$answer"; then
    say "no workspace $workspace"
  fi
  remove "resource group $group"
  az group delete --name "$group" --yes --output none --only-show-errors
fi

if [ "$github" = yes ]; then
  if answer=$(gh api "repos/$repo/environments/development" 2>&1); then
    remove "GitHub environment development"
    gh api --method DELETE "repos/$repo/environments/development" >/dev/null
  elif missing "$answer"; then
    say "no GitHub environment development"
  fi
fi
say "Done. A scheduled workflow still starts and fails: gh workflow disable NAME stops it."
