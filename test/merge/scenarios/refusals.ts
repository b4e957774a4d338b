import { chmodSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { git, temporary, write } from '../../support/session.js';
import { FAR } from './places.js';
import { commit, markers, type Row } from './stage.js';
import { at, exec, GUIDE, README } from './trees.js';

const NEW = { theirs: { ...FAR.theirs, 'SECURITY.md': 'template\n' } };
const MARKED = GUIDE.replace('guide line 5\n', markers('a\n', 'b\n', 'c\n'));
/** A second branch, and HEAD on the first again. */
const otherBranch = (dir: string, text: string): void => {
  git(dir, 'checkout', '--quiet', '-b', 'other', 'HEAD~');
  write(dir, { 'other.txt': text });
  commit(dir, 'other');
  git(dir, 'checkout', '--quiet', 'main');
};
const tried = (dir: string, ...words: string[]): void => {
  expect(() => git(dir, ...words)).toThrow();
};

/** Rules 1 and 6 of the design: what stops before anything is touched. S14, S56, S57, S59 of the table are among them. */
export const REFUSALS: readonly Row[] = [
  {
    id: 'S56: an uncommitted edit',
    ...FAR,
    then: (dir) => void write(dir, { 'README.md': 'edited\n' }),
    expect: { refused: ['README.md'] },
  },
  {
    id: 'S57: a staged edit',
    ...FAR,
    then: (dir) => {
      write(dir, { 'README.md': 'edited\n', 'src/mine.py': 'staged\n' });
      git(dir, 'add', '--all');
    },
    expect: { refused: ['README.md', 'src/mine.py'] },
  },
  {
    id: 'an edit staged, and taken back on disk',
    ...FAR,
    then: (dir) => {
      write(dir, { 'docs/guide.md': 'staged\n' });
      git(dir, 'add', 'docs/guide.md');
      write(dir, { 'docs/guide.md': GUIDE });
    },
    expect: { refused: ['docs/guide.md'] },
  },
  {
    id: 'a tracked file deleted and not committed',
    ...FAR,
    then: (dir) => void git(dir, 'rm', '--quiet', 'docs/guide.md'),
    expect: { refused: ['docs/guide.md'] },
  },
  {
    id: 'an uncommitted mode',
    ...FAR,
    then: (dir) => void git(dir, 'update-index', '--chmod=+x', 'docs/guide.md'),
    expect: { refused: ['docs/guide.md'] },
  },
  {
    id: "an uncommitted edit of the team's own file, of which the template knows nothing",
    ...FAR,
    edit: { ...FAR.edit, 'own/notes.md': 'mine\n' },
    then: (dir) => void write(dir, { 'own/notes.md': 'edited\n' }),
    expect: { refused: ['own/notes.md'] },
  },
  {
    id: 'an uncommitted edit in a project below the top',
    below: 'services/ml',
    ...FAR,
    then: (dir) => void write(dir, { 'README.md': 'edited\n' }),
    expect: { refused: ['README.md'] },
  },
  {
    id: 'an edit that assume-unchanged hides',
    ...FAR,
    then: (dir) => {
      git(dir, 'update-index', '--assume-unchanged', 'README.md');
      write(dir, { 'README.md': 'hidden edit\n' });
    },
    expect: { refused: ['README.md'] },
  },
  {
    id: 'an edit that skip-worktree hides, of a file that the template drops',
    theirs: { 'docs/guide.md': null },
    then: (dir) => {
      git(dir, 'update-index', '--skip-worktree', 'docs/guide.md');
      write(dir, { 'docs/guide.md': 'hidden edit\n' });
    },
    expect: { refused: ['docs/guide.md'] },
  },
  {
    id: 'S59: a merge with conflicts in progress',
    ...FAR,
    then: (dir) => {
      otherBranch(dir, 'other\n');
      write(dir, { 'other.txt': 'ours\n' });
      commit(dir, 'ours');
      tried(dir, 'merge', '--quiet', 'other');
    },
    expect: { refused: [/merge/] },
  },
  {
    id: 'a merge without conflicts that is not committed',
    ...FAR,
    then: (dir) => {
      otherBranch(dir, 'other\n');
      git(dir, 'merge', '--quiet', '--no-commit', '--no-ff', '--strategy=ours', 'other');
    },
    expect: { refused: [/merge/] },
  },
  {
    id: 'a rebase in progress',
    ...FAR,
    then: (dir) => tried(dir, 'rebase', '--exec', 'false', 'HEAD~'),
    expect: { refused: [/rebase/] },
  },
  {
    id: 'a cherry-pick in progress',
    ...FAR,
    then: (dir) => {
      otherBranch(dir, 'other\n');
      git(dir, 'cherry-pick', 'other');
      tried(dir, 'cherry-pick', 'other');
    },
    expect: { refused: [/cherry-pick/] },
  },
  {
    id: 'a revert in progress',
    ...FAR,
    then: (dir) => {
      write(dir, { 'README.md': at(README, { 3: 'again' }) });
      commit(dir, 'again');
      tried(dir, 'revert', '--no-edit', 'HEAD~');
    },
    expect: { refused: [/revert/] },
  },
  {
    id: 'conflict markers that the team committed, in a file of the template, named',
    ...FAR,
    edit: { ...FAR.edit, 'docs/guide.md': MARKED },
    expect: { refused: ['docs/guide.md'] },
  },
  {
    id: 'conflict markers that the team committed with CRLF',
    ...FAR,
    edit: { ...FAR.edit, 'docs/guide.md': MARKED.replaceAll('\n', '\r\n') },
    expect: { refused: ['docs/guide.md'] },
  },
  {
    id: 'conflict markers in a file that only the new template has, too',
    theirs: { 'SECURITY.md': 'new\n' },
    edit: { 'SECURITY.md': MARKED },
    expect: { refused: ['SECURITY.md'] },
  },
  {
    id: 'S14: an untracked file in the way',
    ...FAR,
    ...NEW,
    then: (dir) => void write(dir, { 'SECURITY.md': 'mine\n' }),
    expect: { refused: ['SECURITY.md'] },
  },
  {
    id: 'an ignored file in the way: a filled-in .env',
    theirs: { ...FAR.theirs, '.env': 'KEY=\n' },
    then: (dir) => void write(dir, { '.env': 'KEY=secret\n' }),
    expect: { refused: [/\.env/] },
  },
  {
    id: 'an untracked file where a folder must come',
    theirs: { ...FAR.theirs, 'tools/check.py': 'check\n' },
    then: (dir) => void write(dir, { tools: 'mine\n' }),
    expect: { refused: [/tools/] },
  },
  {
    id: 'an untracked folder with files where a file must come',
    theirs: { ...FAR.theirs, 'NEW.md': 'new\n' },
    then: (dir) => void write(dir, { 'NEW.md/part.txt': 'mine\n' }),
    expect: { refused: [/NEW\.md/] },
  },
  {
    id: 'an untracked file where a move leads',
    moves: [{ from: 'docs/guide.md', to: 'docs/manual.md' }],
    theirs: { 'docs/guide.md': null, 'docs/manual.md': GUIDE },
    then: (dir) => void write(dir, { 'docs/manual.md': 'mine\n' }),
    expect: { refused: ['docs/manual.md'] },
  },
  {
    id: 'an untracked file in a folder that becomes a file',
    theirs: { 'docs/guide.md': null, docs: 'now a file\n' },
    then: (dir) => void write(dir, { 'docs/scratch.txt': 'mine\n' }),
    expect: { refused: [/docs/] },
  },
  {
    id: 'an untracked file beside which the new binary would stand',
    edit: { 'assets/logo.bin': new Uint8Array([0, 1, 2]) },
    theirs: { 'assets/logo.bin': new Uint8Array([0, 3, 4]) },
    then: (dir) => void write(dir, { 'assets/logo.azmlops-new.bin': 'mine\n' }),
    expect: { refused: ['assets/logo.azmlops-new.bin'] },
  },
  {
    id: 'an untracked link out of the repository where a folder must come',
    theirs: { ...FAR.theirs, 'tools/check.py': 'check\n' },
    then: (dir) => symlinkSync(temporary('azmlops-outside'), join(dir, 'tools')),
    expect: { refused: [/tools/] },
  },
  {
    id: 'a link into nowhere in the way',
    theirs: { ...FAR.theirs, 'SECURITY.md': 'template\n' },
    then: (dir) => symlinkSync('no/such/file', join(dir, 'SECURITY.md')),
    expect: { refused: ['SECURITY.md'] },
  },
  {
    id: 'a folder that was put aside for a link out of the repository, not committed',
    theirs: { 'docs/guide.md': at(GUIDE, { 3: 'template' }) },
    then: (dir) => {
      const outside = temporary('azmlops-outside');
      write(outside, { 'guide.md': GUIDE });
      git(dir, 'update-index', '--skip-worktree', 'docs/guide.md');
      putAside(dir, outside);
    },
    expect: { refused: [/docs/] },
  },
  {
    id: 'a repository without a commit',
    then: () => {
      const dir = temporary('azmlops-unborn');
      git(dir, 'init', '--quiet');
      write(dir, { 'README.md': 'mine\n' });
      return dir;
    },
    expect: { refused: [/commit/] },
  },
];

function putAside(dir: string, outside: string): void {
  renameSync(join(dir, 'docs'), join(temporary('azmlops-aside'), 'docs'));
  symlinkSync(outside, join(dir, 'docs'));
}

/** What looks like a reason to refuse and is none. */
export const ALLOWED: readonly Row[] = [
  {
    id: 'conflict markers in a file of the team that no template has',
    edit: { 'own/lesson.md': MARKED },
    theirs: FAR.theirs,
    expect: { work: { 'own/lesson.md': MARKED, 'NEW.md': 'new\n' } },
  },
  {
    id: 'conflict markers that the template itself has',
    base: { 'docs/guide.md': MARKED },
    edit: { 'docs/guide.md': at(MARKED, { 2: 'team' }) },
    theirs: { 'docs/guide.md': at(MARKED, { 25: 'template' }) },
    expect: { work: { 'docs/guide.md': at(MARKED, { 2: 'team', 25: 'template' }) } },
  },
  {
    id: 'lines of markers in another order',
    edit: { 'docs/guide.md': at(GUIDE, { 3: '>>>>>>> a', 4: '=======', 5: '<<<<<<< b' }) },
    theirs: FAR.theirs,
    expect: { work: { 'docs/guide.md': at(GUIDE, { 3: '>>>>>>> a', 4: '=======', 5: '<<<<<<< b' }) } },
  },
  {
    id: 'an untracked file where the template drops one of that folder',
    theirs: { 'docs/guide.md': null },
    then: (dir) => void write(dir, { 'docs/scratch.txt': 'mine\n' }),
    expect: { work: { 'docs/guide.md': null, 'docs/scratch.txt': 'mine\n' } },
  },
  {
    id: 'an executable bit on disk where core.fileMode is false',
    config: { 'core.fileMode': 'false' },
    theirs: { 'README.md': at(README, { 3: 'template' }) },
    then: (dir) => chmodSync(join(dir, 'docs/guide.md'), 0o755),
    expect: { work: { 'README.md': at(README, { 3: 'template' }), 'docs/guide.md': exec(GUIDE) } },
  },
  {
    id: 'assume-unchanged without an edit',
    theirs: { 'README.md': at(README, { 3: 'template' }) },
    then: (dir) => void git(dir, 'update-index', '--assume-unchanged', 'README.md', 'docs/guide.md'),
    expect: { work: { 'README.md': at(README, { 3: 'template' }) } },
  },
];
