import { beforeEach, expect, it } from 'vitest';
import { azmlops, files, git, home, write } from '../support/session.js';
import { changingLine, commit, emitted, state } from './emitted.js';

beforeEach(() => void home());

it('--abort puts back what was before, and --status tells what is open until then', async () => {
  const dir = await emitted(1);
  const before = state(dir);
  expect(await azmlops(dir, 'upgrade', '--status')).toMatchObject({ code: 0, out: 'Nothing is open.\n' });
  await azmlops(dir, 'upgrade');
  const open = await azmlops(dir, 'update', '--status');
  expect(open.code).toBe(0);
  expect(open.out).toContain('Written and not committed');
  expect(JSON.parse((await azmlops(dir, 'upgrade', '--status', '--json')).out)).toMatchObject({
    command: 'upgrade',
  });
  expect((await azmlops(dir, 'upgrade', '--abort')).code).toBe(0);
  expect(state(dir)).toEqual(before);
  expect((await azmlops(dir, 'upgrade', '--abort')).code).toBe(3);
});

it('--abort undoes a conflict too, and --status names it until then', async () => {
  const dir = await emitted(1);
  const line = await changingLine('README.md', 1, 2);
  commit(dir, { 'README.md': (text) => text.replace(line, 'Words of ours.') });
  const before = state(dir);
  expect((await azmlops(dir, 'upgrade')).code).toBe(1);
  const open = await azmlops(dir, 'upgrade', '--status', '--json');
  expect(open.code).toBe(1);
  expect(JSON.parse(open.out)).toMatchObject({ open: true, conflicts: ['README.md'], exitCode: 1 });
  expect((await azmlops(dir, 'upgrade', '--abort')).code).toBe(0);
  expect(state(dir)).toEqual(before);
});

it('--abort refuses to throw away an edit made since, unless --force', async () => {
  const dir = await emitted(1);
  const before = state(dir);
  await azmlops(dir, 'upgrade');
  write(dir, { Makefile: 'mine\n' });
  const { code, err } = await azmlops(dir, 'upgrade', '--abort');
  expect(code).toBe(3);
  expect(err).toContain('Makefile');
  expect(files(dir).Makefile).toBe('mine\n');
  expect((await azmlops(dir, 'upgrade', '--abort', '--force')).code).toBe(0);
  expect(state(dir)).toEqual(before);
});

it('after the commit there is nothing to abort', async () => {
  const dir = await emitted(1);
  await azmlops(dir, 'upgrade');
  commit(dir, {});
  const head = git(dir, 'rev-parse', 'HEAD');
  const { code, err } = await azmlops(dir, 'upgrade', '--abort');
  expect(code).toBe(3);
  expect(err).toContain('nothing to take back');
  expect(git(dir, 'rev-parse', 'HEAD')).toBe(head);
});
