// Puts the real tools that the tests use into .tools/ (git-ignored): node scripts/setup-tools.mjs [FOLDER] [--json]
// Idempotent: a tool is made again only when its pinned list changes. A tool that can't be had is skipped by
// name; with CI set that is a failure, since a check that did not run proves nothing.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const UV = 'uv==0.13.9';
const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';
const LISTS = fileURLToPath(new URL('tools/', import.meta.url));
const windows = process.platform === 'win32';

/** A program of a virtual environment. */
export const inVenv = (venv, program) =>
  join(venv, windows ? 'Scripts' : 'bin', windows ? `${program}.exe` : program);

const run = (program, args, env = {}) =>
  execFileSync(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, UV_PYTHON_DOWNLOADS: 'never', VIRTUAL_ENV: '', ...env },
  });

/** The first Python that emitted code supports; scikit-learn 1.5 has no wheels for later ones. */
const python = () => {
  const names = [
    process.env.PYTHON,
    'python3',
    'python3.13',
    'python3.12',
    'python3.11',
    'python3.10',
    'python',
  ];
  for (const name of names.filter(Boolean)) {
    try {
      run(name, ['-c', 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))']);
      return name;
    } catch {
      // not there, or a version that does not fit: try the next name
    }
  }
  throw new Error('no Python 3.10 to 3.13 found (set PYTHON to one)');
};

const environment = (folder, list) => {
  const uv = inVenv(join(folder, '..', 'uv'), 'uv');
  if (!existsSync(inVenv(folder, 'python'))) run(uv, ['venv', '--quiet', '--python', python(), folder]);
  run(uv, ['pip', 'install', '--quiet', '--python', inVenv(folder, 'python'), '-r', list]);
};

const list = (name) => join(LISTS, `${name}.txt`);
const tools = [
  {
    name: 'uv',
    pin: UV,
    make(folder) {
      if (!existsSync(inVenv(folder, 'python'))) run(python(), ['-m', 'venv', folder]);
      run(inVenv(folder, 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', UV]);
    },
  },
  {
    name: 'check',
    pin: readFileSync(list('checkers'), 'utf8'),
    make: (f) => environment(f, list('checkers')),
  },
  { name: 'py', pin: readFileSync(list('emitted'), 'utf8'), make: (f) => environment(f, list('emitted')) },
  {
    name: 'bin',
    pin: ACTIONLINT,
    make(folder) {
      mkdirSync(folder, { recursive: true });
      run('go', ['install', ACTIONLINT], { GOBIN: folder, GOFLAGS: '-mod=mod' });
    },
  },
];

/** Debian's names and others'; the tests of pages look in the same places. */
const CHROMIUMS = [
  process.env.AZMLOPS_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** A browser is the machine's own: only a throwaway machine (CI) is given one. */
function chromium() {
  if (CHROMIUMS.some((path) => path && existsSync(path))) return;
  if (!process.env.CI || process.getuid?.() !== 0)
    throw new Error('not installed (apt-get install chromium)');
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '--quiet'], quiet);
  run(
    'apt-get',
    ['install', '--yes', '--quiet', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
    quiet,
  );
}

/** Make what is missing below `root`; returns the names of the tools that can't be had, with reasons. */
export function setupTools(root, say = console.error) {
  mkdirSync(root, { recursive: true });
  const stampFile = join(root, 'stamps.json');
  const stamps = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {};
  const missing = {};
  for (const { name, pin, make } of tools) {
    const stamp = createHash('sha256').update(pin).digest('hex');
    if (stamps[name] === stamp && existsSync(join(root, name))) continue;
    const started = Date.now();
    try {
      make(join(root, name));
      stamps[name] = stamp;
      writeFileSync(stampFile, JSON.stringify(stamps, null, 2) + '\n');
      say(`tools: ${name} ready (${Math.round((Date.now() - started) / 1000)} s)`);
    } catch (error) {
      missing[name] = (error.stderr || error.message).trim().split('\n').slice(-3).join(' ');
      say(`tools: ${name} skipped: ${missing[name]}`);
    }
  }
  try {
    chromium();
  } catch (error) {
    missing.chromium = (error.stderr || error.message).trim().split('\n').slice(-3).join(' ');
    say(`tools: chromium skipped: ${missing.chromium}`);
  }
  // Not ours to install: emitted workflows, scripts and Makefiles call them, as hosted runners have them.
  for (const name of ['jq', 'make']) {
    try {
      run(name, ['--version']);
    } catch {
      missing[name] = 'not on the PATH';
      say(`tools: ${name} skipped: ${missing[name]}`);
    }
  }
  return missing;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2).filter((word) => word !== '--json');
  const root = resolve(folder ?? fileURLToPath(new URL('../.tools', import.meta.url)));
  const found = setupTools(root);
  const missing = Object.keys(found);
  if (process.argv.includes('--json')) console.log(JSON.stringify(found));
  if (missing.length) console.error(`tools: ${missing.length} skipped: ${missing.join(', ')}`);
  process.exit(missing.length && process.env.CI ? 1 : 0);
}
