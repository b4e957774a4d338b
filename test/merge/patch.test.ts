import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { prepare } from '../../src/merge/merge-into.js';
import { git, home, temporary } from '../support/session.js';
import { repository, requestOf } from './scenarios/stage.js';
import { at, binary, exec, gitBytes, link, README, workOf } from './scenarios/trees.js';

beforeEach(() => void home());

const ROW = {
  below: 'services/ml',
  edit: { 'README.md': at(README, { 3: 'team' }) },
  theirs: {
    'README.md': at(README, { 25: 'template' }),
    'docs/guide.md': null,
    'a b/é "q".txt': 'new\n',
    'scripts/run.sh': '#!/bin/sh\n',
    'infra/main.bicep': exec('param\n'),
    'config/dev.yml': link('prod.yml'),
    'empty.txt': '',
  },
};

it('applied to HEAD it gives the tree that the run writes, and printing it writes nothing', async () => {
  const dir = repository(ROW);
  const top = join(dir, '../..');
  const request = requestOf({ id: '', ...ROW, expect: {} });
  const gitDir = () => gitBytes(join(top, '.git'), () => true);
  const before = gitDir();
  const patch = await (await prepare(dir, { ...request, dryRun: true })).patch(false);
  expect(gitDir()).toEqual(before);
  const other = join(temporary(), 'clone');
  git(top, 'clone', '--quiet', top, other);
  execFileSync('git', ['apply', '--index'], { cwd: other, input: patch });
  await (await prepare(dir, request)).write();
  expect(workOf(other)).toEqual(workOf(top));
});

it('has colour only when asked, and says of binaries that they differ', async () => {
  const row = { base: { 'a.bin': binary(3) }, theirs: { 'a.bin': binary(5), 'README.md': 'new\n' } };
  const prepared = await prepare(repository(row), {
    ...requestOf({ id: '', ...row, expect: {} }),
    dryRun: true,
  });
  const [plain, color] = [await prepared.patch(false), await prepared.patch(true)];
  const escape = String.fromCharCode(27);
  expect(plain).not.toContain(escape);
  expect(color).toContain(escape);
  expect(plain).toContain('Binary files a/a.bin and b/a.bin differ');
});

it('is empty when nothing changes', async () => {
  const prepared = await prepare(repository({}), requestOf({ id: '', expect: {} }));
  expect(await prepared.patch(false)).toBe('');
});
