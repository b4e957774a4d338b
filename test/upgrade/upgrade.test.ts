import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { answersFor } from '../../src/answers/resolve.js';
import { run } from '../../src/cli/run.js';
import { ownRoot } from '../../src/render/own.js';
import { render } from '../../src/render/render.js';
import { azmlops, files, git, home, Sink, write } from '../support/session.js';
import { append, changingLine, commit, emitted, state } from './emitted.js';

beforeEach(() => void home());

const doc = (out: string) => JSON.parse(out) as Record<string, never>;

describe('upgrade', () => {
  it('moves an untouched repository up one level, to exactly what new writes there, and commits nothing', async () => {
    const dir = await emitted(1);
    const head = git(dir, 'rev-parse', 'HEAD');
    const { code, out } = await azmlops(dir, 'upgrade');
    expect(code).toBe(0);
    expect(out).toContain('level 1 to level 2');
    const fresh = render([await ownRoot()], 2, answersFor({}, 2));
    expect(Object.keys(files(dir))).toEqual([...fresh.keys()].sort());
    expect(git(dir, 'rev-parse', 'HEAD')).toBe(head);
    expect(git(dir, 'diff', '--name-only')).toBe('');
    const staged = git(dir, 'ls-files', '--stage').split('\n');
    for (const [path, { mode, content }] of fresh) {
      const [entry = ''] = staged.filter((line) => line.endsWith(`\t${path}`));
      expect(entry.slice(0, 6)).toBe(mode);
      if (path !== '.azmlops/baseline.gz') expect(files(dir)[path]).toBe(Buffer.from(content).toString());
    }
  });

  it('after a commit goes on to the next level', async () => {
    const dir = await emitted(2);
    expect((await azmlops(dir, 'upgrade', '--yes')).code).toBe(0);
    expect((await azmlops(dir, 'upgrade', '--yes')).code).toBe(3);
    commit(dir, {});
    expect((await azmlops(dir, 'upgrade', '--yes')).code).toBe(0);
    expect(files(dir)['.azmlops.yml']).toContain('\nlevel: 4\n');
  });

  it('--dry-run says the same as the run, with the same exit code, and touches nothing', async () => {
    const dir = await emitted(1);
    commit(dir, { 'README.md': append('ours'), Makefile: (text) => text.replace(/^/, '# mine\n') });
    const before = state(dir);
    const dry = await azmlops(dir, 'upgrade', '--dry-run', '--json');
    expect(state(dir)).toEqual(before);
    const real = await azmlops(dir, 'upgrade', '--json');
    expect(real.code).toBe(dry.code);
    expect(doc(real.out).entries).toEqual(doc(dry.out).entries);
    expect([doc(dry.out).written, doc(real.out).written]).toEqual([false, true]);
  });

  it('--diff shows the patch, which git applies to the same result, and writes nothing', async () => {
    const dir = await emitted(1);
    commit(dir, { 'docs/mine.md': 'mine\n' });
    const before = state(dir);
    const { code, out } = await azmlops(dir, 'upgrade', '--diff');
    expect([code, state(dir)]).toEqual([0, before]);
    expect(out).toContain('+++ b/src/churn/');
    write(dir, { '.git/azmlops.patch': out });
    // Bytes that are no text are named in it, not shown.
    git(dir, 'apply', '--exclude=.azmlops/baseline.gz', '.git/azmlops.patch');
    const { '.azmlops/baseline.gz': _, ...applied } = files(dir);
    git(dir, 'reset', '--quiet', '--hard');
    git(dir, 'clean', '--quiet', '-fd');
    expect((await azmlops(dir, 'upgrade')).code).toBe(0);
    expect(files(dir)).toMatchObject(applied);
    expect(Object.keys(files(dir))).toEqual(Object.keys({ ...applied, '.azmlops/baseline.gz': _ }).sort());
  });

  const diffInTerminal = async (cwd: string) => {
    const stdout = Object.assign(new Sink(), { isTTY: true, columns: 0 });
    const io = { cwd, stdin: new PassThrough(), stdout, stderr: new Sink(), env: { NO_COLOR: '1' } };
    return { code: await run(['upgrade', '--diff'], io), out: stdout.text };
  };

  it('--diff in a terminal goes through the pager that git would take', async () => {
    const dir = await emitted(1);
    const seen = `${process.env.HOME}/seen`;
    git(dir, 'config', 'core.pager', `cat > '${seen}'`);
    expect(await diffInTerminal(dir)).toEqual({ code: 0, out: '' });
    expect(files(process.env.HOME ?? '').seen).toContain('diff --git a/.azmlops.yml b/.azmlops.yml');
  });

  it('--diff is shown all the same when the pager is not there', async () => {
    const dir = await emitted(1);
    git(dir, 'config', 'core.pager', '/nowhere/pager 2> /dev/null');
    const { code, out } = await diffInTerminal(dir);
    expect(code).toBe(0);
    expect(out).toContain('diff --git a/.azmlops.yml b/.azmlops.yml');
  });

  it('with a conflict exits 1, keeps both texts, and names the path', async () => {
    const dir = await emitted(1);
    commit(dir, { '.azmlops.yml': (text) => text.replace('answers:', '# a note of ours\nanswers:') });
    const line = await changingLine('README.md', 1, 2);
    commit(dir, { 'README.md': (text) => text.replace(line, 'Words of ours.') });
    const both = await azmlops(dir, 'upgrade', '--json');
    expect(doc(both.out).conflicts).toEqual(['README.md']);
    expect(both.code).toBe(1);
    expect(files(dir)['README.md']).toMatch(
      /\n<{7} yours\n[^]*Words of ours\.[^]*\n\|{7} level 1 template\n[^]*\n={7}\n[^]*\n>{7} level 2 template\n/,
    );
    expect(files(dir)['.azmlops.yml']).toContain('# a note of ours\n');
  });

  it.each([
    [4, [], 'Nothing to do'],
    [2, ['--to', '2'], 'Nothing to do'],
    [4, ['--endpoint', 'online'], 'Nothing to do'],
  ])('at level %d with %j has nothing to do, and exits 0', async (level, words, says) => {
    const dir = await emitted(level);
    const before = state(dir);
    const { code, out } = await azmlops(dir, 'upgrade', ...words);
    expect([code, state(dir)]).toEqual([0, before]);
    expect(out).toContain(says);
  });

  it.each([
    [
      ['--to', '1'],
      ['level 2', 'level 1'],
    ],
    [
      ['--to', '7'],
      ['--to: "7" is no level', '0 to 4'],
    ],
    [
      ['--endpoint', 'both'],
      ['endpoint was chosen already (online)', 'azmlops set endpoint=both'],
    ],
    [
      ['--gate', 'open'],
      ['--gate', '"open"', 'typed'],
    ],
    [
      ['--to', '3', '--owner', 'x', '--status'],
      ['--status', '--to'],
    ],
    [
      ['--to', '2', '--gate', 'typed'],
      ['--gate', 'level 2 already'],
    ],
    [['--pr'], ['--pr needs --branch']],
    [['--force'], ['--force goes with --abort only']],
    [
      ['--diff', '--commit'],
      ['--diff', '--commit'],
    ],
    [
      ['--abort', '--dry-run'],
      ['--abort', '--dry-run'],
    ],
  ])('%j are refused with exit 2, and nothing is written', async (words, says) => {
    const dir = await emitted(2);
    const before = state(dir);
    const { code, out, err } = await azmlops(dir, 'upgrade', ...words);
    expect([code, out, state(dir)]).toEqual([2, '', before]);
    for (const part of says) expect(err).toContain(part);
  });

  it('takes the answers that the level brings from flags and an answers file, else defaults', async () => {
    const dir = await emitted(0);
    const answers = 'endpoint: online\nowner: octocat\nteams:\n  data-science: contoso/ds\n';
    commit(dir, { 'answers.yml': answers });
    const words = ['upgrade', '--to', '3', '--answers', 'answers.yml', '--gate', 'typed', '--owner', 'hubot'];
    const { code, err } = await azmlops(dir, ...words, '--dry-run');
    expect([code, err]).toEqual([0, '']);
    expect((await azmlops(dir, ...words)).code).toBe(0);
    const manifest = files(dir)['.azmlops.yml'];
    for (const line of [
      'gate: "typed"',
      'owner: "hubot"',
      'teams.data-science: "contoso/ds"',
      'package: "churn"',
    ])
      expect(manifest).toContain(`  ${line}\n`);
  });

  it('an answer of a level further up is refused with exit 2', async () => {
    const { code, err } = await azmlops(await emitted(0), 'upgrade', '--gate', 'typed');
    expect(code).toBe(2);
    expect(err).toContain('gate is an answer from level 3 on');
  });

  it('a person may say nothing but the plan as data, on standard output alone', async () => {
    const dir = await emitted(3);
    const { code, out, err } = await azmlops(dir, 'upgrade', '--json', '--dry-run', '--diff');
    expect([code, err]).toEqual([0, '']);
    expect(doc(out)).toMatchObject({
      command: 'upgrade',
      from: { level: 3 },
      to: { level: 4 },
      exitCode: 0,
      patch: expect.stringContaining('diff --git') as string,
    });
  });
});
