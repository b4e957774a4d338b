import { describe, expect, it } from 'vitest';
import { readNotebook } from '../../src/notebook/notebook.js';
import { boundBy, type Imported } from '../../src/python/imports.js';
import { BUILTINS } from '../../src/python/known.js';
import { attributesOf, namesOf, neededBy } from '../../src/python/names.js';
import { parsePython } from '../../src/python/parse.js';
import { importStatements, rewriteImports } from '../../src/python/rewrite-imports.js';
import { textOf } from '../../src/render/tree.js';
import { fresh } from '../steps/lifted.js';

/** All Python that levels 1 and 4 emit, which ruff finds nothing wrong with. */
const emitted = new Map(
  [fresh(1), fresh(4), fresh(1, { task: 'regression' })].flatMap((tree) =>
    [...tree].flatMap(([path, { content }]): [string, string][] =>
      path.endsWith('.py') ? [[textOf(content) ?? '', path]] : [],
    ),
  ),
);
/** As ruff sees it, which does not look into local/. */
const own = new Set(['churn', 'churn_app', 'delivery', 'local_azure', 'score', 'score_batch']);

const reads = (source: string) => [...namesOf(parsePython(source)).reads].sort();
const binds = (source: string) => [...namesOf(parsePython(source)).binds].sort();

describe('emitted code', () => {
  it('is read without an error, cells of notebooks too', () => {
    expect(emitted.size).toBeGreaterThan(50);
    const cells = ['explore', 'train'].flatMap((name) => {
      const text = textOf(fresh(0).get(`notebooks/${name}.ipynb`)!.content) ?? '';
      return readNotebook(text)!.cells.filter(({ kind }) => kind === 'code');
    });
    for (const [text, path] of emitted) expect(parsePython(text).broken, path).toBe(false);
    for (const { source } of cells) expect(parsePython(source).broken, source).toBe(false);
  });

  it('reads no name that is neither bound nor built in, and imports none that it does not read', () => {
    for (const [text, path] of emitted) {
      const names = namesOf(parsePython(text));
      const unknown = [...names.reads].filter((name) => !names.binds.has(name) && !BUILTINS.has(name));
      expect(unknown, path).toEqual([]);
      const items = importStatements(parsePython(text)).flatMap((one) => one.items);
      const idle = items.map(boundBy).filter((name) => !names.reads.has(name));
      expect(path.endsWith('__init__.py') ? [] : idle, path).toEqual([]);
    }
  });

  it('has each import back where ruff had it, once it is taken out', { timeout: 120_000 }, () => {
    let seen = 0;
    for (const [text, path] of emitted) {
      const all = importStatements(parsePython(text)).flatMap(({ items }) => items);
      for (const item of all) {
        const same = (one: Imported) => one.module === item.module && one.name === item.name;
        // Alone in its section, it leaves nothing to go by but the section's place; alone in its file, not even that. The loop has code between
        // its imports.
        if (all.length === 1 || item.comment || path === 'local/loop.py') continue;
        const without = rewriteImports(text, { drop: same, own });
        expect(parsePython(without).broken, path).toBe(false);
        expect(without, path).not.toBe(text);
        expect(rewriteImports(without, { add: [item], own }), `${path}: ${item.module} ${item.name}`).toBe(
          text,
        );
        seen++;
      }
    }
    expect(seen).toBeGreaterThan(300);
  });
});

describe('names', () => {
  it.each([
    ['def f(a, *b, c=d, **e):\n    return a, b, c, e, g', ['d', 'g']],
    ['x = lambda a, b=c: a + b + d', ['c', 'd']],
    ['[a for a in b if a > c]', ['b', 'c']],
    ['{k: v for k, v in d.items()}', ['d']],
    ['f(a=b, *c)', ['b', 'c', 'f']],
    ['x: T = y', ['T', 'y']],
    ['def f(a: "T") -> "list[U]": ...', ['T', 'U', 'list']],
    ['sum(a for a in b)', ['b', 'sum']],
    ['[r for _, *r in b]', ['b']],
    ['print(f"{a!r:>{b}} {c=}")', ['a', 'b', 'c', 'print']],
    ['class A(B, metaclass=C):\n    x = y\n    def f(self):\n        return z', ['B', 'C', 'y', 'z']],
    ['try:\n    pass\nexcept E as error:\n    pass', ['E']],
    ['def f():\n    global n\n    n = n + 1', ['n']],
    ['def f():\n    n = 1\n    def g():\n        nonlocal n\n        n = n + 1\n    return n', []],
    ['a.b.c = d', ['a', 'd']],
    ['n += 1', ['n']],
    ['def f():\n    x = 1\n    def g():\n        return x, y\n    return g', ['y']],
    ['match a:\n    case B(c=d) | [d, *_]:\n        print(d)', ['B', 'a', 'd', 'print']],
    ['@a.b(c)\ndef f(): ...', ['a', 'c']],
    ['@d(e)\nasync def f(): ...', ['d', 'e']],
    ['map(print, a)', ['a', 'map', 'print']],
  ])('of %j that are read are %j', (source, names) => {
    expect(reads(source)).toEqual(names);
  });

  it.each([
    ['a, (b, c) = d', ['a', 'b', 'c']],
    ['a = b = 1', ['a', 'b']],
    ['for i, j in k: pass', ['i', 'j']],
    ['with a as b, c as d: pass', ['b', 'd']],
    ['import a.b, c as d\nfrom e import f as g, h', ['a', 'd', 'g', 'h']],
    ['if (n := f()): pass', ['n']],
    ['a.b = 1\nc[0] = 2', []],
    ['try:\n    import a\nexcept E as e:\n    a = None', ['a', 'e']],
  ])('of %j that are bound are %j', (source, names) => {
    expect(binds(source)).toEqual(names);
  });

  it('that a cell needs are those it reads before it has them', () => {
    const code = parsePython('a = b\nprint(a)\nc = c + 1\ndef f():\n    return later\nlater = 1\n');
    expect([...neededBy(code)].sort()).toEqual(['b', 'c', 'print']);
  });

  it('of a module are read as its attributes', () => {
    expect([...attributesOf(parsePython('train.fit(x)\nb = train.FOLDS\nother.no'), 'train')].sort()).toEqual(
      ['FOLDS', 'fit'],
    );
  });
});

it.each(['%matplotlib inline', '!ls', 'x?', 'def f(:\n    pass', 'print "x"', ' x = 1', 'if x:\n    a\n  b'])(
  '%j is no Python',
  (source) => {
    expect(parsePython(source).broken).toBe(true);
  },
);

describe('imports', () => {
  const change = (text: string, add: Imported[], drop: (item: Imported) => boolean = () => false) =>
    rewriteImports(text, { add, drop, own: new Set(['churn']) });

  it('find their section, and make one', () => {
    expect(change('import os\n\nimport numpy as np\n\nX = 1\n', [{ module: 'churn.data', name: 'y' }])).toBe(
      'import os\n\nimport numpy as np\n\nfrom churn.data import y\n\nX = 1\n',
    );
    expect(change('"""Doc."""\n\nX = 1\n', [{ module: 'os', name: '' }])).toBe(
      '"""Doc."""\n\nimport os\n\nX = 1\n',
    );
    expect(change('def f(): ...\n', [{ module: 'os', name: '' }])).toBe('import os\n\n\ndef f(): ...\n');
  });

  it('keep comments, of statements and of names', () => {
    const text = '# About os.\nimport os  # noqa\nfrom a import (\n    B,  # the b\n    c,\n)\n';
    expect(change(text, [{ module: 'a', name: 'd' }])).toBe(text.replace('    c,\n', '    c,\n    d,\n'));
    expect(change(text, [], ({ name }) => name === 'c')).toContain('from a import (\n    B,  # the b\n)\n');
  });

  it('with another name are statements of their own', () => {
    expect(change('from a import b\n', [{ module: 'a', name: 'c', as: 'd' }])).toBe(
      'from a import b\nfrom a import c as d\n',
    );
  });

  it('stay in the groups that they are in, whatever we would think of them', () => {
    expect(
      change('import os\n\nimport numpy\n\nimport helpers\n', [{ module: 'pandas', name: '', as: 'pd' }]),
    ).toBe('import os\n\nimport numpy\nimport pandas as pd\n\nimport helpers\n');
  });

  it('that nothing changes leave the text alone, however it is laid out', () => {
    const text = 'import sys, os\n\n\n\nfrom   b import  (x,\n y)\nimport a\n';
    expect(change(text, [{ module: 'os', name: '' }])).toBe(text);
  });
});
