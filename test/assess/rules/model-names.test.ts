import { describe, expect, test } from 'vitest';
import { assess } from '../../../src/assess/evaluate/assess.js';
import { deployedIn, registeredIn } from '../../../src/assess/rules/model-names.js';
import { loadModel } from '../../../src/levels/load.js';
import { act, asset, chain, factsOf } from './facts.js';

const model = await loadModel();

describe('the name of a model', () => {
  test.each([
    ['az ml model create --name churn --path x', 'churn'],
    ['az ml model create -n "churn" --path x', 'churn'],
    ['az ml model create --name $MODEL --path x', undefined],
    ['az ml model create --file model.yml', undefined],
    ['call mlflow.sklearn.log_model(m, "model", registered_model_name="churn")', 'churn'],
    ['call mlflow.sklearn.log_model(m, "model", registered_model_name=NAME)', undefined],
    ['call mlflow.register_model(f"runs:/{run}/model", "churn")', 'churn'],
    ['call mlflow.register_model(uri, name)', undefined],
  ])('that is registered: %s: %s', (said, name) => expect(registeredIn(act(said))).toBe(name));

  const assets = [
    asset('online-deployment', { model: 'azureml:churn@latest' }, 'ml/d.yml'),
    asset('online-deployment', { model: { path: '../model' } }, 'ml/own.yml'),
  ];
  test.each<[string, string | undefined, string?]>([
    ['az ml online-deployment create --file ml/d.yml --all-traffic', 'churn'],
    ['az ml online-deployment create -f d.yml', 'churn', 'ml'],
    ['az ml online-deployment create -f d.yml', undefined],
    ['az ml online-deployment create -f ml/own.yml', undefined],
    ['az ml online-deployment create -f ml/d.yml --set model=azureml:fraud:3', 'fraud'],
    ['az ml online-deployment create -f ml/d.yml --set instance_count=2 model=azureml:fraud@latest', 'fraud'],
    ['az ml online-deployment create -f ml/d.yml --set model=azureml:$MODEL:3', undefined],
    [
      'az ml online-deployment create -f x --set model=azureml://registries/r/models/churn/versions/2',
      'churn',
    ],
    ['call client.online_deployments.begin_create_or_update(d)', undefined],
  ])('that is deployed: %s: %s', (said, name, dir = '') =>
    expect(deployedIn(act(said, { dir }), assets)).toBe(name),
  );
});

describe('a release', () => {
  const fit = act('call model.fit(x, y)', { path: 'train.py' });
  const score = act('call sklearn.metrics.roc_auc_score(y, p)', { path: 'train.py' });
  const released = (name: string) =>
    assess(
      factsOf({
        chains: [
          chain(
            'change',
            {
              train: [fit, score, 'pytest', 'az ml model create --name churn --path azureml://jobs/x'],
              live: [`az ml online-deployment create -f d.yml --set model=azureml:${name}@latest`],
            },
            { environments: { live: 'production' } },
          ),
        ],
      }),
      model,
    ).rows.find(({ id }) => id === 'release.process')!;

  test('is of the model that was made before it, not of any', () => {
    expect(released('churn').holds).toBe(4);
    const other = released('fraud');
    expect(other.holds).toBe(2);
    expect(other.nearly.map(({ found }) => found).join()).toMatch(
      /azureml:fraud@latest`, but the model that is registered before it has another name/,
    );
  });
});
