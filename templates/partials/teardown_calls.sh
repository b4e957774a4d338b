say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "$@" >&2 && exit 1; }
remove() {
  if [ "$dry_run" = yes ]; then say "would remove  $*"; else say "removing   $*"; fi
}
az_itself=$(type -P az) || stop "az is not installed: https://learn.microsoft.com/cli/azure/install-azure-cli"
gh_itself=$(type -P gh || true)
# Both commands pass through here, so that a dry run can't forget one: whatever is not known to only read is printed.
az() {
  local verb='' word
  for word in "$@"; do
    case $word in -*) break ;; *) verb=$word ;; esac
  done
  case $dry_run-$verb in
    yes-show | yes-list | no-*) "$az_itself" "$@" ;;
    *) say "    az $*" >&2 ;;
  esac
}
gh() {
  case "$dry_run $*" in
    no\ * | "yes repo view "*) "$gh_itself" "$@" ;;
    *\ --method\ *) say "    gh $*" >&2 ;;
    "yes api "*) "$gh_itself" "$@" ;;
    *) say "    gh $*" >&2 ;;
  esac
}
