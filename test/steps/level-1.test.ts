import { describe, expect, it } from 'vitest';
import type { FileTree } from '../../src/render/tree.js';
import {
  addCell,
  cells,
  difference,
  editCell,
  editNotebook,
  fresh,
  lifted,
  NOTEBOOK,
  put,
  read,
} from './lifted.js';

const MODULES = ['data', 'features', 'evaluate', 'train', 'scoring'].map((name) => `src/churn/${name}.py`);
const CELLS = ['setup', 'data', 'features', 'evaluate', 'train'];

describe.each(['classification', 'regression'] as const)('an untouched repository of %s', (task) => {
  it.each(['online', 'batch', 'both'] as const)(
    'with endpoint %s becomes what level 1 renders',
    async (endpoint) => {
      const { tree, notes } = await lifted(() => undefined, 1, { task, endpoint });
      const after = fresh(1, { task, endpoint });
      expect(notes).toEqual([]);
      for (const path of [...MODULES, 'pyproject.toml'])
        expect(read(tree, path), path).toBe(read(after, path));
      for (const id of CELLS) expect(cells(tree)[id], id).toBe(cells(after)[id]);
      expect(tree.has('requirements.txt')).toBe(false);
    },
  );
});

describe('an edit in a cell', () => {
  it.each([
    ['data', 'MISSING_SLACK = 0.1', 'MISSING_SLACK = 0.3'],
    ['features', 'MAX_TERMS = 200', 'MAX_TERMS = 50'],
    ['evaluate', 'MIN_GROUP = 10', 'MIN_GROUP = 30'],
    ['train', 'FOLDS = 5', 'FOLDS = 10'],
  ])('%s is that line in the module, and nothing else', async (step, from, to) => {
    const path = `src/churn/${step}.py`;
    const { added, gone, notes, tree } = await difference(path, (team) =>
      editCell(team, step, (source) => source.replace(from, to)),
    );
    expect({ added, gone, notes }).toEqual({ added: [to], gone: [from], notes: [] });
    const after = fresh(1);
    for (const other of MODULES.filter((one) => one !== path))
      expect(read(tree, other), other).toBe(read(after, other));
    for (const id of CELLS) expect(cells(tree)[id], id).toBe(cells(after)[id]);
  });

  it('brings its new imports to the head of the module, in their sections and once', async () => {
    const { added, text } = await difference('src/churn/train.py', (team) =>
      editCell(
        team,
        'train',
        (source) =>
          'import itertools\nimport pandas as pd\nfrom sklearn.svm import SVC\nfrom sklearn.dummy import DummyRegressor\n\n' +
          `${source}\n\n\ndef extra() -> list[object]:\n    return [itertools, pd, SVC, DummyRegressor]\n`,
      ),
    );
    expect(added).toEqual([
      'import itertools',
      'from sklearn.dummy import DummyClassifier, DummyRegressor',
      'from sklearn.svm import SVC',
      'def extra() -> list[object]:',
      '    return [itertools, pd, SVC, DummyRegressor]',
    ]);
    expect(text).toContain('import argparse\nimport itertools\nimport sys\n');
    expect(text).toContain('import Pipeline\nfrom sklearn.svm import SVC\n\nfrom .data import (');
    expect(text.match(/import pandas as pd/g)).toHaveLength(1);
  });

  it('brings an import of the set-up cell along, which goes there when nothing else needs it', async () => {
    const { added, tree } = await difference('src/churn/features.py', (team) => {
      editCell(team, 'setup', (source) =>
        source.replace('import joblib\n', 'import joblib\nimport numpy as np\n'),
      );
      editCell(team, 'features', (source) => `${source}\n\n\ndef largest() -> float:\n    return np.inf`);
    });
    expect(added).toEqual(['import numpy as np', 'def largest() -> float:', '    return np.inf']);
    expect(cells(tree).setup).toBe(cells(fresh(1)).setup);
  });

  it('brings the import of a name that another step of the package defines', async () => {
    const { added, text } = await difference('src/churn/train.py', (team) =>
      editCell(team, 'train', (source) => `${source}\n\n\nTERMS = MAX_TERMS * MISSING_SLACK`),
    );
    expect(added).toEqual([
      '    MISSING_SLACK,',
      'from .features import MAX_TERMS, build_preprocessor',
      'TERMS = MAX_TERMS * MISSING_SLACK',
    ]);
    expect(text).toContain('    CONTRACT,\n    MISSING_SLACK,\n    Contract,\n');
  });

  it('that drops a use drops its import, but none that the module itself needs', async () => {
    const { added, gone } = await difference('src/churn/train.py', (team) =>
      editCell(team, 'train', (source) => source.replace(/ {8}"linear": .*\n/, '')),
    );
    expect(added).toEqual([]);
    expect(gone).toEqual([
      'from sklearn.linear_model import LogisticRegression',
      '        "linear": LogisticRegression(max_iter=2000, class_weight="balanced"),',
    ]);
  });

  it('that redefines what was imported takes the place of the import', async () => {
    const { text } = await difference('src/churn/evaluate.py', (team) =>
      editCell(team, 'evaluate', (source) => `${source}\n\n\ndef convert(values, kind):\n    return values`),
    );
    expect(text).toContain('    columns,\n    default_folder,\n');
  });

  it('that renames a function is told with the places that use the old name', async () => {
    const { notes, tree } = await difference('src/churn/train.py', (team) => {
      editCell(team, 'train', (source) => source.replace('def fit(', 'def fit_model('));
      editCell(team, 'use-train', (source) => source.replace('= fit(', '= fit_model('));
    });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(
      /src\/churn\/train\.py no longer defines fit, .*src\/churn\/train\.py.*tests\/test_model\.py/,
    );
    expect(cells(tree).train).toBe('from churn.train import fit_model');
  });
});

describe('a cell that does more than define', () => {
  it.each([
    ['a magic', (source: string) => `%load_ext autoreload\n${source}`, 'a magic (`%load_ext autoreload`)'],
    ['a cell magic', (source: string) => `%%time\n${source}`, 'a magic (`%%time`)'],
    [
      'a shell line',
      (source: string) => `!pip install lightgbm\n${source}`,
      'a shell command (`!pip install lightgbm`)',
    ],
    ['a question', (source: string) => `${source}\nfit?`, 'a question to IPython (`fit?`)'],
    ['a print', (source: string) => `${source}\nprint("ready")`, 'code that runs (`print("ready")`)'],
    [
      'a loop',
      (source: string) => `${source}\nfor n in (1, 2):\n    FOLDS += n`,
      'code that runs (`for n in (1, 2):`)',
    ],
    ['an error', (source: string) => `${source}\ndef half(:\n    pass`, 'code that could not be read'],
  ])('(%s) stays, with a sentence, and the module has the template code', async (_, edit, holds) => {
    let own = '';
    const { tree, notes } = await lifted((team) => {
      editCell(team, 'train', edit);
      own = cells(team).train!;
    });
    expect(notes).toEqual([
      `notebooks/train.ipynb: the cell train stays as it is, since it holds ${holds}; src/churn/train.py has the template's code.`,
    ]);
    expect(cells(tree).train).toBe(own);
    expect(read(tree, 'src/churn/train.py')).toBe(read(fresh(1), 'src/churn/train.py'));
    expect(cells(tree).setup).toContain('from sklearn.ensemble import RandomForestClassifier\n');
  });

  it('keeps what the template itself calls in the notebook', async () => {
    const { tree, notes } = await lifted((team) => {
      const call = cells(team)['use-features']!;
      editCell(team, 'features', (source) => `${source}\n\n\n${call}`);
    });
    expect(notes).toEqual([]);
    expect(read(tree, 'src/churn/features.py')).toBe(read(fresh(1), 'src/churn/features.py'));
    expect(cells(tree).features).toBe(
      'from churn.features import build_preprocessor\n\nbuild_preprocessor(contract).fit_transform(inputs(train, contract)).shape',
    );
  });
});

describe('the rest of the notebook', () => {
  it('has what a cell of its own needs: imports in the set-up, lifted names where the template imports', async () => {
    const { tree } = await lifted((team) =>
      addCell(team, 'use-train', 'print(json.dumps(sorted(candidates(contract))), FOLDS, Contract)'),
    );
    const now = cells(tree);
    expect(now.own).toBe('print(json.dumps(sorted(candidates(contract))), FOLDS, Contract)');
    expect(now.setup).toBe(cells(fresh(1)).setup!.replace('from pathlib', 'import json\nfrom pathlib'));
    expect(now.train).toBe('from churn.train import FOLDS, candidates, fit');
    expect(now.data).toContain('    CONTRACT,\n    Contract,\n    inputs,\n');
  });

  it('is told of a cell of its own that imports the scoring code by its old name', async () => {
    const { notes } = await lifted((team) => addCell(team, 'model', 'from scoring import parse'));
    expect(notes).toEqual([
      'notebooks/train.ipynb: a cell of your own imports scoring, which is now churn.scoring.',
    ]);
  });

  it('keeps what the team added to the set-up cell, and its other value of a constant', async () => {
    const { tree } = await lifted((team) =>
      editCell(team, 'setup', (source) =>
        source
          .replace('import json\n', 'import json\nimport logging\n')
          .replace('SEED = 0', 'SEED = 7\nlogging.basicConfig()'),
      ),
    );
    const template = cells(fresh(1)).setup!;
    expect(cells(tree).setup).toBe(
      template
        .replace('from pathlib', 'import logging\nfrom pathlib')
        .replace('SEED = 0', 'SEED = 7\nlogging.basicConfig()'),
    );
  });

  it('that was only run is no edit, and keeps the outputs of the cells that stay', async () => {
    const { tree, notes } = await lifted((team) =>
      editNotebook(team, (book) => {
        for (const [at, cell] of book.cells.entries())
          if (cell.cell_type === 'code')
            Object.assign(cell, {
              execution_count: at,
              outputs: [{ name: 'stdout', output_type: 'stream', text: [`said ${at}\n`] }],
            });
      }),
    );
    expect(notes).toEqual([]);
    for (const path of MODULES) expect(read(tree, path)).toBe(read(fresh(1), path));
    const book = JSON.parse(read(tree, NOTEBOOK)) as { cells: { id: string; outputs?: unknown[] }[] };
    const outputs = Object.fromEntries(book.cells.map(({ id, outputs }) => [id, outputs?.length]));
    expect(outputs).toMatchObject({ 'use-data': 1, 'use-train': 1, slices: 1, setup: 0, data: 0, train: 0 });
  });

  it('is read without ids too, and with its sources as one string each', async () => {
    const { tree, notes } = await lifted((team) => {
      editCell(team, 'train', (source) => source.replace('FOLDS = 5', 'FOLDS = 3'));
      editNotebook(team, (book) => {
        book.nbformat_minor = 4;
        for (const cell of book.cells) {
          delete cell.id;
          cell.source = [cell.source].flat().join('');
        }
      });
    });
    expect(notes).toEqual([]);
    expect(read(tree, 'src/churn/train.py')).toContain('FOLDS = 3\n');
    const after = cells(fresh(1));
    expect(Object.values(cells(tree))).toEqual(expect.arrayContaining([after.setup, after.train]));
  });

  it('may have a tagged cell split in two', async () => {
    const { tree, notes } = await lifted((team) =>
      editNotebook(team, (book) => {
        const at = book.cells.findIndex(({ id }) => id === 'train');
        const cell = book.cells[at]!;
        const source = [cell.source].flat().join('');
        const cut = source.indexOf('def select');
        cell.source = source.slice(0, cut).trimEnd();
        book.cells.splice(at + 1, 0, { ...cell, id: 'other', source: source.slice(cut) });
      }),
    );
    expect(notes).toEqual([]);
    expect(read(tree, 'src/churn/train.py')).toBe(read(fresh(1), 'src/churn/train.py'));
    expect(cells(tree)).not.toHaveProperty('other');
  });

  it.each([
    ['gone', (team: FileTree) => void team.delete(NOTEBOOK), 'not there'],
    ['broken', (team: FileTree) => put(team, NOTEBOOK, '{ "cells": ['), 'no notebook that can be read'],
  ])('when it is %s, leaves the template code in the package', async (_, edit, why) => {
    const { tree, notes } = await lifted(edit);
    expect(notes).toEqual([
      `notebooks/train.ipynb is ${why}, so the modules of src/churn/ have the template's code.`,
    ]);
    for (const path of MODULES) expect(read(tree, path)).toBe(read(fresh(1), path));
  });
});
