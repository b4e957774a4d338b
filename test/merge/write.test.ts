import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { inspectProject } from '../../src/merge/project.js';
import { readHead } from '../../src/merge/tree.js';
import type { Change } from '../../src/merge/types.js';
import { writeChanges } from '../../src/merge/write.js';
import { git, home, temporary, write } from '../support/session.js';
import { LABELS, repository } from './scenarios/stage.js';
import { type Changes, entryOf, exec, workOf } from './scenarios/trees.js';

beforeEach(() => void home());

async function written(dir: string, changes: Changes, more: readonly Change[] = []): Promise<void> {
  const project = await inspectProject(dir, { dryRun: false });
  const head = await readHead(project, { paths: Object.keys(changes), folders: [], known: [] });
  const plain = Object.entries(changes).map(([path, content]) => {
    const before = head.get(path);
    return { path, ...(before && { before }), ...(content !== null && { after: entryOf(content) }) };
  });
  await writeChanges(project, [...plain, ...more], { labels: LABELS, command: 'upgrade' });
}

it('a merge of 140 files takes fewer than fifteen calls of git, and no more than one of three files', async () => {
  const real = `${git(temporary(), '--exec-path')}/git`;
  const calls = async (count: number): Promise<number> => {
    const dir = repository({ below: 'services/ml' });
    const log = join(temporary(), 'calls');
    const bin = write(temporary(), { git: `#!/bin/sh\necho call >> ${log}\nexec ${real} "$@"\n` });
    const path = process.env.PATH;
    process.env.PATH = `${bin}:${path}`;
    await written(
      dir,
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`new/${i % 7}/${i}.txt`, `${i}\n`])),
    );
    process.env.PATH = path;
    return readFileSync(log, 'utf8').trimEnd().split('\n').length;
  };
  const [few, many] = [await calls(3), await calls(140)];
  expect(many).toBe(few);
  expect(many).toBeLessThan(15);
});

it('what is staged elsewhere in the larger repository stays staged, and only that', async () => {
  const dir = repository({ below: 'services/ml' });
  const top = join(dir, '../..');
  write(top, { 'other/work.txt': 'staged\n', 'other/new.txt': 'staged too\n' });
  git(top, 'add', 'other');
  write(top, { 'other/work.txt': 'and edited again\n' });
  git(top, 'rm', '--quiet', '--cached', 'README.md');
  const elsewhere = () => git(top, 'ls-files', '--stage', '--', 'other', 'README.md');
  const before = elsewhere();
  await written(dir, { 'README.md': 'new\n', 'fresh/x.txt': 'x\n' });
  expect(elsewhere()).toBe(before);
  expect(readFileSync(join(top, 'other/work.txt'), 'utf8')).toBe('and edited again\n');
  expect(git(top, 'show', ':services/ml/README.md')).toBe('new');
});

it('an untracked file with the bytes to be written is left alone and becomes tracked', async () => {
  const dir = repository({});
  write(dir, { 'NEW.md': 'new\n' });
  const { ino, mtimeMs } = statSync(join(dir, 'NEW.md'));
  await written(dir, { 'NEW.md': 'new\n', 'OTHER.md': 'other\n' });
  const after = statSync(join(dir, 'NEW.md'));
  expect([after.ino, after.mtimeMs]).toEqual([ino, mtimeMs]);
  expect(git(dir, 'status', '--porcelain')).toBe('A  NEW.md\nA  OTHER.md');
});

it('a conflict has its stages, and the file beside it is on disk and not in the index', async () => {
  const dir = repository({ base: { 'logo.bin': 'base\n' }, edit: { 'logo.bin': 'ours\n' } });
  const [base, ours, theirs] = ['base\n', 'ours\n', 'theirs\n'].map(entryOf);
  const project = await inspectProject(dir, { dryRun: false });
  const before = (await readHead(project, { paths: ['logo.bin'], folders: [], known: [] })).get('logo.bin')!;
  await written(dir, {}, [
    { path: 'logo.bin', before, after: ours!, stages: { base: base!, ours: ours!, theirs: theirs! } },
    { path: 'logo.azmlops-new.bin', after: theirs!, beside: true },
  ]);
  const stage = (n: number) => git(dir, 'show', `:${n}:logo.bin`);
  expect([1, 2, 3].map(stage)).toEqual(['base', 'ours', 'theirs']);
  expect(workOf(dir).get('logo.azmlops-new.bin')).toBe('100644 theirs\n');
  expect(git(dir, 'status', '--porcelain')).toBe('UU logo.bin\n?? logo.azmlops-new.bin');
});

it('touched files, also those to be assumed unchanged, are written over', async () => {
  const dir = repository({});
  git(dir, 'update-index', '--assume-unchanged', 'docs/guide.md');
  for (const path of ['README.md', 'docs/guide.md'])
    writeFileSync(join(dir, path), readFileSync(join(dir, path)));
  await written(dir, { 'README.md': 'new\n', 'docs/guide.md': 'new guide\n' });
  expect(workOf(dir).get('README.md')).toBe('100644 new\n');
  expect(workOf(dir).get('docs/guide.md')).toBe('100644 new guide\n');
});

it.each([
  ['core.splitIndex', 'true'],
  ['core.fileMode', 'false'],
  ['core.untrackedCache', 'true'],
  ['index.version', '4'],
  ['core.ignoreStat', 'true'],
  ['submodule.recurse', 'true'],
])('with %s = %s the result is the same', async (key, value) => {
  const dir = repository({ config: { [key]: value } });
  await written(dir, { 'README.md': exec('new\n'), 'docs/guide.md': null, 'x/y.txt': '' });
  expect(git(dir, 'ls-files', '--stage', '--', 'README.md', 'docs', 'x').split('\n')).toEqual([
    expect.stringMatching(/^100755 \w+ 0\tREADME\.md$/),
    expect.stringMatching(/^100644 \w+ 0\tx\/y\.txt$/),
  ]);
  expect(workOf(dir).get('README.md')).toBe('100755 new\n');
  expect(workOf(dir).has('docs/guide.md')).toBe(false);
  expect(workOf(dir).get('x/y.txt')).toBe('100644 ');
});

it('a file that comes into the way after the look is kept, and nothing stays open', async () => {
  const dir = repository({});
  const project = await inspectProject(dir, { dryRun: false });
  const head = await readHead(project, { paths: ['README.md'], folders: [], known: [] });
  write(dir, { 'README.md': 'edited meanwhile\n' });
  const change = { path: 'README.md', before: head.get('README.md')!, after: entryOf('new\n') };
  await expect(writeChanges(project, [change], { labels: LABELS })).rejects.toMatchObject({ exitCode: 3 });
  expect(workOf(dir).get('README.md')).toBe('100644 edited meanwhile\n');
  expect(git(dir, 'diff', '--cached', '--name-only')).toBe('');
  expect(statSync(project.journalDir, { throwIfNoEntry: false })).toBeUndefined();
});

it('without changes nothing is written, not even a journal', async () => {
  const dir = repository({});
  const project = await inspectProject(dir, { dryRun: false });
  const index = readFileSync(project.index);
  await writeChanges(project, [], { labels: LABELS });
  expect(readFileSync(project.index).equals(index)).toBe(true);
  expect(statSync(project.journalDir, { throwIfNoEntry: false })).toBeUndefined();
});

it('names of every kind are written as they are', async () => {
  const names = [
    '-dash',
    'a b',
    'q"q',
    'é',
    '[x]*',
    'line\nbreak',
    'tab\tin',
    'back\\slash',
    ':(top)x',
    "it's",
  ];
  const dir = repository({ base: Object.fromEntries(names.map((name) => [`d/${name}`, 'old\n'])) });
  await written(dir, Object.fromEntries(names.map((name) => [`d/${name}`, `${name}\n`])));
  for (const name of names)
    expect(workOf(dir).get(`d/${name}`)).toBe(`100644 ${Buffer.from(`${name}\n`).toString('latin1')}`);
  expect(git(dir, 'diff-files', '--name-only')).toBe('');
});
