import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { FileTree, Lift } from '../../../src/merge/types.js';
import { write } from '../../support/session.js';
import { onDisk } from './checks.js';
import { markers, type Row } from './stage.js';
import { at, bytes, exec, GUIDE, lines, link, README } from './trees.js';

const RENAMED = [{ from: 'docs/guide.md', to: 'docs/manual.md' }];
const FOLDER = [{ from: 'nb/', to: 'notebooks/' }];
const renamed = (text: string) => ({ 'docs/guide.md': null, 'docs/manual.md': text });
const inFolder = { 'nb/train.txt': lines('nb', 20), 'nb/deep/more.txt': lines('more', 6) };
const movedFolder = {
  'nb/train.txt': null,
  'nb/deep/more.txt': null,
  'notebooks/train.txt': lines('nb', 20),
  'notebooks/deep/more.txt': lines('more', 6),
};

/** The code of cell.txt goes to src/cell.py, that of the template and that of the team. */
const lift: Lift = (tree: FileTree) => {
  const cell = tree.get('cell.txt');
  if (!cell) return { tree, notes: ['cell.txt is not there: nothing was lifted.'] };
  const result = new Map(tree);
  result.delete('cell.txt');
  result.set('src/cell.py', {
    content: bytes(`# lifted\n${Buffer.from(cell.content).toString()}`),
    mode: '100644',
  });
  const own = Buffer.from(cell.content).toString().includes('team');
  return { tree: result, notes: own ? ['Lines of the team in cell.txt were lifted.'] : [] };
};
const CELL = lines('cell', 12);
const LIFTED = { 'cell.txt': null, 'src/cell.py': `# lifted\n${at(CELL, { 12: 'template' })}` };

/** S20 and S21 of the table, and their like: declared moves, and lifts. */
export const MOVES: readonly Row[] = [
  {
    id: 'S20: a declared move of an untouched file',
    moves: RENAMED,
    theirs: renamed(GUIDE),
    expect: { work: renamed(GUIDE), fates: { 'docs/manual.md': 'move' } },
  },
  {
    id: "S21: the team's edit is found at the new name",
    moves: RENAMED,
    edit: { 'docs/guide.md': at(GUIDE, { 3: 'team' }) },
    theirs: renamed(GUIDE),
    expect: { work: renamed(at(GUIDE, { 3: 'team' })) },
  },
  {
    id: 'edits of both sides meet at the new name',
    moves: RENAMED,
    edit: { 'docs/guide.md': at(GUIDE, { 3: 'team' }) },
    theirs: renamed(at(GUIDE, { 25: 'template' })),
    expect: { work: renamed(at(GUIDE, { 3: 'team', 25: 'template' })) },
  },
  {
    id: 'a conflict at the new name has its stages there',
    moves: RENAMED,
    edit: { 'docs/guide.md': at(GUIDE, { 3: 'team' }) },
    theirs: renamed(at(GUIDE, { 3: 'template' })),
    expect: {
      work: renamed(GUIDE.replace('guide line 3\n', markers('team\n', 'guide line 3\n', 'template\n'))),
      conflicts: ['docs/manual.md'],
      stages: { 'docs/manual.md': [1, 2, 3], 'docs/guide.md': [] },
    },
  },
  {
    id: 'a file that the team deleted is not brought back by its move',
    moves: RENAMED,
    edit: { 'docs/guide.md': null },
    theirs: renamed(at(GUIDE, { 3: 'template' })),
    expect: {
      work: { 'docs/guide.md': null, 'docs/manual.md': null },
      fates: { 'docs/manual.md': 'keep-deleted' },
    },
  },
  {
    id: "a look-alike is no move: the team's private edit stays with its file",
    edit: { 'config/dev.yml': at(lines('setting', 20), { 4: 'private: true' }) },
    theirs: { 'config/dev.yml': null, 'config/stage.yml': `${lines('setting', 20)}stage: stage\n` },
    expect: {
      work: {
        'config/dev.yml': at(lines('setting', 20), { 4: 'private: true' }),
        'config/stage.yml': `${lines('setting', 20)}stage: stage\n`,
      },
      conflicts: ['config/dev.yml'],
      stages: { 'config/dev.yml': [1, 2] },
    },
  },
  {
    id: 'a move onto a file of the team keeps both texts and is a conflict',
    moves: RENAMED,
    edit: { 'docs/manual.md': lines('mine', 4), 'docs/guide.md': at(GUIDE, { 3: 'team' }) },
    theirs: renamed(GUIDE),
    expect: {
      holds: { 'docs/manual.md': ['mine line 1\n', 'mine line 4\n'] },
      conflicts: [/^docs\/(manual|guide)\.md$/],
    },
  },
  {
    id: "a folder moves with the team's own files, their modes and links",
    base: inFolder,
    moves: FOLDER,
    edit: {
      'nb/mine.txt': 'mine\n',
      'nb/deep/own/run.sh': exec('#!/bin/sh\n'),
      'nb/latest': link('train.txt'),
      'nb/train.txt': at(lines('nb', 20), { 3: 'team' }),
    },
    theirs: { ...movedFolder, 'notebooks/train.txt': at(lines('nb', 20), { 15: 'template' }) },
    expect: {
      work: {
        'notebooks/mine.txt': 'mine\n',
        'notebooks/deep/own/run.sh': exec('#!/bin/sh\n'),
        'notebooks/latest': link('train.txt'),
        'notebooks/train.txt': at(lines('nb', 20), { 3: 'team', 15: 'template' }),
        'notebooks/deep/more.txt': lines('more', 6),
        'nb/mine.txt': null,
        'nb/train.txt': null,
      },
      fates: { 'notebooks/mine.txt': 'move', 'notebooks/deep/more.txt': 'move' },
      more: ({ dir }) => expect(existsSync(join(dir, 'nb'))).toBe(false),
    },
  },
  {
    id: 'an untracked file in a folder that moves stays where it is',
    base: inFolder,
    moves: FOLDER,
    then: (dir) => void write(dir, { 'nb/scratch.tmp': 'scratch\n', 'nb/out.log': 'ignored\n' }),
    theirs: movedFolder,
    expect: {
      work: { 'nb/scratch.tmp': 'scratch\n', 'nb/out.log': 'ignored\n', 'nb/train.txt': null },
    },
  },
  {
    id: 'two moves in a row, as a jump over two levels declares them',
    moves: [...RENAMED, { from: 'docs/manual.md', to: 'handbook/manual.md' }],
    edit: { 'docs/guide.md': at(GUIDE, { 3: 'team' }) },
    theirs: { 'docs/guide.md': null, 'handbook/manual.md': at(GUIDE, { 25: 'template' }) },
    expect: {
      work: {
        'docs/guide.md': null,
        'docs/manual.md': null,
        'handbook/manual.md': at(GUIDE, { 3: 'team', 25: 'template' }),
      },
    },
  },
  {
    id: 'a move whose source nobody has does nothing',
    moves: [
      { from: 'gone.md', to: 'docs/gone.md' },
      { from: 'gone/', to: 'went/' },
    ],
    theirs: { 'README.md': at(README, { 25: 'template' }) },
    expect: { work: { 'README.md': at(README, { 25: 'template' }), 'docs/gone.md': null } },
  },
  {
    id: 'a moved file that the template drops at the new name, edited: it stays, as a conflict',
    moves: RENAMED,
    edit: { 'docs/guide.md': at(GUIDE, { 3: 'team' }) },
    theirs: { 'docs/guide.md': null },
    expect: {
      conflicts: [/^docs\/(manual|guide)\.md$/],
      more: ({ dir }) =>
        expect([onDisk(dir, 'docs/manual.md'), onDisk(dir, 'docs/guide.md')].join('')).toContain('team\n'),
    },
  },
  {
    id: 'a lift of an untouched cell gives what the template has',
    base: { 'cell.txt': CELL },
    lift,
    theirs: LIFTED,
    expect: { work: LIFTED },
  },
  {
    id: "the team's lines travel with the lift, and it tells of them",
    base: { 'cell.txt': CELL },
    lift,
    edit: { 'cell.txt': at(CELL, { 3: 'team' }) },
    theirs: LIFTED,
    expect: {
      work: { 'cell.txt': null, 'src/cell.py': `# lifted\n${at(CELL, { 3: 'team', 12: 'template' })}` },
      notes: ['Lines of the team in cell.txt were lifted.'],
    },
  },
  {
    id: 'a lift that finds its cell deleted brings nothing back',
    base: { 'cell.txt': CELL },
    lift,
    edit: { 'cell.txt': null },
    theirs: LIFTED,
    expect: {
      work: { 'cell.txt': null, 'src/cell.py': null },
      fates: { 'src/cell.py': 'keep-deleted' },
      notes: ['cell.txt is not there: nothing was lifted.'],
    },
  },
];
