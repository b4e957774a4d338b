# The data and GitHub are looked at before anything is made: a wrong path or a missing right should cost nothing.
files=()
if [ -n "$data" ]; then
  files=("$data")
else
  for file in data/raw/*.csv; do
    if [ -f "$file" ]; then files+=("$file"); fi
  done
fi
[ "${#files[@]}" -gt 0 ] || stop "No CSV file in data/raw: give one with --data FILE."
for file in "${files[@]}"; do
  [ -f "$file" ] || stop "$file is not a file."
done

if [ "$github" = yes ]; then
  [ -n "$gh_itself" ] || stop "gh is not installed (https://cli.github.com); or give --no-github."
  # GitHub's own spelling: Entra ID compares subjects with upper and lower case.
  repo=$(gh repo view ${repo:+"$repo"} --json nameWithOwner --jq .nameWithOwner) ||
    stop "gh knows no repository for this folder: push it to GitHub, or give --repo OWNER/REPO or --no-github."
  admin=$(gh api "repos/$repo" --jq .permissions.admin)
  [ "$admin" = true ] || stop "You are no administrator of $repo: ask one to run this script, or give --no-github."
  private=$(gh api "repos/$repo" --jq .private)

  # Repositories made since July 2026 sign in as repo:OWNER@ID/REPO@ID; only GitHub knows which form this one sends.
  if prefix=$(gh api "repos/$repo/actions/oidc/customization/sub" --jq \
    'if .use_default == false and .include_claim_keys != ["repo", "context"] then "custom" else .sub_claim_prefix // "" end' 2>&1); then
    [ "$prefix" != custom ] ||
      stop "The subject of $repo is customized, so it can't be known here. Set it back first:" \
        "  gh api --method PUT repos/$repo/actions/oidc/customization/sub -F use_default=true"
  elif missing "$prefix"; then
    prefix=''
  fi
  prefix=${prefix:-repo:$repo}
fi

