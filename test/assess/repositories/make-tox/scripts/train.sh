#!/bin/sh
set -eu
run=$(az ml job create --file "$1" --query name --output tsv)
az ml job stream --name "$run"
sh scripts/register.sh "$run"
