import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { prepare } from '../../src/merge/merge-into.js';
import type { FileTree } from '../../src/merge/types.js';
import { azmlops, files, git, home, temporary, write } from '../support/session.js';
import { LABELS } from '../merge/scenarios/stage.js';
import { commit, emitted, state } from './emitted.js';
import { CHURN, CHURN_LATER, churn, emittedOwn, later } from './own.js';

beforeEach(() => void home());

const rowsIn = (dir: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files(dir))
      .filter(([path]) => path.startsWith('data/raw/') && !path.endsWith('.gitignore'))
      .map(([path, text]) => [path.slice('data/raw/'.length), text]),
  );

const set = (dir: string, ...words: string[]) => azmlops(dir, 'set', `data=${later()}`, ...words);
const abort = (dir: string, ...words: string[]) => azmlops(dir, 'set', '--abort', ...words);

describe('the tables that were there', () => {
  it('that git does not track are moved aside, each to a name of its own, and told', async () => {
    const dir = await emittedOwn(0);
    const others = {
      'b.csv': 'of May\n',
      'former/b.csv': 'of April\n',
      'note.txt': 'x\n',
      'sub/c.csv': 'y\n',
    };
    for (const [path, text] of Object.entries(others)) write(dir, { [`data/raw/${path}`]: text });
    const { code, out } = await set(dir);
    expect(code).toBe(0);
    expect(rowsIn(dir)).toEqual({
      ...{ 'churn.csv': CHURN_LATER, 'former/churn.csv': CHURN, 'former/b-2.csv': 'of May\n' },
      ...{ 'former/b.csv': 'of April\n', 'note.txt': 'x\n', 'sub/c.csv': 'y\n' },
    });
    const told = out.replace(/\s+/g, ' ');
    expect(told).toContain('data/raw/b.csv would be read along, so it was moved to data/raw/former/b-2.csv');
    expect((await azmlops(dir, 'set', '--status')).out).toContain('data/raw/former/b-2.csv');
  });

  it('that git tracks stay, and it is told that they are read along', async () => {
    const dir = await emittedOwn(0);
    write(dir, { 'data/raw/regions.csv': 'region\nnorth\n' });
    git(dir, 'add', '--force', 'data/raw/regions.csv');
    git(dir, 'commit', '--quiet', '--message=regions');
    const { code, out } = await set(dir);
    expect([code, out.replace(/\s+/g, ' ')]).toEqual([
      0,
      expect.stringMatching(/data\/raw\/regions\.csv: git tracks this file, so it stays and is read along/),
    ]);
    expect(rowsIn(dir)['regions.csv']).toBe('region\nnorth\n');
  });

  it('that were gathered before, and would be read instead, are told', async () => {
    const dir = await emittedOwn(1);
    write(dir, { 'data/gathered/2026-01-01/rows.csv': CHURN });
    const { code, out } = await set(dir);
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('data/gathered: what was gathered before is read'),
    ]);
    expect(git(dir, 'status', '--porcelain')).not.toContain('gathered');
  });

  it('with --quiet too it is said what was moved', async () => {
    const dir = await emittedOwn(0);
    const { code, out, err } = await set(dir, '--quiet');
    expect([code, out, err]).toEqual([0, '', 'data/raw/churn.csv was moved to data/raw/former/churn.csv.\n']);
  });

  it('an example that the team edited is a conflict, and is read along', async () => {
    const dir = await emitted(0);
    commit(dir, { 'data/raw/penguins.csv': (text) => text.replace('Torgersen', 'Biscoe') });
    const { code, out } = await azmlops(dir, 'set', `data=${churn()}`, 'target=churned', '--json');
    const { conflicts, data } = JSON.parse(out) as { conflicts: string[]; data: object };
    expect([code, conflicts, data]).toEqual([
      1,
      ['data/raw/penguins.csv'],
      expect.objectContaining({ alongside: ['data/raw/penguins.csv'] }),
    ]);
    expect(Object.keys(rowsIn(dir))).toEqual(['churn.csv', 'penguins.csv']);
  });
});

describe('the file', () => {
  it('that stands in the folder already stays under its name', async () => {
    const dir = await emittedOwn(0);
    write(dir, { 'data/raw/In May.csv': CHURN_LATER });
    const { code, out } = await azmlops(join(dir, 'data/raw'), 'set', '--dir', dir, 'data=In May.csv');
    expect(code, out).toBe(0);
    expect(rowsIn(dir)).toEqual({ 'In May.csv': CHURN_LATER, 'former/churn.csv': CHURN });
  });

  it('that the emitted code could not read is written anew; as it is, it is moved aside', async () => {
    const dir = await emittedOwn(0);
    const odd = CHURN_LATER.replaceAll(',', ';').replaceAll('.', ',');
    write(dir, { 'data/raw/May.csv': odd });
    const { code, out } = await azmlops(dir, 'set', 'data=data/raw/May.csv');
    expect(code, out).toBe(0);
    expect(rowsIn(dir)).toEqual({
      'May.csv': CHURN_LATER,
      'former/May.csv': odd,
      'former/churn.csv': CHURN,
    });
    expect(out.replace(/\s+/g, ' ')).toContain('semicolon, decimal commas');
    // Once more there is nothing to do, and nothing is moved.
    commit(dir, {});
    const again = await azmlops(dir, 'set', 'data=data/raw/former/May.csv');
    expect([again.code, Object.keys(rowsIn(dir)).length]).toEqual([0, 3]);
  });

  it('called like the example takes another name, so that --abort can put the example back', async () => {
    const dir = await emitted(0);
    const before = state(dir);
    const file = join(write(temporary(), { 'penguins.csv': CHURN }), 'penguins.csv');
    expect((await azmlops(dir, 'set', `data=${file}`, 'target=churned')).code).toBe(0);
    expect(rowsIn(dir)).toEqual({ 'penguins-2.csv': CHURN });
    expect((await abort(dir)).code).toBe(0);
    expect(state(dir)).toEqual(before);
  });

  it('never enters git, though the .gitignore is the own one of the team', async () => {
    const dir = await emitted(0);
    commit(dir, { '.gitignore': '*.tmp\n' });
    const before = state(dir);
    expect((await azmlops(dir, 'set', `data=${churn()}`, 'target=churned')).code).toBeLessThan(2);
    expect(git(dir, 'status', '--porcelain', '--untracked-files=all')).not.toContain('churn.csv');
    expect(files(dir)['data/raw/.gitignore']).toBe('*\n');
    expect((await azmlops(dir, 'explain', 'data/raw/.gitignore')).out).toContain('no row enters git');
    expect((await abort(dir)).code).toBe(0);
    expect(state(dir)).toEqual(before);
  });
});

it('rows that a .gitignore of the team lets in are told', async () => {
  const dir = await emittedOwn(0);
  write(dir, { 'data/raw/.gitignore': '!*\n' });
  const { code, out } = await azmlops(dir, 'set', `data=${churn()}`);
  expect([code, out]).toEqual([0, expect.stringContaining('git does not ignore data/raw/churn.csv')]);
});

describe('--abort', () => {
  it('puts the rows back too, byte for byte', async () => {
    const dir = await emittedOwn(1);
    write(dir, { 'data/raw/b.csv': 'of May\n' });
    const before = state(dir);
    expect((await set(dir)).code).toBe(0);
    expect(existsSync(join(dir, 'data/raw/.gitignore')), 'the root has one').toBe(false);
    expect(state(dir)).not.toEqual(before);
    expect((await abort(dir)).code).toBe(0);
    expect(state(dir)).toEqual(before);
    expect(existsSync(join(dir, 'data/raw/former'))).toBe(false);
  });

  it.each<[string, string, string | null, Record<string, string>]>([
    ['the new rows were edited', 'churn.csv', 'mine\n', { 'churn.csv': CHURN }],
    // Edits of what only made room are no edits of the program's: they go back with the file.
    ['the former rows were edited', 'former/churn.csv', 'mine\n', { 'churn.csv': 'mine\n' }],
    ['the former rows were deleted', 'former/churn.csv', null, {}],
  ])('refuses when %s since, and touches nothing, unless --force', async (_, name, text, forced) => {
    const dir = await emittedOwn(0);
    await set(dir);
    const path = `data/raw/${name}`;
    if (text === null) rmSync(join(dir, path));
    else write(dir, { [path]: text });
    const edited = state(dir);
    const { code, err } = await abort(dir);
    expect([code, state(dir)]).toEqual([3, edited]);
    expect(err).toContain(path);
    expect((await abort(dir, '--force')).code).toBe(0);
    expect(git(dir, 'status', '--porcelain')).toBe('');
    expect(rowsIn(dir)).toEqual(forced);
  });

  it('never removes a file that came into the place of the former rows', async () => {
    const dir = await emittedOwn(0);
    write(dir, { 'data/raw/b.csv': 'of May\n' });
    await set(dir);
    write(dir, { 'data/raw/b.csv': 'another\n' });
    for (const words of [[], ['--force']]) {
      const { code, err } = await abort(dir, ...words);
      expect([code, err.includes('data/raw/b.csv')]).toEqual([3, true]);
    }
    expect(rowsIn(dir)).toMatchObject({ 'b.csv': 'another\n', 'former/b.csv': 'of May\n' });
  });
});

describe('a run that ends in the midst', () => {
  /** Kills itself, in effect, while it writes the rows: what the disk holds then is kept. */
  async function cutOff(dir: string): Promise<string> {
    const copy = join(temporary(), 'cut-off');
    const base: FileTree = new Map();
    const theirs = new Map([['NEW.md', { content: Buffer.from('new\n'), mode: '100644' as const }]]);
    const moves = [{ from: 'data/raw/churn.csv', to: 'data/raw/former/churn.csv' }];
    const make = (to: string) => {
      writeFileSync(to, 'half a r');
      cpSync(dir, copy, { recursive: true, preserveTimestamps: true });
      return Promise.reject(new Error('ENOSPC'));
    };
    const prepared = await prepare(dir, { base, theirs, labels: LABELS });
    const writes = prepared.write('set', { puts: [{ path: 'data/raw/churn.csv', make }], moves });
    await expect(writes).rejects.toThrow('ENOSPC');
    return copy;
  }

  it('because copying fails leaves everything as it was', async () => {
    const dir = await emittedOwn(0);
    const before = state(dir);
    await cutOff(dir);
    expect(state(dir)).toEqual(before);
    expect((await azmlops(dir, 'set', '--status')).out).toContain('Nothing is open');
  });

  it('because it is killed is mended by --abort, and the next run works', async () => {
    const dir = await emittedOwn(0);
    const before = state(dir);
    const copy = await cutOff(dir);
    expect(Object.values(rowsIn(copy))).toContain('half a r');
    const next = await set(copy);
    expect([next.code, next.err.includes('--abort')]).toEqual([3, true]);
    expect((await abort(copy)).code).toBe(0);
    expect(state(copy)).toEqual(before);
    expect((await set(copy)).code).toBe(0);
  });

  it.each([1, 2, 3])('or %i steps before its end, too', async (steps) => {
    const dir = await emittedOwn(0);
    write(dir, { 'data/raw/b.csv': 'of May\n' });
    const before = state(dir);
    await set(dir);
    const journal = join(dir, '.git/azmlops/journal.json');
    const text = readFileSync(journal, 'utf8').replace('"state":"written"', '"state":"writing"');
    writeFileSync(journal, text);
    // What was done last is undone by hand, as if the program had not come to it.
    const moves: [string, string][] = [
      ['churn.csv', '.churn.csv.azmlops'],
      ['former/churn.csv', 'churn.csv'],
      ['former/b.csv', 'b.csv'],
    ];
    mkdirSync(join(dir, 'data/raw/former'), { recursive: true });
    for (const [from, to] of moves.slice(0, steps))
      renameSync(join(dir, 'data/raw', from), join(dir, 'data/raw', to));
    expect((await azmlops(dir, 'set', '--status')).out).toContain('Interrupted');
    expect((await abort(dir)).code).toBe(0);
    expect(state(dir)).toEqual(before);
  });
});
