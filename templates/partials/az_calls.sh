az_itself=$(type -P az) || stop "az is not installed: https://learn.microsoft.com/cli/azure/install-azure-cli"
# Every call passes through here, so that a dry run can't forget one: whatever is not known to only read is printed.
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
