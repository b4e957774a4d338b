import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { exampleProfile } from '../../src/profile/profile.js';
import { ownRoot } from '../../src/render/own.js';
import { render } from '../../src/render/render.js';
import type { FileTree } from '../../src/render/tree.js';
import { azmlops, files, git, home, temporary, write } from '../support/session.js';
import { commit, state } from './emitted.js';
import { churn, emittedOwn, later, ownAnswers } from './own.js';
import { holding, isTree, PAIRS, upgraded } from './random/levels.js';

beforeEach(() => void home());

const PROFILE = '.azmlops/profile.json';
const ownTree = async (level: number): Promise<FileTree> =>
  render([await ownRoot()], level, await ownAnswers(churn(), { target: 'churned' }, level));

describe('a clone without the rows', () => {
  it.each(PAIRS)('moves from level %i to %i, to exactly what new writes there', async (from, to) => {
    const dir = holding(await ownTree(from));
    const { code, err } = await upgraded(dir, from, to);
    expect([code, err]).toEqual([0, '']);
    isTree(dir, await ownTree(to));
  });

  it('is up to date, takes an answer, and moves up by a branch', async () => {
    const clone = join(temporary(), 'clone');
    git('/', 'clone', '--quiet', await emittedOwn(1), clone);
    expect((await azmlops(clone, 'update')).out).toContain('Nothing to do');
    expect((await azmlops(clone, 'set', 'endpoint=both', '--commit')).code).toBe(0);
    expect((await azmlops(clone, 'upgrade', '--yes', '--branch', 'up')).code).toBe(0);
    expect(Object.keys(files(clone)).filter((path) => path.startsWith('data/raw/'))).toEqual([]);
  });
});

describe('rows', () => {
  it('are left alone by upgrade and update', async () => {
    const dir = await emittedOwn(0);
    const rows = files(dir)['data/raw/churn.csv'];
    expect((await azmlops(dir, 'upgrade', '--yes')).code).toBe(0);
    expect(files(dir)['data/raw/churn.csv']).toBe(rows);
    expect(git(dir, 'ls-files', 'data/raw')).toBe('');
  });
});

describe('the profile', () => {
  /** In a layout of its own: what counts is what it says. */
  const withPlan = (plan: object) => (text: string) => {
    const profile = JSON.parse(text) as { columns: { name: string }[] };
    const columns = profile.columns.map((column) => (column.name === 'plan' ? plan : column));
    return JSON.stringify({ ...profile, columns }, undefined, 4);
  };

  it('edited by hand counts at the next update, stays as it was written, and is told', async () => {
    const dir = await emittedOwn(1);
    const flagged = { name: 'plan', type: 'category', missing: 0, personal: true };
    expect(roles(dir, 'plan')).toEqual(['feature']);
    commit(dir, { [PROFILE]: withPlan(flagged) });
    const text = files(dir)[PROFILE];
    const { code, out, err } = await azmlops(dir, 'update');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('plan (category becomes category, personal)');
    expect(roles(dir, 'plan')).toEqual(['ignored']);
    expect(files(dir)[PROFILE]).toBe(text);
    commit(dir, {});
    expect((await azmlops(dir, 'update')).out).toContain('Nothing to do');
    // The flag taken off again, together with another way up.
    commit(dir, { [PROFILE]: withPlan({ ...flagged, personal: false }) });
    expect((await azmlops(dir, 'upgrade', '--yes')).code).toBe(0);
    expect(roles(dir, 'plan')).toEqual(['feature']);
  });

  it.each<[string, string | null]>([
    ['no JSON', '{ "version": 1, '],
    ['of another form', '{ "version": 1, "rows": 3, "columns": [] }'],
    ['gone', null],
  ])('that is %s is refused by every command, which names it', async (_, text) => {
    const dir = await emittedOwn(0);
    commit(dir, { [PROFILE]: text });
    const before = state(dir);
    for (const words of [
      ['update'],
      ['upgrade', '--yes'],
      ['set', 'endpoint=both'],
      ['set', `data=${later()}`],
    ]) {
      const { code, err } = await azmlops(dir, ...words);
      expect([code, err.includes(PROFILE), state(dir)]).toEqual([3, true, before]);
    }
  });
});

it('a repository that a newer azmlops wrote about own data asks for that version', async () => {
  const dir = await emittedOwn(0);
  const more = (text: string): string => text.replaceAll('"missing":', '"entropy": 1, "missing":');
  commit(dir, {
    [PROFILE]: more,
    '.azmlops.yml': (text: string) => text.replace(/version: .*/, 'version: "9.1.0"'),
  });
  const { code, err } = await azmlops(dir, 'update');
  expect([code, err]).toEqual([3, expect.stringContaining('generator-azmlops@9.1.0')]);
});

const roles = (dir: string, of: string): string[] =>
  (
    JSON.parse(files(dir)['src/churn/contract.json'] ?? '') as { columns: { name: string; role: string }[] }
  ).columns.flatMap(({ name, role }) => (name === of ? [role] : []));

describe('explain', () => {
  it('says of the profile that it was made from the data, and what was changed in it', async () => {
    const dir = await emittedOwn(0);
    const { code, out } = await azmlops(dir, 'explain', PROFILE);
    const told = out.replace(/\s+/g, ' ');
    expect([code, told]).toEqual([0, expect.stringContaining('made it from the data')]);
    expect(told).toContain('azmlops set data=FILE');
    expect(told).toContain('not changed it');
  });

  it("says of rows that they are the team's data, not azmlops'", async () => {
    const dir = await emittedOwn(0);
    const { code, out } = await azmlops(dir, 'explain', 'data/raw/churn.csv');
    expect([code, out]).toEqual([0, expect.stringContaining("It is the team's data, not azmlops'")]);
    expect((await azmlops(dir, 'explain', 'data/raw/none.csv')).code).toBe(2);
    // What git tracks is a file of the team like any other.
    write(dir, { 'data/raw/regions.csv': 'region\n' });
    git(dir, 'add', '--force', 'data/raw/regions.csv');
    expect((await azmlops(dir, 'explain', 'data/raw/regions.csv')).out).toContain('it is yours');
  });
});

describe('from the example to own data', () => {
  it.each([0, 1, 2, 3, 4])(
    'at level %i only what must know where rows come from changes besides data',
    async (level) => {
      const given = { name: 'churn', endpoint: 'both', description: 'Ours.', sensitive: '' };
      const root = await ownRoot();
      const own = await ownAnswers(churn(), { ...given, target: 'churned' }, level);
      const example = { ...own, target: 'species', profile: exampleProfile() };
      const [before, after] = [example, own].map((answers) => render([root], level, answers));
      const changed = [...new Set([...before!.keys(), ...after!.keys()])].filter((path) => {
        const [a, b] = [before!.get(path), after!.get(path)];
        return !a || !b || Buffer.compare(a.content, b.content) !== 0;
      });
      const code = changed.filter((path) => !/\.(md|json|csv)$|^\.azmlops(\.yml|\/)/.test(path));
      const workflows = ['.github/workflows/ci.yml', '.github/workflows/train.yml'];
      expect(['.gitignore', ...workflows]).toEqual(expect.arrayContaining(code));
      expect(code).toContain('.gitignore');
      expect(changed.filter((path) => path.startsWith('data/raw/'))).toEqual(['data/raw/penguins.csv']);
    },
  );
});
