say() { printf '%s\n' "$*"; }
have() { say "there    $*"; }
stop() { printf '%s\n' "$@" >&2 && exit 1; }
make() {
  if [ "$dry_run" = yes ]; then say "would make  $*"; else say "making   $*"; fi
}

az_itself=$(type -P az) || stop "az is not installed: https://learn.microsoft.com/cli/azure/install-azure-cli"
gh_itself=$(type -P gh || true)
extension=there
# Both commands pass through here, so that a dry run can't forget one: whatever is not known to only read is printed.
az() {
  local verb='' word
  for word in "$@"; do
    case $word in -*) break ;; *) verb=$word ;; esac
  done
  case $dry_run-$verb in
    yes-show | yes-list | no-*)
      # A dry run leaves the extension uninstalled; without it nothing of Azure ML can be there.
      if [ "$1-$extension" = ml-missing ]; then echo "not found" >&2 && return 3; fi
      "$az_itself" "$@"
      ;;
    *) say "    az $*" >&2 ;;
  esac
}
gh() {
  case "$dry_run $*" in
    no\ * | "yes repo view "* | "yes variable list "*) "$gh_itself" "$@" ;;
    *\ --method\ * | *\ --input\ * | "yes variable set "*) say "    gh $*" >&2 ;;
    "yes api "*) "$gh_itself" "$@" ;;
    *) say "    gh $*" >&2 ;;
  esac
}
