import { describe, expect, it } from 'vitest';
import { assetsOf } from '../../../src/assess/assets/index.js';
import { filesOf } from '../../../src/assess/files/index.js';
import { follower } from '../../../src/assess/hops/follower.js';
import { pythonFacts } from '../../../src/assess/python/facts.js';

/** What a shell text leads to, one line an act: its place, the text, and the hops before it. */
function reached(tree: Record<string, string>, text: string, kinds = ['command', 'asset']): string[] {
  const bytes = new TextEncoder();
  const files = filesOf(
    new Map(
      Object.entries(tree).map(([path, text]) => [path, { mode: '100644', content: bytes.encode(text) }]),
    ),
  );
  const follow = follower(files, assetsOf(files), (path) => pythonFacts(path, files.text(path) ?? ''));
  const at = { path: 'ci.yml', line: 10 };
  return follow
    .script({ text, language: 'shell', at, dir: '', env: {}, way: [] })
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ kind, text, path, line, way, off, swallowed }) =>
      [
        `${path}:${line} ${kind === 'command' ? '' : `${kind} `}${text}`,
        ...way.map(({ as }) => `< ${as}`),
        ...(off === undefined ? [] : [`OFF ${off}`]),
        ...(swallowed === undefined ? [] : [`PASSED OVER ${swallowed}`]),
      ].join(' | '),
    );
}

const JOB =
  '$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\ncommand: python train.py\ncode: src\n';

describe('what a command leads to', () => {
  it.each<[string, Record<string, string>, string, string[]]>([
    [
      'a script',
      { 'x.sh': '#!/bin/sh\n\nplay $1\n' },
      './x.sh a',
      ['ci.yml:10 ./x.sh a', 'x.sh:3 play a | < ./x.sh a'],
    ],
    [
      'a script that calls itself',
      { 'x.sh': 'bash x.sh' },
      'bash x.sh',
      ['ci.yml:10 bash x.sh', 'x.sh:1 bash x.sh | < bash x.sh'],
    ],
    ['a script that is not there', {}, 'bash x.sh', ['ci.yml:10 bash x.sh | OFF x.sh is not there']],
    ['a script that is made before', {}, 'echo play > x.sh\nbash x.sh', ['ci.yml:11 bash x.sh']],
    [
      'seen from the folder',
      { 'ml/x.sh': 'play' },
      'cd ml && sh x.sh',
      ['ci.yml:10 sh x.sh', 'ml/x.sh:1 play | < sh x.sh'],
    ],
    [
      'make: needs first, variables, a recipe that may fail',
      { Makefile: 'F := train.yml\nall: a\n\tplay $(F) $(X) $$Y\na:\n\t@-work\n' },
      'make all X=1',
      [
        'ci.yml:10 make all X=1',
        'Makefile:5 work | < make all X=1 | PASSED OVER `-` before the command',
        'Makefile:3 play train.yml 1 $Y | < make all X=1',
      ],
    ],
    [
      'make in a folder',
      { 'ml/Makefile': 'a:\n\t$(MAKE) b\nb:\n\tplay\n' },
      'make -C ml',
      [
        'ci.yml:10 make -C ml',
        'ml/Makefile:2 make b | < make -C ml',
        'ml/Makefile:4 play | < make -C ml | < make b',
      ],
    ],
    [
      'make -n',
      { Makefile: 'a:\n\tplay\n' },
      'make -n a',
      ['ci.yml:10 make -n a', 'Makefile:2 play | < make -n a | OFF `make -n`: nothing is done'],
    ],
    [
      'dvc: what a stage depends on first',
      {
        'dvc.yaml':
          'stages:\n  a:\n    cmd: work\n    outs: [o]\n  b:\n    cmd: play\n    deps: [o]\n  c:\n    cmd: rest\n',
      },
      'dvc repro b',
      ['ci.yml:10 dvc repro b', 'dvc.yaml:3 work | < dvc repro b', 'dvc.yaml:6 play | < dvc repro b'],
    ],
    [
      'npm',
      { 'package.json': '{\n "scripts": {\n  "test": "play"\n }\n}' },
      'npm test',
      ['ci.yml:10 npm test', 'package.json:3 play | < npm test'],
    ],
    [
      'tox',
      { 'tox.ini': '[testenv:unit]\ncommands =\n    pytest {posargs:tests}\n' },
      'tox -e unit',
      ['ci.yml:10 tox -e unit', 'tox.ini:3 pytest tests | < tox -e unit'],
    ],
    [
      'nox',
      { 'noxfile.py': 'def unit(session):\n    session.run("pytest", "tests")\n' },
      'nox -s unit',
      ['ci.yml:10 nox -s unit', 'noxfile.py:2 pytest tests | < nox -s unit'],
    ],
    [
      'mlflow run',
      { 'p/MLproject': 'entry_points:\n  main:\n    command: play\n' },
      'mlflow run p',
      ['ci.yml:10 mlflow run p', 'p/MLproject:3 play | < mlflow run p'],
    ],
    [
      'an Azure ML job',
      { 'ml/job.yml': JOB, 'ml/src/train.py': 'import os\nos.system("play x")\n' },
      'az ml job create --file ml/job.yml',
      [
        'ci.yml:10 az ml job create --file ml/job.yml',
        'ml/job.yml:1 asset command ml/job.yml | < az ml job create --file ml/job.yml',
        'ml/job.yml:2 python train.py | < az ml job create --file ml/job.yml',
      ],
    ],
    [
      'an Azure ML job that is not there',
      {},
      'az ml job create -f a.yml',
      ['ci.yml:10 az ml job create -f a.yml | OFF a.yml is not there'],
    ],
    [
      'an argument list in Python',
      {
        'd.py':
          'from h import az\nKIND = "model"\ndef go(version):\n    az("ml", KIND, "create", *("--version", version), f"{version}-x")\ngo("1")\ndef never():\n    az("ml", "job", "create")\n',
        'h.py': 'def az(*args): pass\n',
      },
      'uv run --frozen python d.py',
      [
        'ci.yml:10 uv run --frozen python d.py',
        'd.py:4 az ml model create --version {version} {version}-x | < uv run --frozen python d.py',
      ],
    ],
    [
      'subprocess',
      { 'd.py': 'import subprocess\ncmd = ["az", "ml", "job", "create"]\nsubprocess.run(cmd, check=True)\n' },
      'python d.py',
      ['ci.yml:10 python d.py', 'd.py:3 az ml job create | < python d.py'],
    ],
    [
      'SDK v2',
      {
        'd.py': 'from azure.ai.ml import command\njob = command(code="./s", command="play a.py")\n',
        's/a.py': '',
      },
      'python d.py',
      ['ci.yml:10 python d.py', 'd.py:2 play a.py | < python d.py | < command()'],
    ],
    [
      'SDK v2, a file',
      { 'd.py': 'from azure.ai.ml import load_job\nload_job(source="job.yml")\n', 'job.yml': JOB },
      'python d.py',
      [
        'ci.yml:10 python d.py',
        'job.yml:1 asset command job.yml | < python d.py | < load_job(job.yml)',
        'job.yml:2 python train.py | < python d.py | < load_job(job.yml) | OFF train.py is not there',
      ],
    ],
  ])('%s', (_, tree, text, expected) => {
    expect(reached(tree, text)).toEqual(expected);
  });

  it.each<[string, Record<string, string>, string, string[]]>([
    [
      'SDK v1',
      {
        'd.py':
          'from azureml.core import ScriptRunConfig\nScriptRunConfig(source_directory="s", script="t.py")\n',
        's/t.py': 'import mlflow\nmlflow.autolog()\n',
      },
      'python d.py',
      ['s/t.py:2 call mlflow.autolog() | < python d.py | < ScriptRunConfig(t.py)'],
    ],
    [
      'what is tracked in a file of the runner is gone with it',
      { 't.py': 'import mlflow\nmlflow.autolog()\n' },
      'MLFLOW_TRACKING_URI=sqlite:///runs.db python t.py',
      [
        't.py:2 call mlflow.autolog() | < python t.py | OFF `MLFLOW_TRACKING_URI=sqlite:///runs.db` stays on the machine that runs it',
      ],
    ],
    [
      'what is tracked by a server is kept',
      { 't.py': 'import mlflow\nmlflow.autolog()\n' },
      'export MLFLOW_TRACKING_URI=https://mlflow.example\npython t.py',
      ['t.py:2 call mlflow.autolog() | < python t.py'],
    ],
    [
      'a module and what it imports',
      {
        'src/a/__init__.py': '',
        'src/a/b.py': 'from .c import go\n\nif __name__ == "__main__":\n    go()\n',
        'src/a/c.py': 'import mlflow\ndef go():\n    mlflow.autolog()\ndef no():\n    mlflow.start_run()\n',
      },
      'cd src && python -m a.b',
      ['src/a/c.py:3 call mlflow.autolog() | < python -m a.b | < import a.c'],
    ],
    [
      'a notebook',
      {
        'n.ipynb':
          '{"cells": [{"cell_type": "code", "source": ["import mlflow\\n", "mlflow.autolog()"]}], "nbformat": 4, "metadata": {}}',
      },
      'papermill n.ipynb out.ipynb',
      ['n.ipynb:1 call mlflow.autolog() | < papermill n.ipynb out.ipynb'],
    ],
  ])('calls of Python that is started: %s', (_, tree, text, expected) => {
    expect(reached(tree, text, ['call']).filter((line) => line.includes('mlflow'))).toEqual(expected);
  });
});

it('a Makefile whose targets need one another ten thousand deep is followed as far as a person would', () => {
  const rules = Array.from({ length: 10_000 }, (_, n) => `t${n}: t${n + 1}\n\tplay ${n}\n`);
  const found = reached({ Makefile: rules.join('') }, 'make t0');
  expect(found).toContain('Makefile:2 play 0 | < make t0');
  expect(found.length).toBeLessThan(200);
});
