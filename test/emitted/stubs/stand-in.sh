#!/usr/bin/env bash
# Stands in for az and gh: hands its arguments to the test that listens, prints what it answers, ends as it says.
# A program in the test's own language for each call would take longer to start than the script under test to run.
exec 3<>"/dev/tcp/127.0.0.1/$STAND_IN_PORT"
input=''
case " $* " in *" --input - "*) input=$(cat) ;; esac
# The environment as lines: a line break in a value becomes a space, and cannot pass for another variable.
if [ -r /proc/self/environ ]; then mapfile -d '' -t given </proc/self/environ; else mapfile -d '' -t given < <(env -0); fi
printf -v environment '%s\n' "${given[@]//$'\n'/ }"
printf '%s\0' "${0##*/}" "$PWD" "$input" "$environment" "$#" "$@" >&3
IFS= read -r -d '' status <&3
IFS= read -r -d '' out <&3
IFS= read -r -d '' err <&3
printf '%s' "$out"
printf '%s' "$err" >&2
exit "$status"
