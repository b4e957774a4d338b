#!/usr/bin/env bash
# Makes what this repository needs in Azure and on GitHub: scripts/setup.sh --help
# Every thing is looked up first and made only if it is missing, so a second run, or one after a run that stopped
# half-way, makes the rest.
set -euo pipefail
cd "$(dirname "$0")/.."

group="${AZURE_RESOURCE_GROUP:-<%= resourceGroup %>}"
workspace="${AZURE_ML_WORKSPACE:-<%= workspace %>}"
location="${AZURE_LOCATION:-<%= location %>}"
export MSYS_NO_PATHCONV=1 # Git Bash on Windows would turn /subscriptions/... into a path of Windows
issuer=https://token.actions.githubusercontent.com

usage() {
  cat <<'END'
usage: scripts/setup.sh [options]

Makes in Azure: resource group, workspace, storage for data (containers landing and gathered), the identity
<%_ if (level >= 2) { _%>
of the workflows and its roles, the identity of the training jobs and its roles, datastore, data asset, cluster,
environments. Puts the data into landing, once.
<%_ } else { _%>
of the workflows and its roles, datastore, data asset. Puts the data into landing, once.
<%_ } _%>
Makes on GitHub: the environment development and its variables.

  --dry-run            print what would be made; change nothing
  --data FILE          the CSV file for landing (default: the CSV files of data/raw)
  --repo OWNER/REPO    the GitHub repository (default: the one of this folder)
  --no-github          Azure only: no federated credential, no GitHub environment
  --compute-instance   also make the compute instance, which is paid for while it runs
  --names              print the names that are made unique, and stop
  --help

AZURE_RESOURCE_GROUP, AZURE_ML_WORKSPACE and AZURE_LOCATION change the names it uses.
Needs: az (signed in), gh (signed in, administrator of the repository). In Azure the role Owner of the
subscription or of the group; or Contributor together with Role Based Access Control Administrator.
END
}

dry_run=no github=yes instance=no names=no data='' repo=''
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry_run=yes ;;
    --data) data=${2:?--data needs a file} && shift ;;
    --repo) repo=${2:?--repo needs OWNER/REPO} && shift ;;
    --no-github) github=no ;;
    --compute-instance) instance=yes ;;
    --names) names=yes ;;
    --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift
done

<%- include('setup_calls.sh') -%>

# missing ANSWER: whether a failed look-up says "not there". Anything else (no network, no rights) ends the script:
# taken for "not there" it would lead to a second, wrong error.
<%- include('missing.sh') -%>

advice() {
  case $? in 0 | 2) return ;; esac
  cat >&2 <<'END'

The set-up is not finished. It is safe to run it again.
AuthorizationFailed above means that a role is missing. Ask for Owner of the resource group, or for Contributor
together with Role Based Access Control Administrator; providers are registered by a Contributor of the subscription.
END
}

account=$(az account show --query "[id, tenantId, user.type]" --output tsv --only-show-errors) ||
  stop "Not signed in to Azure: run 'az login', then this script again."
read -r subscription tenant user_type <<<"$(tr '\n' ' ' <<<"$account")"

# Names that must be unique in a region or in all of Azure: the same on every run and every machine.
if command -v sha256sum >/dev/null; then digest=(sha256sum); else digest=(shasum -a 256); fi
suffix=$(printf '%s/%s' "$subscription" "$group" | "${digest[@]}" | cut -c1-5)
storage=<%= storagePrefix %>$suffix
if [ "$names" = yes ]; then
  say "AZURE_STORAGE_ACCOUNT=$storage"
<%_ if (online) { _%>
  say "ONLINE_ENDPOINT=<%= name %>-$suffix"
<%_ } _%>
<%_ if (batch) { _%>
  say "BATCH_ENDPOINT=<%= name %>-b-$suffix"
<%_ } _%>
  exit 0
fi
trap advice EXIT

<%- include('setup_before.sh') -%>
say "subscription $subscription, resource group $group, repository ${repo:-none}"

# --- Azure ---
<%- include('setup_extension.sh') -%>
if answer=$(az group show --name "$group" --output none --only-show-errors 2>&1); then
  have "resource group $group"
elif missing "$answer"; then
  make "resource group $group in $location"
  az group create --name "$group" --location "$location" --output none
fi
scope=/subscriptions/$subscription/resourceGroups/$group

if answer=$(az ml workspace show --name "$workspace" --resource-group "$group" --output none --only-show-errors 2>&1); then
  have "workspace $workspace"
elif missing "$answer"; then
  make "workspace $workspace"
  az ml workspace create --file azureml/workspace.yml --name "$workspace" --resource-group "$group" \
    --location "$location" --output none --only-show-errors
fi

if answer=$(az storage account show --name "$storage" --resource-group "$group" --output none --only-show-errors 2>&1); then
  have "storage account $storage"
elif missing "$answer"; then
  make "storage account $storage, without keys"
  az storage account create --name "$storage" --resource-group "$group" --location "$location" \
    --kind StorageV2 --sku Standard_LRS --enable-hierarchical-namespace true --allow-shared-key-access false \
    --allow-blob-public-access false --min-tls-version TLS1_2 --output none --only-show-errors
fi
containers=$scope/providers/Microsoft.Storage/storageAccounts/$storage/blobServices/default/containers

for container in landing gathered; do
  if answer=$(az storage container-rm show --name "$container" --storage-account "$storage" --resource-group "$group" \
    --output none --only-show-errors 2>&1); then
    have "container $container"
  elif missing "$answer"; then
    make "container $container"
    az storage container-rm create --name "$container" --storage-account "$storage" --resource-group "$group" \
      --output none --only-show-errors
  fi
done

<%- include('setup_identity.sh') -%>
# The workflows read landing, write gathered, and nothing else in this account.
identity id-<%= name %>-development
github_client=$client_id
assign "$principal_id" ServicePrincipal "Storage Blob Data Reader" "$containers/landing"
assign "$principal_id" ServicePrincipal "Storage Blob Data Contributor" "$containers/gathered"
<%_ if (level >= 2) { _%>
# Submits jobs and registers models. The role also lets it touch endpoints of this workspace: it is for development.
assign "$principal_id" ServicePrincipal "AzureML Data Scientist" \
  "$scope/providers/Microsoft.MachineLearningServices/workspaces/$workspace"

identity id-<%= name %>-training
assign "$principal_id" ServicePrincipal "Storage Blob Data Reader" "$containers/gathered"
assign "$principal_id" ServicePrincipal "AzureML Data Scientist" \
  "$scope/providers/Microsoft.MachineLearningServices/workspaces/$workspace"
# On the group, since the workspace's container registry is made only with the first image.
assign "$principal_id" ServicePrincipal AcrPull "$scope"
<%_ } _%>

export AZURE_DEFAULTS_GROUP=$group AZURE_DEFAULTS_WORKSPACE=$workspace
if answer=$(az ml datastore show --name gathered --output none --only-show-errors 2>&1); then
  have "datastore gathered"
elif missing "$answer"; then
  make "datastore gathered"
  az ml datastore create --file azureml/datastore.yml --set "account_name=$storage" --output none --only-show-errors
fi

if answer=$(az ml data show --name <%= name %>-data --version 1 --output none --only-show-errors 2>&1); then
  have "data asset <%= name %>-data"
elif missing "$answer"; then
  make "data asset <%= name %>-data"
  az ml data create --file azureml/data.yml --output none --only-show-errors
fi
<%_ if (level >= 2) { _%>

if answer=$(az ml compute show --name cpu-cluster --output none --only-show-errors 2>&1); then
  have "cluster cpu-cluster"
elif missing "$answer"; then
  make "cluster cpu-cluster, no machine while nothing runs"
  az ml compute create --file azureml/compute/cluster.yml --identity-type UserAssigned \
    --user-assigned-identities "$scope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-<%= name %>-training" \
    --output none --only-show-errors
fi

# A version of an environment never changes: it is made of the content of its files.
for environment in training inference; do
  file=azureml/environments/$environment.yml
  version=$(cat "$file" "azureml/environments/$environment-conda.yml" | "${digest[@]}" | cut -c1-12)
  if answer=$(az ml environment show --name "<%= name %>-$environment" --version "$version" --output none \
    --only-show-errors 2>&1); then
    have "environment <%= name %>-$environment $version"
  elif missing "$answer"; then
    make "environment <%= name %>-$environment $version"
    az ml environment create --file "$file" --version "$version" --output none --only-show-errors
  fi
done
<%_ } _%>

if [ "$instance" = yes ]; then
  if answer=$(az ml compute show --name <%= computeInstance %> --output none --only-show-errors 2>&1); then
    have "compute instance <%= computeInstance %>"
  elif missing "$answer"; then
    make "compute instance <%= computeInstance %>, paid for while it runs"
    az ml compute create --file azureml/compute/instance.yml --output none --only-show-errors
  fi
fi

<%- include('setup_landing.sh') -%>
# --- GitHub ---
if [ "$github" = no ]; then
  say "Without GitHub: no federated credential, no environment. Run again without --no-github for these."
  exit 0
fi

<%_ if (level >= 2) { _%>
# Who may use the environment: main, and pull requests, which GitHub runs as refs/pull/N/merge. A pull request from a
# fork gets no token whatever is set here.
branches=(main "refs/pull/*/merge")
<%_ } else { _%>
# Who may use the environment: the one workflow that signs in is scheduled, or started by a person, on main.
branches=(main)
<%_ } _%>
where=(--env development)
policy='{"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}'
if state=$(gh api "repos/$repo/environments/development" --jq \
  'if .deployment_branch_policy.custom_branch_policies then "ours" elif .deployment_branch_policy or .protection_rules != [] then "theirs" else "open" end' 2>&1); then
  have "GitHub environment development"
elif missing "$state"; then
  state=none
  make "GitHub environment development"
fi
case $state in
  none | open)
    if answer=$(gh api --method PUT "repos/$repo/environments/development" --input - <<<"$policy" 2>&1); then
      if [ "$dry_run" = yes ]; then say "$answer" >&2; fi
      state=ours
    elif [ "$private" = true ]; then
      case $answer in
        *"HTTP 403"* | *"HTTP 404"* | *"HTTP 422"*) ;;
        *) stop "$answer" ;;
      esac
      say "GitHub gives this private repository no environments (plan Free): its own variables are used instead,"
      say "and the branch main gets a credential. This way was not proven against GitHub; see docs/runbook.md."
      where=()
    else
      stop "$answer"
    fi
    ;;
esac
case $state in
  ours)
    if known=$(gh api "repos/$repo/environments/development/deployment-branch-policies" --jq '.branch_policies[].name' 2>&1); then
      :
    elif missing "$known"; then
      known=''
    fi
    for branch in "${branches[@]}"; do
      if grep -Fxq -- "$branch" <<<"$known"; then
        have "deployments from $branch"
      else
        make "deployments from $branch"
        gh api --method POST "repos/$repo/environments/development/deployment-branch-policies" -f "name=$branch" -f type=branch >/dev/null
      fi
    done
    ;;
  theirs) say "The environment has rules of its own, which stay. It must let in: ${branches[*]}" ;;
esac

# credential NAME SUBJECT: Entra ID compares the subject letter by letter.
credential() {
  if answer=$(az identity federated-credential show --name "$1" --identity-name id-<%= name %>-development \
    --resource-group "$group" --query subject --output tsv --only-show-errors 2>&1); then
    if [ "$answer" = "$2" ]; then
      have "federated credential $2"
    else
      make "federated credential $2 (was $answer)"
      az identity federated-credential update --name "$1" --identity-name id-<%= name %>-development \
        --resource-group "$group" --issuer "$issuer" --subject "$2" --audiences api://AzureADTokenExchange \
        --output none --only-show-errors
    fi
  elif missing "$answer"; then
    make "federated credential $2"
    az identity federated-credential create --name "$1" --identity-name id-<%= name %>-development \
      --resource-group "$group" --issuer "$issuer" --subject "$2" --audiences api://AzureADTokenExchange \
      --output none --only-show-errors
  fi
}
credential github-development "$prefix:environment:development"
if [ "${#where[@]}" = 0 ]; then
  credential github-main "$prefix:ref:refs/heads/main"
fi

if known=$(gh variable list ${where[@]+"${where[@]}"} --repo "$repo" --json name,value --jq '.[] | "\(.name)=\(.value)"' 2>&1); then
  :
elif missing "$known"; then
  known=''
fi
# variable NAME VALUE
variable() {
  if grep -Fxq -- "$1=$2" <<<"$known"; then
    have "variable $1"
  else
    make "variable $1"
    gh variable set "$1" ${where[@]+"${where[@]}"} --repo "$repo" --body "${2:-CLIENT_ID}"
  fi
}
variable AZURE_CLIENT_ID "$github_client"
variable AZURE_TENANT_ID "$tenant"
variable AZURE_SUBSCRIPTION_ID "$subscription"
variable AZURE_STORAGE_ACCOUNT "$storage"
<%_ if (level >= 2) { _%>
variable AZURE_RESOURCE_GROUP "$group"
variable AZURE_ML_WORKSPACE "$workspace"
<%_ } _%>

say "Done. Next: gh workflow run data.yml --repo $repo"
