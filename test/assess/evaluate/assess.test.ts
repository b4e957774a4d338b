import { describe, expect, test } from 'vitest';
import { assess } from '../../../src/assess/evaluate/assess.js';
import { loadModel } from '../../../src/levels/load.js';
import type { Chain } from '../../../src/assess/types.js';
import { act, asset, chain, factsOf } from '../rules/facts.js';

const model = await loadModel();
const fit = act('call model.fit(x, y)', {
  path: 'src/train.py',
  line: 9,
  way: [{ path: '.github/workflows/w.yml', line: 9, as: 'az ml job create --file train.yml' }],
});
const track = { ...fit, text: 'mlflow.log_metrics({"auc": auc})', line: 10 };
const REGISTER = 'az ml model create --name m --path azureml://jobs/x';
const cluster = asset('compute', { type: 'amlcompute' });
const pipeline = asset('pipeline', { settings: { default_compute: 'azureml:cpu' } });

const ask = (chains: Chain[], more: Parameters<typeof factsOf>[0] = {}) =>
  assess(factsOf({ assets: [pipeline], ...more, chains }), model);
const row = (chains: Chain[], id: string, more: Parameters<typeof factsOf>[0] = {}) =>
  ask(chains, more).rows.find((one) => one.id === id)!;

describe('a row', () => {
  test('one line that does not count is read once for each reason, whatever it might have been', () => {
    const deploys = 'az ml online-deployment create --file d.yml --all-traffic';
    const { nearly } = row(
      [chain('hand', { a: [deploys] }), chain('person', { a: [deploys] })],
      'release.process',
    );
    const reasons = nearly.map(({ path, line, found }) => `${path}:${line}${found.replace(/^.*, but/, '')}`);
    expect(reasons.length).toBeGreaterThan(1);
    expect(new Set(reasons).size).toBe(reasons.length);
  });

  test('one line is shown once, whatever the rules call what it does', () => {
    const deploys = act('az ml online-deployment create --file d.yml --all-traffic', {
      path: 'd.sh',
      line: 4,
    });
    const { evidence } = row([chain('change', { a: [act(REGISTER), deploys] })], 'release.owner');
    expect(evidence.filter(({ path, line }) => path === 'd.sh' && line === 4)).toHaveLength(1);
  });

  test('says that it holds a statement in part only', () => {
    expect(row([chain('schedule', { a: [fit] })], 'creation.retraining').half).toBe(true);
    expect(row([chain(['schedule', 'change'], { a: [fit] })], 'creation.retraining').half).toBeUndefined();
  });

  const cases: {
    id: string;
    row: string;
    chains: Chain[];
    more?: Parameters<typeof factsOf>[0];
    holds: number;
    label: string;
  }[] = [
    { id: 'nothing', row: 'creation.retraining', chains: [], holds: 1, label: 'not met' },
    {
      id: 'a click',
      row: 'creation.retraining',
      chains: [chain('hand', { a: [fit] })],
      holds: 1,
      label: 'not met',
    },
    {
      id: 'one of two ways',
      row: 'creation.retraining',
      chains: [chain('schedule', { a: [fit] })],
      holds: 2,
      label: 'partly',
    },
    {
      id: 'both ways',
      row: 'creation.retraining',
      chains: [chain(['schedule', 'change'], { a: [fit] })],
      holds: 3,
      label: 'partly',
    },
    {
      id: 'production metrics as well',
      row: 'creation.retraining',
      chains: [
        chain(['schedule', 'change'], { a: [fit] }),
        chain('schedule', { a: ['az monitor app-insights query --apps x'], b: [fit] }),
      ],
      holds: 4,
      label: 'met',
    },
    {
      id: 'a cron that runs notebooks as a check trains nothing',
      row: 'creation.retraining',
      chains: [chain(['change', 'schedule'], { a: [act('call model.fit(x)', { path: 'n.ipynb' })] })],
      holds: 1,
      label: 'not met',
    },
    {
      id: 'an untracked run',
      row: 'creation.tracking',
      chains: [chain('change', { a: [fit] })],
      holds: 1,
      label: 'not met',
    },
    {
      id: 'every run tracked',
      row: 'creation.tracking',
      chains: [chain('change', { a: [fit, track] })],
      holds: 4,
      label: 'met',
    },
    {
      id: 'registered where it was trained',
      row: 'creation.result',
      chains: [chain('change', { a: [fit, REGISTER] })],
      holds: 4,
      label: 'met',
    },
    {
      id: 'registered by a person',
      row: 'creation.result',
      chains: [chain('person', { a: [REGISTER] })],
      holds: 2,
      label: 'partly',
    },
    {
      id: 'a model file in git',
      row: 'creation.result',
      chains: [],
      more: { texts: { 'm/model.pkl': 'x' } },
      holds: 2,
      label: 'partly',
    },
    {
      id: 'a package registry is no model registry',
      row: 'creation.result',
      chains: [chain('change', { a: [fit, 'twine upload dist/*'] })],
      holds: 1,
      label: 'not met',
    },
    {
      id: 'a CSV of git that is uploaded',
      row: 'creation.data',
      chains: [chain('schedule', { a: ['az storage blob upload --file data/x.csv'] })],
      holds: 0,
      label: 'not met',
    },
    {
      id: 'data that is fetched and stored',
      row: 'creation.data',
      chains: [
        chain('schedule', {
          a: ['curl -o x.csv https://example.org/x.csv', 'az storage blob upload --file x.csv'],
        }),
      ],
      holds: 4,
      label: 'met',
    },
    {
      id: 'a compute instance',
      row: 'creation.compute',
      chains: [],
      more: { assets: [asset('compute', { type: 'computeinstance' })] },
      holds: 1,
      label: 'not met',
    },
    {
      id: 'a cluster that a job names',
      row: 'creation.compute',
      chains: [],
      more: { assets: [cluster, pipeline] },
      holds: 4,
      label: 'met',
    },
  ];
  test.each(cases)('$row: $id', ({ row: id, chains, more, holds, label }) => {
    expect(row(chains, id, more)).toMatchObject({ holds, label });
  });

  test('a row that is met needs no next step; one that is not says it', () => {
    const met = row([chain(['schedule', 'change'], { a: [fit] })], 'creation.retraining');
    expect(met.next).toMatch(/drift/);
    expect(row([], 'creation.retraining').next).toMatch(/push/);
    expect(row([], 'creation.compute', { assets: [cluster, pipeline] }).next).toBeNull();
  });

  test('what people say cannot be seen', () => {
    expect(row([], 'people.data-scientists')).toEqual({
      id: 'people.data-scientists',
      label: 'cannot be seen',
      holds: null,
      evidence: [],
      next: null,
      nearly: [],
    });
  });

  test('releases of an application that is not there cannot be seen', () => {
    expect(row([], 'app.releases')).toMatchObject({ label: 'cannot be seen', holds: null });
    const texts = { 'app/main.py': 'x' };
    expect(row([], 'app.releases', { texts })).toMatchObject({ label: 'not met', holds: 0 });
  });
});

describe('a repository', () => {
  test('without machine learning has no level', () => {
    const found = assess(factsOf({ texts: { 'a.py': 'import flask\n' } }), model);
    expect(found).toMatchObject({
      ml: false,
      level: null,
      dimensions: { creation: null, release: null, app: null },
    });
    expect(new Set(found.rows.map(({ label }) => label))).toEqual(new Set(['not met', 'cannot be seen']));
  });

  test('a cell of a notebook that imports a library is machine learning', () => {
    const python = { 'a.ipynb': { imports: [{ module: 'sklearn.svm', line: 4 }] } };
    expect(assess(factsOf({ python }), model).ml).toBe(true);
    expect(assess(factsOf({ texts: { 'a.ipynb': 'sklearn is a library' } }), model).ml).toBe(false);
  });

  test('the level follows what defines it, and the next says what is missing', () => {
    const python = {
      'src/score.py': {
        defines: ['init', 'run'].map((name) => ({ name, line: 1, kind: 'function' as const })),
      },
      'src/train.py': {},
      'tests/test_train.py': {
        imports: [{ module: 'train', line: 1 }],
        defines: [{ name: 'test_x', line: 2, kind: 'function' as const }],
        asserts: [{ line: 3, within: 'test_x' }],
      },
    };
    const ci = chain('pull-request', { a: ['pytest'] });
    const found = ask([ci], { python });
    expect(found.level).toBe(1);
    expect(found.definition.map(({ met }) => met)).toEqual([false, false, false]);
    expect(found.definition[0]?.rows).toEqual(['creation.retraining']);
    const training = chain('change', { a: [fit, track, REGISTER] });
    expect(ask([ci, training], { python }).level).toBe(2);
    expect(ask([training], { python }).level).toBe(0);
    expect(found.dimensions.creation).toBe(0);
  });
});
