import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const main = join(root, 'dist/src/cli/main.js');

export const folder = mkdtempSync(join(tmpdir(), 'azmlops-bench-'));
// yo, run as root, becomes another user: that user has to be able to write here.
chmodSync(folder, 0o777);
export const environment = {
  ...process.env,
  HOME: folder,
  NO_UPDATE_NOTIFIER: '1',
  CI: '1',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'bench',
  GIT_AUTHOR_EMAIL: 'bench@localhost',
  GIT_COMMITTER_NAME: 'bench',
  GIT_COMMITTER_EMAIL: 'bench@localhost',
};
let count = 0;
export const fresh = () => join(folder, `run-${count++}`);

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

export function run(program, args, cwd = folder, accepted = [0]) {
  try {
    return execFileSync(program, args, {
      cwd,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
  } catch (error) {
    if (accepted.includes(error.status)) return error.stdout;
    throw error;
  }
}

export const node = (...args) => run(process.execPath, args);

/**
 * Medians of several kinds of work in milliseconds, taken in turns so that a busy moment hits all alike. A kind is the
 * work, or `{ before, work }`, of which only the work is timed. The first round warms the file cache.
 */
export function race(kinds, rounds) {
  const times = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++)
    for (const [name, kind] of Object.entries(kinds)) {
      const { before, work } = typeof kind === 'function' ? { before: () => undefined, work: kind } : kind;
      const made = before();
      const started = performance.now();
      work(made);
      if (round > 0) times[name].push(performance.now() - started);
    }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

export const row = (...cells) =>
  console.log(cells.map((cell, n) => (n ? String(cell).padStart(14) : cell.padEnd(42))).join(''));
export const ms = (value) => `${value.toFixed(value < 20 ? 1 : 0)} ms`;
export const times = (value) => `${value.toFixed(1)} x`;
