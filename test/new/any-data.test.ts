import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { readData } from '../../src/data/read.js';
import { fileOf, rowsToCopy, table } from '../data/copies.js';
import { azmlops, files, home, temporary } from '../support/session.js';

beforeEach(() => void home());

/** The same with something to predict, and something to predict it from. */
const predictable = table.map((made) => ({
  ...made,
  rows: made.rows.map((row, at) =>
    at ? [...row, String((at * 5) % 7), at % 2 ? 'yes' : 'no'] : [...row, 'n', 'y'],
  ),
}));

it('whatever the file, new refuses it and leaves the disk as it was, or the rows are in the repository', async () => {
  let written = 0;
  await fc.assert(
    fc.asyncProperty(predictable, async (made) => {
      const dir = temporary();
      const path = join(dir, 'x.csv');
      writeFileSync(path, fileOf(made));
      const words = ['new', 'churn', '--level', '0', '--yes', '--no-git', '--data', 'x.csv', '--target', 'y'];
      const { code, err } = await azmlops(dir, ...words);
      expect(readFileSync(path)).toEqual(fileOf(made));
      if (code !== 0) {
        expect([code, err]).toEqual([2, expect.stringMatching(/^azmlops: /)]);
        expect(Object.keys(files(dir))).toEqual(['x.csv']);
        return;
      }
      written++;
      const copy = join(dir, 'churn/data/raw/x.csv');
      expect(existsSync(copy)).toBe(true);
      const [before, after] = [await readData(path, 'x'), await readData(copy, 'y')];
      expect(await rowsToCopy(copy, after)).toEqual(await rowsToCopy(path, before));
    }),
    { numRuns: 60 },
  );
  expect(written).toBeGreaterThan(15);
}, 120_000);
