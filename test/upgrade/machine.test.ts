import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { azmlops, home, temporary, write } from '../support/session.js';
import { atTerminal } from '../support/terminal.js';
import { emitted, state } from './emitted.js';

beforeEach(() => void home());

const gitItself = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();

/** Puts a git before the one of the machine: these lines of shell, and then git itself. */
async function withGit<T>(lines: string, run: () => Promise<T>): Promise<T> {
  const bin = write(temporary(), { git: `#!/bin/sh\n${lines}\nexec ${gitItself} "$@"\n` });
  chmodSync(join(bin, 'git'), 0o755);
  const path = process.env.PATH;
  process.env.PATH = [bin, path].join(delimiter);
  try {
    return await run();
  } finally {
    process.env.PATH = path;
  }
}

it.each([['upgrade'], ['update'], ['set', 'endpoint=both']])(
  '%s with a git older than 2.30 is refused with exit 3, and nothing is written',
  async (...words) => {
    const dir = await emitted(1);
    const before = state(dir);
    const old = 'case "$*" in *--version) echo git version 2.29.9; exit;; esac';
    const { code, err } = await withGit(old, () => azmlops(dir, ...words));
    expect([code, state(dir)]).toEqual([3, before]);
    expect(err).toMatch(/2\.29\.9 is too old.*\nInstall git 2\.30/);
  },
);

it('at a terminal, what takes longer than a second says so meanwhile, unless --quiet', async () => {
  const slow = 'case "$*" in *" status "*) sleep 1.5;; esac';
  const run = async (...words: string[]) => atTerminal(await emitted(1), ['upgrade', ...words], []);
  const said = await withGit(slow, () => run('--dry-run'));
  expect([said.code, said.err]).toEqual([0, expect.stringMatching(/^working in .* …/)]);
  expect((await withGit(slow, () => run('--dry-run', '--quiet'))).err).toBe('');
});
