#!/bin/sh
set -eu
curl --fail --silent "$1/trains/1"
