import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mergeInto, type MergeReport, type MergeRequest } from '../../src/merge/index.js';
import { prepare } from '../../src/merge/merge-into.js';
import { files, git, home, temporary, write } from '../support/session.js';
import { lines, tree } from './trees.js';

const LABELS = { ours: 'yours', base: 'level 1 template', theirs: 'level 2 template' };
type Texts = Readonly<Record<string, string>>;

/** A repository whose HEAD holds these files; a text that begins with `-> ` is a link. */
function repository(texts: Texts): string {
  home();
  const dir = temporary('azmlops-merge');
  git(dir, 'init', '--quiet');
  const links = Object.entries(texts).filter(([, text]) => text.startsWith('-> '));
  write(dir, Object.fromEntries(Object.entries(texts).filter(([, text]) => !text.startsWith('-> '))));
  for (const [path, text] of links) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    symlinkSync(text.slice(3), join(dir, path));
  }
  git(dir, 'add', '--all');
  git(dir, 'commit', '--quiet', '--allow-empty', '--message=ours');
  return dir;
}

async function merge(
  dir: string,
  base: Texts,
  theirs: Texts,
  more: Partial<MergeRequest> = {},
): Promise<{ report: MergeReport; fates: Record<string, string>; after: Record<string, string> }> {
  const report = await mergeInto(dir, { base: tree(base), theirs: tree(theirs), labels: LABELS, ...more });
  const fates = Object.fromEntries(report.entries.map(({ path, fate }) => [path, fate]));
  return { report, fates, after: files(dir) };
}

function unmerged(dir: string): string[] {
  const listed = git(dir, 'ls-files', '--unmerged', '-z').split('\0').filter(Boolean);
  return listed.map((line) => `${line.split(/[ \t]/)[2]} ${line.split('\t')[1]}`);
}

const BASE = {
  'README.md': lines(30),
  'config/dev.yml': 'a: 1\n',
  'docs/guide.md': lines(20),
  'scripts/run.sh': '#!/bin/sh\n',
};

describe('an untouched repository', () => {
  const THEIRS = {
    'README.md': lines(30, { 3: 'new' }),
    'config/prod.yml': '-> ../README.md',
    'docs/guide.md/part.md': 'now a folder\n',
    'scripts/run.sh': 'no longer executable\n',
    'é "q" [x].md': '',
  };

  test('becomes what the template is, byte and mode, and a second run does nothing', async () => {
    const dir = repository(BASE);
    const { report } = await merge(dir, BASE, THEIRS);
    expect(report.conflicts).toEqual([]);
    git(dir, 'commit', '--quiet', '--message=up');
    const fresh = repository(THEIRS);
    expect(git(dir, 'rev-parse', 'HEAD^{tree}')).toBe(git(fresh, 'rev-parse', 'HEAD^{tree}'));
    expect(git(dir, 'status', '--porcelain')).toBe('');
    const again = await prepare(dir, { base: tree(THEIRS), theirs: tree(THEIRS), labels: LABELS });
    expect(again.changed).toBe(false);
    expect(new Set(again.report.entries.map(({ fate }) => fate))).toEqual(new Set(['unchanged']));
  });

  test('where a folder becomes a file', async () => {
    const dir = repository(THEIRS);
    await merge(dir, THEIRS, BASE);
    git(dir, 'commit', '--quiet', '--message=back');
    expect(git(dir, 'rev-parse', 'HEAD^{tree}')).toBe(git(repository(BASE), 'rev-parse', 'HEAD^{tree}'));
    expect(git(dir, 'status', '--porcelain')).toBe('');
  });

  test('stays as it is, to the time stamp, when nothing changed', async () => {
    const dir = repository(BASE);
    const times = () => Object.keys(BASE).map((path) => lstatSync(join(dir, path)).mtimeMs);
    const index = () => readFileSync(join(dir, '.git/index'));
    const before = [times(), index()];
    await merge(dir, BASE, BASE);
    expect([times(), index()]).toEqual(before);
    expect(existsSync(join(dir, '.git/azmlops'))).toBe(false);
  });
});

test('what the team and the template each did stands side by side', async () => {
  const dir = repository({
    'README.md': lines(30, { 3: 'mine' }),
    'config/dev.yml': 'a: 1\n',
    'scripts/run.sh': '#!/bin/sh\nmine\n',
    'docs/mine.md': 'own\n',
  });
  const { fates, after, report } = await merge(dir, BASE, {
    ...BASE,
    'README.md': lines(30, { 25: 'theirs' }),
    'docs/guide.md': lines(20, { 1: 'theirs' }),
    'config/dev.yml': 'a: 2\n',
    'new.md': 'new\n',
  });
  expect(fates).toEqual({
    'README.md': 'merge',
    'config/dev.yml': 'update',
    'docs/guide.md': 'keep-deleted',
    'new.md': 'add',
    'scripts/run.sh': 'keep',
  });
  expect(report.entries.map(({ path }) => path)).toEqual(Object.keys(fates).sort());
  expect(after).toEqual({
    'README.md': lines(30, { 3: 'mine', 25: 'theirs' }),
    'config/dev.yml': 'a: 2\n',
    'docs/mine.md': 'own\n',
    'new.md': 'new\n',
    'scripts/run.sh': '#!/bin/sh\nmine\n',
  });
});

describe('a conflict', () => {
  test('holds both texts, and all three stages in the index', async () => {
    const dir = repository({ ...BASE, 'README.md': lines(30, { 5: 'mine' }) });
    const { report, after } = await merge(dir, BASE, { ...BASE, 'README.md': lines(30, { 5: 'theirs' }) });
    expect(report.conflicts).toEqual(['README.md']);
    expect(after['README.md']).toMatch(
      /^<<<<<<< yours\nmine\n\|{7} level 1 template\nline 5\n=======\ntheirs\n/m,
    );
    expect(unmerged(dir)).toEqual(['1 README.md', '2 README.md', '3 README.md']);
  });

  test('of a file that only the team still has keeps its text', async () => {
    const ours = lines(20, { 1: 'mine' });
    const dir = repository({ ...BASE, 'docs/guide.md': ours });
    const theirs = Object.fromEntries(Object.entries(BASE).filter(([path]) => path !== 'docs/guide.md'));
    const { report, after } = await merge(dir, BASE, theirs);
    expect(report.conflicts).toEqual(['docs/guide.md']);
    expect(after['docs/guide.md']).toBe(ours);
    expect(unmerged(dir)).toEqual(['1 docs/guide.md', '2 docs/guide.md']);
  });

  test('of two binaries leaves the team’s, and the template’s beside it for no commit to pick up', async () => {
    const dir = repository({ 'logo.bin': 'mine\0' });
    const { report, after } = await merge(dir, { 'logo.bin': 'was\0' }, { 'logo.bin': 'theirs\0' });
    expect(report.conflicts).toEqual(['logo.bin']);
    expect(report.entries[0]!.reason).toContain('logo.azmlops-new.bin');
    expect(after).toEqual({ 'logo.bin': 'mine\0', 'logo.azmlops-new.bin': 'theirs\0' });
    expect(git(dir, 'ls-files', 'logo.azmlops-new.bin')).toBe('');
  });

  test('finds another name where the one beside is taken', async () => {
    const own = { 'logo.bin': 'mine\0', 'logo.azmlops-new.bin': 'mine too' };
    const { after } = await merge(repository(own), { 'logo.bin': 'was\0' }, { 'logo.bin': 'theirs\0' });
    expect(after).toEqual({ ...own, 'logo.azmlops-new-2.bin': 'theirs\0' });
  });

  test('of a file where the template needs a folder leaves both', async () => {
    const dir = repository({ 'config/env': 'mine\n' });
    const { report, after } = await merge(dir, { 'config/env': 'was\n' }, { 'config/env/dev.yml': 'new\n' });
    expect(report.conflicts).toEqual(['config/env', 'config/env/dev.yml']);
    expect(after).toEqual({ 'config/env': 'mine\n', 'config/env.azmlops-new/dev.yml': 'new\n' });
    expect(unmerged(dir)).toEqual(['1 config/env', '2 config/env', '3 config/env.azmlops-new/dev.yml']);
  });

  test('of a folder of the team’s where the template has a file leaves both', async () => {
    const dir = repository({ 'guide.md/own.md': 'mine\n' });
    const { report, after } = await merge(dir, {}, { 'guide.md': 'new\n' });
    expect(report.conflicts).toEqual(['guide.md']);
    expect(after).toEqual({ 'guide.md/own.md': 'mine\n', 'guide.azmlops-new.md': 'new\n' });
    expect(unmerged(dir)).toEqual(['3 guide.azmlops-new.md']);
  });

  test('of a submodule where the template has a file leaves both', async () => {
    const dir = repository({ a: 'A\n' });
    git(dir, 'update-index', '--add', '--cacheinfo', `160000,${git(dir, 'rev-parse', 'HEAD')},vendor`);
    git(dir, 'commit', '--quiet', '--message=vendor');
    const theirs = { a: 'B\n', vendor: 'new\n' };
    const { report, after } = await merge(dir, { a: 'A\n' }, theirs);
    expect(report.conflicts).toEqual(['vendor']);
    expect(after).toEqual({ a: 'B\n', 'vendor.azmlops-new': 'new\n' });
    expect(git(dir, 'ls-files', '--stage', 'vendor')).toMatch(/^160000/);
  });
});

describe('a move', () => {
  const moves = [{ from: 'src/old/', to: 'src/new/' }];
  const base = {
    'src/old/a.py': lines(20),
    'src/old/b.py': 'b\n',
    'src/old/c.py': 'c\n',
    'src/old/d.py': 'd\n',
  };
  const theirs = {
    'src/new/a.py': lines(20, { 15: 'theirs' }),
    'src/new/b.py': 'b\n',
    'src/new/c.py': 'c 2\n',
  };

  test('carries the team’s edits, deletions and own files along', async () => {
    const dir = repository({
      'src/old/a.py': lines(20, { 2: 'mine' }),
      'src/old/b.py': 'b\n',
      'src/old/d.py': 'd\n',
      'src/old/own/deep.py': 'own\n',
    });
    const { fates, after, report } = await merge(dir, base, theirs, { moves });
    expect(after).toEqual({
      'src/new/a.py': lines(20, { 2: 'mine', 15: 'theirs' }),
      'src/new/b.py': 'b\n',
      'src/new/own/deep.py': 'own\n',
    });
    expect(fates).toEqual({
      'src/new/a.py': 'merge',
      'src/new/b.py': 'move',
      'src/new/c.py': 'keep-deleted',
      'src/new/own/deep.py': 'move',
      'src/old/d.py': 'remove',
    });
    expect(report.entries[0]!.reason).toContain('src/old/a.py');
    expect(report.entries[2]!.reason).toContain('src/old/c.py');
    expect(git(dir, 'status', '--porcelain', '--no-renames')).not.toContain('??');
  });

  test('onto a file of the team’s loses neither', async () => {
    const own = {
      'src/old/a.py': 'mine\n',
      'src/new/a.py': 'my own\n',
      'src/old/x.py': '1\n',
      'src/new/x.py': '2\n',
    };
    const dir = repository(own);
    const { report, after } = await merge(
      dir,
      { 'src/old/a.py': 'was\n' },
      { 'src/new/a.py': 'theirs\n' },
      { moves },
    );
    expect(report.conflicts).toEqual(['src/new/a.py', 'src/old/a.py', 'src/old/x.py']);
    expect(after).toMatchObject({ 'src/old/a.py': 'mine\n', 'src/old/x.py': '1\n', 'src/new/x.py': '2\n' });
    expect(after['src/new/a.py']).toMatch(/my own\n[^]*theirs\n/);
  });
});

describe('a lift', () => {
  const lift: MergeRequest['lift'] = (before) => {
    const after = new Map(before);
    const cell = after.get('cell');
    after.delete('cell');
    if (cell) after.set('module', cell);
    return { tree: after, notes: cell ? [`lifted ${Buffer.from(cell.content).toString().length}`] : [] };
  };

  test('moves the team’s code on, and what the template changed in it meanwhile', async () => {
    const dir = repository({ cell: lines(20, { 2: 'mine' }) });
    const theirs = { module: lines(20, { 15: 'theirs' }) };
    const { fates, after, report } = await merge(dir, { cell: lines(20) }, theirs, { lift });
    expect(after).toEqual({ module: lines(20, { 2: 'mine', 15: 'theirs' }) });
    expect(fates).toEqual({ cell: 'remove', module: 'add' });
    expect(report.entries[0]!.reason).toBe('What it held is in other files now.');
    expect(report.notes).toHaveLength(1);
  });

  test('tells where an edit went that is no longer in its file', async () => {
    const split: MergeRequest['lift'] = (before) => {
      const after = new Map(before);
      const cell = after.get('cell');
      if (cell) after.set('module', cell).set('cell', tree({ cell: 'import module\n' }).get('cell')!);
      return { tree: after, notes: [] };
    };
    const dir = repository({ cell: 'mine\n' });
    const theirs = { cell: 'import module\n# new\n', module: 'was\n' };
    const { after, report } = await merge(dir, { cell: 'was\n' }, theirs, { lift: split });
    expect(after).toEqual({ cell: 'import module\n# new\n', module: 'mine\n' });
    expect(report.entries).toMatchObject([
      { path: 'cell', fate: 'update', reason: expect.stringContaining('is in other files now') as string },
      { path: 'module', fate: 'add', reason: expect.stringContaining('what you wrote elsewhere') as string },
    ]);
  });

  test('never replaces a file of the team’s own', async () => {
    const dir = repository({ cell: 'mine\n', module: 'own\n' });
    const { after, report } = await merge(dir, { cell: 'was\n' }, { module: 'was\n' }, { lift });
    expect(report.conflicts).toEqual(['module']);
    expect(after).toEqual({ module: 'own\n', 'module.azmlops-new': 'mine\n' });
  });
});

test('a lift to a path of no template finds what the team has there', async () => {
  const lift: MergeRequest['lift'] = (before) => {
    const after = new Map(before);
    const cell = after.get('cell');
    if (cell) after.set('extra', cell);
    return { tree: after, notes: [] };
  };
  const dir = repository({ cell: 'mine\n', extra: 'own\n' });
  const { after, report } = await merge(dir, { cell: 'was\n' }, { cell: 'was\n' }, { lift });
  expect(report.conflicts).toEqual(['extra']);
  expect(after).toEqual({ cell: 'mine\n', extra: 'own\n', 'extra.azmlops-new': 'mine\n' });
});

test('CRLF files of the team stay so, and merge by line', async () => {
  const crlf = (text: string) => text.replaceAll('\n', '\r\n');
  const dir = repository({ 'a.md': crlf(lines(30, { 3: 'mine' })) });
  const { after, report } = await merge(dir, { 'a.md': lines(30) }, { 'a.md': lines(30, { 25: 'theirs' }) });
  expect(report.conflicts).toEqual([]);
  expect(after['a.md']).toBe(crlf(lines(30, { 3: 'mine', 25: 'theirs' })));
});

test('CRLF files that nobody edited are no edit to the lift, and what is new in them is in CRLF', async () => {
  const lift: MergeRequest['lift'] = (before) => {
    const after = new Map(before);
    const entry = after.get('list.txt');
    if (entry)
      after.set('more.txt', { ...entry, content: Buffer.concat([entry.content, Buffer.from('more\n')]) });
    return { tree: after, notes: [] };
  };
  const dir = repository({ 'list.txt': 'a\r\nb\r\n' });
  const theirs = { 'list.txt': 'a\nb\nc\n', 'more.txt': 'template\n' };
  const { after, fates } = await merge(dir, { 'list.txt': 'a\nb\n' }, theirs, { lift });
  expect(fates).toEqual({ 'list.txt': 'update', 'more.txt': 'add' });
  expect(after['list.txt']).toBe('a\r\nb\r\nc\r\n');
  expect(after['more.txt']).toMatch(/^template\r?\n$/);
});

test('a notebook that was only run goes when the template drops it', async () => {
  const book = (outputs: unknown[], count: number | null) => {
    const cell = {
      cell_type: 'code',
      execution_count: count,
      id: 'a',
      metadata: {},
      outputs,
      source: ['1 + 1'],
    };
    return `${JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
  };
  const run = [{ output_type: 'stream', name: 'stdout', text: ['2\n'] }];
  const dir = repository({ 'a.ipynb': book(run, 3), b: 'B\n' });
  const { fates } = await merge(dir, { 'a.ipynb': book([], null), b: 'B\n' }, { b: 'B\n' });
  expect(fates).toEqual({ 'a.ipynb': 'remove', b: 'unchanged' });
});

describe('refused with exit code 3, naming the path, with nothing touched:', () => {
  test.each<[string, Texts, Texts, Texts, RegExp]>([
    [
      'markers left by someone',
      { a: '<<<<<<< x\n=======\n>>>>>>> y\n' },
      { a: 'A\n' },
      { a: 'B\n' },
      /\ba\b/,
    ],
    ['a path that leads out', {}, {}, { '../x': 'X\n' }, /\.\.\/x/],
    ['a path into git’s folder', {}, {}, { 'sub/.GIT/config': 'X\n' }, /sub\/\.GIT\/config/],
    ['an absolute path', {}, {}, { '/tmp/x': 'X\n' }, /\/tmp\/x/],
    ['a file that is a folder too', {}, {}, { a: 'X\n', 'a/b': 'X\n' }, /a\/b/],
  ])('%s', async (_, ours, base, theirs, named) => {
    const dir = repository(ours);
    await expect(merge(dir, base, theirs)).rejects.toMatchObject({
      name: 'UserError',
      exitCode: 3,
      message: expect.stringMatching(named) as string,
    });
    expect(files(dir)).toEqual(ours);
    expect(git(dir, 'status', '--porcelain')).toBe('');
  });

  test('an untracked file of the team’s in the way', async () => {
    const dir = repository({});
    write(dir, { '.env': 'secret\n' });
    await expect(merge(dir, {}, { '.env': 'new\n', b: 'new\n' })).rejects.toThrow('.env');
    expect(files(dir)).toEqual({ '.env': 'secret\n' });
    rmSync(join(dir, '.env'));
    expect((await merge(dir, {}, { '.env': 'new\n', b: 'new\n' })).report.conflicts).toEqual([]);
  });
});

test('markers that the template itself shows are no open conflict', async () => {
  const shown = 'like this:\n<<<<<<< x\n=======\n>>>>>>> y\n';
  const dir = repository({ 'a.md': `${shown}mine\n` });
  const { after } = await merge(dir, { 'a.md': shown }, { 'a.md': `theirs\n${shown}` });
  expect(after['a.md']).toBe(`theirs\n${shown}mine\n`);
});

test('a dry run says what the run does, and writes nothing', async () => {
  const ours = { ...BASE, 'README.md': lines(30, { 3: 'mine', 20: 'mine' }) };
  const theirs = { ...BASE, 'README.md': lines(30, { 20: 'theirs' }), 'new.md': 'new\n' };
  const dir = repository(ours);
  const planned = await merge(dir, BASE, theirs, { dryRun: true });
  expect(planned.after).toEqual(ours);
  expect(git(dir, 'status', '--porcelain')).toBe('');
  const { report } = await merge(dir, BASE, theirs);
  expect(report).toEqual(planned.report);
});
