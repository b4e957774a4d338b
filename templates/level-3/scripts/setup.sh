#!/usr/bin/env bash
# Makes what this repository needs in Azure and on GitHub: scripts/setup.sh --help
# Every thing is looked up first and made only if it is missing, so a second run, or one after a run that stopped
# half-way, makes the rest.
set -euo pipefail
cd "$(dirname "$0")/.."

base="${AZURE_RESOURCE_GROUP:-<%= resourceGroup %>}"
workspace="${AZURE_ML_WORKSPACE:-<%= workspace %>}"
location="${AZURE_LOCATION:-<%= location %>}"
export MSYS_NO_PATHCONV=1 # Git Bash on Windows would turn /subscriptions/... into a path of Windows
issuer=https://token.actions.githubusercontent.com
<%_ if (level >= 4) { _%>
environments=(development staging production monitoring)
<%_ } else { _%>
environments=(development staging production)
<%_ } _%>

usage() {
  cat <<'END'
usage: scripts/setup.sh [options]

Makes in Azure, three times (development, staging, production): a resource group with a workspace of the same name,
and the identity of the workflows that act there, with its roles.
In development also: the Azure ML registry through which models travel, storage for data (containers landing and
gathered), the identity of the training jobs, datastore, data asset, cluster, environments. Puts the data into
landing, once.
<%_ if (batch) { _%>
In staging and production also: a cluster that scores files, and its identity.
<%_ } _%>
<%_ if (level >= 4) { _%>
In production also: the container outcomes, and an identity that only reads, with which monitoring asks.
Makes on GitHub: the environments development, staging, production and monitoring, with their variables.
<%_ } else { _%>
Makes on GitHub: the environments development, staging and production, with their variables.
<%_ } _%>

<%_ if (reviewers) { _%>
  --reviewer NAME      who may approve a release to production: a login, or ORG/TEAM; up to six times
<%_ } _%>
  --dry-run            print what would be made; change nothing
  --data FILE          the CSV file for landing (default: the CSV files of data/raw)
  --repo OWNER/REPO    the GitHub repository (default: the one of this folder)
  --no-github          Azure only: no federated credential, no GitHub environment
  --compute-instance   also make the compute instance, which is paid for while it runs
  --names              print the names that are made unique, and stop
  --help

AZURE_RESOURCE_GROUP, AZURE_ML_WORKSPACE and AZURE_LOCATION change the names it uses; the groups of staging and
production have the name of the first with -staging and -production.
Needs: az (signed in), gh (signed in, administrator of the repository). In Azure the role Owner of the
subscription or of the three groups; or Contributor together with Role Based Access Control Administrator.
END
}

dry_run=no github=yes instance=no names=no data='' repo=''
<%_ if (reviewers) { _%>
reviewers=()
<%_ } _%>
while [ $# -gt 0 ]; do
  case $1 in
<%_ if (reviewers) { _%>
    --reviewer) reviewers+=("${2:?--reviewer needs a login or ORG/TEAM}") && shift ;;
<%_ } _%>
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
  cat >&2 <<END

The set-up is not finished. It is safe to run it again.
AuthorizationFailed above means that $who lacks a role on ${scope:-the subscription $subscription}.
Ask for Owner there, or for Contributor together with Role Based Access Control Administrator. Resource groups are made
by a Contributor of the subscription, and so are providers registered. HTTP 403 of gh means: no administrator of
${repo:-the repository}.
END
}

account=$(az account show --query "[id, tenantId, user.type, user.name]" --output tsv --only-show-errors) ||
  stop "Not signed in to Azure: run 'az login', then this script again."
read -r subscription tenant user_type who <<<"$(tr '\n' ' ' <<<"$account")"

# Names that must be unique in a region or in all of Azure: the same on every run and every machine.
if command -v sha256sum >/dev/null; then digest=(sha256sum); else digest=(shasum -a 256); fi
# enter PLACE: what follows is about the resource group of this place.
enter() {
  case $1 in
    development) group=$base ;;
    staging) group=$base-staging ;;
    *) group=$base-production ;; # monitoring looks at production
  esac
  scope=/subscriptions/$subscription/resourceGroups/$group
  machine_learning=$scope/providers/Microsoft.MachineLearningServices
  suffix=$(printf '%s/%s' "$subscription" "$group" | "${digest[@]}" | cut -c1-5)
  export AZURE_DEFAULTS_GROUP=$group AZURE_DEFAULTS_WORKSPACE=$workspace
}
enter development
registry=<%= name %>-$suffix
registry_scope=$machine_learning/registries/$registry
storage=<%= storagePrefix %>$suffix
<%_ if (level >= 4) { _%>
enter production
outcomes=<%= storagePrefix %>$suffix
<%_ } _%>
if [ "$names" = yes ]; then
  say "development AZURE_STORAGE_ACCOUNT=$storage"
  say "development AZURE_ML_REGISTRY=$registry"
  for place in staging production; do
    enter "$place"
    say "$place AZURE_RESOURCE_GROUP=$group"
    say "$place ENDPOINT_SUFFIX=$suffix"
<%_ if (online) { _%>
    say "$place ONLINE_ENDPOINT=<%= name %>-$suffix"
<%_ } _%>
<%_ if (batch) { _%>
    say "$place BATCH_ENDPOINT=<%= name %>-b-$suffix"
<%_ } _%>
  done
<%_ if (level >= 4) { _%>
  say "production AZURE_STORAGE_ACCOUNT=$outcomes"
<%_ } _%>
  exit 0
fi
scope='' # until a group is entered again, what is asked for concerns the subscription
trap advice EXIT

<%- include('setup_before.sh') -%>
<%_ if (reviewers) { _%>
# Reviewers are named to GitHub by their ids; a name that GitHub does not know should cost nothing either.
wanted=''
if [ "$github" = yes ]; then
  for reviewer in ${reviewers[@]+"${reviewers[@]}"}; do
    case $reviewer in
      */*) kind=Team path=orgs/${reviewer%%/*}/teams/${reviewer#*/} ;;
      *) kind=User path=users/$reviewer ;;
    esac
    id=$(gh api "$path" --jq .id) || stop "GitHub knows no reviewer $reviewer."
    wanted+="$kind $id"$'\n'
  done
fi
<%_ } _%>

say "subscription $subscription, resource groups $base, $base-staging, $base-production, repository ${repo:-none}"

# --- Azure ---
<%- include('setup_extension.sh') -%>
resource_group() {
  if answer=$(az group show --name "$group" --output none --only-show-errors 2>&1); then
    have "resource group $group"
  elif missing "$answer"; then
    make "resource group $group in $location"
    az group create --name "$group" --location "$location" --output none
  fi
  if answer=$(az ml workspace show --name "$workspace" --resource-group "$group" --output none --only-show-errors 2>&1); then
    have "workspace $workspace in $group"
  elif missing "$answer"; then
    make "workspace $workspace in $group"
    az ml workspace create --file azureml/workspace.yml --name "$workspace" --resource-group "$group" \
      --location "$location" --output none --only-show-errors
  fi
}

# storage_account NAME CONTAINER...: sets containers, the scope below which they lie.
storage_account() {
  local name=$1 container
  shift
  if answer=$(az storage account show --name "$name" --resource-group "$group" --output none --only-show-errors 2>&1); then
    have "storage account $name"
  elif missing "$answer"; then
    make "storage account $name, without keys"
    az storage account create --name "$name" --resource-group "$group" --location "$location" \
      --kind StorageV2 --sku Standard_LRS --enable-hierarchical-namespace true --allow-shared-key-access false \
      --allow-blob-public-access false --min-tls-version TLS1_2 --output none --only-show-errors
  fi
  for container in "$@"; do
    if answer=$(az storage container-rm show --name "$container" --storage-account "$name" --resource-group "$group" \
      --output none --only-show-errors 2>&1); then
      have "container $container"
    elif missing "$answer"; then
      make "container $container"
      az storage container-rm create --name "$container" --storage-account "$name" --resource-group "$group" \
        --output none --only-show-errors
    fi
  done
  containers=$scope/providers/Microsoft.Storage/storageAccounts/$name/blobServices/default/containers
}

# cluster IDENTITY: the same file in each place, with an identity of that place.
cluster() {
  if answer=$(az ml compute show --name cpu-cluster --output none --only-show-errors 2>&1); then
    have "cluster cpu-cluster"
  elif missing "$answer"; then
    make "cluster cpu-cluster, no machine while nothing runs"
    az ml compute create --file azureml/compute/cluster.yml --identity-type UserAssigned \
      --user-assigned-identities "$scope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/$1" \
      --output none --only-show-errors
  fi
}

<%- include('setup_identity.sh') -%>
# --- Development ---
enter development
resource_group
if answer=$(az ml registry show --name "$registry" --resource-group "$group" --output none --only-show-errors 2>&1); then
  have "registry $registry"
elif missing "$answer"; then
  make "registry $registry, which is paid for by the day"
  az ml registry create --file azureml/registry.yml --name "$registry" --resource-group "$group" \
    --set "location=$location" "replication_locations[0].location=$location" --output none --only-show-errors
fi
storage_account "$storage" landing gathered

# The workflows read landing, write gathered, and nothing else in this account.
identity id-<%= name %>-development
clients=("$client_id") # in the order of the environments
assign "$principal_id" ServicePrincipal "Storage Blob Data Reader" "$containers/landing"
assign "$principal_id" ServicePrincipal "Storage Blob Data Contributor" "$containers/gathered"
# Submits jobs and registers models. The role also lets it touch endpoints of this workspace: it is for development.
assign "$principal_id" ServicePrincipal "AzureML Data Scientist" "$machine_learning/workspaces/$workspace"
# Shares models and environments that passed the gate.
assign "$principal_id" ServicePrincipal "AzureML Registry User" "$registry_scope"

identity id-<%= name %>-training
assign "$principal_id" ServicePrincipal "Storage Blob Data Reader" "$containers/gathered"
assign "$principal_id" ServicePrincipal "AzureML Data Scientist" "$machine_learning/workspaces/$workspace"
# On the group, since the workspace's container registry is made only with the first image.
assign "$principal_id" ServicePrincipal AcrPull "$scope"

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

cluster id-<%= name %>-training

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

if [ "$instance" = yes ]; then
  if answer=$(az ml compute show --name <%= computeInstance %> --output none --only-show-errors 2>&1); then
    have "compute instance <%= computeInstance %>"
  elif missing "$answer"; then
    make "compute instance <%= computeInstance %>, paid for while it runs"
    az ml compute create --file azureml/compute/instance.yml --output none --only-show-errors
  fi
fi

<%- include('setup_landing.sh') -%>
# --- Staging and production ---
for place in staging production; do
  enter "$place"
  resource_group

  # Deploys, and reads what development shared. Nothing in the other two places.
  identity "id-<%= name %>-$place"
  clients+=("$client_id")
  assign "$principal_id" ServicePrincipal "AzureML Data Scientist" "$machine_learning/workspaces/$workspace"
  case $place in
    staging) assign "$principal_id" ServicePrincipal Reader "$registry_scope" ;;
    # Also marks the version in the registry that went to production, so that the next gate knows its champion.
    production) assign "$principal_id" ServicePrincipal "AzureML Registry User" "$registry_scope" ;;
  esac
<%_ if (level >= 4) { _%>
  if [ "$place" = production ]; then
<%_ if (online) { _%>
    # The rollout judges by metrics, and gives each new deployment its alert rule and its autoscale setting.
    assign "$principal_id" ServicePrincipal "Monitoring Contributor" "$scope"
    # The one narrow built-in role that may write autoscale settings, whatever its name says.
    assign "$principal_id" ServicePrincipal "Web Plan Contributor" "$scope"
<%_ } _%>
    # What came true of the predictions: the application writes it there.
    storage_account "$outcomes" outcomes
  fi
<%_ } _%>
<%_ if (batch) { _%>

  # The machines that score files pull the image: from the workspace's container registry or from the registry.
  identity id-<%= name %>-scoring
  assign "$principal_id" ServicePrincipal AcrPull "$scope"
  assign "$principal_id" ServicePrincipal Reader "$registry_scope"
  cluster id-<%= name %>-scoring
<%_ } _%>
done
<%_ if (level >= 4) { _%>

# Only reads: metrics, logs, the jobs of the monitors, and the outcomes.
identity id-<%= name %>-monitoring
clients+=("$client_id")
assign "$principal_id" ServicePrincipal "Monitoring Reader" "$scope"
<%_ if (online) { _%>
assign "$principal_id" ServicePrincipal "Storage Blob Data Reader" "$containers/outcomes"
<%_ } _%>
if app_insights=$(az ml workspace show --name "$workspace" --resource-group "$group" --query application_insights \
  --output tsv --only-show-errors 2>&1); then
  [ -n "$app_insights" ] || stop "The workspace $workspace in $group has no Application Insights."
elif [ "$dry_run" = yes ] && missing "$app_insights"; then
  app_insights=APP_INSIGHTS
else
  stop "$app_insights"
fi
<%_ } _%>

# --- GitHub ---
if [ "$github" = no ]; then
  say "Without GitHub: no federated credential, no environment. Run again without --no-github for these."
  exit 0
fi

# protect ENVIRONMENT BRANCH...: makes the environment, and lets only these branches use it. Sets plan to `none` where
# GitHub has no environments for this repository.
protect() {
  local name=$1 state known branch answer
  shift
  if state=$(gh api "repos/$repo/environments/$name" --jq \
    'if .deployment_branch_policy.custom_branch_policies then "ours" elif .deployment_branch_policy or .protection_rules != [] then "theirs" else "open" end' 2>&1); then
    have "GitHub environment $name"
  elif missing "$state"; then
    state=none
    make "GitHub environment $name"
  fi
  case $state in
    none | open)
      if answer=$(gh api --method PUT "repos/$repo/environments/$name" --input - \
        <<<'{"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}' 2>&1); then
        if [ "$dry_run" = yes ]; then say "$answer" >&2; fi
        state=ours
      elif [ "$private" = true ]; then
        case $answer in
          *"HTTP 403"* | *"HTTP 404"* | *"HTTP 422"*) plan=none && return ;;
        esac
        stop "$answer"
      else
        stop "$answer"
      fi
      ;;
  esac
  case $state in
    ours)
      if known=$(gh api "repos/$repo/environments/$name/deployment-branch-policies" --jq '.branch_policies[].name' 2>&1); then
        :
      elif missing "$known"; then
        known=''
      fi
      for branch in "$@"; do
        if grep -Fxq -- "$branch" <<<"$known"; then
          have "deployments to $name from $branch"
        else
          make "deployments to $name from $branch"
          gh api --method POST "repos/$repo/environments/$name/deployment-branch-policies" -f "name=$branch" -f type=branch >/dev/null
        fi
      done
      ;;
    theirs) say "The environment $name has rules of its own, which stay. It must let in: $*" ;;
  esac
}
<%_ if (reviewers) { _%>

# What GitHub holds of production, as lines: "reviewer User 12 login", "wait MINUTES", "policy JSON".
rules() {
  gh api "repos/$repo/environments/production" --jq \
    '(.protection_rules[] | select(.type == "required_reviewers") | .reviewers[] | "reviewer \(.type) \(.reviewer.id) \(.reviewer.login // .reviewer.slug)"), "wait \([.protection_rules[] | .wait_timer // 0] | add // 0)", "policy \(.deployment_branch_policy | tojson)"' 2>&1
}

# Adds the wanted reviewers to those that are there: whom somebody named by hand stays.
review() {
  local lines='' lacking='' line body answer waiting policy
  if ! lines=$(rules); then
    # A dry run has made no environment. Otherwise it is there, and to write rules without knowing them would drop some.
    [ "$dry_run" = yes ] || stop "$lines"
    missing "$lines"
    lines='policy {"protected_branches":false,"custom_branch_policies":true}'
  fi
  while IFS= read -r line; do
    if [ -z "$line" ]; then
      continue
    elif grep -Fq -- "reviewer $line " <<<"$lines"; then
      have "reviewer $line"
    else
      lacking+="reviewer $line"$'\n'
    fi
  done <<<"$wanted"
  if [ -n "$lacking" ]; then
    body=$(sed -n 's/^reviewer \([^ ]*\) \([^ ]*\).*/{"type":"\1","id":\2}/p' <<<"$lines"$'\n'"$lacking")
    [ "$(grep -c . <<<"$body")" -le 6 ] || stop "GitHub takes six reviewers at most. There would be:" "$body"
    # What is not named in this call is lost: the wait and the branches that are set go along.
    waiting=$(sed -n 's/^wait //p' <<<"$lines")
    policy=$(sed -n 's/^policy //p' <<<"$lines")
    make "reviewers of production, who may not approve what they started"
    if answer=$(gh api --method PUT "repos/$repo/environments/production" --input - 2>&1 \
      <<<"{\"wait_timer\":${waiting:-0},\"prevent_self_review\":true,\"reviewers\":[$(paste -sd , - <<<"$body")],\"deployment_branch_policy\":$policy}"); then
      if [ "$dry_run" = yes ]; then
        say "$answer" >&2
        return
      fi
    else
      case $answer in
        *"HTTP 403"* | *"HTTP 422"*) say "$answer" ;;
        *) stop "$answer" ;;
      esac
    fi
    lines=$(rules) || stop "$lines"
  fi
  # What is said is what GitHub answers, not what it was asked for.
  if grep -q '^reviewer ' <<<"$lines"; then
    say "Production waits for one of: $(sed -n 's/^reviewer [^ ]* [^ ]* //p' <<<"$lines" | paste -sd ' ' -)"
  elif [ -n "$wanted" ]; then
    say "GitHub did not keep the reviewers. Required reviewers exist in public repositories and in GitHub Enterprise."
    say "Releases stop before production until that is settled. The other gates: azmlops set gate=pull-request (private,"
    say "Pro or Team) and azmlops set gate=typed (private, Free)."
  else
    say "Nobody is named who approves a release, so the job guard stops each one before production."
    say "Name somebody: scripts/setup.sh --reviewer LOGIN, somebody else than who starts releases."
  fi
}
<%_ } _%>

# credential NAME IDENTITY SUBJECT: Entra ID compares the subject letter by letter.
credential() {
  if answer=$(az identity federated-credential show --name "$1" --identity-name "$2" \
    --resource-group "$group" --query subject --output tsv --only-show-errors 2>&1); then
    if [ "$answer" = "$3" ]; then
      have "federated credential $3"
    else
      make "federated credential $3 (was $answer)"
      az identity federated-credential update --name "$1" --identity-name "$2" \
        --resource-group "$group" --issuer "$issuer" --subject "$3" --audiences api://AzureADTokenExchange \
        --output none --only-show-errors
    fi
  elif missing "$answer"; then
    make "federated credential $3"
    az identity federated-credential create --name "$1" --identity-name "$2" \
      --resource-group "$group" --issuer "$issuer" --subject "$3" --audiences api://AzureADTokenExchange \
      --output none --only-show-errors
  fi
}

# variable NAME VALUE: in the environment that is at hand. Without environments it is one of the repository, and what
# differs between the places begins with the place, as in STAGING_AZURE_CLIENT_ID.
variable() {
  local name=$1 of=$environment
  if [ "$plan" = none ]; then
    of="the repository"
    case $environment-$name in
      development-* | *-AZURE_TENANT_ID | *-AZURE_SUBSCRIPTION_ID | *-AZURE_ML_WORKSPACE | *-AZURE_ML_REGISTRY) ;;
      *) name=$(tr '[:lower:]' '[:upper:]' <<<"$environment")_$name ;;
    esac
  fi
  if grep -Fxq -- "$name=$2" <<<"$known"; then
    have "variable $name of $of"
  else
    make "variable $name of $of"
    gh variable set "$name" ${where[@]+"${where[@]}"} --repo "$repo" --body "${2:-CLIENT_ID}"
  fi
}

plan=environments
turn=0
for environment in "${environments[@]}"; do
  enter "$environment"
  case $environment in
    # Who may use it: main, and pull requests, which GitHub runs as refs/pull/N/merge. A pull request from a fork gets
    # no token whatever is set here.
    development) protect development main "refs/pull/*/merge" ;;
    *) protect "$environment" main ;;
  esac
  where=(--env "$environment")
  if [ "$plan" = none ]; then
    where=()
    if [ "$environment" = development ]; then
      say "GitHub gives this private repository no environments (plan Free): its own variables are used instead,"
      say "and the branch main gets a credential in each place. Whoever may push to main may release."
<%_ if (!typed) { _%>
      say "The workflows of this gate do not know that way: azmlops set gate=typed makes those that do."
<%_ } _%>
      say "This way was not proven against GitHub; see docs/runbook.md."
    fi
  fi
<%_ if (reviewers) { _%>
  # Before anybody can sign in as production.
  if [ "$environment-$plan" = production-environments ]; then review; fi
<%_ } _%>

  # The credential lies beside the identity that it opens.
  credential "github-$environment" "id-<%= name %>-$environment" "$prefix:environment:$environment"
  if [ "$plan" = none ]; then
    credential github-main "id-<%= name %>-$environment" "$prefix:ref:refs/heads/main"
  fi

  if known=$(gh variable list ${where[@]+"${where[@]}"} --repo "$repo" --json name,value --jq '.[] | "\(.name)=\(.value)"' 2>&1); then
    :
  elif missing "$known"; then
    known=''
  fi
  variable AZURE_CLIENT_ID "${clients[turn]}"
  turn=$((turn + 1))
  variable AZURE_TENANT_ID "$tenant"
  variable AZURE_SUBSCRIPTION_ID "$subscription"
  variable AZURE_RESOURCE_GROUP "$group"
  variable AZURE_ML_WORKSPACE "$workspace"
  variable AZURE_ML_REGISTRY "$registry"
  case $environment in
    development) variable AZURE_STORAGE_ACCOUNT "$storage" ;;
    *) variable ENDPOINT_SUFFIX "$suffix" ;;
  esac
<%_ if (level >= 4) { _%>
  case $environment in monitoring)
    variable AZURE_STORAGE_ACCOUNT "$outcomes"
    variable AZURE_APP_INSIGHTS "$app_insights"
    ;;
  esac
<%_ } _%>
done
<%_ if (pullRequest) { _%>

# The workflow opens the pull request that a person merges; GitHub lets none of them do that unless it is told to.
allowed=$(gh api "repos/$repo/actions/permissions/workflow" --jq '"\(.can_approve_pull_request_reviews) \(.default_workflow_permissions)"')
if [ "${allowed% *}" = true ]; then
  have "workflows may open pull requests"
else
  make "workflows may open pull requests"
  gh api --method PUT "repos/$repo/actions/permissions/workflow" -f "default_workflow_permissions=${allowed#* }" \
    -F can_approve_pull_request_reviews=true ||
    stop "The organization may forbid it: an owner allows it under Settings, Actions, General, Workflow permissions."
fi
# Only looked at: how main is protected concerns everybody's work, so a person sets it. There are two ways to do so.
# asked PATH FILTER: what main requires by one of them; "no" where there is nothing, or the plan has no such thing.
asked() {
  local answer
  if answer=$(gh api "repos/$repo/$1" --jq "$2" 2>&1); then
    say "$answer"
  else
    case $answer in
      *"HTTP 403"* | *"HTTP 404"*) say no ;;
      *) stop "$answer" ;;
    esac
  fi
}
# owners FILE: whom .github/CODEOWNERS names for it; the last line that matches counts, also one that names nobody.
owners() {
  awk -v file="/$1" '
    /^[^#]/ {
      pattern = $1
      sub(/\/$/, "", pattern)
      gsub(/\./, "[.]", pattern)
      gsub(/\*+/, ".*", pattern)
      pattern = (pattern ~ /^\// ? "^" : "/") pattern "(/|$)"
      if (file !~ pattern) next
      named = ""
      for (i = 2; i <= NF && $i !~ /^#/; i++) named = named " " $i
    }
    END { print named }
  ' .github/CODEOWNERS
}
rule=$(asked rules/branches/main '[.[] | select(.type == "pull_request") | .parameters.require_code_owner_review] | any')
if [ "$rule" != true ]; then
  rule=$(asked branches/main/protection '.required_pull_request_reviews.require_code_owner_reviews // false')
fi
if [ "$rule" = true ]; then
  say "Production waits for the review of a code owner: main asks for one."
else
  say "Nothing asks for a second person: main does not require the review of a code owner, so whoever may push to it"
  say "may release. An administrator sets that under https://github.com/$repo/settings/rules: the branch main, require a"
  say "pull request before merging, require review from code owners. Private repositories need Pro or Team for it."
fi
# Where a file has no owner, GitHub asks nobody, whatever main requires.
if [ -z "$(owners config/production.yml)" ]; then
  say ".github/CODEOWNERS names no owner for config/production.yml, so GitHub asks nobody to review a release: name one."
fi
<%_ } _%>
<%_ if (typed) { _%>

say "Nobody enforces a second person: whoever may start the workflow production, and types the version, releases it."
<%_ } _%>

say "Done. Next: gh workflow run data.yml --repo $repo"
<%_ if (level >= 4) { _%>
say "After the first release to production: scripts/monitoring.sh --email ADDRESS"
<%_ } _%>
