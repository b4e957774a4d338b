import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { azmlops, files, git, home, type Said, temporary } from '../support/session.js';

async function repository(): Promise<{ top: string; dir: string }> {
  home();
  const top = temporary();
  const { code, err } = await azmlops(top, 'new', 'our churn', '--level', '1', '--yes');
  if (code !== 0) throw new Error(err);
  return { top, dir: join(top, 'our churn') };
}

/** The command that a report tells under a word. */
const toldTo = (word: string, { out }: Said): string => {
  const [, command] = new RegExp(`^ {2}${word}[^:]*: +(.+)$`, 'm').exec(out) ?? [];
  if (command === undefined) throw new Error(`no "${word}" in ${out}`);
  return command;
};

/** Runs it as a shell would; `azmlops` itself in this process. */
async function follow(cwd: string, command: string): Promise<string> {
  if (!command.startsWith('azmlops '))
    return execFileSync('bash', ['-c', command], { cwd, encoding: 'utf8' });
  const words = execFileSync('bash', ['-c', `azmlops() { printf '%s\\0' "$@"; }; ${command}`], {
    encoding: 'utf8',
  });
  const { code, out, err } = await azmlops(cwd, ...words.split('\0').slice(0, -1));
  expect([0, 1], err).toContain(code);
  return out;
}

describe('somebody who follows the report', () => {
  it('plans, does, reviews, undoes, does again and accepts', async () => {
    const { top, dir } = await repository();
    const before = files(dir);
    const plan = await azmlops(top, 'upgrade', 'our churn', '--dry-run');
    expect(plan.code).toBe(0);
    expect(files(dir)).toEqual(before);
    expect(await follow(top, toldTo('see every line', plan))).toMatch(/^\+level: 2$/m);
    expect(files(dir)).toEqual(before);
    await follow(top, toldTo('do it', plan));
    expect(files(dir)).not.toEqual(before);
    await follow(top, toldTo('undo it then', plan));
    expect(files(dir)).toEqual(before);
    const done = await azmlops(top, 'upgrade', 'our churn');
    expect(await follow(top, toldTo('review', done))).toMatch(/^\+level: 2$/m);
    await follow(top, toldTo('accept', done));
    expect(git(dir, 'status', '--porcelain')).toBe('');
    expect(git(dir, 'log', '--format=%s', '-1')).toMatch(/level 2/);
    expect((await azmlops(dir, 'upgrade', '--status')).out).toMatch(/Nothing is open/);
  });

  it('settles a conflict and accepts, or undoes', async () => {
    const { dir } = await repository();
    writeFileSync(join(dir, 'README.md'), 'All ours.\n');
    git(dir, 'commit', '-qam', 'Ours');
    const done = await azmlops(dir, 'upgrade');
    expect(done.code).toBe(1);
    expect(done.out).toMatch(/Conflicts \(1\)\n {4}README\.md/);
    expect(await follow(dir, toldTo('review', done))).toContain('All ours.');
    await follow(dir, toldTo('undo', done));
    expect(git(dir, 'status', '--porcelain')).toBe('');
    const again = await azmlops(dir, 'upgrade');
    writeFileSync(join(dir, 'README.md'), 'All ours, and theirs.\n');
    await follow(dir, toldTo('accept', again));
    expect(git(dir, 'status', '--porcelain')).toBe('');
    expect(git(dir, 'show', 'HEAD:README.md')).toBe('All ours, and theirs.');
  });

  it('takes a commit back by another one', async () => {
    const { dir } = await repository();
    const before = git(dir, 'rev-parse', 'HEAD^{tree}');
    const done = await azmlops(dir, 'set', 'endpoint=both', '--commit');
    expect(await follow(dir, toldTo('review', done))).toMatch(/^\+ {2}endpoint: "both"$/m);
    await follow(dir, toldTo('undo', done));
    expect(git(dir, 'rev-parse', 'HEAD^{tree}')).toBe(before);
    expect(git(dir, 'rev-list', '--count', 'HEAD')).toBe('3');
  });
});
