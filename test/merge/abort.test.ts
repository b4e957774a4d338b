import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { abort } from '../../src/merge/abort.js';
import { mergeInto } from '../../src/merge/index.js';
import { type Journal, journalFolder } from '../../src/merge/journal.js';
import { status } from '../../src/merge/status.js';
import { git, home, temporary, write } from '../support/session.js';
import { commit, repository, requestOf, type Row } from './scenarios/stage.js';
import { at, exec, GUIDE, link, README, workOf } from './scenarios/trees.js';

beforeEach(() => void home());

/** Every kind of change at once, below the top of a larger repository with work of its own. */
const EVERY: Omit<Row, 'expect' | 'id'> = {
  below: 'services/ml',
  base: { 'clash/env': 'env\n', 'dir/x': 'x\n', 'old/deep/a.txt': 'a\n' },
  edit: { 'README.md': at(README, { 5: 'team' }), 'old/own.txt': 'own\n', 'docs/guide.md': `${GUIDE}more\n` },
  theirs: {
    'README.md': at(README, { 5: 'template' }),
    'docs/guide.md': null,
    'clash/env': null,
    'clash/env/inner': 'inner\n',
    'dir/x': null,
    dir: 'now a file\n',
    'config/dev.yml': link('prod.yml'),
    'scripts/run.sh': '#!/bin/sh\n',
    'infra/main.bicep': exec('param\n'),
    'fresh/deep/new.txt': 'new\n',
    'old/deep/a.txt': null,
    'moved/deep/a.txt': 'a\n',
  },
  moves: [{ from: 'old/', to: 'moved/' }],
};

function ready(
  row = EVERY,
  config: Readonly<Record<string, string>> = {},
): { dir: string; top: string; run: () => Promise<unknown> } {
  const dir = repository({ ...row, config });
  const top = row.below ? join(dir, '../..') : dir;
  // As a checkout gives it: with the line ends and modes of this configuration.
  git(top, 'rm', '-r', '--quiet', '--cached', '.');
  git(top, 'reset', '--quiet', '--hard');
  write(top, { 'other/staged.txt': 'staged\n', 'other/work.txt': 'edited\n' });
  if (row.below) git(top, 'add', 'other/staged.txt');
  write(dir, { 'fresh-not/own.txt': 'untracked\n' });
  return { dir, top, run: () => mergeInto(dir, requestOf({ id: '', ...row, expect: {} })) };
}

/** Everything that a person could tell apart. */
const stateOf = (top: string) => [
  workOf(top),
  git(top, 'ls-files', '--stage', '-v'),
  git(top, 'diff-files', '--name-only'),
  git(top, 'rev-parse', 'HEAD'),
  git(top, 'reflog'),
];

const refused = (text: string | RegExp) => ({
  exitCode: 3,
  message: (typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text)) as string,
});

describe('abort', () => {
  it.each<Readonly<Record<string, string>>>([
    {},
    { 'core.splitIndex': 'true' },
    { 'core.fileMode': 'false' },
    { 'core.autocrlf': 'true' },
  ])('gives back files, modes, folders and index, with %j', async (config) => {
    const { dir, top, run } = ready(EVERY, config);
    const before = stateOf(top);
    await run();
    expect(stateOf(top)).not.toEqual(before);
    const { restored } = await abort(dir);
    expect(stateOf(top)).toEqual(before);
    expect(restored).toContain('README.md');
    expect(statSync(join(dir, 'fresh'), { throwIfNoEntry: false })).toBeUndefined();
    await run();
    expect(await status(dir)).toMatchObject({ open: true, state: 'written' });
  });

  it('leaves what was staged elsewhere meanwhile', async () => {
    const { dir, top, run } = ready();
    await run();
    write(top, { 'other/later.txt': 'later\n' });
    git(top, 'add', 'other');
    const elsewhere = git(top, 'ls-files', '--stage', 'other');
    await abort(dir);
    expect(git(top, 'ls-files', '--stage', 'other')).toBe(elsewhere);
  });

  it('refuses when files were edited since, naming them, and puts them back when forced', async () => {
    const { dir, top, run } = ready();
    const before = stateOf(top);
    await run();
    write(dir, { 'README.md': 'resolved\n', 'fresh/deep/new.txt': 'mine now\n' });
    const edited = stateOf(top);
    await expect(abort(dir)).rejects.toMatchObject(refused(/README\.md.*fresh\/deep\/new\.txt/));
    expect(stateOf(top)).toEqual(edited);
    await abort(dir, { force: true });
    expect(stateOf(top)).toEqual(before);
  });

  it('never removes a file that the team put where one has to come back', async () => {
    const { dir, run } = ready();
    await run();
    write(dir, { 'clash/env/own.txt': 'mine\n' });
    for (const force of [false, true])
      await expect(abort(dir, { force })).rejects.toMatchObject(refused('clash/env/own.txt'));
    expect(readFileSync(join(dir, 'clash/env/own.txt'), 'utf8')).toBe('mine\n');
    rmSync(join(dir, 'clash/env/own.txt'));
    await abort(dir);
    expect(workOf(dir).get('clash/env')).toBe('100644 env\n');
  });

  it('keeps a folder made by the write when the team has put a file of its own there', async () => {
    const { dir, run } = ready();
    await run();
    write(dir, { 'fresh/deep/own.txt': 'mine\n' });
    await abort(dir);
    expect(workOf(dir).get('fresh/deep/own.txt')).toBe('100644 mine\n');
    expect(workOf(dir).has('fresh/deep/new.txt')).toBe(false);
  });

  it('has nothing to take back after the commit, a reset, or no upgrade at all', async () => {
    const { dir, run } = ready({ ...EVERY, below: '' });
    await expect(abort(dir)).rejects.toMatchObject(refused('No upgrade is open'));
    await run();
    git(dir, 'reset', '--quiet', '--hard');
    await expect(abort(dir)).rejects.toMatchObject(refused('No upgrade is open'));
    await run();
    commit(dir, 'upgraded');
    const after = stateOf(dir);
    await expect(abort(dir)).rejects.toMatchObject(refused('No upgrade is open'));
    expect(stateOf(dir)).toEqual(after);
  });

  it('still works after a commit elsewhere in the larger repository', async () => {
    const { dir, top, run } = ready({
      below: 'services/ml',
      theirs: { 'README.md': 'new\n', 'NEW.md': 'new\n' },
    });
    const before = workOf(dir);
    await run();
    git(top, 'commit', '--quiet', '--only', '--message=elsewhere', '--', 'other/work.txt');
    expect((await abort(dir)).restored).toEqual(['NEW.md', 'README.md']);
    expect(workOf(dir)).toEqual(before);
  });

  it('brings back the flags of files that git was told not to look at', async () => {
    const { dir, top, run } = ready();
    git(dir, 'update-index', '--assume-unchanged', 'scripts/run.sh');
    git(dir, 'update-index', '--skip-worktree', 'infra/main.bicep');
    const before = stateOf(top);
    await run();
    await abort(dir);
    expect(stateOf(top)).toEqual(before);
  });
});

describe('after a kill', () => {
  const journalIn = (folder: string) => journalFolder(join(folder, 'azmlops'), `${EVERY.below}/`);

  /** As a killed process leaves it: the journal says "writing", its process and its git are gone. */
  function killed(dir: string): string {
    const folder = git(dir, 'rev-parse', '--absolute-git-dir');
    const file = join(journalIn(folder), 'journal.json');
    const journal = JSON.parse(readFileSync(file, 'utf8')) as Journal;
    writeFileSync(file, JSON.stringify({ ...journal, state: 'writing', pid: 2 ** 22 + 1 }));
    writeFileSync(join(journalIn(folder), 'git.pid'), String(2 ** 22 + 1));
    return folder;
  }

  it('the next run refuses and names the way out, which clears the lock and half a file', async () => {
    const { dir, top, run } = ready();
    const before = stateOf(top);
    await run();
    const folder = killed(dir);
    writeFileSync(join(folder, 'index.lock'), '');
    writeFileSync(join(dir, 'fresh/deep/new.txt'), 'ne');
    writeFileSync(join(dir, 'scripts/run.sh'), '');
    rmSync(join(dir, 'README.md'));
    expect(await status(dir)).toMatchObject({ open: true, state: 'interrupted' });
    await expect(run()).rejects.toMatchObject({
      exitCode: 3,
      hint: expect.stringContaining('--abort') as string,
    });
    await abort(dir);
    expect(stateOf(top)).toEqual(before);
    await run();
  });

  it("an edit made since is still somebody's work", async () => {
    const { dir, run } = ready();
    await run();
    killed(dir);
    write(dir, { 'README.md': 'edited\n' });
    await expect(abort(dir)).rejects.toMatchObject(refused('README.md'));
  });

  it('a lock taken while no git of ours ran is not ours, and stays', async () => {
    const { dir, run } = ready();
    await run();
    const folder = killed(dir);
    rmSync(join(journalIn(folder), 'git.pid'));
    writeFileSync(join(folder, 'index.lock'), '');
    await expect(abort(dir)).rejects.toMatchObject(refused('index.lock'));
    expect(statSync(join(folder, 'index.lock')).size).toBe(0);
  });

  it('the write of a process that lives is not taken back', async () => {
    const { dir, run } = ready();
    await run();
    const folder = killed(dir);
    const file = join(journalIn(folder), 'journal.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(`"pid":${2 ** 22 + 1}`, '"pid":1'));
    await expect(abort(dir)).rejects.toMatchObject(refused('process 1'));
  });

  it('a journal that cannot be read is a refusal that names it', async () => {
    const { dir, run } = ready();
    await run();
    const folder = git(dir, 'rev-parse', '--absolute-git-dir');
    writeFileSync(join(journalIn(folder), 'journal.json'), '{"version":9}');
    await expect(abort(dir)).rejects.toMatchObject(refused('journal.json'));
    await expect(run()).rejects.toMatchObject(refused('journal.json'));
  });

  it('folders that a killed run left beside the journal disturb nobody', async () => {
    const { dir, run } = ready();
    const folder = git(dir, 'rev-parse', '--absolute-git-dir');
    const aside = join(temporary(), 'aside');
    await run();
    renameSync(journalIn(folder), aside);
    git(dir, 'reset', '--quiet', '--hard');
    rmSync(join(dir, 'moved'), { recursive: true, force: true });
    renameSync(aside, `${journalIn(folder)}-${2 ** 22 + 1}`);
    await run();
    expect(await status(dir)).toMatchObject({ open: true, state: 'written' });
  });
});
