import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { project } from '../support/tools.js';

const main = join(project, 'dist/src/cli/main.js');

it.skipIf(!existsSync('/dev/full'))('what cannot be said is no verdict: exit 3, in one line', () => {
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, [main, 'levels'], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(full);
  expect([status, stderr.trim()]).toEqual([
    3,
    'azmlops: standard output cannot be written: ENOSPC: no space left on device, write',
  ]);
});
