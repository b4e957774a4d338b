import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { abort } from '../../src/merge/abort.js';
import { mergeInto } from '../../src/merge/index.js';
import { status } from '../../src/merge/status.js';
import { git, home, write } from '../support/session.js';
import { commit, repository, requestOf } from './scenarios/stage.js';
import { at, README } from './scenarios/trees.js';

beforeEach(() => void home());

const request = requestOf({
  id: '',
  theirs: { 'README.md': at(README, { 25: 'template' }), 'NEW.md': 'new\n' },
  expect: {},
});

function twoProjects(): { top: string; one: string; two: string } {
  const one = repository({ below: 'services/one' });
  const top = join(one, '../..');
  const two = join(top, 'services/two');
  cpSync(one, two, { recursive: true });
  commit(top, 'a second project');
  return { top, one, two };
}

const staged = (top: string) => git(top, 'diff', '--cached', '--name-only').split('\n').filter(Boolean);

it('two projects of one repository are merged into, told and taken back each on its own', async () => {
  const { top, one, two } = twoProjects();
  await mergeInto(one, request);
  await mergeInto(two, request);
  expect(staged(top)).toEqual([
    'services/one/NEW.md',
    'services/one/README.md',
    'services/two/NEW.md',
    'services/two/README.md',
  ]);
  expect(await status(join(two, 'src'))).toMatchObject({ open: true, dir: two });
  expect(await abort(one)).toEqual({ restored: ['NEW.md', 'README.md'] });
  expect(staged(top)).toEqual(['services/two/NEW.md', 'services/two/README.md']);
  expect([await status(one), await status(top)]).toEqual([{ open: false }, { open: false }]);
  await abort(join(two, 'src'));
  expect(git(top, 'status', '--porcelain')).toBe('');
});

it('what is open in one project outlives a commit, an upgrade and its undoing in the other', async () => {
  const { top, one, two } = twoProjects();
  await mergeInto(one, request);
  await mergeInto(two, request);
  git(top, 'commit', '--quiet', '--message=two', '--', 'services/two');
  expect(await status(two)).toEqual({ open: false });
  await expect(mergeInto(one, request)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('services/one') as string,
  });
  await abort(one);
  expect(git(top, 'status', '--porcelain')).toBe('');
});

it('a project below the folder of another one keeps a journal of its own', async () => {
  const { top, one } = twoProjects();
  const inner = join(one, 'inner');
  mkdirSync(inner);
  for (const name of ['README.md', 'src', 'config', 'infra', 'scripts', 'docs', 'assets', '.gitignore'])
    cpSync(join(one, name), join(inner, name), { recursive: true });
  commit(top, 'a project in a project');
  await mergeInto(inner, request);
  write(inner, { 'own.txt': 'untracked\n' });
  await expect(mergeInto(one, request)).rejects.toMatchObject({ exitCode: 3 });
  await abort(join(inner, 'src'));
  await mergeInto(one, request);
  expect(await status(join(one, 'src'))).toMatchObject({ dir: one });
  expect(git(top, 'status', '--porcelain')).toContain('?? services/one/inner/own.txt');
});
