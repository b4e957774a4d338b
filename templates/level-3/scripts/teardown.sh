#!/usr/bin/env bash
# Removes what scripts/setup.sh made, and everything else in its resource groups: scripts/teardown.sh --help
set -euo pipefail

base="${AZURE_RESOURCE_GROUP:-<%= resourceGroup %>}"
workspace="${AZURE_ML_WORKSPACE:-<%= workspace %>}"
# What serves goes first; the registry, which lies in the last group, when nothing reads it any more.
groups=("$base-production" "$base-staging" "$base")
<%_ if (level >= 4) { _%>
environments=(monitoring production staging development)
<%_ } else { _%>
environments=(production staging development)
<%_ } _%>

usage() {
  cat <<'END'
usage: scripts/teardown.sh [--dry-run] [--yes] [--repo OWNER/REPO] [--no-github]

Deletes, in production, staging and development: the endpoints of the workspace, the workspace, and the resource group
with all that is in it; the Azure ML registry before the last group; and the GitHub environments. Asks for the name of
the resource group of development first.

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
standing=()
for group in "${groups[@]}"; do
  if answer=$(az group show --name "$group" --output none --only-show-errors 2>&1); then
    standing+=("$group")
    say "In the resource group $group:"
    az resource list --resource-group "$group" --query "[].{name: name, type: type}" --output tsv --only-show-errors
  elif missing "$answer"; then
    say "no resource group $group"
  fi
done
if [ "$dry_run" = no ] && [ "$ask" = yes ]; then
  [ -t 0 ] || stop "Nobody to ask: give --yes to delete without a question."
  read -r -p "Type $base to delete all of this: " typed
  [ "$typed" = "$base" ] || stop "That is not $base. Nothing was deleted."
fi

# Endpoints first, in all places: they cost money by the hour, and a workspace that still has some is not deleted.
workspaces=()
for group in ${standing[@]+"${standing[@]}"}; do
  export AZURE_DEFAULTS_GROUP=$group AZURE_DEFAULTS_WORKSPACE=$workspace
  if answer=$(az ml workspace show --name "$workspace" --output none --only-show-errors 2>&1); then
    workspaces+=("$group")
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
  elif missing "$answer"; then
    say "no workspace $workspace in $group"
  fi
done
for group in ${workspaces[@]+"${workspaces[@]}"}; do
  remove "workspace $workspace in $group"
  # For good: a workspace that is only marked as deleted keeps its name.
  az ml workspace delete --name "$workspace" --resource-group "$group" --permanently-delete --yes --output none --only-show-errors
done
for group in ${standing[@]+"${standing[@]}"}; do
  if [ "$group" = "$base" ]; then
    # The storage and the images of a registry lie in a group of their own, which only the registry itself takes away.
    registries=$(az ml registry list --resource-group "$group" --query "[].name" --output tsv --only-show-errors)
    for registry in $registries; do
      remove "registry $registry"
      az ml registry delete --name "$registry" --resource-group "$group" --output none --only-show-errors
    done
  fi
  remove "resource group $group"
  az group delete --name "$group" --yes --output none --only-show-errors
done

if [ "$github" = yes ]; then
  for environment in "${environments[@]}"; do
    if answer=$(gh api "repos/$repo/environments/$environment" 2>&1); then
      remove "GitHub environment $environment"
      gh api --method DELETE "repos/$repo/environments/$environment" >/dev/null
    elif missing "$answer"; then
      say "no GitHub environment $environment"
    fi
  done
fi
say "Done. A scheduled workflow still starts and fails: gh workflow disable NAME stops it."
