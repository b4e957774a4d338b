import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pythonFacts } from '../../../src/assess/python/facts.js';
import { readPlain } from '../../../src/assess/python/statements.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** All Python that lies in this repository: templates as they are, and repositories of other shapes. */
const files = ['templates', 'test/assess/repositories'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.py'))
    .map((path) => join(folder, path)),
);

const facts = (text: string) => pythonFacts('src/churn/x.py', text);
const tolerant = (text: string) => pythonFacts('src/churn/x.py', text, () => undefined);

const NAMES = ['a', 'load', 'self.b', 'mlflow', 'x1', 'Exception', 'True', 'None'] as const;
const indented = (text: string) => text.replace(/^(?=.)/gm, '    ');

/** Code without strings over several lines, which `indented` would change. */
const { block } = fc.letrec<{ one: string; statement: string; block: string }>((tie) => {
  const one = tie('one');
  const name = fc.constantFrom(...NAMES);
  const variable = fc.constantFrom('a', 'x1', 'load');
  const pair = fc.tuple(one, one);
  return {
    one: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'python' },
      name,
      fc.constantFrom(
        '0',
        '1.5e-3',
        '"x"',
        "'it\\'s'",
        'r"\\d"',
        'b"a" b"b"',
        '"""c"""',
        '...',
        '()',
        '[]',
        '{}',
      ),
      fc.tuple(name, one, one).map(([f, x, y]) => `${f}(${x}, k=${y}, *a, **x1)`),
      fc.tuple(one, one).map(([x, y]) => `f(${x} for a, (x1, load) in b if ${y})`),
      pair.map(([x, y]) => `(${x} + ${y})`),
      pair.map(([x, y]) => `(${x}\n  and ${y} or x1  # why (not\n)`),
      pair.map(([x, y]) => `(${x} if ${y} is not None else -${x} ** ~${y})`),
      pair.map(([x, y]) => `(a := [${x}, *${y}])[${x}:, ::${y}]`),
      pair.map(([x, y]) => `{${x}: ${y}, **a}.get(${y})`),
      pair.map(([x, y]) => `[${x} for a in ${y} if a not in x1]`),
      pair.map(([x, y]) => `(lambda a, *b, c=${x}: ${y})`),
      pair.map(([x, y]) => `{${x} for a in (${y}, )}.b.c(${y})`),
      fc.tuple(variable, variable).map(([x, y]) => `f"{${x}.fit(${y})!r:>{${y}}} {{no}} {x1[0]:%Y}"`),
    ),
    statement: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'python' },
      one.map((x) => `${x}\n`),
      fc.tuple(variable, one).map(([a, x]) => `${a} = ${x}\n`),
      pair.map(([x, y]) => `a: list[x1] = ${x}; load += ${y}\n`),
      pair.map(([x, y]) => `a, *b = c.d = ${x}, \\\n  ${y}\n`),
      pair.map(([x, y]) => `assert ${x}, ${y}\n`),
      one.map((x) => `return ${x}\n`),
      one.map((x) => `raise E(${x}) from None\n`),
      fc.constantFrom(
        'import mlflow as m, a.b\n',
        'from ..x import (load,\n    y as z)\n',
        'from . import *\n',
        'global x1\n',
        'del a[0], x1\n',
        'pass; break\n',
        '# said\n',
        '\n',
      ),
      fc.tuple(one, tie('block'), tie('block')).map(([x, y, z]) => `if ${x}:\n${y}elif not ${x}:\n${z}`),
      fc.tuple(tie('block'), one).map(([x, y]) => `if False:\n${x}else: ${y}; a()\n`),
      fc.tuple(one, tie('block')).map(([x, y]) => `while ${x}:\n${y}`),
      fc.tuple(one, tie('block')).map(([x, y]) => `for a, x1 in ${x}:\n${y}else:\n${y}`),
      fc
        .tuple(fc.constantFrom('', ' Exception', ' (A, B) as a'), tie('block'), tie('block'))
        .map(([e, x, y]) => `try:\n${x}except${e}:\n${y}finally:\n${x}`),
      fc.tuple(one, tie('block')).map(([x, y]) => `with ${x} as a, suppress(Exception):\n${y}`),
      fc
        .tuple(one, one, tie('block'))
        .map(([x, y, z]) => `def load(a, /, b: x1 = ${x}, *c: d, e=${y}, **f) -> list[x1]:\n${z}`),
      fc.tuple(one, tie('block')).map(([x, y]) => `@a.b(${x})\n@skip\nasync def x1():\n${y}`),
      fc.tuple(one, tie('block')).map(([x, y]) => `class C(B, k=${x}):\n    "doc"\n${y}`),
      fc.tuple(one, tie('block')).map(([x, y]) => `match ${x}:\n    case [1, a]:\n${indented(y)}`),
    ),
    block: fc
      .array(tie('statement'), { minLength: 1, maxLength: 4 })
      .map((all) => indented(`${all.join('')}x1.end()\n`)),
  };
});

describe('the reader of plain Python', () => {
  it('shows what the tolerant parser shows, of code that is made up', () => {
    let [own, compared] = [0, 0];
    fc.assert(
      fc.property(block, (inside) => {
        const text = `def main():\n${inside}`;
        const read = readPlain(text);
        const other = tolerant(text);
        if (read) own++;
        // Of sound code only `match` is left to the other.
        if (!read) expect(text).toContain('match ');
        if (other.broken !== undefined) return;
        compared++;
        expect(facts(text)).toEqual(other);
      }),
      { numRuns: 400 },
    );
    expect([own, compared].map((n) => n > 150)).toEqual([true, true]);
  });

  it('shows what the tolerant parser shows, of every file of Python here', () => {
    let read = 0;
    for (const path of files) {
      const text = readFileSync(join(root, path), 'utf8');
      if (!readPlain(text)) continue;
      const other = tolerant(text);
      if (other.broken !== undefined) continue;
      read++;
      expect(facts(text), path).toEqual(other);
    }
    expect(read).toBeGreaterThan(20);
  });

  it.each([
    'x: dict[str, int] = {**a, "b": 1}\n',
    'a, *b = c = yield d\n',
    'def f(a, /, b: int = g(1), *c, d=h, **e) -> t.Thing:\n    return -a ** b if not c in d else lambda x, *y: x(y)\n',
    'class A(B, metaclass=C):\n    @d.e(1)\n    @f\n    async def g(self):\n        async with a() as b, c: await d()\n        return [x async for x in y if (z := w(x))]\n',
    'try:\n    a()\nexcept (B, C) as d:\n    pass\nexcept Exception:\n    print(1)\nelse:\n    e()\nfinally:\n    f()\n',
    "r = f'{a.b(c)!r:>{w}} {{x}} {d[0]:%Y}' 'and' rb'\\'' \"\"\"more\n# no comment\n\"\"\"\n",
    'if a: b(); c()\nelif d:\n\te()\nelse:\n  # why\n  assert f, "g"\n',
    'while 0:\n    a()\nelse:\n    b()\n\nfor i, (j, k) in l, m:\n    continue\n    n()\n',
    'from .. import (a as b,\n    c)\nfrom .d import *\nimport e.f as g, h\ng(a[1:2, ::3, ...], *i, j=k, **l)\n',
    'global x; del y[1], z;\nraise A(b) from None',
    'a = {x: y for x, y in b.items()}; c = {d for e in f}; g = (h for i in j)\nk(l for m in n if o or p)\n',
    'x = (\n    a.b  # why\n    .c()\n)\\\n    + 0x1F + 1_0.5e-3j\n',
  ])('agrees on %j', (text) => {
    expect(readPlain(text), 'it reads it itself').toBeDefined();
    expect(facts(text)).toEqual(tolerant(text));
  });

  it.each([
    ['Python 2', 'print "a"\n'],
    ['a clause of Python 2', 'try:\n    a()\nexcept A, b:\n    pass\n'],
    ['IPython', '!ls\nx = 1\n'],
    ['an open bracket', 'f(1\n'],
    ['an open string', "x = 'a\n"],
    ['a dedent to nowhere', 'if a:\n        b()\n    c()\n'],
    ['what it does not know', 'match x:\n    case 1:\n        f()\n'],
    ['nesting without end', `x = ${'('.repeat(5000)}${')'.repeat(5000)}\n`],
  ])('leaves %s to the tolerant parser', (_, text) => {
    expect(readPlain(text)).toBeUndefined();
  });

  it('reads what the parser takes for broken, and Python does not', () => {
    const text = 'with a() as (b, c), (d() as e, f):\n    g(b)\nx = not h and i\n';
    expect(facts(text).broken).toBeUndefined();
    expect(facts(text).calls.map(({ name }) => name)).toEqual(['a', 'd', 'g']);
  });

  it('takes time in proportion to the text', () => {
    const text = `${'x = f(a, b)["c"].d\n'.repeat(20_000)}y = ${'a.b(1)'.repeat(1)}${'.c(1)'.repeat(20_000)}\n`;
    const start = performance.now();
    expect(readPlain(text)).toBeDefined();
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
