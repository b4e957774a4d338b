missing() {
  case $1 in
    *NotFound* | *"not found"* | *"Not Found"* | *"does not exist"* | *"could not be found"*) return 0 ;;
  esac
  stop "$1"
}
