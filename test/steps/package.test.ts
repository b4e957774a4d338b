import { expect, it } from 'vitest';
import { ownImports, packageMoves, stepsBetween } from '../../src/steps/index.js';
import { answersOf, roots } from './lifted.js';

it('another package name moves the folder and the app', () => {
  expect(packageMoves('churn', 'leavers')).toEqual([
    { from: 'src/churn/', to: 'src/leavers/' },
    { from: 'app/churn_app.py', to: 'app/leavers_app.py' },
  ]);
  expect(packageMoves('churn', 'churn')).toEqual([]);
});

it('imports of the old package are found where they stand, in scripts and notebooks', () => {
  const script = [
    'from churn.data import columns',
    'import os, churn.train as t',
    'def f():',
    '    from churn import scoring',
    'from churning import no',
    'import churn_app',
    '# from churn import data',
    'from .churn import relative',
  ].join('\n');
  const notebook = JSON.stringify(
    { cells: [{ source: ['import pandas\n', 'from churn import data\n'] }] },
    null,
    1,
  );
  const found = ownImports(
    [
      ['tools/a.py', script],
      ['notebooks/b.ipynb', notebook],
      ['README.md', 'from churn import data'],
    ],
    'churn',
  );
  expect(found.map(({ path, text }) => `${path}: ${text}`)).toEqual([
    'tools/a.py: from churn.data import columns',
    'tools/a.py: import os, churn.train as t',
    'tools/a.py: from churn import scoring',
    'notebooks/b.ipynb: from churn import data',
  ]);
  expect(found.map(({ line }) => line).slice(0, 3)).toEqual([1, 2, 4]);
  expect(notebook.split('\n')[(found[3]?.line ?? 0) - 1]).toContain('from churn import data');
});

it('the steps above the first move nothing', async () => {
  expect((await stepsBetween(roots, 1, 4, answersOf({}))).moves).toEqual([]);
  expect(await stepsBetween(roots, 2, 4, answersOf({}))).toEqual({ moves: [] });
});
