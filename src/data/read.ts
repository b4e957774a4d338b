import { Columns } from './columns/index.js';
import { Decoder, NotUtf8 } from './encoding.js';
import { checkHeader } from './header.js';
import { type Bytes, CHUNK, openData, type Source, stampOf } from './open.js';
import { Rows } from './parse.js';
import { refusal } from './refuse.js';
import { batchesOf } from './rows.js';
import { sniff } from './sniff.js';
import type { Dialect } from './tidy.js';
import type { DataRead, Format, Gatherer, Watch } from './types.js';

/** The emitted repository splits its rows into parts that each need some. */
const FEWEST_ROWS = 8;

interface Manner extends Dialect, Pick<Format, 'encoding'> {
  /** How many values most rows have. */
  readonly usual: number;
}

type Gather = (names: readonly string[], format: Pick<Format, 'delimiter'>) => Gatherer;

/**
 * Reads a CSV file once from its first byte to its last, in bounded memory, and tells how it is written and what its
 * columns are like.
 *
 * @param shown how the user named it
 * @throws UserError what was wrong, in which line, and what to do
 */
export async function readData(
  path: string,
  shown: string,
  watch?: Watch,
  { chunk = CHUNK, gather = columns }: { readonly chunk?: number; readonly gather?: Gather } = {},
): Promise<DataRead> {
  const source = await openData(path, shown, chunk);
  const { encoding, text } = sampleText(source);
  const { dialect, usual } = sniff(text, source.whole, shown);
  const bytes = { ...source, chunk, ...(watch ? { watch } : {}) };
  const read = (as: Format['encoding']) => pass(source, { ...dialect, encoding: as, usual }, bytes, gather);
  try {
    return await read(encoding);
  } catch (error) {
    // Only further down it turned out that it is no UTF-8: what was read so far was read wrong.
    if (!(error instanceof NotUtf8)) throw error;
    return await read('latin-1');
  }
}

function sampleText({ sample, mark, whole }: Source): { encoding: Format['encoding']; text: string } {
  const textIn = (encoding: Format['encoding']) => {
    const decoder = new Decoder(encoding);
    const text = decoder.write(sample);
    return { encoding, text: whole ? text + decoder.end() : text };
  };
  try {
    return textIn(mark ? 'utf-8 with mark' : 'utf-8');
  } catch (error) {
    if (!(error instanceof NotUtf8)) throw error;
    return textIn('latin-1');
  }
}

const columns: Gather = (names, format) => new Columns(names, format);

/** @throws {NotUtf8} */
async function pass(source: Source, manner: Manner, bytes: Bytes, gather: Gather): Promise<DataRead> {
  const { path, shown, stamp, gzip } = source;
  const { encoding, delimiter, quote, usual } = manner;
  const rows = new Rows(manner, shown, (header, line) => checkHeader(header, line, shown, usual));
  let names: readonly string[] | undefined;
  let gatherer: Gatherer | undefined;
  let count = 0;
  for await (const batch of batchesOf(bytes, encoding, rows)) {
    for (const row of batch) {
      if (!names) {
        names = row;
        gatherer = gather(names, { delimiter });
      } else {
        gatherer?.add(row);
        count += 1;
      }
    }
  }
  if (!names || !gatherer || count === 0)
    throw refusal(
      shown,
      undefined,
      'there are no rows under its header.',
      'Name a file that holds your data.',
    );
  if (count < FEWEST_ROWS)
    throw refusal(
      shown,
      undefined,
      `there ${count === 1 ? 'is 1 row' : `are ${count} rows`} under its header; at least ${FEWEST_ROWS} are needed.`,
      'Training and testing take some each; a model that is of use needs hundreds.',
    );
  await refuseChanged(source);
  const { decimalComma, ...gathered } = gatherer.finish();
  const format = {
    gzip,
    encoding,
    delimiter,
    quote,
    decimalComma,
    trailingSpaces: rows.spaces,
    ...(rows.loneReturns ? { loneReturns: true as const } : {}),
  };
  return { path, shown, stamp, format, ...gathered };
}

async function refuseChanged({ path, shown, stamp }: Source): Promise<void> {
  const { size, mtimeMs } = await stampOf(path, shown);
  if (size !== stamp.size || mtimeMs !== stamp.mtimeMs)
    throw refusal(
      shown,
      undefined,
      'it was changed while it was read.',
      'Try again when nothing writes to it.',
    );
}
