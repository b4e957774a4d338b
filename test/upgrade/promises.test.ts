import { appendFileSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { trap } from '../merge/scenarios/traps.js';
import { bytesOf, gitFolders, settledPath } from '../merge/scenarios/play.js';
import { commit } from '../merge/scenarios/stage.js';
import { place, workOf } from '../merge/scenarios/trees.js';
import { azmlops, git, home, temporary, write } from '../support/session.js';
import { holding, isTree, levelTree, upgraded } from './random/levels.js';
import { told, treeOnDisk } from './random/repository.js';

beforeEach(() => void home());

const ONE = { endpoint: 'online' };
const level = (of: number) => levelTree(of, ONE);

describe('azmlops upgrade', () => {
  it('leaves HEAD, branches, tags, stash, reflog, hooks and configuration as they were', async () => {
    const dir = holding(await level(1));
    git(dir, 'tag', 'v1');
    git(dir, 'branch', 'other');
    write(dir, { 'README.md': 'stashed\n' });
    git(dir, 'stash', '--quiet');
    const { program, sprung } = trap();
    for (const name of ['pre-commit', 'post-checkout', 'post-index-change', 'reference-transaction'])
      writeFileSync(join(dir, '.git/hooks', name), `#!/bin/sh\nexec '${program}' ${name}\n`, { mode: 0o755 });
    const before = bytesOf(gitFolders(dir), settledPath);
    expect((await upgraded(dir, 1, 2)).code).toBe(0);
    expect(bytesOf(gitFolders(dir), settledPath)).toEqual(before);
    expect(sprung()).toBe('');
    isTree(dir, await level(2));
  });

  it('writes nothing in a dry run, neither into .git nor beside it, and says what the run says', async () => {
    const dir = holding(await level(1));
    const [folders, work] = [gitFolders(dir), workOf(dir)];
    const before = bytesOf(folders, () => true);
    for (const flags of [['--dry-run'], ['--dry-run', '--json'], ['--diff']])
      expect((await azmlops(dir, 'upgrade', '--yes', ...flags)).code, flags.join(' ')).toBe(0);
    expect(bytesOf(folders, () => true)).toEqual(before);
    expect(workOf(dir)).toEqual(work);
  });

  it('keeps the time stamp of every file that stays', async () => {
    const dir = holding(await level(1));
    for (const path of workOf(dir).keys()) utimesSync(join(dir, path), 1_000_000_000, 1_000_000_000);
    const before = told(treeOnDisk(dir));
    expect((await upgraded(dir, 1, 2)).code).toBe(0);
    const after = told(treeOnDisk(dir));
    const stayed = Object.keys(before).filter((path) => before[path] === after[path]);
    expect(stayed.length).toBeGreaterThan(20);
    for (const path of stayed) expect(statSync(join(dir, path)).mtimeMs, path).toBe(1_000_000_000_000);
  });

  it('calls nothing but git, so that no network is needed', async () => {
    const dir = holding(await level(0));
    const bin = temporary('azmlops-bin');
    const { program, sprung } = trap();
    for (const name of ['npx', 'npm', 'gh', 'az', 'curl', 'wget', 'ssh', 'python', 'python3', 'sh', 'bash'])
      writeFileSync(join(bin, name), `#!/bin/sh\nexec '${program}' ${name}\n`, { mode: 0o755 });
    process.env.PATH = [bin, process.env.PATH].join(delimiter);
    Object.assign(process.env, { http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' });
    expect((await upgraded(dir, 0, 1)).code).toBe(0);
    expect(sprung()).toBe('');
  });

  it('needs no history: a shallow clone of a squashed one is enough', async () => {
    const source = holding(await level(1));
    appendFileSync(join(source, 'data/README.md'), '\nOurs.\n');
    git(source, 'commit', '--quiet', '--all', '--amend', '--message=squashed');
    const dir = join(temporary(), 'clone');
    git(source, 'clone', '--quiet', '--depth=1', `file://${source}`, dir);
    expect((await upgraded(dir, 1, 3)).code).toBe(0);
    expect(workOf(dir).get('data/README.md')).toContain('\nOurs.\n');
  });

  it('in a folder of a larger repository touches that folder only', async () => {
    const top = temporary();
    git(top, 'init', '--quiet', '--initial-branch=main');
    write(top, { 'README.md': 'top\n', 'other/x.txt': 'x\n' });
    const dir = join(top, 'services/ml');
    for (const [path, entry] of await level(1)) place(dir, path, entry);
    commit(top, 'all');
    write(top, { 'other/x.txt': 'edited\n' });
    const said = await upgraded(dir, 1, 2);
    expect([said.code, said.err]).toEqual([0, '']);
    isTree(dir, await level(2));
    expect(git(top, 'diff', '--name-only')).toBe('other/x.txt');
    expect(git(top, 'diff', '--cached', '--name-only', '--', ':!services')).toBe('');
  });

  it.each([
    ['an uncommitted edit', (dir: string) => appendFileSync(join(dir, 'README.md'), 'x'), 'README.md'],
    [
      'a file of the team in the way',
      (dir: string) => write(dir, { 'azureml/sweep.yml': 'mine\n' }),
      'azureml/sweep.yml',
    ],
    [
      'an ignored file in the way',
      (dir: string) => {
        appendFileSync(join(dir, '.git/info/exclude'), 'azureml/sweep.yml\n');
        write(dir, { 'azureml/sweep.yml': 'mine\n' });
      },
      'azureml/sweep.yml',
    ],
    [
      'no manifest',
      (dir: string) => {
        rmSync(join(dir, '.azmlops.yml'));
        commit(dir, 'gone');
      },
      '.azmlops.yml',
    ],
    [
      'a damaged baseline',
      (dir: string) => {
        writeFileSync(join(dir, '.azmlops/baseline.gz'), 'no gzip');
        commit(dir, 'damaged');
      },
      '.azmlops/baseline.gz',
    ],
    [
      'no baseline',
      (dir: string) => {
        rmSync(join(dir, '.azmlops/baseline.gz'));
        commit(dir, 'gone');
      },
      '.azmlops/baseline.gz',
    ],
    [
      'committed conflict markers',
      (dir: string) => {
        writeFileSync(join(dir, 'Makefile'), '<<<<<<< yours\na\n=======\nb\n>>>>>>> theirs\n');
        commit(dir, 'markers');
      },
      'Makefile',
    ],
  ])('is refused for %s, which it names, and touches nothing', async (_, spoil, named) => {
    const dir = holding(await level(1));
    spoil(dir);
    const [work, status] = [workOf(dir), git(dir, 'status', '--porcelain', '--ignored')];
    for (const flags of [['--dry-run'], []]) {
      const { code, err } = await azmlops(dir, 'upgrade', '--yes', ...flags);
      expect(code, err).toBe(3);
      expect(err).toContain(named);
    }
    expect([workOf(dir), git(dir, 'status', '--porcelain', '--ignored')]).toEqual([work, status]);
  });

  it('after --rebase works without a baseline, and says so', async () => {
    const dir = holding(await level(1));
    rmSync(join(dir, '.azmlops/baseline.gz'));
    commit(dir, 'gone');
    const { code, out, err } = await azmlops(dir, 'upgrade', '--yes', '--rebase');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/baseline/i);
    expect(told(treeOnDisk(dir))['Makefile']).toBe(told(await level(2))['Makefile']);
  });

  it('downwards is bad usage; to the same level there is nothing to do', async () => {
    const dir = holding(await level(2));
    expect((await azmlops(dir, 'upgrade', '--to', '1', '--yes')).code).toBe(2);
    const { code, out } = await azmlops(dir, 'upgrade', '--to', '2', '--yes');
    expect([code, /nothing to do/i.test(out)]).toEqual([0, true]);
  });

  it('refuses to commit conflicts, and writes nothing', async () => {
    const dir = holding(await level(1));
    writeFileSync(join(dir, 'README.md'), 'All of it is ours.\n');
    commit(dir, 'ours');
    const [work, head] = [workOf(dir), git(dir, 'rev-parse', 'HEAD')];
    for (const flags of [['--commit'], ['--branch', 'up']]) {
      expect((await azmlops(dir, 'upgrade', '--yes', ...flags)).code).toBe(3);
      expect([workOf(dir), git(dir, 'rev-parse', 'HEAD'), git(dir, 'branch')]).toEqual([
        work,
        head,
        '* main',
      ]);
    }
  });
});

describe('azmlops upgrade --abort', () => {
  const conflicted = async (): Promise<string> => {
    const dir = holding(await level(1));
    writeFileSync(join(dir, 'README.md'), 'All of it is ours.\n');
    commit(dir, 'ours');
    expect((await upgraded(dir, 1, 2)).code).toBe(1);
    return dir;
  };

  it('refuses when a file was edited since, names it, and with --force restores all', async () => {
    const dir = await conflicted();
    write(dir, { Makefile: 'edited since\n' });
    mkdirSync(join(dir, 'azureml/mine'));
    write(dir, { 'azureml/mine/x.txt': 'mine\n' });
    const refused = await azmlops(dir, 'upgrade', '--abort');
    expect([refused.code, refused.err.includes('Makefile')]).toEqual([3, true]);
    expect(workOf(dir).get('Makefile')).toBe('100644 edited since\n');
    expect((await azmlops(dir, 'upgrade', '--abort', '--force')).code).toBe(0);
    expect((await azmlops(dir, 'upgrade', '--abort')).code, 'nothing is open any more').toBe(3);
    expect(git(dir, 'status', '--porcelain')).toBe('?? azureml/mine/');
    expect(workOf(dir).get('README.md')).toBe('100644 All of it is ours.\n');
  });

  it('is void after the commit of the team', async () => {
    const dir = await conflicted();
    writeFileSync(join(dir, 'README.md'), 'Solved.\n');
    commit(dir, 'up');
    expect((await azmlops(dir, 'upgrade', '--abort')).code).toBe(3);
    expect(workOf(dir).get('README.md')).toBe('100644 Solved.\n');
  });

  it('--status tells what is open, and what is left to solve', async () => {
    const dir = await conflicted();
    const { out } = await azmlops(dir, 'upgrade', '--status');
    expect(out).toContain('README.md');
    await azmlops(dir, 'upgrade', '--abort');
    expect((await azmlops(dir, 'upgrade', '--status')).out).not.toContain('README.md');
  });
});
