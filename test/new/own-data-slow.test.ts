import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Output } from '../../src/cli/output.js';
import { watched } from '../../src/new/own-data.js';
import { home, Sink, temporary } from '../support/session.js';
import { Terminal } from '../support/terminal.js';
import { project } from '../support/tools.js';
import { customers } from './customers.js';
import { program } from './program.js';

beforeEach(() => void home());

describe('what takes long', () => {
  const START = 1_700_000_000_000;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: START });
  });

  afterEach(() => void vi.useRealTimers());

  /** What standard error shows of work that is told of at these seconds: at each, a tenth more is done. */
  async function seenOf(seconds: readonly number[], stderr: Sink, { quiet = false, env = {} } = {}) {
    const io = { cwd: '/', stdin: new PassThrough(), stdout: new Sink(), stderr, env };
    const out = new Output(io, { json: false, quiet, color: true });
    await watched('Reading x.csv', out, async (watch) => {
      for (const [at, second] of seconds.entries()) {
        vi.setSystemTime(START + 1000 * second);
        watch?.(at + 1, 10);
      }
      await Promise.resolve();
    });
    return stderr.text;
  }

  it('shows how far it is after a second, in one line, and takes the line away at the end', async () => {
    expect(await seenOf([0.2, 0.9, 1.5, 1.51, 3], new Terminal())).toBe(
      '\rReading x.csv: 30 %\u001b[K\rReading x.csv: 50 %\u001b[K\r\u001b[K',
    );
  });

  it('takes the line away when it fails too', async () => {
    const stderr = new Terminal();
    const io = { cwd: '/', stdin: new PassThrough(), stdout: new Sink(), stderr, env: {} };
    const failing = watched(
      'Reading x.csv',
      new Output(io, { json: false, quiet: false, color: true }),
      (watch) => {
        vi.setSystemTime(START + 5000);
        watch?.(1, 2);
        return Promise.reject(new Error('no'));
      },
    );
    await expect(failing).rejects.toThrow('no');
    expect(stderr.text).toMatch(/50 %\u001b\[K\r\u001b\[K$/);
  });

  it.each([
    ['in less than a second', [0.2, 0.9], new Terminal(), {}],
    ['with --quiet', [2, 4], new Terminal(), { quiet: true }],
    ['when standard error is no terminal', [2, 4], new Sink(), {}],
    ['in a terminal that can rewrite no line', [2, 4], new Terminal(), { env: { TERM: 'dumb' } }],
  ])('shows nothing %s', async (_, seconds, stderr, how) => {
    expect(await seenOf(seconds, stderr, how)).toBe('');
  });
});

/** All that stands below a folder. */
const all = (dir: string) => readdirSync(dir, { recursive: true }).map(String);

it.skipIf(process.platform === 'win32').each([
  ['SIGTERM', 'churn'],
  ['SIGINT', 'there'],
] as const)('stopped by %s while the rows are written, %s is as it was', async (signal, target) => {
  const dir = temporary();
  mkdirSync(join(dir, 'there'));
  // Semicolons, so that it is rewritten, which takes a while.
  writeFileSync(join(dir, 'churn.csv'), customers(600_000, ';'));
  const words = ['new', target, '--level', '1', '--yes', '--dir', dir, '--target', 'churned'];
  const data = ['--data', join(dir, 'churn.csv')];
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', ...words, ...data], {
    cwd: project,
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  const writing = () => all(dir).some((path) => path.includes('.churn.csv.azmlops-'));
  for (let waited = 0; !writing() && waited < 30_000; waited += 20) await pause(20);
  expect(writing()).toBe(true);
  child.kill(signal);
  expect(await ended).toEqual([null, signal]);
  expect(all(dir).sort()).toEqual(['churn.csv', 'there']);
});
