import { expect, it } from 'vitest';
import { assessed, holdsOf } from './assessed.js';

// What looked like more than it was, in repositories that somebody read.

const SCHEMA = '$schema: https://azuremlschemas.azureedge.net/latest/';
const TRAIN = 'az ml job create --file azureml/train.yml';
const WATCHED = {
  'azureml/train.yml': `${SCHEMA}commandJob.schema.json\ntype: command\ncommand: python train.py\ncode: ../src\ncompute: azureml:cpu\n`,
  'azureml/monitor.yml': `${SCHEMA}monitorSchedule.schema.json\nname: m\ncreate_monitor: {}\n`,
  'src/train.py': 'import mlflow\nmlflow.autolog()\nmodel.fit(x, y)\n',
};
const workflow = (on: string, ...run: string[]): string =>
  `on: ${on}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n${run.map((line) => `      - run: ${line}\n`).join('')}`;
const holds = (files: Record<string, string>, id: string): number | null | undefined =>
  holdsOf(
    assessed(
      new Map(
        Object.entries(files).map(([path, text]) => [path, { mode: '100644', content: Buffer.from(text) }]),
      ),
    ),
  )[id];

it.each([
  [
    'a dispatch from outside, which the events of a monitor send',
    '{ repository_dispatch: { types: [drift] } }',
    4,
  ],
  ['an event of GitHub, which no monitor sends', '{ deployment_status: }', 3],
  ['a package that was pushed', '{ registry_package: }', 3],
])('beside a monitor, training on %s', (_, on, level) => {
  const files = {
    ...WATCHED,
    '.github/workflows/train.yml': workflow(
      '{ push: { branches: [main] }, schedule: [{ cron: "0 3 * * 1" }] }',
      TRAIN,
    ),
    '.github/workflows/again.yml': workflow(on, TRAIN),
  };
  expect(holds(files, 'creation.retraining')).toBe(level);
});

it('a dispatch without a monitor says nothing of production', () => {
  const files = {
    ...WATCHED,
    'azureml/monitor.yml': '',
    '.github/workflows/train.yml': workflow(
      '{ push: { branches: [main] }, schedule: [{ cron: "0 3 * * 1" }] }',
      TRAIN,
    ),
    '.github/workflows/again.yml': workflow('{ repository_dispatch: { types: [drift] } }', TRAIN),
  };
  expect(holds(files, 'creation.retraining')).toBe(3);
});

it.each([
  ['rows that were fetched', 'src/gather.py', 'rows.to_sql("rows", engine)', 4],
  ['what the model answered, by its name', 'src/nightly.py', 'predictions.to_sql("answers", engine)', 0],
  [
    'what the model answered, in one line',
    'src/nightly.py',
    'rows.assign(p=model.predict(rows)).to_sql("answers", engine)',
    0,
  ],
  ['by a script that scores', 'src/score_nightly.py', 'table.to_sql("answers", engine)', 0],
])('stores %s', (_, path, line, level) => {
  const files = {
    'src/train.py': 'from sklearn.linear_model import Ridge\nmodel = Ridge().fit(x, y)\n',
    [path]: `import pandas as pd\nrows = pd.read_sql("select * from orders", engine)\n${line}\n`,
    '.github/workflows/nightly.yml': workflow('{ schedule: [{ cron: "0 3 * * 1" }] }', `python ${path}`),
  };
  expect(holds(files, 'creation.data')).toBe(level);
});
