import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import { home, temporary, write } from '../support/session.js';
import { project } from '../support/tools.js';
import { program } from './program.js';

beforeEach(() => void home());

it.skipIf(process.platform === 'win32').each([
  ['SIGTERM', 'churn'],
  ['SIGINT', 'churn'],
  ['SIGTERM', 'there'],
] as const)('stopped by %s in the middle, %s is as it was', async (signal, target) => {
  const real = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
  const reached = join(temporary(), 'reached');
  const bin = write(temporary(), {
    git: `#!/bin/sh\ncase "$*" in *" add "*) touch ${reached}; exec sleep 20;; esac\nexec ${real} "$@"\n`,
  });
  const dir = temporary();
  mkdirSync(join(dir, 'there'));
  const words = ['new', target, '--level', '1', '--yes', '--dir', dir];
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', ...words], {
    cwd: project,
    env: { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  for (let waited = 0; !existsSync(reached) && waited < 20_000; waited += 50) await pause(50);
  expect(existsSync(reached)).toBe(true);
  expect(readdirSync(dir).length + readdirSync(join(dir, 'there')).length).toBeGreaterThan(1);
  child.kill(signal);
  expect(await ended).toEqual([null, signal]);
  expect(readdirSync(dir)).toEqual(['there']);
  expect(readdirSync(join(dir, 'there'))).toEqual([]);
});
