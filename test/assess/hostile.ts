import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { git } from '../support/session.js';

const asRoot = process.getuid?.() === 0;

/** Files of a folder, their folders too. */
export const write = (dir: string, files: Readonly<Record<string, string | Uint8Array>>): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
};

export const TRAIN = 'import mlflow\nfrom sklearn.svm import SVC\nmlflow.autolog()\nSVC().fit([[1]], [1])\n';
const CI = '.github/workflows/ci.yml';
/** A workflow of one step. */
export const onPush = (run: string): string =>
  `on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: |\n${run.replace(/^/gm, '          ')}\n`;
const times = (n: number, one: (n: number) => string): string =>
  Array.from({ length: n }, (_, at) => one(at)).join('');

export interface Hostile {
  id: string;
  /** What is wrong yet: the row turns red when it is mended. */
  open?: string;
  make: (dir: string) => void;
  /** Words that standard output or the notes must have. */
  says?: RegExp;
  code?: number;
  seconds?: number;
  skip?: boolean;
  /** Where programs are looked for. */
  path?: string;
}

export const hostile: readonly Hostile[] = [
  {
    id: '100,000 files',
    make(dir) {
      for (let folder = 0; folder < 100; folder++) {
        mkdirSync(join(dir, `f${folder}`));
        for (let n = 0; n < 1000; n++) writeFileSync(join(dir, `f${folder}/${n}.py`), 'x = 1\n');
      }
      write(dir, { 'train.py': TRAIN });
    },
    seconds: 30,
  },
  {
    id: 'a file of 1 GB, a notebook of 15 MB and one of 30 MB',
    make(dir) {
      for (const [path, size] of Object.entries({ 'huge.py': 1e9, '.github/workflows/huge.yml': 1e9 })) {
        mkdirSync(dirname(join(dir, path)), { recursive: true });
        const file = openSync(join(dir, path), 'w');
        ftruncateSync(file, size);
        closeSync(file);
      }
      const notebook = (size: number) =>
        JSON.stringify({
          cells: [
            {
              cell_type: 'code',
              source: TRAIN,
              metadata: {},
              outputs: [{ data: { 'image/png': 'A'.repeat(size) } }],
            },
          ],
          metadata: {},
          nbformat: 4,
          nbformat_minor: 4,
        });
      write(dir, { 'large.ipynb': notebook(15e6), 'larger.ipynb': notebook(30e6) });
    },
  },
  {
    id: 'links in circles and out of the repository',
    make(dir) {
      write(dir, { 'train.py': TRAIN });
      mkdirSync(join(dir, 'a'));
      symlinkSync('..', join(dir, 'a/up'));
      symlinkSync('self', join(dir, 'self'));
      symlinkSync('/proc', join(dir, 'proc'));
      symlinkSync('/etc/passwd', join(dir, 'passwd.yml'));
      mkdirSync(join(dir, '.github'));
      symlinkSync('/etc', join(dir, '.github/workflows'));
    },
  },
  {
    id: 'pipes and sockets',
    make(dir) {
      write(dir, { 'train.py': TRAIN });
      mkdirSync(join(dir, '.github/workflows'), { recursive: true });
      for (const path of [CI, 'score.py', 'Makefile', 'dvc.yaml', 'azure-pipelines.yml', '.azmlops.yml'])
        execFileSync('mkfifo', [join(dir, path)]);
    },
    skip: process.platform === 'win32',
  },
  {
    id: 'YAML with aliases of aliases',
    make(dir) {
      const bomb = `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${times(30, (n) => `a${n + 1}: &a${n + 1} [${times(9, () => `*a${n}, `)}]\n`)}`;
      write(dir, {
        'train.py': TRAIN,
        [CI]: `${bomb}on: push\njobs: *a30\n`,
        'azureml/train.yml': `type: command\ncommand: python train.py\n${bomb}`,
        'azure-pipelines.yml': `${bomb}steps: *a30\n`,
        'dvc.yaml': `${bomb}stages: *a30\n`,
        'merged.yml': `on: push\nbase: &base\n  <<: *base\njobs:\n  <<: *base\n`,
      });
    },
  },
  {
    id: 'YAML, JSON and Python 10,000 deep',
    make(dir) {
      const deep = '['.repeat(10_000);
      write(dir, {
        'train.py': TRAIN,
        [CI]: `on: push\njobs: ${deep}\n`,
        '.github/workflows/indented.yml': times(10_000, (n) => `${' '.repeat(n)}a:\n`),
        'azure-pipelines.yml': `steps: ${'{a: '.repeat(10_000)}\n`,
        'deep.py': `${TRAIN}x = ${'('.repeat(10_000)}1${')'.repeat(10_000)}\n`,
        'ifs.py': TRAIN + times(2000, (n) => `${' '.repeat(n)}if x:\n`),
        'deep.ipynb': `{"cells": ${deep}`,
        'package.json': `{"scripts": ${deep}`,
        'expression.yml': `on: push\njobs:\n  a:\n    if: \${{ ${'('.repeat(10_000)} }}\n`,
        '.github/workflows/expression.yml': `on: push\njobs:\n  a:\n    if: \${{ ${'!('.repeat(10_000)}true${')'.repeat(10_000)} }}\n    steps:\n      - run: ${'$('.repeat(10_000)}\n`,
      });
    },
  },
  {
    id: 'files that are not UTF-8',
    make(dir) {
      const latin = Buffer.from('# caf\xe9\nimport mlflow\n', 'latin1');
      write(dir, {
        'train.py': TRAIN,
        'latin.py': latin,
        [CI]: latin,
        Makefile: latin,
        'dvc.yaml': Buffer.from([0xff, 0xfe, 0x61, 0]),
        'nul.py': Buffer.from('import mlflow\0'),
        'half.py': Buffer.from([0xe2, 0x82]),
        'bom.py': `\uFEFF${TRAIN}`,
      });
      if (process.platform === 'linux')
        writeFileSync(
          Buffer.concat([Buffer.from(`${dir}/n`), Buffer.from([0xe9]), Buffer.from('.py')]),
          TRAIN,
        );
    },
  },
  {
    id: 'lines that make regular expressions slow',
    make(dir) {
      const long = 200_000;
      write(dir, {
        'train.py': TRAIN,
        'spaces.py': `import mlflow${' '.repeat(long)}x\n${'a.'.repeat(long / 2)}b(\n`,
        'text.py': `mlflow.log_metrics(${'"a", '.repeat(long / 5)}\n`,
        'calls.py': `${'f('.repeat(3000)}\n`,
        [CI]: onPush(
          [
            `az ml ${'online-'.repeat(long / 7)}`,
            `az${' '.repeat(long)}ml`,
            `${'A=1 '.repeat(long / 4)}az ml job create`,
            `pytest ${'-'.repeat(long)}`,
            `echo ${"'".repeat(long + 1)}`,
            `${'a && '.repeat(20_000)}b`,
            `${'$((('.repeat(20_000)}`,
          ].join('\n'),
        ),
        Makefile: `${'$('.repeat(20_000)}\nall: ${'x '.repeat(50_000)}\n\t@${'$(X)'.repeat(20_000)}\n`,
        'requirements.txt': `azureml-sdk${'='.repeat(long)}\n${' '.repeat(long)}\n`,
        'azureml/x.yml': `type: command\ncommand: ${'${{'.repeat(long / 3)}\nimage: mcr.microsoft.com/${'a/'.repeat(long / 2)}\n`,
      });
    },
  },
  {
    id: 'calls in circles',
    make(dir) {
      const size = 300;
      write(dir, {
        [CI]: onPush('make a0\nnpm run a\ntox\nnox\ndvc repro\n./a.sh\npython -m m0'),
        ...Object.fromEntries(
          Array.from({ length: size }, (_, n) => [
            `.github/workflows/w${n}.yml`,
            `on:\n  push:\n  workflow_call:\n  workflow_run:\n    workflows: [w${(n + 1) % size}]\n    types: [completed]\nname: w${n}\njobs:\n${times(4, (k) => `  a${k}:\n    uses: ./.github/workflows/w${(n + k + 1) % size}.yml\n`)}`,
          ]),
        ),
        '.github/actions/x/action.yml':
          'runs:\n  using: composite\n  steps:\n    - uses: ./.github/actions/x\n    - uses: ./.github/actions/x\n',
        '.github/workflows/x.yml':
          'on: push\njobs:\n  a:\n    needs: [a, b]\n    steps:\n      - uses: ./.github/actions/x\n  b:\n    needs: a\n    steps: []\n',
        Makefile: times(
          size,
          (n) => `a${n}: a${(n + 1) % size} a${(n + 7) % size}\n\t$(MAKE) a${(n + 3) % size}\n\t./a.sh\n`,
        ),
        'a.sh': 'source a.sh\nbash ./a.sh\nmake a0\n',
        'package.json': '{"scripts": {"a": "npm run b && npm run b", "b": "npm run a && npm run a"}}',
        'tox.ini': '[testenv]\ncommands = tox\n  tox\n  make a1\n',
        'noxfile.py':
          'import nox\n@nox.session\ndef tests(session):\n    session.run("nox", "-s", "tests")\n',
        'dvc.yaml':
          'stages:\n  a:\n    cmd: dvc repro b\n    deps: [b]\n    outs: [a]\n  b:\n    cmd: dvc repro a\n    deps: [a]\n    outs: [b]\n',
        'azure-pipelines.yml': 'extends:\n  template: azure-pipelines.yml\nsteps:\n  - template: t.yml\n',
        't.yml': 'steps:\n  - template: t.yml\n  - template: t.yml\n',
        'azureml/p.yml': 'type: pipeline\njobs:\n  a:\n    type: pipeline\n    component: p.yml\n',
        ...Object.fromEntries(
          Array.from({ length: size }, (_, n) => [
            `m${n}.py`,
            `from m${(n + 1) % size} import f${(n + 1) % size}\nimport m${(n + 5) % size}\nimport mlflow\n\ndef f${n}():\n    f${(n + 1) % size}()\n    m${(n + 5) % size}.f${(n + 5) % size}()\n\nf${n}()\n`,
          ]),
        ),
      });
    },
    seconds: 20,
  },
  {
    id: 'a matrix of millions and an environment of each',
    make(dir) {
      const axis = `[${Array.from({ length: 100 }, (_, n) => n).join(', ')}]`;
      write(dir, {
        'train.py': TRAIN,
        [CI]: `on: push\njobs:\n  a:\n    strategy:\n      matrix:\n        a: ${axis}\n        b: ${axis}\n        c: ${axis}\n        d: ${axis}\n    environment: \${{ matrix.a }}-\${{ matrix.b }}-\${{ matrix.c }}-\${{ matrix.d }}\n    steps:\n      - run: python train.py\n`,
        '.github/workflows/many.yml': `on: push\njobs:\n${times(2000, (n) => `  j${n}:\n    needs: [${n ? `j${n - 1}` : ''}]\n    steps:\n      - run: pytest\n`)}`,
      });
    },
  },
  {
    id: 'CRLF everywhere',
    make(dir) {
      const crlf = (text: string) => text.replaceAll('\n', '\r\n');
      write(dir, {
        'train.py': crlf(TRAIN),
        [CI]: crlf(onPush('pytest \\\n  tests')),
        'tests/test_train.py': crlf('from train import x\n\ndef test_x():\n    assert x == 1\n'),
        'score.py': crlf('def init():\n    pass\n\ndef run(raw):\n    return raw\n'),
        'azureml/c.yml': crlf('type: amlcompute\nname: c\n'),
        Makefile: crlf('test:\n\tpytest\n'),
      });
    },
  },
  {
    id: 'a git repository whose index is no index',
    make(dir) {
      write(dir, { 'train.py': TRAIN });
      git(dir, 'init', '-q');
      git(dir, 'add', 'train.py');
      writeFileSync(join(dir, '.git/index'), 'DIRC nonsense');
    },
    says: /git could not list/,
  },
  {
    id: 'a git repository where git is not installed',
    make(dir) {
      write(dir, { 'train.py': TRAIN });
      git(dir, 'init', '-q');
      git(dir, 'add', 'train.py');
    },
    path: '/nowhere',
    says: /git could not list/,
  },
  {
    id: 'a git folder that is empty, and a git file that points to nowhere',
    make(dir) {
      write(dir, { 'train.py': TRAIN, 'sub/.git': 'gitdir: /nowhere\n', 'sub/train.py': TRAIN });
      mkdirSync(join(dir, '.git'));
    },
  },
  {
    id: 'a folder and a file that may not be read',
    make(dir) {
      write(dir, { 'train.py': TRAIN, 'locked/a.py': TRAIN, 'closed.py': TRAIN });
      chmodSync(join(dir, 'closed.py'), 0);
      chmodSync(join(dir, 'locked'), 0);
    },
    skip: asRoot,
  },
  { id: 'an empty folder', make: () => undefined },
];
