import { describe, expect, it } from 'vitest';
import type { FileTree } from '../../src/render/tree.js';
import { addCell, cells, difference, editCell, editNotebook, fresh, lifted, read } from './lifted.js';

/** One cell's code, behind another's in the cell of that one. */
function join(team: FileTree, first: string, second: string): void {
  const source = cells(team)[second]!;
  editCell(team, first, (own) => `${own}\n\n\n${source}`);
  editNotebook(team, (book) => {
    book.cells = book.cells.filter(({ id }) => id !== second);
  });
}

describe('code that is not in the cell with its tag', () => {
  it.each([
    ['evaluate', 'train'],
    ['features', 'evaluate'],
  ])('is shared out when %s and %s are one cell', async (first, second) => {
    const { tree, notes } = await lifted((team) => {
      editCell(team, second, (source) => source.replace(/^([A-Z_]+ = )\d+/m, '$177'));
      join(team, first, second);
    });
    expect(notes).toEqual([]);
    expect(read(tree, `src/churn/${first}.py`)).toBe(read(fresh(1), `src/churn/${first}.py`));
    expect(read(tree, `src/churn/${second}.py`)).toMatch(/^(FOLDS|MIN_GROUP) = 77/m);
    const [imports, was] = [cells(tree)[first], cells(fresh(1))];
    expect(imports?.split('\n').sort()).toEqual([was[first], was[second]].sort());
  });

  it('is found when an editor has split a cell, and copied no tag', async () => {
    const { tree, notes } = await lifted((team) => {
      const [above = '', below = ''] = cells(team).evaluate!.split('\n\n\ndef fairness(');
      addCell(team, 'evaluate', `def fairness(${below}`);
      editCell(team, 'evaluate', () => above);
    });
    expect(notes).toEqual([]);
    expect(read(tree, 'src/churn/evaluate.py')).toBe(read(fresh(1), 'src/churn/evaluate.py'));
    expect(Object.keys(cells(tree))).not.toContain('own');
  });

  it('is found without tags and ids', async () => {
    const { tree, notes, added } = await difference('src/churn/train.py', (team) => {
      editCell(team, 'train', (source) => source.replace('FOLDS = 5', 'FOLDS = 7'));
      editNotebook(team, (book) => {
        book.nbformat_minor = 4;
        for (const cell of book.cells) {
          delete cell.id;
          cell.metadata = {};
        }
      });
    });
    expect(notes).toEqual([]);
    expect(added).toEqual(['FOLDS = 7']);
    expect(Object.values(cells(tree))).toContain('from churn.train import fit');
  });

  it('leaves alone what an own cell defines once more', async () => {
    const { tree, notes } = await lifted((team) =>
      addCell(team, 'use-train', 'def fit(*_):\n    return None'),
    );
    expect(notes).toEqual([]);
    expect(read(tree, 'src/churn/train.py')).toBe(read(fresh(1), 'src/churn/train.py'));
    expect(cells(tree).own).toBe('def fit(*_):\n    return None');
  });
});

describe('lifted code that reads a name of the notebook', () => {
  it('has a copy of a constant or a function, and of what that needs', async () => {
    const { notes, text } = await difference('src/churn/train.py', (team) => {
      const helper = 'def helper(value: int) -> int:\n    return value * WEIGHT + SEED';
      addCell(team, 'setup', `WEIGHT = 2\n\n\n${helper}`);
      editCell(team, 'train', (source) => source.replace('max_iter=2000', 'max_iter=helper(1000)'));
    });
    const [head = ''] = text.split('def candidates');
    expect(head.match(/^(SEED|WEIGHT|def helper|FOLDS).*/gm)).toEqual([
      'SEED = 0',
      'WEIGHT = 2',
      'def helper(value: int) -> int:',
      'FOLDS = 5',
    ]);
    expect(notes).toEqual([
      'src/churn/train.py has a copy of helper, WEIGHT, SEED, which notebooks/train.ipynb defines: keep one, and import it in the other.',
    ]);
  });

  it('has a copy also when magics stand beside what it reads', async () => {
    const { text } = await difference('src/churn/train.py', (team) => {
      editCell(team, 'setup', (source) => `%matplotlib inline\n${source}`);
      editCell(team, 'train', (source) => source.replace('FOLDS = 5', 'FOLDS = 5 + SEED'));
    });
    expect(text).toContain('\nSEED = 0\nFOLDS = 5 + SEED\n');
  });

  it('imports what a module before it has a copy of', async () => {
    const { tree } = await lifted((team) => {
      editCell(team, 'features', (source) => source.replace('MAX_TERMS = 200', 'MAX_TERMS = 200 + SEED'));
      editCell(team, 'train', (source) => source.replace('FOLDS = 5', 'FOLDS = 5 + SEED'));
    });
    expect(read(tree, 'src/churn/train.py')).toContain('from .features import SEED, build_preprocessor\n');
    expect(read(tree, 'src/churn/train.py')).not.toContain('SEED = 0');
  });

  it('imports the path of the contract from the package', async () => {
    const { tree, notes } = await lifted((team) =>
      editCell(team, 'features', (source) => `${source}\n\n\nNAME = CONTRACT.name`),
    );
    expect(notes).toEqual([]);
    expect(read(tree, 'src/churn/features.py')).toContain('from .data import CONTRACT, Contract, columns\n');
  });

  it.each([
    ['found', 'use-data', 'print(1)', 'uses found, which only notebooks/train.ipynb defines: define it in'],
    [
      'floor(5)',
      'setup',
      'from math import *',
      'uses floor, and notebooks/train.ipynb imports all of math: ',
    ],
  ])('is told of %s, which is no constant', async (read, after, own, told) => {
    const { notes } = await lifted((team) => {
      addCell(team, after, own);
      editCell(team, 'train', (source) => source.replace('FOLDS = 5', `FOLDS = 5\nMORE = {0: ${read}}`));
    });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain(`src/churn/train.py ${told}`);
  });
});

describe('IPython in the cells that stay', () => {
  it('in the set-up hides none of its imports', async () => {
    const { tree } = await lifted((team) =>
      editCell(
        team,
        'setup',
        (source) =>
          '!pip install -q \\\n  lightgbm\n%matplotlib inline\n' +
          source.replace('import joblib\n', '%load_ext autoreload\nimport joblib\n'),
      ),
    );
    const setUp = cells(tree).setup!;
    const imported = setUp.match(/^(?:import|from) \S+/gm);
    expect(imported).toEqual(['from pathlib', 'import joblib', 'import pandas']);
    for (const line of ['!pip install -q \\\n  lightgbm\n', '%matplotlib inline\n', '%load_ext autoreload\n'])
      expect(setUp).toContain(line);
  });

  it('does not hide what a timed statement needs', async () => {
    const { tree } = await lifted((team) => {
      addCell(team, 'use-data', '%timeit -n 3 outcome(train, contract)');
    });
    expect(cells(tree).data).toContain('    outcome,\n');
  });

  it('of another language needs no import', async () => {
    const { tree } = await lifted((team) => addCell(team, 'use-data', '%%bash\noutcome hashlib'));
    expect(cells(tree).data).toBe(cells(fresh(1)).data);
  });
});
