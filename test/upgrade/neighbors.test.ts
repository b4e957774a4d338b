import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { azmlops, git, home, temporary } from '../support/session.js';

// What teams change first must not stand beside a line that a template changes from level to level.
it.each([
  [0, 'notebooks/train.ipynb', 'read_folder(ROOT /', 'clean(read_folder)(ROOT /'],
  [1, 'src/churn/train.py', 'FOLDS = 5', 'FOLDS = 7'],
  [1, 'src/churn/features.py', 'MAX_TERMS = 200', 'MAX_TERMS = 300'],
  [1, 'azureml/endpoints/online/deployment.yml', 'instance_count: 1', 'instance_count: 3'],
  [2, 'src/churn/gate.yml', 'gap: 0.1', 'gap: 0.05'],
  [3, 'azureml/endpoints/online/deployment.yml', 'instance_count: 1', 'instance_count: 3'],
])('an edit at level %i of %s merges at the next: %s', async (level, path, from, to) => {
  home();
  const dir = join(temporary(), 'churn');
  const made = await azmlops('.', 'new', dir, '--level', String(level), '--name', 'churn', '--yes');
  expect(made.code, made.err).toBe(0);
  const text = readFileSync(join(dir, path), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(dir, path), text.replace(from, to));
  git(dir, 'commit', '--quiet', '--all', '--message', 'the team');
  const upgraded = await azmlops(dir, 'upgrade', '--yes');
  expect([upgraded.code, upgraded.err], upgraded.out).toEqual([0, '']);
  expect(readFileSync(join(dir, path), 'utf8')).toContain(to);
});
