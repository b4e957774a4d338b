import { describe, expect, test } from 'vitest';
import { merger } from './line-merge.js';

const merge = merger('a.yml');

const WORKFLOW = `name: CI

# When it runs.
on:
  push:
    branches: [main]

permissions: {}

jobs:
  # The one that tests.
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@0123 # v6
        with:
          persist-credentials: false
      - name: Test
        run: |
          # not a comment
          pytest
`;

describe('a workflow', () => {
  test('a job added by both: the team one first, comments and blank lines along', async () => {
    const job = (name: string) => `
  # The job ${name}.
  ${name}:
    runs-on: ubuntu-24.04 # of ${name}
    steps:
      - run: echo ${name}
`;
    expect(await merge(WORKFLOW, WORKFLOW + job('mine'), WORKFLOW + job('new'))).toBe(
      WORKFLOW + job('mine') + job('new'),
    );
  });

  test('a step added by both', async () => {
    const step = (name: string) =>
      `      - name: ${name}\n        run: |\n          echo ${name}\n\n          echo done\n`;
    const result = await merge(WORKFLOW, WORKFLOW + step('Mine'), WORKFLOW + step('New'));
    expect(result).toBe(WORKFLOW + step('Mine') + step('New'));
  });

  test('a key added by both to one mapping, and by each to another', async () => {
    const add = (line: string) =>
      WORKFLOW.replace('permissions: {}\n', `permissions: {}\n${line}\n`).replace(
        '    runs-on',
        `    env: { A: 1 }\n    runs-on`,
      );
    const result = await merge(WORKFLOW, add('concurrency: mine'), add('defaults: { run: { shell: bash } }'));
    expect(result).toBe(add('concurrency: mine\ndefaults: { run: { shell: bash } }'));
  });

  test('one job by both with other content stays a conflict', async () => {
    const job = (text: string) => `${WORKFLOW}  deploy:\n    runs-on: ${text}\n`;
    expect(await merge(WORKFLOW, job('a'), job('b'))).toBeUndefined();
  });

  test('one scalar set by both stays a conflict', async () => {
    const to = (text: string) => WORKFLOW.replace('ubuntu-24.04', text);
    expect(await merge(WORKFLOW, to('windows'), to('macos'))).toBeUndefined();
  });

  test('a step that both replaced stays a conflict', async () => {
    const to = (text: string) => WORKFLOW.replace(/ {6}- name: Test[^]*/, `      - run: ${text}\n`);
    expect(await merge(WORKFLOW, to('tox'), to('nox'))).toBeUndefined();
  });

  test('a comment that both changed stays a conflict', async () => {
    const to = (text: string) => WORKFLOW.replace('When it runs.', text);
    expect(await merge(WORKFLOW, to('mine'), to('new'))).toBeUndefined();
  });

  test('the template pins an action anew, the team adds a step behind it', async () => {
    const pinned = WORKFLOW.replace('@0123 # v6', '@4567 # v7').replace(
      'persist-credentials: false\n',
      'persist-credentials: true\n',
    );
    const ours = WORKFLOW.replace(
      'persist-credentials: false\n',
      'persist-credentials: false\n      - run: make\n',
    );
    expect(await merge(WORKFLOW, ours, pinned)).toBe(
      pinned.replace('credentials: true\n', 'credentials: true\n      - run: make\n'),
    );
  });
});

describe('other files', () => {
  const CONDA = `name: training
dependencies:
  - python=3.12
  - pip=26.0
  - pip:
      # Kept in step with pyproject.toml.
      - pandas==3.0.1
      - scikit-learn==1.8.0 # the model
`;

  test('packages added by both to the pip list of a conda file', async () => {
    const result = await merge(
      CONDA,
      `${CONDA}      - xgboost==3.1 # ours\n`,
      `${CONDA}      - lightgbm==4.6\n`,
    );
    expect(result).toBe(`${CONDA}      - xgboost==3.1 # ours\n      - lightgbm==4.6\n`);
  });

  test.each([
    ['one package in two versions', `${CONDA}      - x==1\n`, `${CONDA}      - X>=2\n`],
    ['one pin moved by both', CONDA.replace('3.0.1', '3.0.2'), CONDA.replace('3.0.1', '3.1.0')],
  ])('%s stays a conflict', async (_, ours, theirs) =>
    expect(await merge(CONDA, ours, theirs)).toBeUndefined(),
  );

  test('a list that begins at the column of its key, in CRLF, without a final newline', async () => {
    const base = 'version: 2\r\nupdates:\r\n- package-ecosystem: pip\r\n  directory: /';
    const [mine, added] = ['docker', 'npm'].map(
      (name) => `\r\n- package-ecosystem: ${name}\r\n  directory: /`,
    );
    expect(await merge(base, base + mine, base + added)).toBe(base + mine + added);
  });

  test('a list in brackets over several lines', async () => {
    const list = (...items: string[]) =>
      `on:\n  push:\n    paths: [\n${items.map((item) => `      ${item},\n`).join('')}    ]\n`;
    expect(await merge(list('a'), list('a', 'mine'), list('a', 'new'))).toBe(list('a', 'mine', 'new'));
  });

  test('a list in brackets in one line stays a conflict', async () => {
    expect(await merge('a: [1]\n', 'a: [1, 2]\n', 'a: [1, 3]\n')).toBeUndefined();
  });

  test('the template entry takes the indentation that the team gave the list', async () => {
    const base = 'a:\n- x: 1\n  y: 2\n';
    const ours = 'a:\n    - x: 1\n      y: 2\n    - mine: 1\n';
    const theirs = 'a:\n- x: 1\n  y: 2\n- new: |\n    text\n     more\n';
    expect(await merge(base, ours, theirs)).toBe(`${ours}    - new: |\n        text\n         more\n`);
  });

  test.each([
    ['several documents', 'a: 1\n---\nb: 1\n', 'a: 1\n---\nb: 1\nc: 1\n', 'a: 1\n---\nb: 1\nd: 1\n'],
    ['a key twice', 'a: 1\n', 'a: 1\nb: 1\nb: 1\n', 'a: 1\nc: 1\n'],
    ['an alias to what the team changed', 'a: &x 1\n', 'a: &x 2\n', 'a: &x 1\nb: *x\n'],
    ['tabs', 'a: 1\n', 'a: 1\nb:\n\t- 1\n', 'a: 1\nc: 1\n'],
    ['an unknown tag', 'a: 1\n', 'a: 1\nb: !secret x\n', 'a: 1\nc: 1\n'],
    ['a number written in two ways', 'a: 1.2\n', 'a: 1.10\n', 'a: 1.1\n'],
    ['a block of text that both lengthened', 'a: |\n  1\n', 'a: |\n  1\n  2\n', 'a: |\n  1\n  3\n'],
  ])('%s stays a conflict', async (_, base, ours, theirs) =>
    expect(await merge(base, ours, theirs)).toBeUndefined(),
  );

  test('a comment behind which both add stands once', async () => {
    const base = '# Head of the file.\na: 1\n# vim: ts=2\n';
    const front = (...lines: string[]) => base.replace('a: 1', [...lines, 'a: 1'].join('\n'));
    expect(await merge(base, front('mine: 1'), front('new: 1'))).toBe(front('mine: 1', 'new: 1'));
    const end = (...lines: string[]) => base + lines.map((line) => `${line}\n`).join('');
    expect(await merge(base, end('mine: 1'), end('new: 1'))).toBe(end('mine: 1', 'new: 1'));
  });

  test('options of a command: each with its value, and a conflict when both added one option', async () => {
    const args = (...words: string[]) =>
      `args:\n${['train', ...words].map((word) => `  - ${word}\n`).join('')}`;
    const [mine, added] = [
      ['--depth', '3'],
      ['--width', '5'],
    ];
    expect(await merge(args(), args(...mine), args(...added))).toBe(args(...mine, ...added));
    expect(await merge(args(), args('--depth', '3'), args('--depth', '5'))).toBeUndefined();
  });

  test('aliases of aliases without end stay a conflict', async () => {
    const bomb = [...Array(12).keys()]
      .map((i) => `k${i}: &k${i} [${`*k${i - 1}, `.repeat(i && 9)}1]\n`)
      .join('');
    expect(await merge(bomb, `${bomb}mine: 1\n`, `${bomb}new: 1\n`)).toBeUndefined();
  });

  test('a byte order mark stays the first of the file', async () => {
    expect(await merge('\uFEFFa: 1\n', '\uFEFFa: 1\nmine: 1\n', '\uFEFFa: 1\nnew: 1\n')).toBe(
      '\uFEFFa: 1\nmine: 1\nnew: 1\n',
    );
  });

  test.each([
    ['a line that reads like a marker', 'a: 1\nmine: |\n  x\n=======\n'],
    ['line ends of both kinds', 'a: 1\r\nmine: 1\n'],
    ['bytes that are not UTF-8', Buffer.from('a: 1\nmine: \xE9\n', 'latin1')],
  ])('%s: stays a conflict', async (_, ours) => {
    expect(await merge('a: 1\n', ours, 'a: 1\nnew: 1\n')).toBeUndefined();
  });

  test('a file that ends as the team ended it', async () => {
    expect(await merge('a: 1\n', 'a: 1\nmine: 1', 'a: 1\nnew: 1\n')).toBe('a: 1\nmine: 1\nnew: 1');
    expect(await merge('a: 1', 'a: 1\nmine: 1\n', 'a: 1\nnew: 1')).toBe('a: 1\nmine: 1\nnew: 1\n');
  });

  test('an entry that the template dropped goes, the team one beside it stays', async () => {
    const text = (...keys: string[]) =>
      `jobs:\n${keys.map((key) => `  # On ${key}.\n  ${key}: 1\n`).join('')}`;
    expect(await merge(text('a', 'b'), text('a', 'b', 'mine'), text('a'))).toBe(text('a', 'mine'));
    expect(await merge(text('a', 'b'), text('a'), text('a', 'b', 'new'))).toBe(text('a', 'new'));
  });

  test('a comment that is indented like the content of an entry goes with it', async () => {
    const dropped = '  a:\n    x: 1\n    # Within a.\n';
    const text = (above: string, more = '') => `jobs:\n${above}${more}  b: 1\n`;
    expect(await merge(text(dropped), text(dropped, '  mine: 1\n'), text(''))).toBe(text('', '  mine: 1\n'));
  });

  test('an entry that one side changed and the other dropped stays a conflict', async () => {
    expect(await merge('a: 1\nb: 1\n', 'a: 1\nb: 2\n', 'a: 1\n')).toBeUndefined();
    expect(await merge('a: 1\nb: 1\n', 'a: 1\n', 'a: 1\nb: 2\n')).toBeUndefined();
  });

  test('a comment that the team wrote in an entry that the template dropped stays a conflict', async () => {
    expect(await merge('a: 1\nb: 1\n', 'a: 1\nb: 1 # keep\n', 'a: 1\n')).toBeUndefined();
  });

  test('anchors that nobody moved', async () => {
    const base = 'a: &x\n  k: 1\nb: *x\n';
    expect(await merge(base, `${base}c: *x\n`, `${base}d: 2\n`)).toBe(`${base}c: *x\nd: 2\n`);
  });
});
