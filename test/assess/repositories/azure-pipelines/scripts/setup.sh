#!/usr/bin/env bash
# Run once by the platform team.
set -euo pipefail
az group create --name rg-eta --location northeurope
az ml workspace create --name mlw-eta --resource-group rg-eta
az ml compute create --file ml/compute/cluster.yml --resource-group rg-eta --workspace-name mlw-eta
