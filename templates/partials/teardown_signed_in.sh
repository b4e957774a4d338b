az account show --output none --only-show-errors || stop "Not signed in to Azure: run 'az login', then this script again."
if [ "$github" = yes ]; then
  [ -n "$gh_itself" ] || stop "gh is not installed (https://cli.github.com); or give --no-github."
  repo=$(gh repo view ${repo:+"$repo"} --json nameWithOwner --jq .nameWithOwner) ||
    stop "gh knows no repository for this folder: give --repo OWNER/REPO or --no-github."
fi

