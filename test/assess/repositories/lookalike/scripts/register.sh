#!/usr/bin/env bash
DRY_RUN=true
if [ "$DRY_RUN" != true ]; then
  az ml model create --name fraud --path model
fi
echo "would run: az ml model create --name fraud"
