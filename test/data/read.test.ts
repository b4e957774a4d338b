import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readData } from '../../src/data/read.js';
import { rowsOf } from '../../src/data/rows.js';
import type { Format } from '../../src/data/types.js';
import { eight, fileOf, tableIn } from './tables.js';

const PLAIN: Format = {
  gzip: false,
  encoding: 'utf-8',
  delimiter: ',',
  quote: '"',
  decimalComma: false,
  trailingSpaces: false,
};

interface Row {
  readonly it: string;
  readonly text: string | Uint8Array;
  readonly format?: Partial<Format>;
  readonly names: readonly string[];
  /** Of the first rows. */
  readonly rows: readonly (readonly string[])[];
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

const READ: readonly Row[] = [
  { it: 'commas', text: `a,b\n${eight('1,x\n')}`, names: ['a', 'b'], rows: [['1', 'x']] },
  {
    it: 'semicolons, where numbers have decimal commas',
    text: `a;b\n${eight('1,5;2,5\n')}`,
    format: { delimiter: ';' },
    names: ['a', 'b'],
    rows: [['1,5', '2,5']],
  },
  {
    it: 'tabs',
    text: `a b\tc\n${eight('x, y\t1 2\n')}`,
    format: { delimiter: '\t' },
    names: ['a b', 'c'],
    rows: [['x, y', '1 2']],
  },
  {
    it: 'runs of spaces, at the ends of lines too',
    text: `  a   b "c d"  \n${eight('1    "x  y" ""\n')}`,
    format: { delimiter: ' ' },
    names: ['a', 'b', 'c d'],
    rows: [['1', 'x  y', '']],
  },
  {
    it: 'quoted commas, quotes and line ends',
    text: `"a","b, c"\n${eight('"1, 2","say ""hi""\r\nand go"\n')}`,
    names: ['a', 'b, c'],
    rows: [['1, 2', 'say "hi"\r\nand go']],
  },
  {
    it: 'single quotes around names and values',
    text: `'a','b'\n${eight("1,'it''s, so'\n")}`,
    format: { quote: "'" },
    names: ['a', 'b'],
    rows: [['1', "it's, so"]],
  },
  {
    it: 'single quotes around the values of one column only',
    text: `a,b\n${eight("1,'x'\n")}`,
    format: { quote: "'" },
    names: ['a', 'b'],
    rows: [['1', 'x']],
  },
  {
    it: "apostrophes, which are no quotes: O'Brien, 'tis",
    text: `who,what\n${eight("O'Brien,'tis\nO'Neill,say 'so'\n")}`,
    names: ['who', 'what'],
    rows: [
      ["O'Brien", "'tis"],
      ["O'Neill", "say 'so'"],
    ],
  },
  {
    it: 'inches, which are no quotes',
    text: `size,n\n${eight('5" nail,1\n')}`,
    names: ['size', 'n'],
    rows: [['5" nail', '1']],
  },
  {
    it: 'spaces before values and before quotes',
    text: `a, "b"\n${eight('1,  "x, y"\n')}`,
    names: ['a', 'b'],
    rows: [['1', 'x, y']],
  },
  {
    it: 'spaces after values, and says so',
    text: `a,b\n${eight('x ,1\n')}`,
    format: { trailingSpaces: true },
    names: ['a', 'b'],
    rows: [['x', '1']],
  },
  {
    it: 'spaces after a name, and says so',
    text: `a ,b\n${eight('x,1\n')}`,
    format: { trailingSpaces: true },
    names: ['a', 'b'],
    rows: [['x', '1']],
  },
  {
    it: 'spaces within and after quotes, and says so',
    text: `a,b\n${eight('" x",1\n')}`,
    format: { trailingSpaces: true },
    names: ['a', 'b'],
    rows: [['x', '1']],
  },
  {
    it: 'spaces between a quote and the delimiter, and says so',
    text: `a,b\n${eight('"x" ,1\n')}`,
    format: { trailingSpaces: true },
    names: ['a', 'b'],
    rows: [['x', '1']],
  },
  {
    it: 'CR at the end of a quoted value, and says so',
    text: `a,b\n${eight('1,"x\r"\n')}`,
    format: { trailingSpaces: true },
    names: ['a', 'b'],
    rows: [['1', 'x']],
  },
  { it: 'CRLF', text: `a,b\r\n${eight('1,"x"\r\n')}`, names: ['a', 'b'], rows: [['1', 'x']] },
  {
    it: 'CR alone',
    text: `a,b\r${eight('1,"x"\r')}`,
    format: { loneReturns: true },
    names: ['a', 'b'],
    rows: [['1', 'x']],
  },
  {
    it: 'line ends of all kinds in one file',
    text: `a,b\r\n1,x\r2,y\n${eight('3,z\n')}`,
    format: { loneReturns: true },
    names: ['a', 'b'],
    rows: [
      ['1', 'x'],
      ['2', 'y'],
    ],
  },
  {
    it: 'a last line that does not end',
    text: `a,b\n${eight('1,x\n')}2,y`,
    names: ['a', 'b'],
    rows: [...Array<string[]>(8).fill(['1', 'x']), ['2', 'y']],
  },
  {
    it: 'blank lines, before the header too',
    text: `\n  \na,b\n\n1,x\n \t \n${eight('2,y\n\n')}`,
    names: ['a', 'b'],
    rows: [
      ['1', 'x'],
      ['2', 'y'],
    ],
  },
  { it: 'rows of nothing', text: `a,b\n${eight(',\n')}`, names: ['a', 'b'], rows: [['', '']] },
  {
    it: 'the mark of UTF-8, which is no part of the first name',
    text: `\ufeff"a",b\n${eight('1,é\n')}`,
    format: { encoding: 'utf-8 with mark' },
    names: ['a', 'b'],
    rows: [['1', 'é']],
  },
  {
    it: 'Latin-1, with the euro of Windows',
    text: Buffer.concat([latin1('größe,b\n'), ...Array<Buffer>(8).fill(latin1('5\x80,\x84é\x94\n'))]),
    format: { encoding: 'latin-1' },
    names: ['größe', 'b'],
    rows: [['5€', '„é”']],
  },
  {
    it: 'gzip, in two members',
    text: Buffer.concat([gzipSync('a,b\n1,x'), gzipSync(`\n${eight('2,y\n')}`)]),
    format: { gzip: true },
    names: ['a', 'b'],
    rows: [
      ['1', 'x'],
      ['2', 'y'],
    ],
  },
  {
    it: 'commas where dates and times hold a space in each row',
    text: `date time,x\n${eight('2024-01-01 10:00,5\n')}`,
    names: ['date time', 'x'],
    rows: [['2024-01-01 10:00', '5']],
  },
  {
    it: 'a tab and a line end in a name',
    text: `"a\tx\ny",b\n${eight('1,2\n')}`,
    names: ['a\tx\ny', 'b'],
    rows: [['1', '2']],
  },
  {
    it: 'the columns that scikit-learn puts between spaces',
    text: `Chins Situps Jumps\n${eight('5 162 60\n')}`,
    format: { delimiter: ' ' },
    names: ['Chins', 'Situps', 'Jumps'],
    rows: [['5', '162', '60']],
  },
];

it.each(READ)('reads $it', async ({ text, format, names, rows }) => {
  for (const chunk of [1, 2, 3, 7, 100_000]) {
    const table = await tableIn(text, chunk);
    expect(table.format).toEqual({ ...PLAIN, ...format });
    expect(table.names).toEqual(names);
    expect(table.rows.slice(0, rows.length)).toEqual(rows);
  }
});

it('reads all again as Latin-1 when only the last byte is no UTF-8', async () => {
  const many = '1,é\n'.repeat(300_000);
  const { format, rows } = await tableIn(Buffer.concat([Buffer.from(`a,b\n${many}2,`), latin1('é')]));
  expect(format.encoding).toBe('latin-1');
  expect(rows).toHaveLength(300_001);
  expect(rows.at(-1)).toEqual(['2', 'é']);
});

it('tells how far it is, in bytes of the file on disk', async () => {
  const bytes = gzipSync(`a,b\n${'1,x\n'.repeat(200_000)}`);
  const told: [number, number][] = [];
  await readData(fileOf(bytes), 'churn.csv', (read, size) => told.push([read, size]), { chunk: 64 });
  expect(told.at(-1)).toEqual([bytes.length, bytes.length]);
  expect(told.map(([read]) => read)).toEqual(told.map(([read]) => read).sort((one, other) => one - other));
});

it('tells the columns, and which file it was', async () => {
  const text = `kept,target\n${eight('1,yes\n2,no\n')}`;
  const read = await readData(fileOf(text), 'churn.csv');
  expect(read.profile.columns.map(({ name }) => name)).toEqual(['kept', 'target']);
  expect(read.profile.rows).toBe(16);
  expect(read.stamp.size).toBe(text.length);
});

it('yields the same rows again, the header first', async () => {
  const text = `a;b\n\n${eight("'x; y' ;2\n")}`;
  const path = fileOf(text);
  const { format } = await readData(path, 'churn.csv');
  const rows: string[][] = [];
  for await (const batch of rowsOf(path, format)) rows.push(...batch);
  expect(rows).toEqual([['a', 'b'], ...Array<string[]>(8).fill(['x; y', '2'])]);
});
