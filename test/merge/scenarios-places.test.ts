import { beforeEach, describe, expect, it } from 'vitest';
import { mergeInto } from '../../src/merge/index.js';
import type { FileTree } from '../../src/merge/types.js';
import { files, git, home, temporary, write } from '../support/session.js';
import { farRepository, PLACES } from './scenarios/places.js';
import { ALLOWED, REFUSALS } from './scenarios/refusals.js';
import { indexOf } from './scenarios/checks.js';
import { play } from './scenarios/play.js';
import { LABELS } from './scenarios/stage.js';
import { over, START, workOf } from './scenarios/trees.js';

beforeEach(() => void home());

describe.each([
  ['places', PLACES],
  ['what is refused', REFUSALS],
  ['what is no reason to refuse', ALLOWED],
])('%s', (_, rows) => {
  it.each(rows)('$id', play);
});

const none: FileTree = new Map();
const request = { base: none, theirs: over(none, { 'NEW.md': 'new\n' }), labels: LABELS };

describe('no work tree', () => {
  it('a bare repository is refused', async () => {
    const dir = temporary();
    git(dir, 'init', '--quiet', '--bare');
    const before = files(dir);
    await expect(mergeInto(dir, request)).rejects.toMatchObject({ name: 'UserError', exitCode: 3 });
    expect(files(dir)).toEqual(before);
  });

  it('a folder without git is refused, and nothing is written into it', async () => {
    const dir = write(temporary(), { 'README.md': 'mine\n' });
    await expect(mergeInto(dir, request)).rejects.toMatchObject({ name: 'UserError', exitCode: 3 });
    expect(files(dir)).toEqual({ 'README.md': 'mine\n' });
  });

  it("git's own folder is refused", async () => {
    const { dir } = farRepository();
    await expect(mergeInto(`${dir}/.git`, request)).rejects.toMatchObject({ name: 'UserError', exitCode: 3 });
  });

  it('a folder that is not there is refused', async () => {
    const missing = `${temporary()}/missing`;
    await expect(mergeInto(missing, request)).rejects.toMatchObject({ name: 'UserError', exitCode: 3 });
  });
});

describe('one upgrade after the other', () => {
  it('is refused while the first one has open conflicts, and the second run changes nothing', async () => {
    const { dir, request } = farRepository();
    const first = await mergeInto(dir, request);
    expect(first.conflicts).toEqual(['src/train.py']);
    const [before, index] = [workOf(dir), indexOf(dir)];
    for (const dryRun of [true, false])
      await expect(mergeInto(dir, { ...request, dryRun })).rejects.toMatchObject({ exitCode: 3 });
    expect(workOf(dir)).toEqual(before);
    expect(indexOf(dir)).toEqual(index);
  });

  it('is refused while the first one is staged and not committed, and works when it is', async () => {
    const { dir, request } = farRepository();
    await mergeInto(dir, request);
    write(dir, { 'src/train.py': 'solved\n' });
    git(dir, 'add', '--all');
    await expect(mergeInto(dir, request)).rejects.toMatchObject({ exitCode: 3 });
    git(dir, 'commit', '--quiet', '--message=upgraded');
    const again = await mergeInto(dir, { ...request, base: request.theirs });
    expect(again.conflicts).toEqual([]);
    expect(git(dir, 'status', '--porcelain')).toBe('');
  });

  it('refuses conflict markers that were committed after the first', async () => {
    const { dir, request } = farRepository();
    await mergeInto(dir, request);
    git(dir, 'commit', '--quiet', '--all', '--message=upgraded, markers and all');
    await expect(mergeInto(dir, { ...request, base: request.theirs })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('src/train.py') as string,
    });
  });
});

describe('a template that would lead out of the project', () => {
  it.each([
    ['../outside.txt'],
    ['/tmp/outside-of-everything.txt'],
    ['a/../../outside.txt'],
    ['.git/hooks/post-checkout'],
    ['.GIT/config'],
    ['a//b.txt'],
    ['./a.txt'],
    [''],
  ])('has its path %j refused, and nothing is written', async (path) => {
    const { dir } = farRepository();
    const before = [workOf(dir), git(dir, 'ls-files', '--stage')];
    const theirs = over(START, { [path]: 'bad\n', 'NEW.md': 'new\n' });
    await expect(mergeInto(dir, { base: START, theirs, labels: LABELS })).rejects.toThrow();
    expect([workOf(dir), git(dir, 'ls-files', '--stage')]).toEqual(before);
  });
});
