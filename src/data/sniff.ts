import { shown as named } from '../answers/validate.js';
import { parserOf } from './papa.js';
import { refusal } from './refuse.js';
import { type Dialect, tidied } from './tidy.js';

/** The rarer a delimiter is in text and numbers, the more it says when every row holds as many of it. */
const DELIMITERS = ['\t', ';', ',', ' '] as const;

/** Read by others, not by us. */
const FOREIGN = ['|', '^', '~', '\u0001', '\u001f'];

const KNOWN = 'Between the values may stand commas, semicolons, tabs or spaces.';

/** How a sample reads in one dialect. */
interface Reading {
  readonly dialect: Dialect;
  readonly rows: readonly (readonly string[])[];
  /** Values in the first row, and in most rows. */
  readonly header: number;
  readonly usual: number;
  /** Share of the rows that have as many values as most. */
  readonly share: number;
  /** Quotes that close in the midst of a value, or never. */
  readonly broken: boolean;
  /** Two names or more stand in the first row, and all in quotes. */
  readonly framed: boolean;
}

/**
 * The dialect in which the rows of a sample agree best.
 *
 * @param sample begins with the header
 * @param whole there is nothing after the sample
 */
export function sniff(sample: string, whole: boolean, shown: string): Pick<Reading, 'dialect' | 'usual'> {
  const text = whole ? `${sample}\n` : sample;
  if (text.trim() === '')
    throw refusal(
      shown,
      undefined,
      'it holds nothing but blanks.',
      'Name a CSV file with a header and rows.',
    );
  const readings = DELIMITERS.filter((delimiter) => text.includes(delimiter)).map((delimiter) =>
    inQuotes(text, whole, delimiter),
  );
  const found = best(
    readings.filter(({ usual, header }) => usual > 1 || header > 1),
    text,
  );
  if (found) return found;
  // Not one row that ends: what never ended is said by whoever reads on.
  if (readings.length > 0 && readings.every(({ rows }) => rows.length === 0)) return readings[0]!;
  throw oneColumn(text, shown);
}

function best(readings: readonly Reading[], text: string): Reading | undefined {
  const rare = readings.filter(({ dialect }) => dialect.delimiter !== ' ');
  const agree = (least: number) => (reading: Reading) =>
    reading.share >= least && reading.header > 1 && reading.header === reading.usual && !reading.broken;
  const framed = readings.find((reading) => reading.framed);
  if (framed) return framed;
  const spaces = readings.find(({ dialect }) => dialect.delimiter === ' ');
  const surely = rare.find(agree(1)) ?? rare.find(agree(0.9));
  if (surely) return surely;
  // Dates with a time between bars would read as two columns between spaces.
  if (foreign(text) === undefined && spaces && agree(1)(spaces)) return spaces;
  if (foreign(text) !== undefined) return undefined;
  // A file that will be refused, for reasons that are best told in its own dialect.
  const mostly = readings.filter(({ usual, share }) => usual > 1 && share >= 0.5);
  const rank = ({ header, usual, broken, share }: Reading) =>
    (header === usual ? 4 : 0) + (broken ? 0 : 2) + share;
  return (mostly.length > 0 ? mostly : rare.filter(({ header }) => header > 1))
    .map((reading) => ({ reading, rank: rank(reading) }))
    .reduce<{ reading?: Reading; rank: number }>((most, next) => (next.rank > most.rank ? next : most), {
      rank: 0,
    }).reading;
}

/** Single quotes are taken for quotes when they stand around each name, or when nothing is in double ones and they fit. */
function inQuotes(text: string, whole: boolean, delimiter: Dialect['delimiter']): Reading {
  const double = reading(text, whole, { delimiter, quote: '"' });
  if (!text.includes("'")) return double;
  const single = reading(text, whole, { delimiter, quote: "'" });
  if (single.framed) return single;
  if (double.framed || opens(text, double.dialect) || single.broken) return double;
  return single.share > double.share || aroundColumn(double) ? single : double;
}

function opens(text: string, { delimiter, quote }: Dialect): boolean {
  return new RegExp(`(?:^|[${delimiter}\\r\\n]) *${quote}`).test(text);
}

const isQuoted = (value: string): boolean => value.length > 1 && value.startsWith("'") && value.endsWith("'");

/** Single quotes around every value of some column: no apostrophes. */
function aroundColumn({ rows: [header = [], ...rows] }: Reading): boolean {
  return header.some((_, at) => {
    const values = rows.map((row) => row[at] ?? '').filter(Boolean);
    return values.length > 0 && values.every(isQuoted);
  });
}

function reading(text: string, whole: boolean, dialect: Dialect): Reading {
  const tidy = tidied(text, dialect);
  const { data, errors, meta } = parserOf(dialect).parse(tidy, 0, true);
  const rows = data
    .map((row) => row.map((value) => value.trim()))
    .filter((row) => row.length > 1 || row[0] !== '');
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [usual, often] = [...counts].reduce((most, next) => (next[1] > most[1] ? next : most), [0, 0]);
  const left = tidy.length - meta.cursor;
  const endless = whole ? left > 0 : left > tidy.length / 2;
  const { quote, delimiter } = dialect;
  const framed = (rows[0] ?? []).map((name) => quote + name.replaceAll(quote, quote + quote) + quote);
  return {
    dialect,
    rows,
    header: framed.length,
    usual,
    share: rows.length > 0 ? often / rows.length : 0,
    broken: endless || errors.some(({ row }) => (row ?? 0) < data.length),
    framed: framed.length > 1 && /^\r?\n/.test(after(tidy.trimStart(), framed.join(delimiter))),
  };
}

const after = (text: string, beginning: string): string =>
  text.startsWith(beginning) ? text.slice(beginning.length, beginning.length + 2) : '';

/** A character between values that we do not read: as often in each of the first lines. */
function foreign(text: string): string | undefined {
  const lines = text
    .split(/\r\n?|\n/, 20)
    .slice(0, -1)
    .filter(Boolean);
  return FOREIGN.find((char) => {
    const counts = new Set(lines.map((line) => line.split(char).length));
    return lines.length > 1 && counts.size === 1 && !counts.has(1);
  });
}

function oneColumn(text: string, shown: string): Error {
  const char = foreign(text);
  const looks = char === undefined ? '' : `, and ${named(char)} looks like the delimiter`;
  return refusal(
    shown,
    1,
    `this line has one column only${looks}.`,
    `${KNOWN} A model needs a target and at least one more column.`,
  );
}
