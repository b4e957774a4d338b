# --- The data, once ---
if [ "$user_type" = user ]; then
  person=$(az ad signed-in-user show --query id --output tsv)
  assign "$person" User "Storage Blob Data Contributor" "$containers/landing"
else
  say "Signed in as $user_type: it needs Storage Blob Data Contributor on the container landing."
fi
held=''
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  if answer=$(az storage blob list --account-name "$storage" --container-name landing --num-results 5000 \
    --query "[].name" --auth-mode login --output tsv --only-show-errors 2>&1); then
    held=$answer
    break
  fi
  if [ "$dry_run" = yes ]; then break; fi
  case $answer in
    *AuthorizationPermissionMismatch* | *"required permissions"*) ;;
    *) stop "$answer" ;;
  esac
  [ "$attempt" -lt 10 ] || stop "$answer"
  say "waiting for the role to reach the storage account (minutes, the first time)"
  sleep 30
done
# Where nothing but some of these files is, a run broke off among them; data of others stays alone.
ours=$(printf '%s\n' "${files[@]##*/}")
if [ -n "$(grep -vxF -- "$ours" <<<"$held" || true)" ]; then
  have "data in landing"
else
  for file in "${files[@]}"; do
    if grep -qxF -- "${file##*/}" <<<"$held"; then
      have "landing/${file##*/}"
      continue
    fi
    make "landing/${file##*/}"
    az storage blob upload --account-name "$storage" --container-name landing --name "${file##*/}" --file "$file" \
      --auth-mode login --no-progress --output none --only-show-errors
  done
fi

