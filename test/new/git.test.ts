import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { azmlops, files, git, home, temporary, write } from '../support/session.js';

const NEW = ['new', '--level', '1', '--yes', '--name', 'churn'];

/** A repository with one commit of these files, as GitHub makes it. */
function cloned(tree: Record<string, string>): string {
  const dir = temporary();
  git(dir, 'init', '--quiet', '--initial-branch=trunk');
  write(dir, tree);
  git(dir, 'add', '--all');
  git(dir, 'commit', '--quiet', '--allow-empty', '--message=Initial commit');
  return dir;
}

beforeEach(() => void home());

describe('a fresh clone', () => {
  it('counts as empty: LICENSE stays, README and .gitignore are replaced, on the branch that is current', async () => {
    const dir = cloned({ LICENSE: 'MIT', 'README.md': '# x', '.gitignore': '*.pyc' });
    const { code, out } = await azmlops(dir, ...NEW);
    expect(code).toBe(0);
    expect(out).not.toContain('Yours');
    expect(files(dir)).toMatchObject({ LICENSE: 'MIT' });
    expect(files(dir)['README.md']).not.toBe('# x');
    expect(files(dir)['.gitignore']).not.toBe('*.pyc');
    expect(git(dir, 'log', '--format=%s')).toMatch(/^Start at level 1.*\nInitial commit$/);
    expect(git(dir, 'branch', '--show-current')).toBe('trunk');
    expect(git(dir, 'show', 'HEAD~:README.md')).toBe('# x');
    expect(git(dir, 'status', '--porcelain')).toBe('');
  });

  it.each([
    ['edited', (dir: string) => write(dir, { 'README.md': '# my words' }), '# my words'],
    [
      'edited and staged',
      (dir: string) => {
        write(dir, { 'README.md': '# staged' });
        git(dir, 'add', '--all');
      },
      '# staged',
    ],
  ])('keeps a README that is %s, and lists it', async (_, edit, words) => {
    const dir = cloned({ 'README.md': '# x' });
    edit(dir);
    const { code, out } = await azmlops(dir, ...NEW);
    expect(code).toBe(0);
    expect(files(dir)['README.md']).toBe(words);
    expect(out).toContain('Yours, left as they are (the edits of the team):\n  README.md\n');
    expect(git(dir, 'show', 'HEAD:README.md')).toBe('# x');
  });

  it('without a commit keeps the README, whose text no history has', async () => {
    const dir = temporary();
    git(dir, 'init', '--quiet');
    write(dir, { 'README.md': '# x' });
    expect((await azmlops(dir, ...NEW)).code).toBe(0);
    expect(files(dir)['README.md']).toBe('# x');
    expect(git(dir, 'status', '--porcelain')).toBe('?? README.md');
  });

  it('whose .gitignore, or the user, ignores our files gets them all the same', async () => {
    home('[user]\n\tname = t\n\temail = t@localhost\n[core]\n\texcludesFile = ~/ignored\n');
    write(process.env.HOME ?? '', { ignored: '*.gz\n*.yml\n' });
    const dir = temporary();
    git(dir, 'init', '--quiet');
    write(dir, { '.gitignore': '*\n' });
    expect((await azmlops(dir, ...NEW)).code).toBe(0);
    const committed = git(dir, 'ls-files').split('\n');
    expect(committed).toContain('.azmlops/baseline.gz');
    expect(committed).toContain('.github/workflows/ci.yml');
  });

  it('in the middle of a merge is refused with exit 3, untouched', async () => {
    const dir = cloned({ 'README.md': '# x' });
    write(dir, { '.git/MERGE_HEAD': `${git(dir, 'rev-parse', 'HEAD')}\n` });
    const { code, err } = await azmlops(dir, ...NEW);
    expect(code).toBe(3);
    expect(err).toContain('a merge is open');
    expect(files(dir)).toEqual({ 'README.md': '# x' });
  });

  it('with --no-git is written and not committed', async () => {
    const dir = cloned({ 'README.md': '# x' });
    expect((await azmlops(dir, ...NEW, '--no-git')).code).toBe(0);
    expect(git(dir, 'log', '--format=%s')).toBe('Initial commit');
    expect(git(dir, 'diff', '--cached', '--name-only')).toBe('');
    expect(files(dir)['README.md']).not.toBe('# x');
  });

  it('with other work staged commits its own files only', async () => {
    const dir = cloned({});
    write(dir, { 'LICENSE.md': 'mine' });
    git(dir, 'add', 'LICENSE.md');
    expect((await azmlops(dir, ...NEW)).code).toBe(0);
    expect(git(dir, 'status', '--porcelain')).toBe('A  LICENSE.md');
  });
});

describe("a subfolder of somebody's work tree", () => {
  it.each([
    ['one that is not there', false],
    ['an empty one', true],
  ])('(%s) gets files, no init, no commit, and a warning about workflows', async (_, there) => {
    const dir = cloned({ 'README.md': '# all' });
    if (there) mkdirSync(join(dir, 'ml'));
    const { code, err } = await azmlops(dir, 'new', 'ml', '--level', '1', '--yes');
    expect(code).toBe(0);
    expect(err).toMatch(/no git init, no commit.*GitHub reads workflows only at the root/);
    expect(existsSync(join(dir, 'ml/.git'))).toBe(false);
    expect(git(dir, 'log', '--format=%s')).toBe('Initial commit');
    expect(git(dir, 'status', '--porcelain')).toBe('?? ml/');
  });
});

describe('git', () => {
  it('without an identity leaves the files staged, exits 0, and says so', async () => {
    home('');
    const dir = temporary();
    const { code, out, err } = await azmlops(dir, ...NEW);
    expect(code).toBe(0);
    expect(err).toContain('git knows no user.name and user.email, so the files are staged and not committed');
    expect(out).not.toContain('Committed');
    expect(git(dir, 'diff', '--cached', '--name-only').split('\n').length).toBe(
      Object.keys(files(dir)).length,
    );
    expect(JSON.parse((await azmlops(temporary(), ...NEW, '--json')).out)).toMatchObject({
      git: { state: 'staged', commit: null },
    });
  });

  it('takes an identity from the environment, and nothing else from there', async () => {
    home('');
    const elsewhere = cloned2();
    Object.assign(process.env, {
      GIT_AUTHOR_NAME: 'A',
      GIT_AUTHOR_EMAIL: 'a@localhost',
      GIT_COMMITTER_NAME: 'C',
      GIT_COMMITTER_EMAIL: 'c@localhost',
      GIT_DIR: join(elsewhere, '.git'),
      GIT_WORK_TREE: elsewhere,
      GIT_INDEX_FILE: join(elsewhere, 'index'),
    });
    const dir = temporary();
    const { code, out } = await azmlops(dir, ...NEW);
    for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE']) delete process.env[name];
    expect([code, out.includes('Committed')]).toEqual([0, true]);
    expect(git(dir, 'log', '--format=%an %cn')).toBe('A C');
    expect(readdirSync(elsewhere)).toEqual(['.git']);
  });

  it('runs no hook, signs nothing, opens no editor, whatever the user has set', async () => {
    const hooks = write(temporary(), {
      'pre-commit': '#!/bin/sh\nexit 1\n',
      'commit-msg': '#!/bin/sh\nexit 1\n',
    });
    const template = write(temporary(), { 'hooks/pre-commit': '#!/bin/sh\nexit 1\n' });
    home(
      '[user]\n\tname = t\n\temail = t@localhost\n[commit]\n\tgpgSign = true\n\ttemplate = /none\n\tverbose = true\n' +
        `[core]\n\thooksPath = ${hooks}\n\teditor = false\n\tfsmonitor = ${join(hooks, 'pre-commit')}\n` +
        `[init]\n\ttemplateDir = ${template}\n\tdefaultBranch = other\n[color]\n\tui = always\n[gc]\n\tauto = 1\n`,
    );
    const dir = temporary();
    expect((await azmlops(dir, ...NEW)).code).toBe(0);
    expect(git(dir, 'log', '--format=%s %G?')).toBe('Start at level 1 of the MLOps maturity model N');
    expect(git(dir, 'branch', '--show-current')).toBe('main');
  });

  it('with core.autocrlf on commits LF', async () => {
    home('[user]\n\tname = t\n\temail = t@localhost\n[core]\n\tautocrlf = true\n\tsafecrlf = true\n');
    const dir = temporary();
    expect((await azmlops(dir, ...NEW)).code).toBe(0);
    expect(git(dir, 'cat-file', 'blob', 'HEAD:.azmlops.yml')).not.toContain('\r');
  });

  it.each([
    ['missing', undefined, 'git is not there'],
    ['older than 2.30', '#!/bin/sh\necho git version 2.29.9\n', 'git version 2.29.9 is too old'],
  ])('that is %s is refused with exit 3, and nothing is written', async (_, script, says) => {
    const path = process.env.PATH;
    const bin = temporary();
    if (script) {
      write(bin, { git: script });
      chmodSync(join(bin, 'git'), 0o755);
    }
    process.env.PATH = [bin, ...(script ? [path] : [])].join(delimiter);
    const dir = temporary();
    const { code, err } = await azmlops(dir, ...NEW);
    const without = await azmlops(dir, 'new', 'churn', '--level', '0', '--yes', '--no-git');
    process.env.PATH = path;
    expect(code).toBe(3);
    expect(err).toContain(says);
    expect(without.code).toBe(0);
    expect(readdirSync(dir)).toEqual(['churn']);
  });
});

describe('when something fails', () => {
  it.each([
    ['a new folder', 'churn'],
    ['a folder that is there', '.'],
  ])('in git, the disk is as it was (%s)', async (_, target) => {
    const path = process.env.PATH;
    const real = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
    const bin = write(temporary(), {
      git: `#!/bin/sh\ncase "$*" in *" add "*) echo disk full >&2; exit 128;; esac\nexec ${real} "$@"\n`,
    });
    const dir = temporary();
    process.env.PATH = [bin, path].join(delimiter);
    const { code, err } = await azmlops(dir, 'new', target, '--level', '1', '--yes', '--name', 'churn');
    process.env.PATH = path;
    expect(code).toBe(3);
    expect(err).toContain('disk full');
    expect(readdirSync(dir)).toEqual([]);
  });

  it('in the commit of a clone, the files stay staged and the exit code is 1', async () => {
    const path = process.env.PATH;
    const real = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
    const bin = write(temporary(), {
      git: `#!/bin/sh\ncase "$*" in *" commit "*) echo no space >&2; exit 128;; esac\nexec ${real} "$@"\n`,
    });
    const dir = cloned({});
    process.env.PATH = [bin, path].join(delimiter);
    const { code, err } = await azmlops(dir, ...NEW);
    process.env.PATH = path;
    expect(code).toBe(1);
    expect(err).toContain('no space');
    expect(git(dir, 'diff', '--cached', '--name-only')).toContain('README.md');
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'for want of permission, exit 3',
    async () => {
      const dir = temporary();
      chmodSync(dir, 0o555);
      const { code, err } = await azmlops(dir, 'new', 'churn', '--level', '0', '--yes', '--no-git');
      chmodSync(dir, 0o755);
      expect(code).toBe(3);
      expect(err).toContain('permission denied');
    },
  );

  it('because the name is too long for the disk, exit 3, and no parent folder is left', async () => {
    const dir = temporary();
    const { code, err } = await azmlops(
      dir,
      'new',
      `a/b/${'x'.repeat(300)}`,
      '--level',
      '0',
      '--yes',
      '--no-git',
    );
    expect(code).toBe(3);
    expect(err).toContain('too long');
    expect(readdirSync(dir)).toEqual([]);
  });
});

/** Another repository, which git must not touch. */
function cloned2(): string {
  const dir = temporary();
  git(dir, 'init', '--quiet');
  rmSync(join(dir, '.git/hooks'), { recursive: true, force: true });
  return dir;
}
