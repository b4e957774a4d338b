import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hostile, ODD_NAMES, SECRET, TARGET } from '../support/own-data.js';
import { azmlops, files, git, home, temporary, write } from '../support/session.js';
import { filesOf, type Tree, trees } from '../support/trees.js';

// What a repository about somebody's own data holds of it: a profile of its columns, and nothing of its rows.

const own = trees((tree) => tree.own === true);
/** Every text that git would take, those in the baseline too. */
const texts = ({ dir }: Tree): [string, string][] =>
  filesOf(dir).map((path) => {
    const bytes = readFileSync(join(dir, path));
    return [path, (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()];
  });

describe('in a repository about own data', () => {
  it('there is one at every level', () => {
    expect(own.map(({ level }) => level)).toEqual([0, 1, 2, 3, 4]);
  });

  it.each(own)('at level $level no file holds a value of a person, or a text of a row', (tree) => {
    const found = texts(tree).filter(([, text]) => text.includes(SECRET));
    expect(found.map(([path]) => path)).toEqual([]);
  });

  it.each(own)('at level $level no file holds several values of one row', (tree) => {
    // Decimals of six digits are alike by accident only; the smallest and the largest of a column are in the contract.
    const rows = hostile()
      .split('\n')
      .map((line) => line.match(/(?<=")\d+\.\d{6}(?=")/g) ?? [])
      .filter((values) => values.length > 3);
    expect(rows.length).toBeGreaterThan(200);
    for (const [path, text] of texts(tree)) {
      const written = new Set(text.match(/\d+\.\d{4,}/g));
      for (const values of rows)
        expect(
          values.filter((value) => written.has(value) || written.has(String(Number(value)))).length,
          path,
        ).toBeLessThan(3);
    }
  });

  it.each(own)('at level $level no name of a column stands in code', (tree) => {
    expect(ODD_NAMES.length).toBeGreaterThan(15);
    const code = texts(tree).filter(([path]) => /\.(py|ya?ml|sh|toml|ipynb)$|Makefile$/.test(path));
    const spellings = ODD_NAMES.flatMap((name) => [name, JSON.stringify(name).slice(1, -1)]);
    const found = code
      .filter(([path]) => path !== '.azmlops.yml')
      .flatMap(([path, text]) => spellings.filter((name) => text.includes(name)).map((name) => [path, name]));
    expect(found).toEqual([]);
  });

  it('a clone without rows goes from level 0 to 4, and is what `new` writes there', async () => {
    home();
    const dir = temporary();
    write(dir, { 'hostile.csv': hostile() });
    const words = [
      '--data',
      'hostile.csv',
      '--target',
      TARGET,
      '--name',
      'churn',
      '--package',
      'churn',
      '--yes',
    ];
    for (const level of [0, 4]) {
      const given =
        level === 0
          ? words.filter((word, n) => !/package/.test(words[n - 1] ?? '') && word !== '--package')
          : words;
      const made = await azmlops(dir, 'new', `level-${level}`, '--level', String(level), ...given);
      expect(made.code, made.err).toBe(0);
    }
    git(dir, 'clone', '--quiet', 'level-0', 'clone');
    expect(Object.keys(files(join(dir, 'clone'))).filter((path) => path.startsWith('data/raw/'))).toEqual([]);
    const ran = await azmlops(join(dir, 'clone'), 'upgrade', '--to', '4', '--yes', '--package=churn');
    expect([ran.code, ran.err], ran.out).toEqual([0, '']);
    rmSync(join(dir, 'level-4/data/raw'), { recursive: true });
    expect(files(join(dir, 'clone'))).toEqual(files(join(dir, 'level-4')));
  });
});
