import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pythonFacts } from '../../../src/assess/python/facts.js';

const of = (text: string, path = 'src/churn/train.py') => pythonFacts(path, text);
const called = (text: string) => of(text).calls.map(({ name, args }) => `${name}(${args})`);

describe('calls', () => {
  it.each([
    ['an alias', 'import mlflow as mf\nmf.log_metric("a", 1)', 'mlflow.log_metric("a", 1)'],
    ['a name from a module', 'from azure.ai.ml import MLClient as C\nC()', 'azure.ai.ml.MLClient()'],
    ['a relative import', 'from .score import run\nrun(1)', 'churn.score.run(1)'],
    ['many lines', 'f(\n    a, # why\n    b=2,\n)', 'f(a, b=2,)'],
    ['a receiver', 'client.jobs.create_or_update(job)', 'client.jobs.create_or_update(job)'],
  ])('%s is resolved', (_, text, expected) => {
    expect(called(text)).toContain(expected);
  });

  it.each([
    ['a comment', '# mlflow.log_metric(1)'],
    ['a docstring', '"""mlflow.log_metric(1)"""'],
    ['a text', 'x = "mlflow.log_metric(1)"'],
  ])('%s is none', (_, text) => {
    expect(called(text)).toEqual([]);
  });

  it.each([
    ['if False:\n    go()', '`if False`'],
    ['DRY_RUN = True\nif not DRY_RUN:\n    go()', '`if not DRY_RUN`'],
    ['if True:\n    pass\nelse:\n    go()', '`else` of `if True`'],
    ['def f():\n    return 1\n    go()', 'after `return`'],
    ['import sys\nsys.exit(0)\ngo()', 'after `sys.exit()`'],
    ['while 0:\n    go()', '`while 0`'],
  ])('%j never happens', (text, why) => {
    expect(of(text).calls.find(({ name }) => name === 'go')?.off).toBe(why);
  });

  it.each([
    'if x:\n    go()',
    'DRY_RUN = True\nDRY_RUN = args.dry\nif not DRY_RUN:\n    go()',
    'go()\nraise X',
  ])('%j may happen', (text) => {
    expect(of(text).calls.find(({ name }) => name === 'go')).not.toHaveProperty('off');
  });

  it('whose failure is passed over say so, and no others', () => {
    const text =
      'try:\n    a()\nexcept Exception as e:\n    print(e)\ntry:\n    b()\nexcept Exception:\n    raise\n';
    const found = of(text).calls;
    expect(found.find(({ name }) => name === 'a')?.swallowed).toBe('`except Exception` passes over it');
    expect(found.find(({ name }) => name === 'b')).not.toHaveProperty('swallowed');
  });
});

describe('judgments', () => {
  it.each([
    ['assert a == 2', 1],
    ['with pytest.raises(ValueError):\n    f()', 1],
    ['self.assertEqual(1, a)', 1],
    ['assert True', 0],
    ['assert 1, "x"', 0],
    ['assert a == a', 0],
    ['self.assertTrue(True)', 0],
    ['if False:\n    assert a == 2', 0],
    ['try:\n    assert a == 2\nexcept Exception:\n    pass', 0],
    ['@pytest.mark.skip(reason="later")\ndef test_a():\n    assert a == 2', 0],
    ['def test_a():\n    pytest.skip("later")\n    assert a == 2', 0],
  ])('%j: %i', (text, count) => {
    expect(of(`import pytest\n${text}`).asserts).toHaveLength(count);
  });
});

describe('what is not whole', () => {
  it('Python 2 and a broken file give what can be read', () => {
    expect(of('print "x"\nimport azureml.core\n')).toMatchObject({
      broken: 'Python 2',
      imports: [{ module: 'azureml.core', line: 2 }],
    });
    expect(of('def f(:\n  (\nimport mlflow\n').broken).toBeDefined();
  });

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      'def f():',
      'if ',
      'import ',
      'from . import x',
      '(',
      ')',
      '"""',
      '\n',
      '    ',
      'assert ',
      'try:',
      'f"{',
      '\0',
      'é',
      '@',
    );
    fc.assert(fc.property(fc.array(piece), (pieces) => void of(pieces.join(' '))));
    fc.assert(fc.property(fc.string(), (text) => void of(text, 'x.ipynb')));
    expect(of(`${'('.repeat(20_000)}`).calls).toEqual([]);
  });
});

describe('a notebook', () => {
  const cell = (...source: string[]) => ({
    cell_type: 'code',
    metadata: {},
    outputs: [],
    execution_count: null,
    source,
  });
  const text = JSON.stringify(
    {
      cells: [
        { cell_type: 'markdown', metadata: {}, source: ['mlflow.log_metric(1)'] },
        cell('import mlflow as mf\n', '!az ml job create --file x.yml'),
        cell('mf.log_metric("a", 1)'),
        cell('%%bash\n', 'az ml model list'),
      ],
      ...{ metadata: {}, nbformat: 4, nbformat_minor: 5 },
    },
    null,
    1,
  );

  it('gives its code cells as one program, at the lines of the file, and what goes to the shell', () => {
    const { calls } = of(text, 'a.ipynb');
    const line = (part: string) => text.split('\n').findIndex((one) => one.includes(part)) + 1;
    expect(calls).toEqual([
      { name: 'mlflow.log_metric', args: '"a", 1', line: line('mf.log_metric'), within: '' },
      { name: '!', args: 'az ml job create --file x.yml', line: line('!az ml job'), within: '' },
      { name: '!', args: 'az ml model list', line: line('%%bash'), within: '' },
    ]);
  });
});
