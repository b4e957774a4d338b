import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

describe('the reader of plain Python', () => {
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
