import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calleeOf, classifier } from '../../../src/assess/rules/classify.js';
import { loadModel } from '../../../src/levels/load.js';
import type { Act } from '../../../src/assess/types.js';
import { act, factsOf } from './facts.js';

const model = await loadModel();
const JOB = [{ path: 'w.yml', line: 1, as: 'az ml job create --file train.yml' }];
const classes = (said: string, more: Partial<Act> = {}, texts: Record<string, string> = {}) =>
  classifier(model.acts, factsOf({ texts }))(act(said, more)).map(({ name }) => name);

describe('what is called', () => {
  test.each([
    ['model.fit(x, y)', 'model.fit('],
    ['Pipeline([("a", B())]).fit(x)', 'Pipeline([("a", B())]).fit('],
    ['f()(x)', 'f()('],
    ['f("(")', 'f('],
    ['f(a, g(b', 'f('],
    ['name', 'name'],
  ])('%s: %s', (text, callee) => expect(calleeOf(text)).toBe(callee));

  test('any text is answered with its beginning', () => {
    fc.assert(fc.property(fc.string(), (text) => text.startsWith(calleeOf(text))));
  });
});

/** One line for each shape that teams write; and beside it what looks like it and is none. */
const rows: [string, string, readonly string[], Partial<Act>?][] = [
  ['a fit in a job', 'call model.fit(x, y)', ['fit', 'train'], { way: JOB }],
  ['a fit elsewhere', 'call model.fit(x, y)', ['fit']],
  ['a scaler', 'call scaler.fit(x)', []],
  ['a fit that is only an argument', 'call print(model.fit(x))', []],
  ['XGBoost', 'call xgboost.train(params, data)', ['fit']],
  ['PyTorch', 'call loss.backward()', ['fit']],
  ['AutoML of SDK v2', 'call azure.ai.ml.automl.classification(training_data=x)', ['train', 'track']],
  ['a sweep', 'asset sweep azureml/sweep.yml', ['train']],
  ['a job', 'az ml job create --file train.yml', ['job']],
  ['SDK v1', 'call azureml.core.Experiment(ws, "x").submit(config)', ['job']],
  ['MLflow', 'call mlflow.log_metrics({"auc": auc})', ['track']],
  ['autolog', 'call mlflow.sklearn.autolog()', ['track']],
  [
    'autolog that registers',
    'call mlflow.sklearn.autolog(registered_model_name="m")',
    ['track', 'register', 'keep'],
  ],
  ['a run of SDK v1', 'call run.log("auc", auc)', ['track']],
  ['a log of the program', 'call logging.log(10, "auc")', []],
  ['registered by CLI', 'az ml model create --name m --path p', ['register', 'keep']],
  ['listed by CLI', 'az ml model list --name m', []],
  ['registered by SDK v2', 'call ml_client.models.create_or_update(model)', ['register', 'keep']],
  ['registered by SDK v1', 'call azureml.core.Model.register(ws, model_name="m")', ['register', 'keep']],
  [
    'logged with a name',
    'call mlflow.sklearn.log_model(model, registered_model_name="m")',
    ['register', 'keep'],
  ],
  ['DVC', 'dvc push', ['register', 'keep', 'store-data']],
  ['a package', 'twine upload dist/*', ['release-app']],
  ['deployed by CLI', 'az ml online-deployment create --file d.yml', ['deploy', 'deploy-elsewhere']],
  ['help of the CLI', 'az ml online-deployment create --help', []],
  ['shown by CLI', 'az ml online-deployment show --name blue', []],
  [
    'deployed by SDK v2',
    'call client.online_deployments.begin_create_or_update(blue).result()',
    ['deploy', 'deploy-elsewhere'],
  ],
  [
    'deployed by SDK v1',
    'call azureml.core.Model.deploy(ws, "svc", [model])',
    ['deploy', 'deploy-elsewhere'],
  ],
  ['mirrored', 'az ml online-endpoint update --name e --mirror-traffic "green=10"', ['mirror']],
  ['no longer mirrored', 'az ml online-endpoint update --name e --mirror-traffic "green=0"', []],
  [
    'traffic',
    'az ml online-endpoint update --name e --traffic "green=10 blue=90"',
    ['set-traffic', 'roll-back'],
  ],
  ['asked', 'az ml online-endpoint invoke --name e --request-file r.json', ['ask']],
  ['pytest', '.venv/bin/python -m pytest tests', ['test', 'judge', 'model-test']],
  ['pytest installed', 'pip install pytest', []],
  ['pytest that only lists', 'pytest --collect-only', []],
  ['jq with a verdict', 'jq --exit-status \'.verdict == "pass"\' v.json', ['judge']],
  ['jq without', 'jq --raw-output .verdict v.json', []],
  ['metrics of production', 'az monitor app-insights query --apps a', ['query-metrics']],
  ['data that is fetched', 'curl -fsSL -o x.csv https://example.org/x.csv', ['fetch-data']],
  ['a tool that is fetched', 'curl -sL https://aka.ms/InstallAzureCLIDeb | sudo bash', []],
  ['a cluster', 'az ml compute create --name c --type amlcompute', ['make-cluster']],
  ['an instance', 'az ml compute create --name c --type computeinstance', []],
];

describe('an act', () => {
  test.each(rows)('%s', (_, said, expected, more = {}) =>
    expect([...classes(said, more)].sort()).toEqual([...expected].sort()),
  );

  test('an exit judges where a result decides', () => {
    const python = (condition: string) =>
      classes(
        'call sys.exit(1)',
        { path: 'g.py', line: 2 },
        { 'g.py': `if ${condition}:\n    sys.exit(1)\n` },
      );
    expect(python('auc < limit')).toEqual(['judge']);
    expect(python('len(sys.argv) < 2')).toEqual([]);
    expect(python('1 < 2')).toEqual([]);
    const shell = (condition: string) =>
      classes('exit 1', { path: 'g.sh', line: 2 }, { 'g.sh': `if ${condition}; then\n  exit 1\nfi\n` });
    expect(shell('[ "$accuracy" -lt 80 ]')).toContain('judge');
    expect(shell('[ -z "$1" ]')).not.toContain('judge');
  });

  test('drift that is only printed decides nothing', () => {
    const drift = (next: string) =>
      classes(
        'call scipy.stats.ks_2samp(a, b)',
        { path: 'd.py', line: 1 },
        { 'd.py': `p = ks_2samp(a, b)\n${next}\n` },
      );
    expect(drift('print(p.pvalue)')).toEqual([]);
    expect(drift('# a threshold would be good')).toEqual([]);
    expect(drift('if p.pvalue < 0.01:')).toEqual(['detect-drift']);
    const caller = (text: string) =>
      classes(
        'call scipy.stats.ks_2samp(a, b)',
        { path: 'd.py', line: 1, way: [{ path: 'c.py', line: 1, as: 'import d' }] },
        { 'd.py': 'p = ks_2samp(a, b)\n', 'c.py': text },
      );
    expect(caller('if drifted > limit:\n')).toEqual(['detect-drift']);
    expect(caller('show()\n')).toEqual([]);
  });

  test('a statistical test is one of two models where the program speaks of them', () => {
    const compared = (text: string) =>
      classes('call scipy.stats.ttest_ind(a, b)', { path: 'd.py', line: 1 }, { 'd.py': text });
    expect(compared('p = ttest_ind(champion, challenger)\n')).toEqual(['ab-test']);
    expect(compared('p = ttest_ind(f[f.y == 0], f[f.y == 1])\n')).toEqual([]);
  });

  test('traffic is moved back by a program that knows what to do when something fails', () => {
    const moved = (text: string, path = 'r.py') =>
      classes('az ml online-endpoint update -n e --traffic "blue=100"', { path, line: 2 }, { [path]: text });
    expect(moved('try:\n    x()\nexcept Bad:\n    y()\n')).toContain('restore');
    expect(moved('x()\ny()\n')).not.toContain('restore');
    expect(moved('if ! smoke; then\n  back\nfi\n', 'w.yml')).toContain('restore');
    expect(moved('smoke\nmove\n', 'w.yml')).not.toContain('restore');
  });

  test('a deployment by the SDK needs a script, or a model that brings one', () => {
    const deployed = (args: string) => classes(`call azure.ai.ml.entities.ManagedOnlineDeployment(${args})`);
    expect(deployed('name="b", model="azureml:m@latest"')).toEqual(['deploy-as-is']);
    expect(deployed('name="b", model="azureml:m@latest", environment=e')).toEqual([]);
    expect(deployed('name="b", model=m, code_configuration=CodeConfiguration(code="s")')).toEqual([]);
  });

  test('an attribute that is set before the call counts, and one that is emptied does not', () => {
    const set = (value: string) =>
      classes(
        'call client.online_endpoints.begin_create_or_update(endpoint)',
        { path: 'r.py', line: 3 },
        { 'r.py': `def f():\n    endpoint.mirror_traffic = ${value}\n    client.online_endpoints...` },
      );
    expect(set('{"green": 10}')).toContain('mirror');
    expect(set('{}')).not.toContain('mirror');
  });
});
