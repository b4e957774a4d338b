import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readData } from '../../src/data/read.js';
import { eight, fileOf, refusalOf, refusedBy } from './tables.js';

interface Row {
  readonly it: string;
  readonly text: string | Uint8Array;
  /** Where and what, at least. */
  readonly says: RegExp;
  readonly hint: RegExp;
}

const bytes = (...values: number[]): Buffer => Buffer.from(values);
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const rows = eight('1,2\n');
const SKLEARN = '5.1,3.5,1.4,0.2,0\n';

const REFUSED: readonly Row[] = [
  { it: 'an empty file', text: '', says: /^churn\.csv: .*empty/, hint: /CSV/ },
  { it: 'gzip of nothing', text: gzipSync(''), says: /empty/, hint: /CSV/ },
  { it: 'blank lines only', text: ' \n\n', says: /blanks/, hint: /header/ },
  { it: 'a header only', text: 'a,b\n', says: /no rows/, hint: /data/ },
  { it: 'seven rows', text: `a,b\n${'1,2\n'.repeat(7)}`, says: /7 rows .*at least 8/, hint: /test/ },
  {
    it: 'an Excel workbook',
    text: Buffer.concat([latin1('PK\x03\x04'), latin1('xl/workbook.xml\0')]),
    says: /Excel workbook \(\.xlsx\)/,
    hint: /CSV UTF-8/,
  },
  {
    it: 'an old Excel workbook',
    text: bytes(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1),
    says: /Excel workbook/,
    hint: /CSV UTF-8/,
  },
  { it: 'a zip archive', text: latin1('PK\x03\x04\x14\0churn.csv'), says: /zip archive/, hint: /Unpack/ },
  { it: 'a Parquet file', text: latin1('PAR1\x15\0'), says: /Parquet/, hint: /read_parquet/ },
  {
    it: 'UTF-16 with its mark',
    text: Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'),
    says: /UTF-16/,
    hint: /UTF-8/,
  },
  {
    it: 'UTF-16 without its mark',
    text: Buffer.from(`a,b\n${rows}`, 'utf16le'),
    says: /UTF-16/,
    hint: /UTF-8/,
  },
  { it: 'other binary files', text: bytes(1, 2, 0, 3, 4, 5, 0, 0), says: /no text/, hint: /CSV/ },
  { it: 'Parquet within gzip', text: gzipSync(latin1('PAR1\x15\0')), says: /Parquet/, hint: /read_parquet/ },
  { it: 'gzip within gzip', text: gzipSync(gzipSync('a,b\n')), says: /twice/, hint: /gzip -d/ },
  { it: 'a web page', text: '<!DOCTYPE html>\n<html>', says: /web page/, hint: /download/i },
  { it: 'JSON', text: '[{"a": 1}]', says: /JSON/, hint: /read_json/ },
  {
    it: 'a pointer of Git LFS',
    text: 'version https://git-lfs.github.com/spec/v1\noid sha256:1\n',
    says: /LFS/,
    hint: /git lfs pull/,
  },
  {
    it: 'NULs in line 6',
    text: `a,b\n${'1,2\n'.repeat(3000)}1,\0\n`,
    says: /^churn\.csv:3002: .*NUL/,
    hint: /UTF-8/,
  },
  {
    it: 'what is neither UTF-8 nor Latin-1, after blank lines',
    text: Buffer.concat([latin1(`a,b\n\n\r\n${rows}\n`), latin1('3,\xe9\x81\n')]),
    says: /^churn\.csv:13: .*neither UTF-8 nor Latin-1/,
    hint: /UTF-8/,
  },
  {
    it: 'numbers in place of a header',
    text: eight('59 2 32.1 101.0\n'),
    says: /^churn\.csv:1: there is no header/,
    hint: /names/,
  },
  {
    it: 'dates and gaps in place of a header',
    text: eight('2024-01-31,NA,1\n'),
    says: /:1: there is no header/,
    hint: /names/,
  },
  {
    it: "the counts on top of scikit-learn's iris",
    text: `150,4,setosa,versicolor,virginica\n${eight(SKLEARN)}`,
    says: /:1: .*counts/,
    hint: /names the 5 columns/,
  },
  {
    it: 'the counts on top of its other files',
    text: `178,4,class_0\n${eight(SKLEARN)}`,
    says: /:1: .*counts/,
    hint: /names the 5 columns/,
  },
  {
    it: 'the index of pandas',
    text: `,a,b\n${eight('0,1,2\n')}`,
    says: /:1: column 1 has no name/,
    hint: /index=False/,
  },
  {
    it: 'a name that is not there',
    text: `\na, ,b\n${eight('0,1,2\n')}`,
    says: /:2: column 2 has no name/,
    hint: /delimiter/,
  },
  {
    it: 'two columns of one name',
    text: `a,b, a\n${eight('0,1,2\n')}`,
    says: /:1: columns 1 and 3 .*"a"/,
    hint: /own/,
  },
  {
    it: 'a name that would steer a terminal',
    text: `a,"b\u001b[2J"\n${rows}`,
    says: /:1: .*column 2.*control/,
    hint: /without/,
  },
  {
    it: 'the note that Excel reads',
    text: `sep=;\na;b\n${eight('1;2\n')}`,
    says: /:1: .*Excel/,
    hint: /out/,
  },
  {
    it: 'one column',
    text: `a\n${eight('1.5\n')}`,
    says: /:1: .*one column/,
    hint: /commas, semicolons, tabs or spaces/,
  },
  {
    it: 'bars between values',
    text: `a b|c\n${eight('2024-01-01 10:00|2\n')}`,
    says: /one column.*"\|"/,
    hint: /commas/,
  },
  {
    it: '2,001 columns',
    text: `${Array.from({ length: 2001 }, (_, at) => `c${at}`).join()}\n`,
    says: /:1: there are 2001 columns/,
    hint: /Keep/,
  },
  {
    it: 'a row that is too long',
    text: `a,b\n${rows}1,2,3\n`,
    says: /^churn\.csv:10: .*3 values, the header \(line 1\) has 2/,
    hint: /quotes/,
  },
  {
    it: 'a row that is too short',
    text: `a,b,c\n${eight('1,2,3\n')}1,2\n`,
    says: /:10: .*2 values/,
    hint: /quotes/,
  },
  { it: 'a row of one value', text: `a,b\n${rows}1\n${rows}`, says: /:10: .*1 value, /, hint: /quotes/ },
  {
    it: 'rows that all have a name of a row in front',
    text: `a,b\n${eight('r,1,2\n')}`,
    says: /:2: .*3 values/,
    hint: /first column/,
  },
  {
    it: 'a title above the header',
    text: `Report of May\na,b\n${rows}`,
    says: /:2: .*2 values.*line 1/,
    hint: /title/,
  },
  {
    it: 'a ragged row, counting lines within quotes',
    text: `"a\n\n",b\r\n\r\n${eight('1,"x\ny"\r\n')}1\r\n`,
    says: /:21: /,
    hint: /quotes/,
  },
  {
    it: 'a ragged row, where CR ends lines',
    text: `a,b\r\r${eight('1,2\r')}1\r`,
    says: /:11: /,
    hint: /quotes/,
  },
  {
    it: 'a ragged row after spaces were put in order',
    text: `a b\n\n${eight('1  2\n')}1   2   3\n`,
    says: /:11: .*3 values/,
    hint: /quotes/,
  },
  {
    it: 'a quote that closes too early',
    text: `a,b\n${rows}1,"x"y\n${eight('1,"z"\n')}`,
    says: /^churn\.csv:10: the quote \("\)/,
    hint: /twice/,
  },
  {
    it: 'a quote that closes too early, in the last line',
    text: `a,b\n${rows}1,"x"y`,
    says: /:10: the quote/,
    hint: /twice/,
  },
  {
    it: 'a quote that never closes',
    text: `a,b\n${rows}1,"x\n${rows}`,
    says: /:10: the quote/,
    hint: /Close/,
  },
  {
    it: 'a quote that never closes, with others below',
    text: `a,b\n${rows}1,"x\n${eight('1,"z"\n')}`,
    says: /:10: the quote/,
    hint: /Close/,
  },
  {
    it: 'a quote that never closes, in the header',
    text: `a,"b\n${rows}`,
    says: /:1: the quote/,
    hint: /Close/,
  },
  {
    it: 'backslashes before quotes',
    text: `a,b\n${eight('1,"say \\"hi\\" to"\n')}`,
    says: /:2: the quote/,
    hint: /twice/,
  },
  {
    it: 'gzip that is cut off',
    text: gzipSync(`a,b\n${'1,2\n'.repeat(10_000)}`).subarray(0, 60),
    says: /gzip is damaged/,
    hint: /again/,
  },
];

it.each(REFUSED)('refuses $it', async ({ text, says, hint }) => {
  for (const chunk of [1, 5, 100_000]) {
    const refusal = await refusalOf(text, chunk);
    expect(refusal.message).toMatch(says);
    expect(refusal.hint).toMatch(hint);
    expect(refusal.exitCode).toBe(2);
    // A terminal gets nothing that it obeys.
    expect(refusal.message + refusal.hint).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
});

it('says in which row of a file with many the quote opens, wherever it is cut', async () => {
  const text = `a,b\n${'1,"x"\n'.repeat(30_000)}2,"y\n${'1,"x"\n'.repeat(30_000)}`;
  expect((await refusalOf(text)).message).toMatch(/:30002: the quote/);
});

it('names a file that is nearly the one that is not there', async () => {
  const path = fileOf('a,b\n', 'customers.csv');
  const refusal = await refusedBy(() => readData(join(dirname(path), 'costumers.csv'), 'costumers.csv'));
  expect(refusal.message).toBe('costumers.csv: there is no such file. Did you mean customers.csv?');
});

it('refuses a folder, and names a table that is in it', async () => {
  const dir = `${fileOf('', 'beside')}-folder`;
  mkdirSync(dir);
  writeFileSync(join(dir, 'inside.csv'), '');
  const { message, hint } = await refusedBy(() => readData(dir, 'folder'));
  expect(message).toBe('folder: it is a folder.');
  expect(hint).toContain('inside.csv');
});

it('refuses what can be read only once, and links in a circle', async () => {
  const refusal = await refusedBy(() => readData('/dev/null', '/dev/null'));
  expect(refusal.message).toMatch(/no plain file/);
  const path = `${fileOf('')}-link`;
  symlinkSync(path, path);
  expect((await refusedBy(() => readData(path, 'link'))).message).toMatch(/^link: it cannot be read/);
});

it('shows a path without what a terminal would obey', async () => {
  const refusal = await refusedBy(() => readData(fileOf(''), 'a\u001b[2J.csv'));
  expect(refusal.message).toBe('a\\u{1b}[2J.csv: the file is empty.');
});

it('refuses a file that is changed while it is read', async () => {
  const path = fileOf(`a,b\n${rows}`);
  const refusal = await refusedBy(() => readData(path, 'churn.csv', () => utimesSync(path, 1, 1)));
  expect(refusal.message).toMatch(/changed while it was read/);
});
