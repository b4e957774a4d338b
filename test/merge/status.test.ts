import { beforeEach, expect, it } from 'vitest';
import { mergeInto } from '../../src/merge/index.js';
import { prepare } from '../../src/merge/merge-into.js';
import { status } from '../../src/merge/status.js';
import { git, home, write } from '../support/session.js';
import { farRepository } from './scenarios/places.js';
import { commit, LABELS } from './scenarios/stage.js';

beforeEach(() => void home());

it('tells the command, its paths, and which conflicts are left, until they are committed', async () => {
  const { dir, request } = farRepository();
  expect(await status(dir)).toEqual({ open: false });
  await (await prepare(dir, request)).write('upgrade');
  expect(await status(dir)).toMatchObject({
    open: true,
    state: 'written',
    command: 'upgrade',
    labels: LABELS,
    conflicts: ['src/train.py'],
    paths: ['NEW.md', 'README.md', 'src/train.py'],
  });
  // Added with its markers, as `git add --all` does: no conflict to git any more, but one to a reader.
  git(dir, 'add', 'src/train.py');
  expect(await status(dir)).toMatchObject({ conflicts: ['src/train.py'] });
  write(dir, { 'src/train.py': 'resolved\n' });
  git(dir, 'add', 'src/train.py');
  expect(await status(dir)).toMatchObject({ open: true, conflicts: [] });
  commit(dir, 'upgraded');
  expect(await status(dir)).toEqual({ open: false });
});

it('is the same from a folder below, and nothing is open after a dry run', async () => {
  const { dir, request } = farRepository();
  await mergeInto(dir, { ...request, dryRun: true });
  expect(await status(dir)).toEqual({ open: false });
  await mergeInto(dir, request);
  expect(await status(`${dir}/src`)).toEqual(await status(dir));
});

it('outside of a repository it is a refusal', async () => {
  await expect(status('/')).rejects.toMatchObject({ exitCode: 3 });
});
