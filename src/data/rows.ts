import { Decoder } from './encoding.js';
import { type Bytes, bytesOf, CHUNK, stampOf } from './open.js';
import { Rows } from './parse.js';
import type { Format, Watch } from './types.js';

/** The rows of a file in batches, the header first, as `rows` yields them. */
export async function* batchesOf(
  bytes: Bytes,
  encoding: Format['encoding'],
  rows: Rows,
): AsyncGenerator<string[][]> {
  const decoder = new Decoder(encoding);
  for await (const part of bytesOf(bytes)) yield rows.write(decoder.write(part));
  yield rows.write(decoder.end());
  yield rows.end();
}

/**
 * Reads again the rows of a file that was read: in batches, the header first, spaces around values taken off, blank
 * lines left out. Memory is bounded.
 */
export async function* rowsOf(path: string, format: Format, watch?: Watch): AsyncGenerator<string[][]> {
  const stamp = await stampOf(path, path);
  const bytes = { path, shown: path, stamp, gzip: format.gzip, chunk: CHUNK, ...(watch ? { watch } : {}) };
  yield* batchesOf(bytes, format.encoding, new Rows(format, path));
}
