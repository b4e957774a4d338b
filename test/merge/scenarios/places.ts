import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { mergeInto } from '../../../src/merge/index.js';
import { git, temporary, write } from '../../support/session.js';
import { indexOf, onDisk } from './checks.js';
import { commit, markers, repository, requestOf, type Row } from './stage.js';
import { at, GUIDE, README, TRAIN } from './trees.js';

/** README apart, train.py at one line, NEW.md added. */
export const FAR = {
  edit: { 'README.md': at(README, { 3: 'team' }), 'src/train.py': at(TRAIN, { 5: 'team' }) },
  theirs: {
    'README.md': at(README, { 25: 'template' }),
    'src/train.py': at(TRAIN, { 5: 'template' }),
    'NEW.md': 'new\n',
  },
} as const;

export const FAR_RESULT = {
  work: {
    'README.md': at(README, { 3: 'team', 25: 'template' }),
    'src/train.py': TRAIN.replace('train line 5\n', markers('team\n', 'train line 5\n', 'template\n')),
    'NEW.md': 'new\n',
  },
  conflicts: ['src/train.py'],
  stages: { 'src/train.py': [1, 2, 3], 'NEW.md': [0] },
} as const;

const inAnother = (make: (dir: string, other: string) => void) => (dir: string) => {
  const other = join(temporary('azmlops-place'), 'project');
  make(dir, other);
  return other;
};

/** A repository of another one's: what git calls a submodule. */
function submodule(dir: string, path: string): void {
  const inner = join(dir, path);
  mkdirSync(inner, { recursive: true });
  git(inner, 'init', '--quiet');
  write(inner, { 'inner.txt': 'inner\n' });
  git(inner, 'add', '--all');
  git(inner, 'commit', '--quiet', '--message=inner');
  write(dir, { '.gitmodules': `[submodule "lib"]\n\tpath = ${path}\n\turl = ./${path}\n` });
  git(dir, 'add', '.gitmodules');
  git(dir, 'update-index', '--add', '--cacheinfo', `160000,${git(inner, 'rev-parse', 'HEAD')},${path}`);
  git(dir, 'commit', '--quiet', '--message=submodule');
}

/** S51 to S63 of the table, and their like: kinds of repositories and of work trees. */
export const PLACES: readonly Row[] = [
  { id: 'FAR in a plain repository', ...FAR, expect: FAR_RESULT },
  {
    id: 'S51: a project below the top of a larger repository',
    below: 'services/ml',
    ...FAR,
    expect: {
      ...FAR_RESULT,
      more: ({ dir }) => expect(readFileSync(join(dir, '../../README.md'), 'utf8')).toBe('top\n'),
    },
  },
  {
    id: 'S52: work elsewhere in the larger repository, staged, unstaged and untracked, stays as it is',
    below: 'services/ml',
    ...FAR,
    then: (dir) => {
      write(join(dir, '../..'), { 'other/work.txt': 'staged\n', 'other/new.txt': 'new\n' });
      git(join(dir, '../..'), 'add', 'other');
      write(join(dir, '../..'), { 'README.md': 'unstaged\n', 'other/untracked.txt': 'mine\n' });
    },
    expect: {
      ...FAR_RESULT,
      more: ({ dir }) => {
        const top = join(dir, '../..');
        expect(git(top, 'status', '--porcelain', 'other', 'README.md').split('\n').sort()).toEqual([
          ' M README.md',
          '?? other/untracked.txt',
          'A  other/new.txt',
          'M  other/work.txt',
        ]);
        expect(git(top, 'show', ':other/work.txt')).toBe('staged');
      },
    },
  },
  {
    id: 'a project that is reached through a link',
    ...FAR,
    then: inAnother((dir, other) => symlinkSync(dir, other)),
    expect: FAR_RESULT,
  },
  {
    id: 'S53: a linked work tree',
    ...FAR,
    then: inAnother((dir, other) => git(dir, 'worktree', 'add', '--quiet', '-b', 'other', other)),
    expect: FAR_RESULT,
  },
  {
    id: 'a shallow clone',
    ...FAR,
    then: inAnother((dir, other) => git(dir, 'clone', '--quiet', '--depth=1', `file://${dir}`, other)),
    expect: FAR_RESULT,
  },
  {
    id: 'a history squashed into one commit that is not the one of the base',
    ...FAR,
    then: (dir) => {
      git(dir, 'checkout', '--quiet', '--orphan', 'squashed');
      git(dir, 'commit', '--quiet', '--message=all in one');
      git(dir, 'branch', '--quiet', '--delete', '--force', 'main');
      git(dir, 'reflog', 'expire', '--expire=now', '--all');
      git(dir, 'gc', '--quiet', '--prune=now');
    },
    expect: FAR_RESULT,
  },
  {
    id: 'a sparse checkout: what is not checked out is merged in the index and stays away',
    edit: FAR.edit,
    theirs: { ...FAR.theirs, 'docs/guide.md': at(GUIDE, { 9: 'template' }), 'docs/new.md': 'new\n' },
    then: (dir) => void git(dir, 'sparse-checkout', 'set', '--cone', 'src'),
    expect: {
      ...FAR_RESULT,
      sparse: true,
      more: ({ dir }) => {
        expect(existsSync(join(dir, 'docs'))).toBe(false);
        expect(`${git(dir, 'show', ':docs/guide.md')}\n`).toBe(at(GUIDE, { 9: 'template' }));
        expect(git(dir, 'show', ':docs/new.md')).toBe('new');
        expect(git(dir, 'ls-files', '-v', 'docs').split('\n')).toEqual(['S docs/guide.md', 'S docs/new.md']);
      },
    },
  },
  {
    id: 'a conflict in a file that a sparse checkout leaves out is surfaced all the same',
    edit: { 'docs/guide.md': at(GUIDE, { 3: 'team' }) },
    theirs: { 'docs/guide.md': at(GUIDE, { 3: 'template' }) },
    then: (dir) => void git(dir, 'sparse-checkout', 'set', '--cone', 'src'),
    expect: {
      sparse: true,
      conflicts: ['docs/guide.md'],
      stages: { 'docs/guide.md': [1, 2, 3] },
    },
  },
  {
    id: 'a submodule is left alone, whatever is checked out in it',
    ...FAR,
    then: (dir) => {
      submodule(dir, 'vendor/lib');
      write(join(dir, 'vendor/lib'), { 'inner.txt': 'edited\n', 'untracked.txt': 'mine\n' });
    },
    expect: {
      ...FAR_RESULT,
      more: ({ dir }) => expect(indexOf(dir).find(({ path }) => path === 'vendor/lib')?.mode).toBe('160000'),
    },
  },
  {
    id: 'a submodule where the template adds a file keeps its place',
    theirs: { vendor: 'a file\n', 'README.md': at(README, { 25: 'template' }) },
    then: (dir) => submodule(dir, 'vendor'),
    expect: {
      work: { 'vendor/inner.txt': 'inner\n', 'README.md': at(README, { 25: 'template' }) },
      conflicts: [/^vendor/],
    },
  },
  {
    id: 'a submodule where the template adds a folder keeps its place',
    theirs: { 'vendor/new.py': 'new\n', 'README.md': at(README, { 25: 'template' }) },
    then: (dir) => submodule(dir, 'vendor'),
    expect: {
      work: { 'vendor/inner.txt': 'inner\n', 'vendor/new.py': null },
      conflicts: [/^vendor/],
    },
  },
  { id: 'a repository with SHA-256', init: ['--object-format=sha256'], ...FAR, expect: FAR_RESULT },
  {
    id: 'a detached HEAD stays detached, at the same commit',
    ...FAR,
    then: (dir) => void git(dir, 'checkout', '--quiet', '--detach'),
    expect: FAR_RESULT,
  },
  {
    id: 'a branch without an upstream, a stash, tags and notes: all as before',
    ...FAR,
    then: (dir) => {
      git(dir, 'tag', '--annotate', '--message=v', 'v1');
      git(dir, 'notes', 'add', '--message=note');
      write(dir, { 'README.md': 'stashed\n' });
      git(dir, 'stash', '--quiet');
    },
    expect: { ...FAR_RESULT, more: ({ dir }) => expect(git(dir, 'stash', 'list')).toContain('stash@{0}') },
  },
  {
    id: 'S61: the second run, after the commit, has nothing to do',
    edit: { 'README.md': at(README, { 3: 'team' }), 'docs/guide.md': null },
    theirs: { 'README.md': at(README, { 25: 'template' }), 'NEW.md': 'new\n' },
    expect: {
      more: async ({ dir, request }) => {
        const copy = join(temporary(), 'copy');
        git(dir, 'commit', '--quiet', '--all', '--message=upgraded');
        git(dir, 'clone', '--quiet', dir, copy);
        const head = git(dir, 'rev-parse', 'HEAD~');
        const { entries } = await mergeInto(copy, { ...request, base: request.theirs });
        expect(entries.filter(({ fate }) => !['unchanged', 'keep', 'keep-deleted'].includes(fate))).toEqual(
          [],
        );
        expect(git(copy, 'status', '--porcelain')).toBe('');
        git(dir, 'reset', '--quiet', '--soft', head);
      },
    },
  },
  {
    id: 'S63: a file that stays keeps its time stamp',
    theirs: { 'README.md': at(README, { 25: 'template' }) },
    then: (dir) => utimesSync(join(dir, 'src/train.py'), 1_000_000_000, 1_000_000_000),
    expect: {
      more: ({ dir }) => expect(statSync(join(dir, 'src/train.py')).mtimeMs).toBe(1_000_000_000_000),
    },
  },
  {
    id: 'a mere touch of every file is no edit',
    ...FAR,
    then: (dir) => {
      for (const path of ['README.md', 'src/train.py', 'docs/guide.md'])
        utimesSync(join(dir, path), 1_000_000_000, 1_000_000_000);
    },
    expect: FAR_RESULT,
  },
  {
    id: 'untracked and ignored files that are in nobody’s way stay',
    ...FAR,
    then: (dir) =>
      void write(dir, {
        'notes.txt': 'mine\n',
        '.env': 'SECRET=1\n',
        'run.log': 'log\n',
        'docs/own/x.txt': 'x',
      }),
    expect: {
      ...FAR_RESULT,
      work: { ...FAR_RESULT.work, 'notes.txt': 'mine\n', '.env': 'SECRET=1\n', 'run.log': 'log\n' },
    },
  },
  {
    id: 'an untracked file with the very bytes that are to be added is in nobody’s way',
    theirs: { 'NEW.md': 'new\n' },
    then: (dir) => void write(dir, { 'NEW.md': 'new\n' }),
    expect: { work: { 'NEW.md': 'new\n' }, stages: { 'NEW.md': [0] } },
  },
  {
    id: "the team's folder that is a link out of the repository is not followed",
    edit: { 'docs/guide.md': null },
    theirs: { 'docs/guide.md': at(GUIDE, { 3: 'template' }), 'docs/new.md': 'new\n' },
    then: (dir) => {
      const outside = temporary('azmlops-outside');
      write(outside, { 'guide.md': GUIDE });
      rmSync(join(dir, 'docs'), { recursive: true, force: true });
      symlinkSync(outside, join(dir, 'docs'));
      commit(dir, 'docs is a link');
    },
    expect: {
      conflicts: [/^docs/],
      more: ({ dir }) => {
        expect(onDisk(dir, 'docs')).toMatch(/^120000 .*azmlops-outside/);
        expect(readFileSync(join(dir, 'docs/guide.md'), 'utf8')).toBe(GUIDE);
        expect(existsSync(join(dir, 'docs/new.md'))).toBe(false);
      },
    },
  },
];

/** A plain repository of the FAR scenario. */
export const farRepository = () => ({
  dir: repository(FAR),
  request: requestOf({ id: '', ...FAR, expect: {} }),
});
