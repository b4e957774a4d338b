import { createReadStream, createWriteStream, openSync, rmSync, type Stats, statSync } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../errors.js';
import type { DataRead, Format, Watch } from './types.js';

/** Where the rows stand in a repository: the only place that the emitted code and its .gitignore know. */
export const RAW = 'data/raw';

/** What Windows takes for a device, whatever its extension; and where `make synthetic` puts rows that nobody misses. */
const TAKEN = /^(con|prn|aux|nul|com\d|lpt\d|synthetic)\./i;

/** `data/raw/<name>.csv`: the file's own name, in characters that no shell, YAML or file system minds. */
export function dataPathFor({ path }: Pick<DataRead, 'path'>): string {
  const name = basename(path)
    .replace(/\.gz$/i, '')
    .replace(/\.(csv|tsv|txt|data)$/i, '')
    .normalize('NFKD')
    .replace(/\p{Mark}+/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-._]+|[-._]+$/g, '')
    .slice(0, 100);
  const file = `${name || 'data'}.csv`;
  return `${RAW}/${TAKEN.test(file) ? `data-${file}` : file}`;
}

const DELIMITERS: Readonly<Record<Format['delimiter'], string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  ' ': 'spaces',
};

export const delimiterName = ({ delimiter }: Format): string => DELIMITERS[delimiter];

export const ENCODING_NAMES: Readonly<Record<Format['encoding'], string>> = {
  'utf-8': 'UTF-8',
  'utf-8 with mark': 'UTF-8 with mark',
  'latin-1': 'Latin-1',
};

/** What the emitted reader, which knows one way of writing a table, could not read; none: the file can stay as it is. */
export function rewriteReasons(format: Format): string[] {
  const { gzip, encoding, delimiter, quote, decimalComma, trailingSpaces, loneReturns } = format;
  return [
    ...(gzip ? ['gzip'] : []),
    ...(encoding === 'latin-1' ? [ENCODING_NAMES[encoding]] : []),
    ...(delimiter === ',' ? [] : [delimiterName(format)]),
    ...(quote === '"' ? [] : ['single quotes']),
    ...(decimalComma ? ['decimal commas'] : []),
    ...(trailingSpaces ? ['spaces around values'] : []),
    ...(loneReturns ? ['lines that end in CR alone'] : []),
  ];
}

/**
 * Copies the file to `to`, which must not exist: byte for byte where the emitted reader can read it, else rewritten (UTF-8,
 * comma, double quotes, LF, decimal points). What it began is gone when it fails; a caller that a signal may end removes `to`.
 *
 * @throws UserError (2) when the file is not the one any more that was read
 */
export async function copyData(read: DataRead, to: string, watch?: Watch): Promise<{ rewritten: boolean }> {
  const rewritten = rewriteReasons(read.format).length > 0;
  const { mode } = refuseChanged(read);
  // Who may see the rows stays as it was; a copy of what is read-only can be removed all the same.
  const fd = openSync(to, 'wx', (mode & 0o666) | 0o600);
  try {
    const source = rewritten ? rewrittenText(read, watch) : createReadStream(read.path);
    await pipeline(source, createWriteStream(to, { fd }));
    refuseChanged(read);
  } catch (error) {
    rmSync(to, { force: true });
    throw error;
  }
  return { rewritten };
}

function refuseChanged({ path, shown, stamp }: DataRead): Stats {
  const now = statSync(path, { throwIfNoEntry: false });
  if (now && now.size === stamp.size && now.mtimeMs === stamp.mtimeMs) return now;
  throw new UserError(
    `${shown} ${now ? 'was changed' : 'went away'} while it was read.`,
    'Run the command again when nothing writes to it any more.',
  );
}

async function* rewrittenText({ path, format, profile }: DataRead, watch?: Watch): AsyncGenerator<string> {
  const { rowsOf } = await import('./rows.js');
  const numbers = profile.columns.flatMap(({ type }, at) =>
    format.decimalComma && (type === 'whole' || type === 'decimal') ? [at] : [],
  );
  let header = true;
  for await (const rows of rowsOf(path, format, watch)) {
    if (!rows.length) continue;
    // In place: a big file has millions of them, made for us alone.
    for (const row of header ? rows.slice(1) : rows)
      for (const at of numbers) row[at] = (row[at] ?? '').replace(',', '.');
    header = false;
    yield rows.map(lineOf).join('');
  }
}

const SPECIAL = /[",\r\n]/;

/** As Papa.unparse writes values without spaces around them, in half the time. */
function lineOf(row: readonly string[]): string {
  let line = '';
  for (let at = 0; at < row.length; at++) {
    const value = row[at] ?? '';
    if (at) line += ',';
    line += SPECIAL.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  }
  return `${line}\n`;
}
