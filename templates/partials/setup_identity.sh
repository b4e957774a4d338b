# identity NAME: sets client_id and principal_id; they stay empty in a dry run that would make it.
identity() {
  client_id='' principal_id=''
  if answer=$(az identity show --name "$1" --resource-group "$group" --output none --only-show-errors 2>&1); then
    have "identity $1"
  elif missing "$answer"; then
    make "identity $1"
    az identity create --name "$1" --resource-group "$group" --location "$location" --output none --only-show-errors
    if [ "$dry_run" = yes ]; then return; fi
  fi
  answer=$(az identity show --name "$1" --resource-group "$group" --query "[clientId, principalId]" --output tsv)
  read -r client_id principal_id <<<"$(tr '\n' ' ' <<<"$answer")"
}

# assign PRINCIPAL TYPE ROLE SCOPE
assign() {
  local held=0
  if [ -n "$1" ]; then
    if answer=$(az role assignment list --assignee-object-id "$1" --role "$3" --scope "$4" --query "length(@)" \
      --output tsv --only-show-errors 2>&1); then
      held=$answer
    elif missing "$answer"; then
      held=0
    fi
  fi
  if [ "$held" != 0 ]; then
    have "role $3 on ${4##*/}"
  else
    make "role $3 on ${4##*/}"
    # With the type given, Azure does not look the new identity up in a directory that may not know it yet.
    az role assignment create --assignee-object-id "${1:-PRINCIPAL}" --assignee-principal-type "$2" --role "$3" \
      --scope "$4" --output none --only-show-errors
  fi
}

