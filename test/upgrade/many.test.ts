import { basename, dirname, join } from 'node:path';
import { renameSync } from 'node:fs';
import { beforeEach, expect, it } from 'vitest';
import { azmlops, files, home, temporary, write } from '../support/session.js';
import { worst } from '../../src/upgrade/folders.js';
import { changingLine, commit, emitted, state } from './emitted.js';

beforeEach(() => void home());

/** Repositories side by side, by these names. */
async function beside(repositories: Readonly<Record<string, number>>): Promise<string> {
  const all = temporary();
  for (const [name, level] of Object.entries(repositories)) renameSync(await emitted(level), join(all, name));
  return all;
}

it('each folder goes on its own: one that is refused stops no other, and the worst exit code is returned', async () => {
  const all = await beside({ first: 1, dirty: 1, conflict: 1, done: 4, last: 2 });
  write(all, { 'dirty/Makefile': 'edited\n', 'plain/README.md': 'no repository\n' });
  const line = await changingLine('README.md', 1, 2);
  commit(join(all, 'conflict'), { 'README.md': (text) => text.replace(line, 'Words of ours.') });
  const names = ['first', 'dirty', 'conflict', 'plain', 'done', 'last', 'first/'];
  const before = state(join(all, 'dirty'));
  const { code, out, err } = await azmlops(all, 'upgrade', ...names);
  expect(code).toBe(3);
  expect(out).toMatch(
    /^first: .*level 1 to level 2.*\ndirty: refused\nconflict: .*1 conflict\n {2}conflict: README\.md\nplain: refused\ndone: Nothing to do.*\nlast: .*level 2 to level 3.*\n$/,
  );
  expect(err).toMatch(/azmlops: dirty: .*Makefile/);
  expect(err).toMatch(/azmlops: plain: .*no git repository/);
  expect(state(join(all, 'dirty'))).toEqual(before);
  const levels = ['first', 'conflict', 'last'].map(
    (name) => /^level: (\d)$/m.exec(files(join(all, name))['.azmlops.yml'] ?? '')?.[1],
  );
  expect(levels).toEqual(['2', '2', '3']);
});

it('--json is one document of all of them', async () => {
  const all = await beside({ a: 1, b: 3 });
  write(all, { 'c/x': '' });
  const { code, out } = await azmlops(all, 'upgrade', 'a', 'b', 'c', '--dry-run', '--json');
  expect(code).toBe(3);
  expect(JSON.parse(out)).toMatchObject({
    command: 'upgrade',
    exitCode: 3,
    repositories: [
      { dir: join(all, 'a'), to: { level: 2 }, exitCode: 0 },
      { dir: join(all, 'b'), to: { level: 4 }, exitCode: 0 },
      { dir: join(all, 'c'), error: { exitCode: 3 } },
    ],
  });
});

it('folders are taken from --dir', async () => {
  const dir = await emitted(1);
  const { code, out } = await azmlops('/', 'update', basename(dir), '--dir', dirname(dir));
  expect([code, out]).toEqual([0, expect.stringContaining('Nothing to do') as string]);
});

it('--status and --abort take many folders too', async () => {
  const all = await beside({ a: 1, b: 1 });
  const before = state(join(all, 'a'));
  await azmlops(all, 'upgrade', 'a');
  const status = await azmlops(all, 'upgrade', 'a', 'b', '--status');
  expect(status.out).toMatch(/^a: Written and not committed.*\nb: Nothing is open\.\n$/);
  const abort = await azmlops(all, 'upgrade', 'a', 'b', '--abort');
  expect(abort.code).toBe(3);
  expect(abort.err).toContain('azmlops: b: ');
  expect(state(join(all, 'a'))).toEqual(before);
});

it.each([
  [[0, 1, 0], 1],
  [[1, 3, 2], 3],
  [[2, 1], 2],
  [[3, 70, 1], 70],
  [[0], 0],
])('of %j the worst is %d', (codes, expected) => {
  expect(worst(codes)).toBe(expected);
});
