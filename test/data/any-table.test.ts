import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Format } from '../../src/data/types.js';
import { type Table, tableIn } from './tables.js';

const DELIMITERS = [',', ';', '\t', ' '] as const;

/** Text of such pieces, with nothing around it that would be taken off. */
const textOf = (...pieces: string[]) =>
  fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((parts) => parts.join('').trim());

const tableOf = (name: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<Table> =>
  fc.integer({ min: 2, max: 5 }).chain((width) =>
    fc.record({
      // Neither the same name twice, nor a header of numbers.
      names: fc
        .array(name, { minLength: width, maxLength: width })
        .map((names) => names.map((text, at) => `n${at}${text}`)),
      rows: fc.array(fc.array(value, { minLength: width, maxLength: width }), {
        minLength: 8,
        maxLength: 20,
      }),
    }),
  );

interface Manner extends Pick<Format, 'gzip' | 'delimiter' | 'quote'> {
  readonly newline: string;
  readonly ended: boolean;
}

const manners = (delimiters: readonly Format['delimiter'][] = DELIMITERS) =>
  fc.record({
    gzip: fc.boolean(),
    delimiter: fc.constantFrom(...delimiters),
    quote: fc.constantFrom('"' as const, "'" as const),
    newline: fc.constantFrom('\n', '\r\n', '\r'),
    ended: fc.boolean(),
  });

/** Another writer than the one that the program has. */
function written({ names, rows }: Table, manner: Manner, bare: (value: string) => boolean): string {
  const { delimiter, quote, newline, ended } = manner;
  const cell = (value: string) =>
    bare(value) ? value : quote + value.split(quote).join(quote + quote) + quote;
  const lines = [names, ...rows].map((row) => row.map(cell).join(delimiter));
  return lines.join(newline) + (ended ? newline : '');
}

const ENCODE: Readonly<Record<Format['encoding'], (text: string) => Buffer>> = {
  'utf-8': (text) => Buffer.from(text, 'utf8'),
  'utf-8 with mark': (text) => Buffer.from(`\ufeff${text}`, 'utf8'),
  'latin-1': (text) => Buffer.from(text, 'latin1'),
};

async function readsBack(
  table: Table,
  text: string,
  manner: Manner,
  encoding: Format['encoding'],
  chunk: number,
) {
  const bytes = ENCODE[encoding](text);
  const read = await tableIn(manner.gzip ? gzipSync(bytes) : bytes, chunk);
  expect({ names: read.names, rows: read.rows }).toEqual(table);
  const { gzip, delimiter } = manner;
  // Without any letter beyond ASCII it is both.
  const told = encoding === 'latin-1' && /^[\0-\x7f]*$/.test(text) ? 'utf-8' : encoding;
  expect(read.format).toMatchObject({ gzip, delimiter, encoding: told, trailingSpaces: false });
  return read.format;
}

const chunks = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 70_000 }));

const ASCII = [
  'a',
  'Z',
  '7',
  '"',
  '""',
  "'",
  ',',
  ';',
  '\t',
  ' ',
  '\n',
  '\r\n',
  '\r',
  '|',
  '.',
  '-',
  '\\',
  '=',
  'NA',
];

it('reads back any table whose values are all in quotes', async () => {
  const wild = textOf(...ASCII, 'é', 'ß', '日本', '😀', '\u2028');
  await fc.assert(
    fc.asyncProperty(
      tableOf(wild, wild),
      manners(),
      fc.constantFrom('utf-8' as const, 'utf-8 with mark' as const),
      chunks,
      async (table, manner, encoding, chunk) => {
        const format = await readsBack(
          table,
          written(table, manner, () => false),
          manner,
          encoding,
          chunk,
        );
        expect(format.quote).toBe(manner.quote);
      },
    ),
    { numRuns: 200 },
  );
}, 120_000);

it('reads back any table in Latin-1', async () => {
  // None of these bytes can follow another in UTF-8.
  const wild = textOf(...ASCII, 'é', 'ß', 'Ø', 'ÿ');
  await fc.assert(
    fc.asyncProperty(tableOf(wild, wild), manners(), chunks, async (table, manner, chunk) => {
      await readsBack(
        table,
        written(table, manner, () => false),
        manner,
        'latin-1',
        chunk,
      );
    }),
    { numRuns: 100 },
  );
}, 120_000);

it('reads back any table with quotes only where they are needed', async () => {
  const words = ['a', 'Bc', '7', '1.5', ' ', "d'e", 'é', '5"', '日', '-'];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...DELIMITERS.slice(0, 3)).chain((delimiter) =>
        fc.record({
          table: tableOf(textOf('a', 'B', '_'), textOf(...words, delimiter, '\n')),
          manner: manners([delimiter]).map((manner) => ({ ...manner, quote: '"' as const })),
        }),
      ),
      chunks,
      async ({ table, manner }, chunk) => {
        const bare = (value: string) => !/[\t\r\n;,]|^["']/.test(value);
        await readsBack(table, written(table, manner, bare), manner, 'utf-8', chunk);
      },
    ),
    { numRuns: 200 },
  );
}, 120_000);
