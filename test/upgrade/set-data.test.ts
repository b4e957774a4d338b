import { readFileSync, symlinkSync, rmSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ownRoot } from '../../src/render/own.js';
import { render } from '../../src/render/render.js';
import { azmlops, files, git, home, temporary, write } from '../support/session.js';
import { append, commit, emitted, state } from './emitted.js';
import { CHURN, CHURN_LATER, churn, emittedOwn, later, ownAnswers, wines } from './own.js';

beforeEach(() => void home());

/** What git would commit of a repository: paths and content. */
function tracked(dir: string): Record<string, string> {
  const paths = git(dir, 'ls-files').split('\n');
  return Object.fromEntries(Object.entries(files(dir)).filter(([path]) => paths.includes(path)));
}

const rawIn = (dir: string): string[] =>
  Object.keys(files(dir)).filter((path) => path.startsWith('data/raw/') && !path.endsWith('.gitignore'));

const doc = (out: string) => JSON.parse(out) as Record<string, never>;

describe('set data=', () => {
  it('makes of an untouched repository about the example what `new --data` writes, and brings the rows', async () => {
    const dir = await emitted(1);
    const { code, out, err } = await azmlops(dir, 'set', `data=${churn()}`, 'target=churned');
    expect([code, err], out).toEqual([0, '']);
    expect(tracked(dir)).toEqual(tracked(await emittedOwn(1)));
    expect(rawIn(dir)).toEqual(['data/raw/churn.csv']);
    expect(files(dir)['data/raw/churn.csv']).toBe(CHURN);
    expect(git(dir, 'status', '--porcelain')).not.toMatch(/churn\.csv|\?\?/);
    for (const told of [
      '344 rows, 8 columns become 120 rows, 6 columns',
      'gone: species',
      'new: customer_id',
    ])
      expect(out.replace(/\s+/g, ' ')).toContain(told);
  });

  it('takes the file from the folder one is in, also with --dir, and answers beside it', async () => {
    const dir = await emittedOwn(0);
    const words = ['set', '--dir', dir, 'data=later/churn.csv', 'endpoint=both', 'sensitive=age_group'];
    const { code, err } = await azmlops(join(churn(), '..'), ...words);
    expect([code, err]).toEqual([0, '']);
    const there = files(dir);
    expect(there['data/raw/churn.csv']).toBe(CHURN_LATER);
    expect(there['.azmlops.yml']).toMatch(/endpoint: "both"\n[^]*sensitive: \["age_group"\]/);
    expect(JSON.parse(there['.azmlops/profile.json'] ?? '')).toMatchObject({ rows: 120 });
  });

  it('says with --json what came and went', async () => {
    const dir = await emittedOwn(0);
    const { out } = await azmlops(dir, 'set', `data=${later()}`, '--json');
    expect(doc(out).data).toMatchObject({
      before: { rows: 120, columns: 6 },
      after: { rows: 120, columns: 6 },
      gone: ['plan'],
      added: ['calls'],
      copied: { path: 'data/raw/churn.csv', rewritten: false, there: false },
      moved: [{ from: 'data/raw/churn.csv', to: 'data/raw/former/churn.csv' }],
      done: true,
    });
  });

  it('with the same data has nothing to do', async () => {
    const dir = await emittedOwn(1);
    const before = state(dir);
    for (const words of [[`data=${churn()}`], ['data=data/raw/churn.csv'], [`data=${churn()}`, '--commit']]) {
      const { code, out } = await azmlops(dir, 'set', ...words);
      expect([code, out.split(':')[0]]).toEqual([0, 'Nothing to do']);
      expect(state(dir)).toEqual(before);
    }
  });

  it('in a clone without the rows brings them, with nothing else to do', async () => {
    const clone = join(temporary(), 'clone');
    git('/', 'clone', '--quiet', await emittedOwn(0), clone);
    expect(rawIn(clone)).toEqual([]);
    const { code, out } = await azmlops(clone, 'set', `data=${churn()}`);
    expect([code, out.split(':')[0]]).toEqual([0, 'Nothing to do']);
    expect(files(clone)['data/raw/churn.csv']).toBe(CHURN);
    expect(git(clone, 'status', '--porcelain')).toBe('');
    expect((await azmlops(clone, 'set', '--status')).out).toContain('Nothing is open');
  });

  it('--dry-run and --diff bring nothing, and say what would be', async () => {
    const dir = await emittedOwn(0);
    const before = state(dir);
    const words = ['set', `data=${later()}`];
    const dry = await azmlops(dir, ...words, '--dry-run');
    expect([dry.code, state(dir)]).toEqual([0, before]);
    const told = dry.out.replace(/\s+/g, ' ');
    expect(told).toContain('will be copied byte for byte to data/raw/churn.csv');
    expect(told).toContain('will be moved to data/raw/former/churn.csv');
    expect(told).toContain(`do it: azmlops set data=${later()} `);
    const diff = await azmlops(dir, ...words, '--diff');
    expect([diff.code, state(dir)]).toEqual([0, before]);
    expect(diff.out).toMatch(/^diff --git /);
    expect(diff.err).toContain('data/raw/former/churn.csv');
  });

  it('--commit commits what azmlops writes, and no row', async () => {
    const dir = await emitted(0);
    const { code } = await azmlops(dir, 'set', `data=${churn()}`, 'target=churned', '--commit');
    expect(code).toBe(0);
    expect(git(dir, 'log', '-1', '--format=%s')).toBe('Set data=churn.csv target=churned');
    expect(git(dir, 'ls-files', 'data/raw')).toBe('');
    expect([git(dir, 'status', '--porcelain'), files(dir)['data/raw/churn.csv']]).toEqual(['', CHURN]);
  });

  it("keeps what the team has put into the data contract: a column's role", async () => {
    const dir = await emittedOwn(1);
    const without = (text: string) => text.replace(/("name": "months",\s+"role": )"feature"/, '$1"ignored"');
    commit(dir, { 'src/churn/contract.json': without, 'README.md': append('Ours.') });
    const { code, out } = await azmlops(dir, 'set', `data=${later()}`);
    expect(code, out).toBe(0);
    const contract = JSON.parse(files(dir)['src/churn/contract.json'] ?? '') as {
      columns: { name: string; role: string }[];
    };
    expect(contract.columns.map(({ name }) => name)).not.toContain('plan');
    expect(contract.columns.find(({ name }) => name === 'months')).toMatchObject({
      role: 'ignored',
      max: 79,
    });
    expect(files(dir)['README.md']).toMatch(/Ours\.\n$/);
  });

  it.each([0, 1, 2, 3, 4])(
    'at level %i changes no code, workflow or script between two data sets of one task',
    async (level) => {
      const more = { endpoint: 'both', description: 'Ours.' };
      const [one, two] = await Promise.all([
        ownAnswers(churn(), { ...more, target: 'churned' }, level),
        ownAnswers(wines(), { ...more, target: 'vineyard' }, level),
      ]);
      const [before, after] = [one, two].map((answers) => render([ownTemplates], level, answers));
      expect([...(before?.keys() ?? [])]).toEqual([...(after?.keys() ?? [])]);
      const changed = [...(before ?? [])].flatMap(([path, { content }]) =>
        Buffer.compare(content, after?.get(path)?.content ?? new Uint8Array()) === 0 ? [] : [path],
      );
      expect(changed).toContain('.azmlops/profile.json');
      expect(changed.filter((path) => !/\.(md|json|csv)$|^\.azmlops(\.yml|\/)/.test(path))).toEqual([]);
    },
  );
});

const ownTemplates = await ownRoot();

describe('a recorded answer that no longer fits', () => {
  it.each([
    ['a target that is gone', () => wines(), [], ['no column churned', 'target=COLUMN', 'vineyard']],
    [
      'a sensitive column that is gone',
      () => wines(),
      ['target=vineyard'],
      ['no column age_group', 'target=vineyard sensitive='],
    ],
    [
      'a task that a column of that name cannot be the target of',
      () => join(write(temporary(), { 'x.csv': numbers() }), 'x.csv'),
      [],
      ['churned', 'cannot be the target of a classification', 'task=regression'],
    ],
    ['a sensitive column that becomes the target', () => churn(), ['target=age_group'], ['sensitive=']],
  ])('%s is refused with the words that mend it, and nothing is written', async (_, file, words, says) => {
    const dir = await emittedOwn(0, '--sensitive', 'age_group');
    const before = state(dir);
    const { code, out, err } = await azmlops(dir, 'set', `data=${file()}`, ...words);
    expect([code, out, state(dir)]).toEqual([2, '', before]);
    for (const part of [...says, 'azmlops set data=']) expect(err).toContain(part);
  });

  it.each([
    ['months', 'regression'],
    ['plan', 'classification'],
  ])('a new target, %s, brings its task along: %s', async (target, task) => {
    const dir = await emittedOwn(0);
    const { code, out } = await azmlops(dir, 'set', `target=${target}`);
    expect(code).toBe(0);
    const manifest = files(dir)['.azmlops.yml'];
    expect(manifest).toContain(`task: "${task}"`);
    expect(manifest).toContain(`description: "A ${task} model that predicts ${target}."`);
    expect(out.includes('"classification" becomes "regression"')).toBe(task === 'regression');
  });

  it('a description of the team stays', async () => {
    const dir = await emittedOwn(0);
    await azmlops(dir, 'set', 'description=Who leaves us', '--commit');
    await azmlops(dir, 'set', 'target=plan');
    expect(files(dir)['.azmlops.yml']).toContain('description: "Who leaves us"');
  });
});

const numbers = () =>
  CHURN.split('\n')
    .map((line, at) => (at && line ? `${line.slice(0, line.lastIndexOf(','))},${at / 10 + 0.05}` : line))
    .join('\n');

describe('bad words and files', () => {
  it.each([
    [['data=nowhere.csv'], 2, 'nowhere.csv'],
    [['data='], 2, 'data=FILE'],
    [['data'], 2, 'data=FILE'],
    [['data=a.csv', 'data=b.csv'], 2, 'data is given twice'],
    [['profile=x'], 2, 'made from the data'],
    [['dta=x'], 2, 'Did you mean data?'],
    [['data=.'], 2, 'folder'],
  ])('%j are refused with exit %i, and nothing is written', async (words, exit, says) => {
    const dir = await emitted(0);
    const before = state(dir);
    const { code, out, err } = await azmlops(dir, 'set', ...words);
    expect([code, out, state(dir)]).toEqual([exit, '', before]);
    expect(err).toContain(says);
  });

  it('a change that is not committed is refused before a long file is read', async () => {
    const dir = await emitted(0);
    write(dir, { 'README.md': 'Not committed.\n' });
    const { code, err } = await azmlops(dir, 'set', 'data=nowhere.csv', 'target=x');
    expect([code, err.includes('README.md')]).toEqual([3, true]);
  });

  it.each<[string, (dir: string) => void, string]>([
    [
      'a link in place of the folder',
      (dir) => {
        rmSync(join(dir, 'data/raw'), { recursive: true });
        symlinkSync(temporary(), join(dir, 'data/raw'));
        // The pattern that ignores what is in the folder does not ignore the link.
        write(dir, { '.git/info/exclude': 'data/raw\n' });
      },
      'data/raw is a link',
    ],
    [
      'a file of that name which git tracks',
      (dir) => {
        git(dir, 'add', '--force', 'data/raw/churn.csv');
        git(dir, 'commit', '--quiet', '--message=rows');
      },
      'git rm --cached data/raw/churn.csv',
    ],
  ])('%s is refused with exit 3, and nothing is written', async (_, spoil, says) => {
    const dir = await emittedOwn(0);
    spoil(dir);
    const before = git(dir, 'status', '--porcelain');
    const { code, err } = await azmlops(dir, 'set', `data=${later()}`);
    expect([code, git(dir, 'status', '--porcelain')]).toEqual([3, before]);
    expect(err).toContain(says);
  });

  it('the example itself is no other data', async () => {
    const dir = await emitted(0);
    const { code, err } = await azmlops(dir, 'set', 'data=data/raw/penguins.csv', 'target=species');
    expect([code, err.includes('is the example')]).toEqual([2, true]);
    expect(existsSync(join(dir, 'data/raw/penguins.csv'))).toBe(true);
    expect(readFileSync(join(dir, '.azmlops.yml'), 'utf8')).toContain('species');
  });
});
