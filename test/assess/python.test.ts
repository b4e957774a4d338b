import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pythonFacts } from '../../src/assess/python/facts.js';
import { readPlain } from '../../src/assess/python/statements.js';
import { textOf } from '../../src/render/tree.js';
import { emitted } from './assessed.js';

const facts = (text: string, path = 'src/churn/train.py') => pythonFacts(path, text);
const calls = (text: string) => facts(text).calls.map(({ name, args }) => `${name}(${args})`);
/** The calls of a text that really happen, and of which a failure stops something. */
const happening = (text: string) =>
  facts(text).calls.flatMap(({ name, off, swallowed }) => ((off ?? swallowed) ? [] : [name]));

describe('a call has the name of what is called', () => {
  test.each([
    ['import mlflow\nmlflow.log_metric("a", 1)', 'mlflow.log_metric("a", 1)'],
    ['import mlflow as m\nm.log_metric("a", 1)', 'mlflow.log_metric("a", 1)'],
    ['from azure.ai.ml import MLClient as C, command\nC(1)', 'azure.ai.ml.MLClient(1)'],
    ['from . import score\nscore.run()', 'churn.score.run()'],
    ['from .score import run as go\ngo()', 'churn.score.run()'],
    ['from ..a.b import c\nc()', 'a.b.c()'],
    ['from x import (  # why\n    a,\n    b as c,\n)\nc()', 'x.b()'],
    [
      'client.jobs.create_or_update(\n    job,  # a job\n    name="x",\n)',
      'client.jobs.create_or_update(job, name="x",)',
    ],
    ['@dsl.pipeline(compute="c")\ndef p(): pass', 'dsl.pipeline(compute="c")'],
    ['f"{model.fit(x)}"', 'model.fit(x)'],
    ['async def a():\n    await b.c()', 'b.c()'],
  ])('%j', (text, call) => expect(calls(text)).toContain(call));

  test('and the line and the function it stands in', () =>
    expect(facts('a()\nclass C:\n    def m(self):\n\n        b()\n').calls).toEqual([
      { name: 'a', args: '', line: 1, within: '' },
      { name: 'b', args: '', line: 5, within: 'm' },
    ]));

  test('a comment or a text calls nothing', () =>
    expect(calls('# a()\n"""\nb()\n"""\nx = "c()"\n')).toEqual([]));
});

describe('code that never runs is off', () => {
  test.each([
    ['if False:\n    a()'],
    ['if 0:\n    a()'],
    ['if not True:\n    a()'],
    ['if True:\n    pass\nelse:\n    a()'],
    ['while False:\n    a()'],
    ['if x and False:\n    a()'],
    ['def f():\n    return\n    a()'],
    ['def f():\n    raise ValueError\n    a()'],
    ['import sys\nsys.exit(0)\na()'],
    ['DRY_RUN = True\nif not DRY_RUN:\n    a()'],
    ['DRY_RUN: bool = True\nif DRY_RUN:\n    pass\nelse:\n    a()'],
    ['def f():\n    dry_run = True\n    if not dry_run:\n        a()'],
    ['for x in y:\n    continue\n    a()'],
    ['@pytest.mark.skip(reason="later")\ndef test_a():\n    a()'],
    ['@unittest.skip\nclass T:\n    def test(self):\n        a()'],
    ['import pytest\ndef test_a():\n    pytest.skip("later")\n    a()'],
    ['pytestmark = pytest.mark.skip(reason="x")\ndef test_a():\n    a()'],
  ])('%j', (text) => {
    const found = facts(text).calls.find(({ name }) => name === 'a');
    expect(found?.off).toBeTypeOf('string');
    expect(facts(text.replace(/\ba\(\)/g, 'assert a')).asserts).toEqual([]);
    expect(facts(text).mentions.some(({ name }) => name === 'a')).toBe(false);
  });

  test.each([
    ['if x:\n    a()'],
    ['DRY_RUN = True\nDRY_RUN = False\nif not DRY_RUN:\n    a()'],
    ['found = False\nfor x in y:\n    found = True\nif found:\n    a()'],
    ['done = False\ndef g(done):\n    if done:\n        a()'],
    ['if x:\n    return\na()'],
    ['if x:\n    sys.exit(1)\na()'],
    ['try:\n    b()\nexcept E:\n    raise\na()'],
    ['x, y = False, True\nif x:\n    a()'],
    [
      'model = None\ndef init():\n    global model\n    model = load()\ndef run():\n    if model:\n        a()',
    ],
    ['@pytest.mark.skipif(WINDOWS, reason="x")\ndef test_a():\n    a()'],
    ['if __name__ == "__main__":\n    a()'],
    ['while True:\n    a()'],
  ])('but not %j', (text) => expect(happening(text)).toContain('a'));
});

describe('a failure that is passed over stops nothing', () => {
  test.each([
    ['try:\n    a()\nexcept Exception:\n    pass', true],
    ['try:\n    a()\nexcept:\n    print("no")', true],
    ['try:\n    a()\nexcept Exception as e:\n    logger.warning(e)', true],
    ['try:\n    assert a()\nexcept AssertionError:\n    pass', true],
    ['import contextlib\nwith contextlib.suppress(Exception):\n    a()', true],
    ['try:\n    a()\nexcept ValueError:\n    pass', false],
    ['try:\n    a()\nexcept Exception:\n    print("no")\n    raise', false],
    ['try:\n    a()\nexcept Exception:\n    sys.exit(1)', false],
    ['try:\n    b()\nexcept Exception:\n    a()', false],
    ['try:\n    b()\nfinally:\n    a()', false],
  ])('%j: %j', (text, swallowed) =>
    expect(facts(text).calls.find(({ name }) => name === 'a')?.swallowed !== undefined).toBe(swallowed),
  );
});

describe('a judgment', () => {
  test.each([
    ['assert f(x) == 3', 1],
    ['assert x', 1],
    ['with pytest.raises(ValueError):\n    f()', 1],
    ['import pytest as p\nwith p.raises(ValueError):\n    f()', 1],
    ['self.assertEqual(f(), 3)', 1],
    ['np.testing.assert_allclose(a, b)', 1],
    ['assert True', 0],
    ['assert 1', 0],
    ['assert 1 == 1', 0],
    ['assert x == x', 0],
    ['assert x or True', 0],
    ['assert (x == 3, "a message")', 0],
    ['assert "a text"', 0],
    ['self.assertTrue(True)', 0],
    ['self.assertEqual(1, 1)', 0],
    ['# assert x', 0],
    ['"""assert x"""', 0],
    ['try:\n    assert x\nexcept Exception:\n    pass', 0],
  ])('%j: %j', (text, count) =>
    expect(facts(`def test_a():\n${text.replace(/^/gm, '    ')}`).asserts).toHaveLength(count),
  );

  test('is one of the function it stands in', () =>
    expect(facts('def test_a():\n    x = 1\n    assert f(x)\n').asserts).toEqual([
      { line: 3, within: 'test_a' },
    ]));
});

test('imports, definitions, names and texts are given with their lines', () => {
  const { imports, defines, mentions, strings } = facts(
    '"""Docs."""\nimport a.b\nfrom . import c as d\n\ndef f(x):\n    """Docs."""\n    return d.g("text", f\'{x}/y\')\n\nclass K: pass\n',
  );
  expect(imports).toContainEqual({ module: 'a.b', line: 2 });
  expect(imports).toContainEqual({ module: 'churn.c', line: 3 });
  expect(defines).toEqual([
    { name: 'f', line: 5, kind: 'function' },
    { name: 'K', line: 9, kind: 'class' },
  ]);
  expect(mentions).toContainEqual({ name: 'churn.c.g', within: 'f' });
  expect(strings).toEqual([
    { text: 'text', line: 7, within: 'f' },
    { text: '{x}/y', line: 7, within: 'f' },
  ]);
});

describe('what Python 3 would not take', () => {
  test('is read as far as it can be: Python 2', () => {
    const { calls: found, broken } = facts('import mlflow\nprint "a"\nmlflow.log_metric("a", 1)\n');
    expect(broken).toBe('Python 2');
    expect(found.map(({ name }) => name)).toContain('mlflow.log_metric');
  });
  test('is read as far as it can be: half a file', () => {
    const { calls: found, broken } = facts('a()\ndef f(:\n    b()\n');
    expect(broken).toBeTypeOf('string');
    expect(found.map(({ name }) => name)).toContain('a');
  });
});

describe('a notebook', () => {
  const notebook = (...cells: { kind?: string; source: string[] }[]) =>
    JSON.stringify(
      {
        cells: cells.map(({ kind = 'code', source }) => ({
          cell_type: kind,
          metadata: {},
          outputs: [],
          source,
        })),
        nbformat: 4,
      },
      null,
      1,
    );

  test('is its code cells, with the lines of its file', () => {
    const text = notebook(
      { kind: 'markdown', source: ['mlflow.start_run()'] },
      { source: ['import mlflow as m\n', '%matplotlib inline\n', 'm.log_metric("a", 1)'] },
      { source: ['m.end_run()'] },
    );
    const { calls: found } = facts(text, 'a.ipynb');
    expect(found.map(({ name }) => name)).toEqual(['mlflow.log_metric', 'mlflow.end_run']);
    const lines = text.split('\n');
    for (const { name, line } of found) expect(lines[line - 1]).toContain(name.replace('mlflow', 'm'));
  });

  test('gives what it hands to a shell as calls of `!`', () => {
    const text = notebook(
      { source: ['x = 1\n', '!az ml job create --file a.yml\n', 'y = !ls\n', '%pip install mlflow'] },
      { source: ['%%bash\n', 'az ml model create \\\n', '  --name x'] },
      { source: ['%%writefile a.py\n', 'mlflow.start_run()'] },
    );
    const found = facts(text, 'a.ipynb').calls;
    expect(found.map(({ name, args }) => [name, args])).toEqual([
      ['!', 'az ml job create --file a.yml'],
      ['!', 'ls'],
      ['!', 'pip install mlflow'],
      ['!', 'az ml model create \\\n  --name x'],
    ]);
    const lines = text.split('\n');
    expect(lines[(found[0]?.line ?? 0) - 1]).toContain('!az ml job');
  });

  test('that is none says so', () => expect(facts('{"cells": 1}', 'a.ipynb').broken).toBeTypeOf('string'));
});

describe('a hostile text', () => {
  test.each([
    ['brackets', '('.repeat(30_000)],
    ['a chain of calls', `a${'.b()'.repeat(20_000)}`],
    ['calls in calls', `${'f('.repeat(5000)}${')'.repeat(5000)}`],
    ['stairs', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}if x:`).join('\n')],
    ['stars', `for ${'*a, '.repeat(20_000)} in x`],
    ['operators', `x = ${'1 + '.repeat(30_000)}1`],
    ['nots', `assert ${'not '.repeat(30_000)}x`],
    ['quotes', `"""${'"'.repeat(200_001)}`],
    ['magics', '%%bash\n'.repeat(20_000)],
    ['dots', `import mlflow\n${'a.'.repeat(100_000)}b(\n`],
    ['brackets that close', `${'('.repeat(10_000)}1${')'.repeat(10_000)}`],
    ['nots in brackets', `assert ${'(not '.repeat(5000)}x${')'.repeat(5000)}`],
    ['arguments', `mlflow.log_metrics(${'"a", '.repeat(40_000)})`],
    ['its size', 'a()\n'.repeat(300_000)],
  ])('of %s is read soon', { timeout: 60_000 }, (_, text) => {
    expect(facts(text).path).toBe('src/churn/train.py');
  });

  test('of a notebook is none', () => {
    expect(facts(`{"cells": ${'['.repeat(10_000)}`, 'a.ipynb').broken).toBeTypeOf('string');
    const deep = { cells: [{ cell_type: 'code', source: `${'('.repeat(20_000)}` }] };
    expect(facts(JSON.stringify(deep), 'a.ipynb').path).toBe('a.ipynb');
  });

  test('never throws, and each line is one of the text', () => {
    const word = fc.constantFrom(
      'a',
      '()',
      '(',
      ')',
      '\n',
      '\n    ',
      ':',
      'if ',
      'else',
      'try',
      'except',
      'def f',
      'class A',
      'import ',
      'from ',
      '.',
      '"',
      "'''",
      '@',
      '=',
      ',',
      'assert ',
      'return',
      '#',
      '\\',
      'f"{',
      '}',
      '*',
      '%',
      '!',
      'print ',
      'for ',
      ' in ',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(text, fc.constantFrom('a.py', 'b/../a.py', 'a.ipynb'), (code, path) => {
        const cell = { cells: [{ cell_type: 'code', source: code }], nbformat: 4 };
        const written = path.endsWith('.ipynb') ? JSON.stringify(cell) : code;
        const { calls: found, asserts, strings, imports } = pythonFacts(path, written);
        const lines = written.split('\n').length;
        for (const { line } of [...found, ...asserts, ...strings, ...imports]) {
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(lines);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

test.each([0, 1, 2, 3, 4])(
  'both readers show the same of all Python that level %i emits',
  (level) => {
    const python = [...emitted(level)].filter(([path]) => path.endsWith('.py'));
    expect(python.length).toBeGreaterThan(level && 10);
    for (const [path, { content }] of python) {
      const text = textOf(content) ?? '';
      expect(readPlain(text), path).toBeDefined();
      expect(pythonFacts(path, text), path).toEqual(pythonFacts(path, text, () => undefined));
    }
  },
  60_000,
);
