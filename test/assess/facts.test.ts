import { describe, expect, it } from 'vitest';
import { factsOf } from '../../src/assess/facts.js';
import { filesOf } from '../../src/assess/files/index.js';
import type { Matters } from '../../src/assess/rules/classify.js';
import type { Chain } from '../../src/assess/types.js';

function factsIn(tree: Record<string, string>, matters?: Matters) {
  const bytes = new TextEncoder();
  const entries = Object.entries(tree).map(([path, text]) => {
    return [path, { mode: '100644', content: bytes.encode(text) }] as const;
  });
  return factsOf(filesOf(new Map(entries)), matters);
}
const chainsOf = (tree: Record<string, string>, matters?: Matters): readonly Chain[] =>
  factsIn(tree, matters).chains;

const actsOf = (chain: Chain | undefined) =>
  chain?.jobs.flatMap(({ acts }) =>
    acts.map(({ text, off }) => (off === undefined ? text : `${text} OFF ${off}`)),
  );

const SCHEMA = '$schema: https://azuremlschemas.azureedge.net/latest/';
const SCHEDULE = {
  'azureml/weekly.yml': `${SCHEMA}schedule.schema.json\nname: weekly\ntrigger:\n  type: cron\n  expression: "0 3 * * 1"\ncreate_job: ./train.yml\n`,
  'azureml/train.yml': `${SCHEMA}commandJob.schema.json\ncommand: python train.py\ncode: ../src\n`,
  'src/train.py': 'import sklearn\nmodel.fit(x)\n',
};
const weekly = (chains: readonly Chain[]) => chains.find(({ system }) => system === 'azureml');

describe("a schedule of Azure ML's own", () => {
  it('starts its job when a script creates it', () => {
    const chain = weekly(
      chainsOf({ ...SCHEDULE, 'setup.sh': 'az ml schedule create --file azureml/weekly.yml\n' }),
    );
    expect(chain?.started).toEqual([{ by: 'schedule', path: 'azureml/weekly.yml', line: 3 }]);
    expect(actsOf(chain)).toEqual([
      'schedule azureml/weekly.yml',
      'command azureml/train.yml',
      'python train.py',
      'model.fit(x)',
    ]);
  });

  it('starts nothing when nobody creates it', () => {
    const chain = weekly(
      chainsOf({ ...SCHEDULE, 'setup.sh': '# az ml schedule create --file azureml/weekly.yml\n' }),
    );
    expect(chain?.started[0]?.off).toBe('nothing here creates this schedule');
    expect(actsOf(chain)?.at(-1)).toBe('model.fit(x) OFF nothing here creates this schedule');
  });
});

describe('what a person starts', () => {
  const tree = {
    '.github/workflows/ci.yml':
      'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make train\n      - run: ./used.sh\n',
    Makefile: 'train:\n\tpython train.py\nregister:\n\taz ml model create --name m\nhelp:\n\t@echo words\n',
    'train.py': 'import sklearn\nif __name__ == "__main__":\n    model.fit(x)\n',
    'used.sh': 'az ml job list\n',
    'left.sh': 'az ml job list\n',
    'notes.ipynb': JSON.stringify({
      cells: [
        {
          cell_type: 'code',
          metadata: {},
          outputs: [],
          execution_count: null,
          source: ['import sklearn\n', 'm.fit(x)'],
        },
      ],
      ...{ metadata: {}, nbformat: 4, nbformat_minor: 5 },
    }),
    'library.py': 'import sklearn\ndef fit(m):\n    m.fit(x)\n',
  };

  it('is what nothing automatic reaches, and what does something', () => {
    const chains = chainsOf(tree).filter(({ system }) => system === 'person');
    expect(chains.map(({ name, path, line }) => `${name} ${path}:${line}`)).toEqual([
      'make register Makefile:3',
      'left.sh left.sh:1',
      'notes.ipynb notes.ipynb:1',
    ]);
    expect(chains.every(({ started }) => started.every(({ by }) => by === 'person'))).toBe(true);
  });

  it('comes back when the workflow no longer calls it', () => {
    const off = {
      ...tree,
      '.github/workflows/ci.yml': tree['.github/workflows/ci.yml'].replace('make train', 'true'),
    };
    const names = chainsOf(off).flatMap(({ system, name }) => (system === 'person' ? [name] : []));
    expect(names).toContain('make train');
  });
});

describe('where only what rules speak of is told', () => {
  const none: Matters = () => false;
  const on = (start: string, ...run: string[]) =>
    `on: ${start}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n${run.map((line) => `      - run: ${line}\n`).join('')}`;
  const started = {
    '.github/workflows/b.yml': on('{ workflow_dispatch: , repository_dispatch: }', 'make b'),
  };

  it.each([
    ['gh', 'gh workflow run b.yml', ''],
    [
      'curl',
      'curl -X POST https://api.github.com/repos/$GITHUB_REPOSITORY/actions/workflows/b.yml/dispatches',
      '',
    ],
    ['PyGithub', 'python ask.py', 'repo.get_workflow("b.yml").create_dispatch("main")\n'],
    ['an event by PyGithub', 'python ask.py', 'repo.create_repository_dispatch("retrain")\n'],
  ])('a workflow is started by %s', (_, line, text) => {
    const tree = { ...started, '.github/workflows/a.yml': on('push', line), 'ask.py': text };
    const chain = chainsOf(tree, none).find(({ path }) => path === '.github/workflows/a.yml');
    expect(chain?.jobs.map(({ id }) => id)).toContain('a/b.yml/a');
  });

  it('a file is reached by the first of its commands, once', () => {
    const tree = { '.github/workflows/a.yml': on('push', 'sh x.sh'), 'x.sh': 'set -e\nls\npwd\nuname\n' };
    const [chain] = chainsOf(tree, none);
    expect(actsOf(chain)).toEqual(['sh x.sh', 'ls']);
  });
});

it('what starts functions by itself and is not followed is said, once for each framework', () => {
  const { notes } = factsIn({
    'a.py': 'from metaflow import FlowSpec\n',
    'b.py': 'import metaflow\n',
    'c.py': '# from zenml import step\nimport kfpx\n',
    'd.py': 'from kfp import dsl\n',
    'ml/databricks.yml': 'bundle:\n  name: x\n',
  });
  expect(notes).toEqual([
    'What the jobs of the Databricks bundle ml/databricks.yml run, and when, is not followed.',
    'What Metaflow starts in a.py is not followed.',
    'What Kubeflow Pipelines starts in d.py is not followed.',
  ]);
});
