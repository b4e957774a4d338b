// Behind `npm test`, `npm run test:unit` and `npm run test:all`: sets itself up, runs every suite to its end, and
// closes with one line that sums them: N passed, N failed[, N skipped].
//
//   unit   the program's own tests; no tool but Node and git
//   (none) lint, our checkers' tests, the program's, the package's, and the emitted repositories': static checks on
//          every combination, running checks on a covering subset
//   all    running checks on every combination too
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inVenv } from './setup-tools.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const mode = process.argv[2] ?? 'covering';
if (!['unit', 'covering', 'all'].includes(mode)) {
  console.error(`test.mjs: ${mode} is none of unit, all`);
  process.exit(2);
}
const reports = mkdtempSync(join(tmpdir(), 'azmlops-test-'));
const windows = process.platform === 'win32';
const total = { passed: 0, failed: 0, skipped: 0 };
const rows = [];

const run = (program, args) =>
  spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: windows && program === 'npm',
  }).status ?? 1;

/** Counts, and how long it took, of what has ended with them; one that ends badly without counting a failure is one. */
function ended(name, started, { status, passed = 0, failed = 0, skipped = 0 }) {
  const broken = status !== 0 && failed === 0 ? 1 : 0;
  const counts = { passed, failed: failed + broken, skipped };
  for (const key of Object.keys(total)) total[key] += counts[key];
  rows.push([name, counts, Math.round((Date.now() - started) / 1000)]);
}

/** A suite that says itself how many tests it ran. */
async function suite(name, body) {
  const started = Date.now();
  console.error(`\n== ${name}`);
  ended(name, started, await body());
}

/** What is one test by itself. */
const whole = (status) => ({ status, passed: status === 0 ? 1 : 0 });

const check = (name, program, args) => suite(name, () => whole(run(program, args)));

/** A suite beside others, with what they leave of the cores; it says what it has to say when it has ended. */
async function beside(name, program, args, counts = whole, env = {}) {
  const started = Date.now();
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  try {
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended, or the system does not let it: then it takes its share.
  }
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (said += part));
  const status = await new Promise((done) => {
    child.on('close', done);
    child.on('error', () => done(1));
  });
  console.error(`\n== ${name}\n${said.trimEnd()}`);
  ended(name, started, counts(status));
}

const vitest = (name, projects) =>
  suite(name, async () => {
    const file = join(reports, `${name}.json`);
    const child = spawn(
      process.execPath,
      [
        join(root, 'node_modules/vitest/vitest.mjs'),
        'run',
        ...projects.flatMap((project) => ['--project', project]),
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${file}`,
      ],
      {
        cwd: root,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...process.env, AZMLOPS_ALL: mode === 'all' ? '1' : '', AZMLOPS_BUILT: '1' },
      },
    );
    const [status] = await once(child, 'close');
    if (!existsSync(file)) return { status: status ?? 1 };
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const { numPassedTests: passed, numFailedTests: failed, numPendingTests, numTodoTests } = report;
    return { status: status ?? 1, passed, failed, skipped: numPendingTests + numTodoTests };
  });

function pytest(name, python, folder) {
  const file = join(reports, `${name}.xml`);
  return beside(
    name,
    python,
    ['-m', 'pytest', folder, `--junitxml=${file}`],
    (status) => {
      if (!existsSync(file)) return { status };
      const xml = readFileSync(file, 'utf8');
      const count = (key) => Number(new RegExp(`<testsuite [^>]*\\b${key}="(\\d+)"`).exec(xml)?.[1] ?? 0);
      const failed = count('failures') + count('errors');
      const skipped = count('skipped');
      return { status, failed, skipped, passed: count('tests') - failed - skipped };
    },
    // Its packages are compiled by whoever imports them first, whatever the caller's settings.
    { PYTHONDONTWRITEBYTECODE: '' },
  );
}

function finish() {
  rmSync(reports, { recursive: true, force: true });
  console.error('');
  for (const [name, { passed, failed, skipped }, seconds] of rows)
    console.error(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped (${seconds} s)`);
  const skipped = total.skipped ? `, ${total.skipped} skipped` : '';
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  process.exit(total.failed || total.passed === 0 ? 1 : 0);
}

if (!existsSync(join(root, 'node_modules/.package-lock.json'))) {
  const status = run('npm', ['ci', '--no-audit', '--no-fund']);
  if (status !== 0) {
    rows.push(['npm ci', { passed: 0, failed: 1, skipped: 0 }, 0]);
    total.failed++;
    finish();
  }
}
await check('build', process.execPath, [join(root, 'scripts/build.mjs')]);
if (mode === 'unit') {
  await vitest('unit', ['unit']);
  finish();
}

/** The real tools, as scripts/setup-tools.mjs makes them: mostly waiting for packages. */
async function tools() {
  const started = Date.now();
  const child = spawn(process.execPath, [join(root, 'scripts/setup-tools.mjs'), '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (part) => (said += part));
  await once(child, 'close');
  const seconds = Math.round((Date.now() - started) / 1000);
  rows.push(['tools', { passed: 0, failed: 0, skipped: 0 }, seconds]);
  // Each missing tool is one skip by name on top of the tests that need it; with CI set it is a failure.
  const missing = said ? JSON.parse(said) : { all: 'setup-tools.mjs broke off' };
  for (const [tool, reason] of Object.entries(missing)) {
    const counts = process.env.CI ? { failed: 1, skipped: 0 } : { failed: 0, skipped: 1 };
    total.failed += counts.failed;
    total.skipped += counts.skipped;
    rows.push([`tool ${tool} (${reason})`, { passed: 0, ...counts }, 0]);
  }
}

// Setting up is mostly waiting, and so are the runs of emitted workflows: what only needs a core goes beside them.
const others = [
  beside('prettier', process.execPath, [
    join(root, 'node_modules/prettier/bin/prettier.cjs'),
    '--check',
    '.',
  ]),
  beside('types', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit']),
];
await tools();
others.push(beside('lint', process.execPath, [join(root, 'node_modules/eslint/bin/eslint.js'), '.']));
const ruff = inVenv(join(root, '.tools/py'), 'ruff');
if (existsSync(ruff)) {
  await check('ruff', ruff, ['check', '--no-cache', 'test/tools']);
  await check('ruff format', ruff, ['format', '--no-cache', '--check', 'test/tools']);
}
const python = inVenv(join(root, '.tools/check'), 'python');
if (existsSync(python)) others.push(pytest('checkers', python, 'test/tools'));
// In one run, so that the short files of the one fill the core that the last long one of the other leaves idle.
await vitest('tests', ['emitted', 'tools', 'slow', 'upgrade', 'package', 'unit']);
await Promise.all(others);
finish();
