// `npm run bench`: how long a repository takes, as ratios within one run, so that a slow machine says the same.
//   azmlops new as a whole process against `node -e 0` (goal: at most 3 times) and against `cp -r` of the same tree;
//   `yo azmlops` for comparison; render alone in milliseconds.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = join(root, 'dist/src/cli/main.js');
if (!existsSync(main))
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
const { highestLevel, ownRoot } = await import('../dist/src/render/own.js');
const highest = highestLevel([await ownRoot()]);

const folder = mkdtempSync(join(tmpdir(), 'azmlops-bench-'));
// yo, run as root, becomes another user: that user has to be able to write here.
chmodSync(folder, 0o777);
const environment = { ...process.env, HOME: folder, NO_UPDATE_NOTIFIER: '1', CI: '1' };
let count = 0;
const fresh = () => join(folder, `run-${count++}`);

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const time = (work) => {
  const started = performance.now();
  work();
  return performance.now() - started;
};
const node = (...args) =>
  execFileSync(process.execPath, args, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });

/** Medians of several kinds of work, taken in turns so that a busy moment hits all alike. */
function race(kinds, rounds) {
  const times = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++)
    for (const [name, work] of Object.entries(kinds)) {
      const taken = time(work);
      // The first round warms the file cache.
      if (round > 0) times[name].push(taken);
    }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

const row = (...cells) =>
  console.log(cells.map((cell, n) => (n ? String(cell).padStart(12) : cell.padEnd(24))).join(''));
const ms = (value) => `${value.toFixed(0)} ms`;
const times = (value) => `${value.toFixed(1)} x`;

try {
  row('', 'time', 'node -e 0', 'cp -r');
  for (let level = 0; level <= highest; level++) {
    const model = fresh();
    const make = (to) => node(main, 'new', to, '--level', String(level), '--yes', '--no-git');
    make(model);
    const result = race(
      {
        node: () => node('-e', '0'),
        cp: () => execFileSync('cp', ['-r', model, fresh()]),
        azmlops: () => make(fresh()),
      },
      11,
    );
    if (level === 0) row('node -e 0', ms(result.node), times(1), '');
    row(`cp -r, level ${level}`, ms(result.cp), times(result.cp / result.node), times(1));
    row(
      `azmlops new, level ${level}`,
      ms(result.azmlops),
      times(result.azmlops / result.node),
      times(result.azmlops / result.cp),
    );
  }

  const home = join(folder, 'yo');
  mkdirSync(join(home, 'node_modules'), { recursive: true });
  chmodSync(home, 0o777);
  symlinkSync(root, join(home, 'node_modules/generator-azmlops'));
  const cli = createRequire(import.meta.url).resolve('yo/lib/cli.js');
  const yo = () =>
    execFileSync(
      process.execPath,
      [cli, 'azmlops', `out-${count++}`, '--level', String(highest), '--yes', '--no-git', '--no-insight'],
      { cwd: home, env: { ...environment, HOME: home }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
  const result = race({ node: () => node('-e', '0'), yo }, 3);
  row(`yo azmlops, level ${highest}`, ms(result.yo), times(result.yo / result.node), '');

  const { render } = await import('../dist/src/render/render.js');
  const { answersFor } = await import('../dist/src/answers/resolve.js');
  for (let level = 0; level <= highest; level++) {
    const templates = [await ownRoot()];
    const answers = answersFor({}, level);
    const taken = race({ render: () => render(templates, level, answers) }, 15);
    row(`render, level ${level}`, `${taken.render.toFixed(1)} ms`, '', '');
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
