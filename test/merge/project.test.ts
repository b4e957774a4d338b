import { readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { inspectProject } from '../../src/merge/project.js';
import { git, home, temporary, write } from '../support/session.js';
import { repository } from './scenarios/stage.js';

beforeEach(() => void home());

const inspected = (dir: string) => inspectProject(dir, { dryRun: false });

it('knows the project below the top of its work tree, also when it is reached through a link', async () => {
  const dir = repository({ below: 'services/ml' });
  const top = join(dir, '../..');
  const way = join(temporary(), 'way');
  symlinkSync(dir, way);
  for (const at of [dir, way]) {
    const project = await inspected(at);
    expect([project.prefix, project.dir, project.head]).toEqual([
      'services/ml/',
      join(project.top, 'services/ml'),
      git(top, 'rev-parse', 'HEAD'),
    ]);
  }
});

it('a linked work tree keeps its journal for itself', async () => {
  const dir = repository({});
  const other = join(temporary(), 'linked');
  git(dir, 'worktree', 'add', '--quiet', other);
  const [here, there] = [await inspected(dir), await inspected(other)];
  expect(there.journalDir).not.toBe(here.journalDir);
  expect(there.journalDir.startsWith(join(here.gitDir, 'worktrees'))).toBe(true);
});

it('writes nothing, and holds no lock: a touched file is found unchanged, the index keeps its bytes', async () => {
  const dir = repository({});
  utimesSync(join(dir, 'README.md'), 1, 1);
  const index = readFileSync(join(dir, '.git/index'));
  await inspected(dir);
  expect(readFileSync(join(dir, '.git/index')).equals(index)).toBe(true);
});

it('names at most ten changed files, with the paths of the project', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `f${String(i).padStart(2, '0')}.txt`);
  const dir = repository({
    below: 'services/ml',
    base: Object.fromEntries(names.map((name) => [name, `${name}\n`])),
  });
  for (const name of names) writeFileSync(join(dir, name), 'changed\n');
  const message = await inspected(dir).catch((error: Error) => error.message);
  expect(message).toContain(`${names.slice(0, 10).join(', ')}, and 2 more`);
});

it('conflicts that a stash left elsewhere in the larger repository are a refusal that names them', async () => {
  const dir = repository({ below: 'services/ml' });
  const top = join(dir, '../..');
  write(top, { 'other/work.txt': 'stashed\n' });
  git(top, 'stash', '--quiet');
  write(top, { 'other/work.txt': 'committed\n' });
  git(top, 'commit', '--quiet', '--all', '--message=elsewhere');
  expect(() => git(top, 'stash', 'pop')).toThrow();
  await expect(inspected(dir)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('other/work.txt') as string,
  });
});

it('a cherry-pick of several commits that waits for its next one is a refusal', async () => {
  const dir = repository({});
  write(dir, { '.git/sequencer/todo': 'pick\n' });
  await expect(inspected(dir)).rejects.toMatchObject({ exitCode: 3 });
});

it("a repository that git does not trust is refused in git's own words", async () => {
  const dir = repository({});
  // Git's own test of its suite: every folder counts as somebody else's.
  const bin = write(temporary(), {
    git: `#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec ${git(dir, '--exec-path')}/git "$@"\n`,
  });
  process.env.PATH = `${bin}:${process.env.PATH}`;
  await expect(inspected(dir)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(/dubious ownership|unsafe repository/) as string,
  });
});
