import { beforeEach, describe, expect, it } from 'vitest';
import { answersFor } from '../../src/answers/resolve.js';
import { ownRoot } from '../../src/render/own.js';
import { render } from '../../src/render/render.js';
import { azmlops, files, git, home } from '../support/session.js';
import { append, commit, emitted, state } from './emitted.js';

beforeEach(() => void home());

/** The files that `new` writes with these answers. */
async function fresh(level: number, answers: Record<string, string>): Promise<Record<string, string>> {
  const tree = render([await ownRoot()], level, answersFor({ name: 'churn', ...answers }, level));
  return Object.fromEntries([...tree].map(([path, { content }]) => [path, Buffer.from(content).toString()]));
}

describe('set', () => {
  it('makes of an untouched repository what new writes with that answer, several at once', async () => {
    const dir = await emitted(1);
    const answers = { endpoint: 'both', title: 'A "new" title: #1', sensitive: 'sex,island' };
    const words = Object.entries(answers).map(([key, value]) => `${key}=${value}`);
    const { code, out } = await azmlops(dir, 'set', ...words);
    expect(code).toBe(0);
    expect(out).toContain('"online" becomes "both"');
    expect(files(dir)).toEqual(await fresh(1, answers));
  });

  it('renames the package: its folder moves with all that the team has in it, and own imports are listed', async () => {
    const dir = await emitted(1);
    commit(dir, {
      'src/churn/extra.py': 'from churn.data import load\n\n\ndef ours():\n    return load\n',
      'tests/test_extra.py': 'import churn.extra\n',
      'src/churn/train.py': append('# a line of ours'),
    });
    const { code, out } = await azmlops(dir, 'set', 'package=leaving', '--json');
    expect(code).toBe(0);
    const there = files(dir);
    expect(Object.keys(there).filter((path) => path.startsWith('src/churn/'))).toEqual([]);
    expect(there['src/leaving/extra.py']).toContain('def ours():');
    expect(there['src/leaving/train.py']).toContain('# a line of ours\n');
    expect(there['src/leaving/train.py']).not.toMatch(/\bfrom churn\b/);
    const { notes } = JSON.parse(out) as { notes: string[] };
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(
      /^src\/leaving\/extra\.py:1 still imports churn, .*: from churn\.data import load$/,
    );
    expect(notes[1]).toMatch(/^tests\/test_extra\.py:1 .*: import churn\.extra$/);
  });

  it('an untouched repository with another package is what new writes with that package', async () => {
    const dir = await emitted(1);
    expect((await azmlops(dir, 'set', 'package=leaving')).code).toBe(0);
    expect(files(dir)).toEqual(await fresh(1, { package: 'leaving' }));
  });

  it('with the value that is there has nothing to do', async () => {
    const dir = await emitted(1);
    const before = state(dir);
    const { code, out } = await azmlops(dir, 'set', 'endpoint=online');
    expect([code, state(dir)]).toEqual([0, before]);
    expect(out).toContain('Nothing to do');
  });

  it('there and back again leaves the tree of the first commit', async () => {
    const dir = await emitted(1);
    const tree = git(dir, 'rev-parse', 'HEAD^{tree}');
    await azmlops(dir, 'set', 'endpoint=both', '--commit');
    expect(git(dir, 'rev-parse', 'HEAD^{tree}')).not.toBe(tree);
    await azmlops(dir, 'set', 'endpoint=online', '--commit');
    expect(git(dir, 'rev-parse', 'HEAD^{tree}')).toBe(tree);
  });

  it('works from elsewhere with --dir', async () => {
    const dir = await emitted(0);
    expect((await azmlops('/', 'set', 'endpoint=both', '--dir', dir, '--dry-run')).code).toBe(0);
  });

  it.each([
    [[], ['at least one KEY=VALUE']],
    [['endpiont=both'], ['"endpiont" is no answer', 'Did you mean endpoint?']],
    [['endpoint'], ['endpoint needs a value', 'endpoint=KIND']],
    [['endpoint=bth'], ['endpoint', 'Did you mean both?']],
    [['level=3'], ['The level is no answer', 'azmlops upgrade --to N']],
    [['data=x.csv'], ['data']],
    [['profile=x'], ['made from the data']],
    [['gate=typed'], ['gate is an answer from level 3 on']],
    [['task=regression'], ['species', 'cannot be the target of a regression']],
    [['title=a', 'title=b'], ['title is given twice']],
    [
      ['--endpoint', 'both'],
      ['no flag of azmlops set', 'azmlops set endpoint='],
    ],
    [['endpoint=both', '--yes'], ['--yes is no flag']],
    [['constructor=1'], ['"constructor" is no answer']],
  ])('%j are refused with exit 2, and nothing is written', async (words, says) => {
    const dir = await emitted(1);
    const before = state(dir);
    const { code, out, err } = await azmlops(dir, 'set', ...words);
    expect([code, out, state(dir)]).toEqual([2, '', before]);
    for (const part of says) expect(err).toContain(part);
  });
});

describe('an answer edited by hand in the manifest', () => {
  it.each(['endpoint: "both"', 'endpoint: both', "endpoint: 'both' # since May"])(
    'as %s is a set at the next update',
    async (line) => {
      const dir = await emitted(1);
      commit(dir, { '.azmlops.yml': (text) => text.replace('endpoint: "online"', line) });
      const { code, out } = await azmlops(dir, 'update', '--json');
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        changedAnswers: [{ key: 'endpoint', before: 'online', after: 'both' }],
        conflicts: [],
      });
      const expected = await fresh(1, { endpoint: 'both' });
      const manifest = expected['.azmlops.yml']?.replace('endpoint: "both"', line);
      expect(files(dir)).toEqual({ ...expected, '.azmlops.yml': manifest });
      commit(dir, {});
      expect((await azmlops(dir, 'update')).out).toContain('Nothing to do');
    },
  );

  it('can be set to something else, and keeps its comment', async () => {
    const dir = await emitted(1);
    const line = "endpoint: 'both' # since May";
    commit(dir, { '.azmlops.yml': (text) => text.replace('endpoint: "online"', line) });
    expect((await azmlops(dir, 'set', 'endpoint=batch')).code).toBe(0);
    expect(files(dir)['.azmlops.yml']).toContain('  endpoint: "batch" # since May\n');
  });

  it('in a manifest with CRLF is found too, and the line ends stay', async () => {
    const dir = await emitted(1);
    commit(dir, {
      '.azmlops.yml': (text) =>
        text.replace('endpoint: "online"', 'endpoint: "both"').replaceAll('\n', '\r\n'),
    });
    expect((await azmlops(dir, 'update')).code).toBe(0);
    const manifest = (await fresh(1, { endpoint: 'both' }))['.azmlops.yml'];
    expect(files(dir)['.azmlops.yml']).toBe(manifest?.replaceAll('\n', '\r\n'));
    expect(Object.keys(files(dir))).toContain('azureml/endpoints/batch/endpoint.yml');
  });

  it('also renames the package', async () => {
    const dir = await emitted(1);
    commit(dir, { '.azmlops.yml': (text) => text.replace('package: "churn"', 'package: "leaving"') });
    expect((await azmlops(dir, 'update')).code).toBe(0);
    expect(files(dir)).toEqual(await fresh(1, { package: 'leaving' }));
  });

  it('goes along with an upgrade', async () => {
    const dir = await emitted(1);
    commit(dir, { '.azmlops.yml': (text) => text.replace('endpoint: "online"', 'endpoint: "both"') });
    expect((await azmlops(dir, 'upgrade')).code).toBe(0);
    expect(files(dir)).toEqual(await fresh(2, { endpoint: 'both' }));
  });
});
