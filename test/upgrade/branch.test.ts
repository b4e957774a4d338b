import { delimiter } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { azmlops, files, git, home, temporary, write } from '../support/session.js';
import { changingLine, commit, emitted, executable, state } from './emitted.js';

beforeEach(() => void home());

const conflicting = async (): Promise<string> => {
  const dir = await emitted(1);
  const line = await changingLine('README.md', 1, 2);
  commit(dir, { 'README.md': (text) => text.replace(line, 'Words of ours.') });
  return dir;
};

describe('--commit', () => {
  it('makes one commit on the branch that is current, named after what it does', async () => {
    const dir = await emitted(1);
    const before = git(dir, 'rev-parse', 'HEAD');
    expect((await azmlops(dir, 'upgrade', '--commit')).code).toBe(0);
    expect(git(dir, 'rev-parse', 'HEAD~')).toBe(before);
    expect(git(dir, 'log', '-1', '--format=%s')).toBe('Move to level 2 of the MLOps maturity model');
    expect(git(dir, 'log', '-1', '--format=%b')).toMatch(/azmlops \d+\.\d+\.\d+/);
    expect(git(dir, 'status', '--porcelain')).toBe('');
    expect((await azmlops(dir, 'set', 'endpoint=both', '--commit')).code).toBe(0);
    expect(git(dir, 'log', '-1', '--format=%s')).toBe('Set endpoint=both');
  });

  it('runs the hooks of the person, who may refuse: then the files stay staged, and it exits 1', async () => {
    const dir = await emitted(1);
    executable(dir, '.git/hooks/pre-commit', '#!/bin/sh\necho "not on a Friday" >&2\nexit 1\n');
    const head = git(dir, 'rev-parse', 'HEAD');
    const { code, err } = await azmlops(dir, 'upgrade', '--commit');
    expect(code).toBe(1);
    expect(err).toContain('not on a Friday');
    expect(err).toContain('staged');
    expect(git(dir, 'rev-parse', 'HEAD')).toBe(head);
    expect(git(dir, 'diff', '--cached', '--name-only').split('\n')).toContain('.azmlops.yml');
    expect((await azmlops(dir, 'upgrade', '--abort')).code).toBe(0);
    expect(git(dir, 'status', '--porcelain')).toBe('');
  });

  it('runs no hook without it', async () => {
    const dir = await emitted(1);
    for (const hook of ['pre-commit', 'post-checkout', 'post-index-change', 'reference-transaction'])
      executable(dir, `.git/hooks/${hook}`, `#!/bin/sh\necho ${hook} >> "$HOME/ran"\n`);
    expect((await azmlops(dir, 'upgrade')).code).toBe(0);
    expect(files(process.env.HOME ?? '')).not.toHaveProperty('ran');
  });

  it('in a subfolder of a larger repository commits nothing that is staged elsewhere', async () => {
    const top = temporary();
    git(top, 'init', '--quiet', '--initial-branch=main');
    write(top, { 'other/work.txt': 'before\n' });
    const { code } = await azmlops(top, 'new', 'services/ml', '--level', '1', '--yes', '--name', 'churn');
    expect(code).toBe(0);
    commit(top, {});
    write(top, { 'other/work.txt': 'staged\n' });
    git(top, 'add', 'other');
    write(top, { 'other/work.txt': 'and edited\n' });
    expect((await azmlops(top, 'upgrade', 'services/ml', '--commit')).code).toBe(0);
    const committed = git(top, 'diff', '--name-only', 'HEAD~', 'HEAD').split('\n');
    expect(committed).toContain('services/ml/.azmlops.yml');
    expect(committed).toContain('services/ml/scripts/register.sh');
    expect(committed.filter((path) => !path.startsWith('services/ml/'))).toEqual([]);
    expect(git(top, 'status', '--porcelain')).toBe('MM other/work.txt');
    expect(git(top, 'show', ':other/work.txt')).toBe('staged');
  });

  it.each([[['--commit']], [['--branch', 'up']], [['--commit', '--dry-run']]])(
    '%j with conflicts is refused with exit 3, the plan is printed, and nothing is written',
    async (words) => {
      const dir = await conflicting();
      const before = state(dir);
      const { code, out, err } = await azmlops(dir, 'upgrade', ...words);
      expect([code, state(dir)]).toEqual([3, before]);
      expect(out).toContain('README.md');
      expect(err).toContain('README.md');
      const data = await azmlops(dir, 'upgrade', ...words, '--json');
      expect(data.code).toBe(3);
      expect(JSON.parse(data.out)).toMatchObject({
        conflicts: ['README.md'],
        written: false,
        exitCode: 3,
        error: { exitCode: 3 },
      });
    },
  );

  it('with nothing to do makes no commit and no branch', async () => {
    const dir = await emitted(1);
    const before = state(dir);
    expect((await azmlops(dir, 'update', '--branch', 'fresh')).code).toBe(0);
    expect(state(dir)).toEqual(before);
  });
});

describe('--branch', () => {
  it('commits on a new branch, stays there, and says how to go back', async () => {
    const dir = await emitted(1);
    const main = git(dir, 'rev-parse', 'main');
    const { code, err } = await azmlops(dir, 'upgrade', '--branch', 'to/level-2');
    expect(code).toBe(0);
    expect(err).toContain('git switch main');
    expect(git(dir, 'branch', '--show-current')).toBe('to/level-2');
    expect([git(dir, 'rev-parse', 'main'), git(dir, 'rev-parse', 'HEAD~')]).toEqual([main, main]);
    expect(git(dir, 'status', '--porcelain')).toBe('');
  });

  it.each([
    ['main', 3, 'there is a branch main already'],
    ['main/x', 3, 'beside the branch main'],
    ['a..b', 2, 'takes no branch called "a..b"'],
    ['HEAD', 2, 'takes no branch'],
    ['', 2, 'takes no branch'],
  ])('%j is refused with exit %i before anything is written', async (name, exitCode, says) => {
    const dir = await emitted(1);
    const before = state(dir);
    const { code, err } = await azmlops(dir, 'upgrade', `--branch=${name}`);
    expect([code, state(dir)]).toEqual([exitCode, before]);
    expect(err).toContain(says);
  });

  it('is not left behind when writing is refused', async () => {
    const dir = await emitted(1);
    write(dir, { Makefile: 'edited\n' });
    const before = state(dir);
    expect((await azmlops(dir, 'upgrade', '--branch', 'up')).code).toBe(3);
    expect(state(dir)).toEqual(before);
  });
});

describe.skipIf(process.platform === 'win32')('--pr', () => {
  /** A stand-in for gh that writes down how it was called; and a remote to push to. */
  function github(dir: string, script = 'echo https://github.com/o/r/pull/7'): string {
    const tools = temporary();
    executable(
      tools,
      'gh',
      `#!/bin/sh\n[ "$1" = auth ] && exit 0\nfor word; do echo "[$word]"; done > "$HOME/words"\ncat > "$HOME/body"\n${script}\n`,
    );
    process.env.PATH = [tools, process.env.PATH].join(delimiter);
    const remote = temporary();
    git(remote, 'init', '--quiet', '--bare');
    git(dir, 'remote', 'add', 'origin', remote);
    return remote;
  }

  it('pushes the branch and opens a pull request whose text is the report', async () => {
    const dir = await emitted(1);
    const remote = github(dir);
    const { code, out } = await azmlops(dir, 'upgrade', '--branch', 'level-2', '--pr', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      pullRequest: 'https://github.com/o/r/pull/7',
      branch: 'level-2',
    });
    expect(git(remote, 'rev-parse', 'level-2')).toBe(git(dir, 'rev-parse', 'HEAD'));
    expect(git(dir, 'rev-parse', '--abbrev-ref', '@{upstream}')).toBe('origin/level-2');
    const { words, body } = files(process.env.HOME ?? '');
    expect(words?.split('\n')).toEqual([
      ...['[pr]', '[create]', '[--title]', '[Move to level 2 of the MLOps maturity model]'],
      ...['[--body-file]', '[-]', '[--head]', '[level-2]', ''],
    ]);
    expect(body).toContain('Automated training');
  });

  it('that gh refuses is told, with exit 1; the commit is there and pushed', async () => {
    const dir = await emitted(1);
    const remote = github(dir, 'echo "no pull requests here" >&2; exit 1');
    const { code, err } = await azmlops(dir, 'upgrade', '--branch', 'level-2', '--pr');
    expect(code).toBe(1);
    expect(err).toContain('no pull requests here');
    expect(git(remote, 'rev-parse', 'level-2')).toBe(git(dir, 'rev-parse', 'HEAD'));
  });

  it('without a remote is refused with exit 3 before anything is written', async () => {
    const dir = await emitted(1);
    github(dir);
    git(dir, 'remote', 'remove', 'origin');
    const before = state(dir);
    const { code, err } = await azmlops(dir, 'upgrade', '--branch', 'up', '--pr');
    expect([code, state(dir)]).toEqual([3, before]);
    expect(err).toContain('no remote to push to');
  });

  it('without gh is refused with exit 3 before anything is written', async () => {
    const dir = await emitted(1);
    github(dir);
    const only = temporary();
    const { symlinkSync } = await import('node:fs');
    const { execFileSync } = await import('node:child_process');
    const gitAt = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    symlinkSync(gitAt, `${only}/git`);
    const before = state(dir);
    process.env.PATH = only;
    const { code, err } = await azmlops(dir, 'upgrade', '--branch', 'up', '--pr');
    expect(code).toBe(3);
    expect(err).toContain('gh, which is not there');
    expect(state(dir)).toEqual(before);
  });
});
