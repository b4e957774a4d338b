import { describe, expect, test } from 'vitest';
import type { Acts } from '../../../src/levels/acts.js';
import type { Rule } from '../../../src/levels/rule.js';
import { contextOf } from '../../../src/assess/rules/context.js';
import { meets } from '../../../src/assess/rules/meets.js';
import { collected } from '../../../src/assess/rules/tests.js';
import type { Act, PythonFacts } from '../../../src/assess/types.js';
import { act, chain, factsOf, filesOf } from './facts.js';

const acts: Acts = {
  test: { says: 'runs tests', judges: true, any: [{ kind: 'command', text: '\\bpytest\\b' }] },
};
const good: Partial<PythonFacts> = {
  imports: [{ module: 'q.train', line: 1 }],
  defines: [{ name: 'test_it', line: 3, kind: 'function' }],
  asserts: [{ line: 4, within: 'test_it' }],
};
const rule: Rule = { tested: { by: ['change'], of: { python: { calls: '.fit' } } } };
const train: Partial<PythonFacts> = { calls: [{ name: 'model.fit', args: 'x', line: 2, within: '' }] };

const rows: { id: string; test?: Partial<PythonFacts>; text?: string; run?: string | Act; met: boolean }[] = [
  { id: 'a test of what fits', test: good, met: true },
  { id: 'one that asserts nothing', test: { ...good, asserts: [] }, met: false },
  { id: 'one about something else', test: { ...good, imports: [{ module: 'json', line: 1 }] }, met: false },
  {
    id: 'one whose package it imports by name',
    test: { ...good, imports: [{ module: 'q', line: 1 }], mentions: [{ name: 'train', within: 'test_it' }] },
    met: true,
  },
  {
    id: 'a helper of a test judges',
    test: {
      ...good,
      asserts: [{ line: 9, within: 'check' }],
      mentions: [{ name: 'check', within: 'test_it' }],
    },
    met: true,
  },
  {
    id: 'an assertion that no test reaches',
    test: { ...good, asserts: [{ line: 9, within: 'check' }] },
    met: false,
  },
  {
    id: 'a test that is skipped',
    test: good,
    text: '#\n@pytest.mark.skip("later")\ndef test_it():\n    assert x',
    met: false,
  },
  {
    id: 'a file that is skipped',
    test: good,
    text: 'pytestmark = pytest.mark.skip\n\ndef test_it():',
    met: false,
  },
  { id: 'another folder is run', test: good, run: 'pytest app', met: false },
  { id: 'a run that collects only', test: good, run: 'python -m pytest --collect-only', met: false },
  {
    id: 'a run whose failure is swallowed',
    test: good,
    run: act('pytest', { swallowed: '`|| true`' }),
    met: false,
  },
  { id: 'a run that is switched off', test: good, run: act('pytest', { off: '`if: false`' }), met: false },
];

describe('tested', () => {
  test.each(rows)('$id: $met', ({ test: facts = good, text, run = 'pytest -q', met }) => {
    const facts_ = factsOf({
      python: { 'src/q/train.py': train, 'tests/test_train.py': facts },
      ...(text === undefined ? {} : { texts: { 'tests/test_train.py': text } }),
      chains: [chain('change', { a: [run] })],
    });
    expect(meets(rule, contextOf(facts_, acts)).met).toBe(met);
  });

  test('evidence is a test that does it before one that imports who does', () => {
    const own = { ...good, imports: [], calls: [{ name: 'm.fit', args: 'x', line: 4, within: 'test_it' }] };
    const facts = factsOf({
      python: { 'src/q/train.py': train, 'tests/test_a.py': good, 'tests/test_b.py': own },
      chains: [chain('change', { a: ['pytest -q'] })],
    });
    expect(meets(rule, contextOf(facts, acts)).evidence.at(-1)?.path).toBe('tests/test_b.py');
  });
});

describe('what pytest collects', () => {
  const files = filesOf({
    'app/test_app.py': '',
    'tests/test_a.py': '',
    'tests/slow/test_b.py': '',
    'tests/helper.py': '',
    'sub/pyproject.toml': '[tool.pytest.ini_options]\ntestpaths = ["checks"]\n',
    'sub/checks/c_test.py': '',
    'sub/other/test_d.py': '',
  });
  const cases: [string, string, string[]][] = [
    ['pytest tests', '', ['tests/slow/test_b.py', 'tests/test_a.py']],
    ['.venv/bin/python -m pytest tests/test_a.py::test_x -k y', '', ['tests/test_a.py']],
    ['pytest', 'app', ['app/test_app.py']],
    ['pytest -q', 'sub', ['sub/checks/c_test.py']],
    ['pytest tests --ignore=tests/slow', '', ['tests/test_a.py']],
    ['pytest -m unit tests/slow/ > out.txt', '', ['tests/slow/test_b.py']],
    ['python -m unittest discover -s tests', '', ['tests/slow/test_b.py', 'tests/test_a.py']],
    ['pytest nowhere', '', []],
  ];
  test.each(cases)('%s in "%s"', (text, dir, expected) =>
    expect([...collected(act(text, { dir }), files)].sort()).toEqual(expected.sort()),
  );
});
