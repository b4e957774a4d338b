import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { liftCells } from '../../src/adopt/lift/cells.js';
import { moduleName } from '../../src/adopt/lift/module-name.js';
import { parsePython } from '../../src/python/parse.js';
import { notebook } from './repositories.js';

const lift = (...cells: string[]) =>
  liftCells(notebook(...cells), { path: 'work/eda.ipynb', module: 'churn.eda' });
const moduleOf = (...cells: string[]) => lift(...cells)?.lifted?.module ?? '';

describe('what is lifted', () => {
  interface Row {
    readonly it: string;
    readonly cells: string[];
    readonly names: string[];
  }
  const ROWS: readonly Row[] = [
    {
      it: 'a function with the import that it needs',
      cells: ['import os\nimport re', 'def f(x):\n    return re.sub("a", "b", x)'],
      names: ['f'],
    },
    {
      it: 'what it calls, wherever that stands',
      cells: ['def f(x):\n    return g(x)', 'x = 1\nx += 1', 'def g(x):\n    return x'],
      names: ['f', 'g'],
    },
    {
      it: 'a constant that it reads, and none that nothing lifted reads',
      cells: ['A = 1\nB = 2', 'def f():\n    return A'],
      names: ['A', 'f'],
    },
    {
      it: 'a class with its decorator',
      cells: ['from dataclasses import dataclass\n@dataclass\nclass C:\n    x: int = 0'],
      names: ['C'],
    },
    {
      it: 'nothing that reads what runs',
      cells: ['df = load()', 'def f():\n    return df', 'def g():\n    return f()'],
      names: [],
    },
    {
      it: 'nothing that is bound twice',
      cells: ['def f():\n    return 1', 'def f():\n    return 2'],
      names: [],
    },
    {
      it: 'nothing that a global statement rebinds',
      cells: ['N = 0\ndef f():\n    return N', 'def g():\n    global N\n    N = 1'],
      names: [],
    },
    {
      it: 'nothing that a loop rebinds',
      cells: ['k = 3\ndef f():\n    return k', 'for k in range(3):\n    print(k)'],
      names: [],
    },
    {
      it: 'nothing of a cell with a magic of its own',
      cells: ['%%writefile x.py\ndef f():\n    return 1'],
      names: [],
    },
    { it: 'nothing that holds a shell line', cells: ['def f():\n    !ls\n    return 1'], names: [] },
    {
      it: 'nothing that a star may have brought',
      cells: ['from numpy import *', 'def f():\n    return zeros(3)'],
      names: [],
    },
    { it: 'nothing that only a notebook has', cells: ['def f(x):\n    display(x)'], names: [] },
  ];
  it.each(ROWS)('$it', ({ cells, names }) => {
    expect(lift(...cells)?.lifted?.names ?? []).toEqual(names);
  });

  it('its module imports what its code reads, and nothing else', () => {
    const text = moduleOf(
      'import os\nimport re\nfrom json import loads as read',
      'def f(x):\n    return read(re.sub("a", "b", x))',
    );
    expect(text).toBe(
      '"""What eda.ipynb defined."""\n\nimport re\nfrom json import loads as read\n\n\ndef f(x):\n    return read(re.sub("a", "b", x))\n',
    );
  });

  it('cells with the line ends of Windows keep them, and the module has those of all others', () => {
    const made = lift(
      'import re\r\nimport os\r\n\r\ndef f(x):\r\n    return re.sub("a", "b", x)\r\n\r\nos.fit()\r\n',
    );
    expect(made?.lifted?.module).not.toContain('\r');
    expect(made?.lifted?.module).toContain('def f(x):\n    return re.sub(');
    const [cell] = (JSON.parse(made?.lifted?.notebook ?? '') as { cells: { source: string[] }[] }).cells;
    expect(cell?.source.length).toBeGreaterThan(3);
    for (const line of cell?.source.slice(0, -1) ?? []) expect(line).toMatch(/\r\n$/);
  });

  it('a text that is no notebook is none', () => {
    expect(liftCells('{', { path: 'x.ipynb', module: 'a.x' })).toBeUndefined();
  });

  it.each([
    ['01 First look.ipynb', 'first_look'],
    ['train.ipynb', 'train_notebook'],
    ['class.ipynb', 'class_notebook'],
    ['über/日本.ipynb', 'cells_notebook'],
    ['Étude numéro 2.ipynb', 'etude_numero_2'],
  ])('%s becomes %s', (path, name) => {
    expect(moduleName(path, (taken) => taken === 'train')).toBe(name);
  });
});

const FRAGMENTS = [
  'import numpy as np',
  'from a import b',
  'A = 1',
  'A = [1, 2]  # two',
  'def f(x):\n    return x + A',
  'def g(y):\n    """Says."""\n    return f(y) * np.pi',
  '# about h\n@b\ndef h():\n    return g(1)',
  'class C:\n    z = A',
  'model.fit(X, y)',
  'for A in range(3):\n    pass',
  '%matplotlib inline',
  '!pip install x',
  'print "old"',
  'def broken(:',
  'if True:\n    def k():\n        return 1',
  'x = 1; y = 2',
  '"""text"""',
  '# alone',
];
const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line.trim());

it('no line of any notebook is lost, each stands once more at most, and the module can be read', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.array(
          fc.oneof(
            { weight: 9, arbitrary: fc.constantFrom(...FRAGMENTS) },
            { weight: 1, arbitrary: fc.string() },
          ),
          { maxLength: 5 },
        ),
        { maxLength: 6 },
      ),
      (cells) => {
        const sources = cells.map((parts) => parts.join('\n'));
        const found = lift(...sources);
        expect(found).toBeDefined();
        if (!found?.lifted) return;
        const { module, notebook: text } = found.lifted;
        expect(parsePython(module).broken, module).toBe(false);
        const book = JSON.parse(text) as { cells: { source: string[] }[] };
        expect(book.cells).toHaveLength(sources.length);
        const now = new Set([
          ...lines(module),
          ...book.cells.flatMap(({ source }) => lines(source.join(''))),
        ]);
        for (const line of sources.flatMap(lines))
          if (!/^(import|from) /.test(line)) expect(now, `${line}\n${module}\n${text}`).toContain(line);
      },
    ),
    { numRuns: 300 },
  );
});
