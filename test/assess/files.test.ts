import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { filesOf, openFiles } from '../../src/assess/files/index.js';
import { UserError } from '../../src/errors.js';

let dir = '';
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'assess-files-')));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const write = (files: Record<string, string | Uint8Array>, root = dir) => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
};
const git = (...args: string[]) =>
  execFileSync(
    'git',
    ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'protocol.file.allow=always', ...args],
    {
      cwd: dir,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
    },
  );
const init = () => git('init', '-q');

describe('in a git work tree', () => {
  test('is what git tracks, and what it does not and does not ignore', async () => {
    write({ 'b.py': '1', 'z/ä "x".py': '2', 'ignored.csv': '', '.gitignore': '*.csv', 'gone.py': '' });
    init();
    git('add', 'b.py', 'gone.py', '.gitignore');
    git('commit', '-qm', 'a');
    rmSync(join(dir, 'gone.py'));
    write({ '.venv/lib/x.py': '', 'a/node_modules/y.js': '', 'a/new.py': 'new' });
    const files = await openFiles(dir);
    expect(files.paths).toEqual(['.gitignore', 'a/new.py', 'b.py', 'z/ä "x".py']);
    expect(files.text('z/ä "x".py')).toBe('2');
    expect(files.has('gone.py')).toBe(false);
    expect(files.text('gone.py')).toBeUndefined();
    expect(files.within).toBe('');
    expect(files.notes).toEqual([]);
  });

  test('of a subfolder is still all of it, and says which part is meant', async () => {
    write({ '.github/workflows/a.yml': '', 'ml/churn/train.py': '' });
    init();
    const files = await openFiles(join(dir, 'ml/churn'));
    expect(files.paths).toEqual(['.github/workflows/a.yml', 'ml/churn/train.py']);
    expect(files.within).toBe('ml/churn/');
  });

  test('of a folder that git ignores is that folder alone', async () => {
    write({ '.gitignore': 'out/', 'out/a.py': '', 'b.py': '' });
    init();
    const files = await openFiles(join(dir, 'out'));
    expect(files.paths).toEqual(['a.py']);
    expect(files.within).toBe('');
    expect(files.notes).toHaveLength(1);
  });

  test('leaves out submodules and repositories of their own, and says so', async () => {
    write({ 'a.py': '' });
    init();
    git('init', '-q', 'inner');
    write({ 'inner/x.py': '' });
    git('update-index', '--add', '--cacheinfo', '160000,e69de29bb2d1d6434b8b29ae775ad8c2e48c5391,sub');
    mkdirSync(join(dir, 'sub'));
    const files = await openFiles(dir);
    expect(files.paths).toEqual(['a.py']);
    expect(files.notes.join(' ')).toMatch(/sub, a submodule.*inner, a repository of its own/);
    expect(files.text('sub')).toBeUndefined();
  });

  test('whose .git is broken is looked at all the same, with a note', async () => {
    write({ 'a.py': '', '.git/HEAD': 'nonsense' });
    const files = await openFiles(dir);
    expect(files.paths).toEqual(['a.py']);
    expect(files.notes.join(' ')).toMatch(/^git could not list/);
  });

  test('a folder that a link replaced is not read through it', async () => {
    write({ 'src/a.py': 'secret' });
    init();
    git('add', '.');
    renameSync(join(dir, 'src'), join(dir, 'elsewhere'));
    symlinkSync(join(dir, 'elsewhere'), join(dir, 'src'));
    const files = await openFiles(dir);
    expect(files.text('src/a.py')).toBeUndefined();
    expect(files.text('elsewhere/a.py')).toBe('secret');
  });
});

describe('outside of git', () => {
  test('is what lies in the folder, without what tools put there', async () => {
    write({
      'a.py': 'x',
      'b/c.py': '',
      '__pycache__/a.pyc': '',
      'node_modules/a/b.py': '',
      '.venv/a.py': '',
    });
    symlinkSync('..', join(dir, 'b/up'));
    symlinkSync('/etc/passwd', join(dir, 'b/users'));
    const files = await openFiles(dir);
    expect(files.paths).toEqual(['a.py', 'b/c.py']);
    expect(files.notes).toEqual(['2 links were not followed.']);
  });

  test.each([
    ['a folder that is not there', 'none'],
    ['a file', 'file'],
  ])('%s is a wrong operand', async (_, name) => {
    write({ file: '' });
    await expect(openFiles(join(dir, name))).rejects.toMatchObject({ exitCode: 2 });
    await expect(openFiles(join(dir, name))).rejects.toBeInstanceOf(UserError);
  });
});

describe('a text', () => {
  test(
    'is UTF-8 without its mark, its lines ending in \\n; what is none says why',
    { timeout: 20_000 },
    async () => {
      write({
        bom: '\uFEFFa\r\nb\n',
        utf16: Buffer.from('\uFEFFab', 'utf16le'),
        latin1: Buffer.from('é', 'latin1'),
        binary: 'a\0b',
        'large.txt': '',
        'large.ipynb': '',
        'huge.ipynb': '',
        'folder/x': '',
      });
      truncateSync(join(dir, 'large.txt'), 2_000_001);
      truncateSync(join(dir, 'large.ipynb'), 2_000_001);
      truncateSync(join(dir, 'huge.ipynb'), 1_000_000_000);
      const files = await openFiles(dir);
      expect(files.text('bom')).toBe('a\nb\n');
      for (const path of files.paths) files.text(path);
      expect(Object.fromEntries(files.skipped)).toEqual({
        utf16: 'UTF-16',
        latin1: 'not UTF-8',
        binary: 'binary',
        'large.txt': 'larger than 2 MB',
        'large.ipynb': 'binary',
        'huge.ipynb': 'larger than 20 MB',
      });
      expect(files.text('../x')).toBeUndefined();
      expect(files.text('folder')).toBeUndefined();
    },
  );

  test('is never waited for: a pipe in place of a file is none', { timeout: 5000 }, async () => {
    write({ 'a.py': '' });
    init();
    git('add', '.');
    const files = await openFiles(dir);
    rmSync(join(dir, 'a.py'));
    execFileSync('mkfifo', [join(dir, 'a.py')]);
    expect(files.text('a.py')).toBeUndefined();
    expect(files.skipped.get('a.py')).toBe('no regular file');
  });

  test('that may not be read is none', async () => {
    write({ 'a.py': 'a' });
    chmodSync(join(dir, 'a.py'), 0);
    const files = await openFiles(dir);
    // Nothing is closed to root.
    if (process.getuid?.() === 0) expect(files.text('a.py')).toBe('a');
    else {
      expect(files.text('a.py')).toBeUndefined();
      expect(files.skipped.get('a.py')).toMatch(/^unreadable/);
    }
  });
});

test('a tree in memory reads as the same files on disk would', () => {
  const content = (text: string) => new TextEncoder().encode(text);
  const files = filesOf(
    new Map([
      ['b', { content: content('\uFEFFx\r\n'), mode: '100644' }],
      ['a', { content: content('b'), mode: '120000' }],
      ['c', { content: Uint8Array.of(0xff), mode: '100755' }],
    ]),
    'ml',
  );
  expect(files.paths).toEqual(['a', 'b', 'c']);
  expect(files.within).toBe('ml/');
  expect(files.text('b')).toBe('x\n');
  expect([files.text('a'), files.text('c'), files.text('d')]).toEqual([undefined, undefined, undefined]);
  expect(Object.fromEntries(files.skipped)).toEqual({ a: 'a link', c: 'not UTF-8' });
});
