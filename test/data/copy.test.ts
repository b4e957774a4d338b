import { chmodSync, existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyData, dataPathFor } from '../../src/data/copy.js';
import { readData } from '../../src/data/read.js';
import { temporary } from '../support/session.js';
import { fileOf, rowsToCopy, table } from './copies.js';

const CLEAN = ['a,b,c', ...Array.from({ length: 9 }, (_, at) => `${at},x${at % 3},${at}.5`), ''].join('\n');

/** A file with these bytes, as it is read. */
async function reading(content: string | Uint8Array, name = 'x.csv') {
  const path = join(temporary(), name);
  writeFileSync(path, content);
  return readData(path, name);
}

async function copied(content: string | Uint8Array, name?: string) {
  const read = await reading(content, name);
  const to = join(temporary(), 'copy.csv');
  const outcome = await copyData(read, to);
  return { read, to, ...outcome, text: readFileSync(to) };
}

const DIRTY = CLEAN.replaceAll(',', ';');

describe('a copy', () => {
  it.each([
    ['plain', CLEAN],
    [
      'with quotes, line ends of Windows and a mark',
      `\uFEFF${CLEAN.replaceAll('\n', '\r\n').replace('x1', '"x, ""1"""')}`,
    ],
    ['with missing values in several spellings', CLEAN.replace('x1', 'NA').replace('x2', '?')],
    ['with a quoted line end', CLEAN.replace('x1', '"x\n1"')],
  ])('of a file that is %s has its very bytes', async (_, content) => {
    const { rewritten, text } = await copied(content);
    expect(rewritten).toBe(false);
    expect(text).toEqual(Buffer.from(content));
  });

  it.each([
    ['packed with gzip', gzipSync(CLEAN), CLEAN],
    ['separated by semicolons', DIRTY, CLEAN],
    ['separated by tabs', CLEAN.replaceAll(',', '\t'), CLEAN],
    ['separated by spaces', CLEAN.replaceAll(',', '  '), CLEAN],
    ['written with decimal commas', DIRTY.replaceAll('.5', ',5'), CLEAN],
    ['in single quotes', CLEAN.replace('x1', "'x,1'"), CLEAN.replace('x1', '"x,1"')],
    ['in Latin-1', Buffer.from(CLEAN.replaceAll('x1', 'é'), 'latin1'), CLEAN.replaceAll('x1', 'é')],
    ['full of spaces', CLEAN.replaceAll('x1', 'x1 ').replace('b,', 'b ,'), CLEAN],
    ['in lines that end in CR alone', CLEAN.replaceAll('\n', '\r'), CLEAN],
    ['ended by an empty value in quotes', `${CLEAN}""\r\n`, CLEAN],
    [
      'in a mix of all that',
      gzipSync(Buffer.from(`${DIRTY.replaceAll('.5', ',5')}7;"a;ü";8,5\r\n`, 'latin1')),
      `${CLEAN}7,a;ü,8.5\n`,
    ],
  ])('of a file that is %s is one that is not', async (_, content, expected) => {
    const { rewritten, text } = await copied(content);
    expect(rewritten).toBe(true);
    expect(text.toString()).toBe(expected);
  });

  it('keeps decimal commas where they belong to words', async () => {
    const content = DIRTY.replaceAll('.5', ',5').replaceAll(/x(\d)/g, '1,5 x$1').replace('a;', '1,5;');
    const { text } = await copied(content);
    expect(text.toString().split('\n').slice(0, 2)).toEqual(['"1,5",b,c', '0,"1,5 x0",0.5']);
  });

  it('may be seen by those only who may see the file', async () => {
    const read = await reading(CLEAN);
    chmodSync(read.path, 0o400);
    const to = join(temporary(), 'copy.csv');
    await copyData(read, to);
    expect(statSync(to).mode & 0o777).toBe(0o600);
  });

  it('is not made of a file that was changed since it was read, or is gone', async () => {
    const read = await reading(CLEAN);
    const to = join(temporary(), 'copy.csv');
    utimesSync(read.path, 1, 1);
    await expect(copyData(read, to)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('x.csv was changed') as string,
    });
    rmSync(read.path);
    await expect(copyData(read, to)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('x.csv went away') as string,
    });
    expect(existsSync(to)).toBe(false);
  });

  it('is taken back when the file is changed while it is written', async () => {
    const read = await reading(DIRTY.repeat(1) + '1;y;2.5\n'.repeat(100_000));
    const to = join(temporary(), 'copy.csv');
    const copying = copyData(read, to, () => utimesSync(read.path, 1, 1));
    await expect(copying).rejects.toMatchObject({ exitCode: 2 });
    expect(existsSync(to)).toBe(false);
  });

  it('overwrites nothing', async () => {
    const read = await reading(DIRTY);
    const to = join(temporary(), 'copy.csv');
    writeFileSync(to, 'mine');
    await expect(copyData(read, to)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(readFileSync(to, 'utf8')).toBe('mine');
  });
});

describe('the name of a copy', () => {
  it.each([
    ['churn.csv', 'churn'],
    ['Kunden 2024 (neu).CSV', 'Kunden-2024-neu'],
    ['churn.csv.gz', 'churn'],
    ['churn.TSV', 'churn'],
    ['churn', 'churn'],
    ['a.b.csv', 'a.b'],
    ['größe.csv', 'gro-e'],
    ['été.csv', 'ete'],
    ['.hidden.csv', 'hidden'],
    ['-rf.csv', 'rf'],
    ['$(x)`y`.csv', 'x-y'],
    ['日本.csv', 'data'],
    ['con.csv', 'data-con'],
    ['con.x.csv', 'data-con.x'],
    // Made-up rows are written over those.
    ['synthetic.csv', 'data-synthetic'],
    ['.csv', 'data'],
    ['..csv', 'data'],
    ['penguins.csv', 'penguins'],
  ])('%s is %s.csv', (name, expected) => {
    expect(dataPathFor({ path: join('/w', name) })).toBe(`data/raw/${expected}.csv`);
  });

  it('is always one that every shell and disk takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), (name) => {
        expect(dataPathFor({ path: `/w/${name}` })).toMatch(
          /^data\/raw\/[A-Za-z0-9][A-Za-z0-9._-]{0,105}\.csv$/,
        );
      }),
    );
  });
});

it('a copy read back is always the rows of the file, or the file was refused', async () => {
  await fc.assert(
    fc.asyncProperty(table, async (written) => {
      const path = join(temporary(), 'x.csv');
      writeFileSync(path, fileOf(written));
      const read = await readData(path, 'x.csv').catch((error: unknown) => error as Error);
      if (read instanceof Error) {
        expect(read).toMatchObject({ exitCode: 2 });
        return;
      }
      const to = join(temporary(), 'y.csv');
      const { rewritten } = await copyData(read, to);
      const back = await readData(to, 'y.csv');
      expect(back.format).toMatchObject({
        gzip: false,
        delimiter: ',',
        quote: '"',
        decimalComma: false,
      });
      if (rewritten) expect(back.format.encoding).toBe('utf-8');
      expect(back.profile).toEqual(read.profile);
      expect(back.counts).toEqual(read.counts);
      expect(await rowsToCopy(to, back)).toEqual(await rowsToCopy(path, read));
    }),
    { numRuns: 150 },
  );
}, 120_000);
