if answer=$(az extension show --name ml --query version --output tsv --only-show-errors 2>&1); then
  have "extension ml $answer"
else
  make "extension ml 2.44.1"
  if [ "$dry_run" = yes ]; then extension=missing; fi
  az extension add --name ml --version 2.44.1 --yes --only-show-errors
fi

for provider in MachineLearningServices Storage KeyVault Insights ContainerRegistry ManagedIdentity Compute Network<% if (level >= 4) { %> OperationalInsights<% } %>; do
  state=$(az provider show --namespace "Microsoft.$provider" --query registrationState --output tsv --only-show-errors)
  if [ "$state" = Registered ]; then
    have "provider Microsoft.$provider"
  else
    make "registration of provider Microsoft.$provider"
    az provider register --namespace "Microsoft.$provider" --wait --output none
  fi
done

