import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { rowsOf } from '../../src/data/rows.js';
import type { DataRead, Format } from '../../src/data/types.js';

/** Values that are hard to carry: separators, quotes, line ends, spaces, what looks like missing or like numbers. */
const value = fc.oneof(
  fc.constantFrom(
    '',
    'NA',
    '?',
    '-',
    '0',
    '1.0',
    '1,5',
    '-2,25',
    '1e5',
    '007',
    'true',
    'ü',
    '€',
    '😀',
    '=1+1',
    '"',
    "'",
    '""',
  ),
  fc.string({ unit: fc.constantFrom('a', ',', ';', '\t', '"', "'", ' ', '\n', '.', '1', 'é'), maxLength: 8 }),
);

export interface Written {
  readonly rows: string[][];
  readonly delimiter: string;
  readonly quote: string;
  readonly end: string;
  readonly encoding: 'utf8' | 'latin1';
  readonly gzip: boolean;
}

export const table: fc.Arbitrary<Written> = fc
  .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 8, max: 30 }))
  .chain(([width, height]) =>
    fc.record({
      rows: fc
        .array(fc.array(value, { minLength: width, maxLength: width }), {
          minLength: height,
          maxLength: height,
        })
        .map((rows) => [Array.from({ length: width }, (_, at) => `c ${at}`), ...rows]),
      delimiter: fc.constantFrom(',', ';', '\t', ' '),
      quote: fc.constantFrom('"', "'"),
      end: fc.constantFrom('\n', '\r\n'),
      encoding: fc.constantFrom('utf8', 'latin1'),
      gzip: fc.boolean(),
    }),
  );

/** The rows in that way of writing, everything in quotes that holds more than letters and digits. */
export function fileOf({ rows, delimiter, quote, end, encoding, gzip }: Written): Buffer {
  // What Latin-1 has no letter for would be cut to another byte.
  const known = (text: string) => (encoding === 'latin1' ? text.replace(/[^\0-\xff]/gu, 'x') : text);
  const cell = (text: string) =>
    /^[\p{L}\d.]+$/u.test(text) ? text : `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;
  const bytes = Buffer.from(
    rows.map((row) => row.map(known).map(cell).join(delimiter) + end).join(''),
    encoding,
  );
  return gzip ? gzipSync(bytes) : bytes;
}

async function everyRow(path: string, format: Format) {
  const all: string[][] = [];
  for await (const rows of rowsOf(path, format)) all.push(...rows.map((row) => [...row]));
  return all;
}

/** The rows of a file as a copy of it should hold them: decimal commas are points. */
export async function rowsToCopy(path: string, { format, profile }: DataRead): Promise<string[][]> {
  const rows = await everyRow(path, format);
  if (!format.decimalComma) return rows;
  const numeric = profile.columns.map(({ type }) => type === 'decimal' || type === 'whole');
  return rows.map((row, nth) => row.map((each, at) => (nth && numeric[at] ? each.replace(',', '.') : each)));
}
