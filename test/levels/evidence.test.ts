import { describe, expect, test } from 'vitest';
import { globToRegex, meets } from '../../src/levels/evidence.js';
import type { Rule } from '../../src/levels/rule.js';
import type { FileTree } from '../../src/render/tree.js';

const tree = (files: Record<string, string>): FileTree =>
  new Map(
    Object.entries(files).map(([path, text]) => [
      path,
      { content: new TextEncoder().encode(text), mode: '100644' },
    ]),
  );

const CI = '.github/workflows/ci.yml';
const onPush = (job: string) => `on:\n  push:\njobs:\n  a:\n${job.replace(/^/gm, '    ')}\n`;
const tested: Rule = { workflow: { on: ['push', 'schedule'], runs: '\\bpytest\\b' } };
const staged: Rule = { workflow: { on: 'push', runs: 'deploy', environment: '^staging$' } };
const deploys: Rule = {
  workflow: { on: 'push', runs: '\\baz\\W+ml (?:online|batch|\\{[\\w.]+\\})-deployment create\\b' },
};
const asserts: Rule = { python: { file: '**/test_*.py', asserts: true } };
const mlflow: Rule = { python: { file: 'src/**/*.py', imports: 'mlflow' } };
const logs: Rule = { python: { file: 'src/**/*.py', calls: 'mlflow.log_metrics' } };
const amlcompute: Rule = { yaml: { file: 'azureml/*.yml', key: 'type', is: 'amlcompute' } };

const rows: { id: string; rule: Rule; files: Record<string, string>; met: boolean }[] = [
  { id: 'a file with content', rule: { files: ['a/*.txt', 'b'] }, files: { 'a/x.txt': 'x' }, met: true },
  { id: 'an empty file shows nothing', rule: { files: 'a/*' }, files: { 'a/.gitkeep': '\n' }, met: false },
  { id: 'a YAML value', rule: amlcompute, files: { 'azureml/c.yml': 'type: amlcompute' }, met: true },
  { id: 'a YAML comment', rule: amlcompute, files: { 'azureml/c.yml': '# type: amlcompute' }, met: false },
  { id: 'broken YAML', rule: amlcompute, files: { 'azureml/c.yml': 'type: [' }, met: false },
  {
    id: 'a YAML value in a list',
    rule: { yaml: { file: 'a.yml', key: 'jobs.*.kind', matches: '^r' } },
    files: { 'a.yml': 'jobs:\n  - kind: x\n  - kind: run' },
    met: true,
  },
  {
    id: 'a step that runs it',
    rule: tested,
    files: { [CI]: onPush('steps:\n- run: pytest tests') },
    met: true,
  },
  {
    id: 'another trigger',
    rule: tested,
    files: { [CI]: onPush('steps:\n- run: pytest').replace('push', 'workflow_dispatch') },
    met: false,
  },
  {
    id: 'a commented step',
    rule: tested,
    files: { [CI]: onPush('steps:\n- run: |\n    # pytest') },
    met: false,
  },
  {
    id: 'a step switched off',
    rule: tested,
    files: { [CI]: onPush('steps:\n- if: false\n  run: pytest') },
    met: false,
  },
  {
    id: 'a job switched off',
    rule: tested,
    files: { [CI]: onPush('if: ${{ false }}\nsteps:\n- run: pytest') },
    met: false,
  },
  {
    id: 'a workflow where GitHub does not look',
    rule: tested,
    files: { 'sub/.github/workflows/ci.yml': onPush('steps:\n- run: pytest') },
    met: false,
  },
  {
    id: 'by a make target',
    rule: tested,
    files: {
      [CI]: onPush('steps:\n- run: make lint test'),
      Makefile:
        'PYTHON = .venv/bin/python\n\nlint:\n\truff check\n\ntest: setup\n\t$(PYTHON) -m pytest tests\n',
    },
    met: true,
  },
  {
    id: 'by a script, over a continued line',
    rule: { workflow: { on: 'push', runs: 'az ml job create --file' } },
    files: {
      [CI]: onPush('steps:\n- run: bash scripts/go.sh'),
      'scripts/go.sh': 'az ml job \\\n  create --file x',
    },
    met: true,
  },
  {
    id: 'by a local action',
    rule: tested,
    files: {
      [CI]: onPush('steps:\n- uses: ./.github/actions/t'),
      '.github/actions/t/action.yml': 'runs:\n  using: composite\n  steps:\n    - run: pytest\n',
    },
    met: true,
  },
  {
    id: 'by a reusable workflow, in its environment',
    rule: staged,
    files: {
      [CI]: onPush('uses: ./.github/workflows/d.yml'),
      '.github/workflows/d.yml':
        'on: { workflow_call: {} }\njobs:\n  d:\n    environment: staging\n    steps:\n      - run: deploy\n',
    },
    met: true,
  },
  {
    id: 'by a reusable workflow that is told its environment',
    rule: staged,
    files: {
      [CI]: onPush('uses: ./.github/workflows/d.yml\nwith:\n  where: staging'),
      '.github/workflows/d.yml':
        'on: { workflow_call: {} }\njobs:\n  d:\n    environment: ${{ inputs.where }}\n    steps:\n      - run: deploy\n',
    },
    met: true,
  },
  {
    id: 'by a reusable workflow that is told another environment',
    rule: staged,
    files: {
      [CI]: onPush(`uses: ./.github/workflows/d.yml\nwith:\n  where: 'a"b'`),
      '.github/workflows/d.yml':
        'on: { workflow_call: {} }\njobs:\n  d:\n    environment: ${{ inputs.where }}\n    steps:\n      - run: deploy\n',
    },
    met: false,
  },
  {
    id: 'by a workflow that it starts',
    rule: tested,
    files: {
      [CI]: onPush('steps:\n- run: gh workflow run other.yml --ref main'),
      '.github/workflows/other.yml':
        'on: { workflow_dispatch: {} }\njobs:\n  d:\n    steps:\n      - run: pytest\n',
    },
    met: true,
  },
  {
    id: 'workflows that start each other in a circle',
    rule: staged,
    files: { [CI]: onPush('steps:\n- run: gh workflow run ci.yml') },
    met: false,
  },
  {
    id: 'all of several, in jobs of one workflow',
    rule: { workflow: { on: 'push', runs: ['pytest', 'deploy'] } },
    files: { [CI]: `${onPush('steps:\n- run: pytest')}  b:\n    steps:\n      - run: deploy\n` },
    met: true,
  },
  {
    id: 'all of several, but in two workflows',
    rule: { workflow: { on: 'push', runs: ['pytest', 'deploy'] } },
    files: {
      [CI]: onPush('steps:\n- run: pytest'),
      '.github/workflows/cd.yml': onPush('steps:\n- run: deploy'),
    },
    met: false,
  },
  {
    id: 'by a Python module, in another that it imports',
    rule: deploys,
    files: {
      [CI]: onPush('steps:\n- run: .venv/bin/python -m delivery.release --version 1'),
      'delivery/release.py': 'from . import (\n    endpoints,\n)\n',
      'delivery/endpoints.py':
        'def f(kind):\n    az(\n        *("ml", f"{kind}-deployment",\n          "create", "--file", x)\n    )\n',
    },
    met: true,
  },
  {
    id: 'by a Python file, in a package below src that imports in a circle',
    rule: deploys,
    files: {
      [CI]: onPush('steps:\n- run: python3 tools/go.py'),
      'tools/go.py': 'import os, pkg.cloud as cloud\n',
      'src/pkg/cloud.py': 'from .deep.down import f\n',
      'src/pkg/deep/down.py': 'from ..cloud import az\naz("ml", "online-deployment", "create")\n',
    },
    met: true,
  },
  {
    id: 'by a Python module that nothing starts',
    rule: deploys,
    files: {
      [CI]: onPush('steps:\n- run: python -m delivery.other'),
      'delivery/other.py': 'import json\n',
      'delivery/release.py': 'az("ml", "online-deployment", "create")\n',
    },
    met: false,
  },
  {
    id: 'in a comment or a docstring of Python',
    rule: deploys,
    files: {
      [CI]: onPush('steps:\n- run: python -m a'),
      'a.py': '"""Runs az ml online-deployment create."""\n# az("ml", "online-deployment", "create")\n',
    },
    met: false,
  },
  {
    id: 'in another environment',
    rule: staged,
    files: { [CI]: onPush('environment: production\nsteps:\n- run: deploy') },
    met: false,
  },
  {
    id: 'workflows that call each other in a circle',
    rule: staged,
    files: { [CI]: onPush('uses: ./.github/workflows/ci.yml') },
    met: false,
  },
  {
    id: 'a test',
    rule: asserts,
    files: { 'app/test_a.py': 'def test_a():\n    assert f() == 1\n' },
    met: true,
  },
  {
    id: 'a hollow test',
    rule: asserts,
    files: { 'app/test_a.py': 'def test_a():\n    """\n    assert f()\n    """\n    assert True\n' },
    met: false,
  },
  { id: 'an import', rule: mlflow, files: { 'src/p/a.py': 'import json, mlflow\n' }, met: true },
  {
    id: 'an import from',
    rule: mlflow,
    files: { 'src/p/a.py': 'from mlflow.sklearn import x\n' },
    met: true,
  },
  { id: 'a look-alike', rule: mlflow, files: { 'src/p/a.py': 'import mlflow_skinny\n' }, met: false },
  { id: 'a call', rule: logs, files: { 'src/p/a.py': 'def f():\n    mlflow.log_metrics({})\n' }, met: true },
  {
    id: 'a method of anything',
    rule: { python: { file: 'a.py', calls: '.log_batch' } },
    files: { 'a.py': 'client.log_batch(run)\n' },
    met: true,
  },
  {
    id: 'a call in a comment or a text',
    rule: logs,
    files: { 'src/p/a.py': '# mlflow.log_metrics({})\nx = "mlflow.log_metrics({})"\n' },
    met: false,
  },
  {
    id: 'text in a comment',
    rule: { text: { file: 's.sh', matches: 'az ml' } },
    files: { 's.sh': 'true # az ml model create' },
    met: false,
  },
  {
    id: 'one of several',
    rule: { any: [tested, asserts] },
    files: { 'test_a.py': '    assert x\n' },
    met: true,
  },
];

describe('rules', () => {
  test.each(rows)('$id: $met', ({ rule, files, met }) => expect(meets(rule, tree(files))).toBe(met));

  test('a glob stays within its folder unless it says **', () => {
    expect(globToRegex('src/*.py').test('src/a/b.py')).toBe(false);
    expect(globToRegex('src/**/*.py').test('src/a/b/c.py')).toBe(true);
    expect(globToRegex('src/**/*.py').test('src/c.py')).toBe(true);
    expect(globToRegex('t/{a,b}.py').test('t/b.py')).toBe(true);
    expect(globToRegex('a.py').test('axpy')).toBe(false);
  });
});
