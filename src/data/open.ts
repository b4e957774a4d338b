import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { didYouMean } from '../answers/nearest.js';
import { seen } from '../cli/seen.js';
import { alien } from './magic.js';
import { refusal, unreadable } from './refuse.js';
import type { Stamp, Watch } from './types.js';

/** Enough of a file to tell how it is written. */
const SAMPLE = 1 << 20;
const HEAD = 8192;
/** What is parsed at once: so little that its rows die young, which makes reading twice as fast as with four times that. */
export const CHUNK = 1 << 16;

/** A file of which its first bytes do not say that it is something else than CSV. */
export interface Source {
  readonly path: string;
  readonly shown: string;
  readonly stamp: Stamp;
  readonly gzip: boolean;
  /** It begins with the mark of UTF-8. */
  readonly mark: boolean;
  /** Its first bytes, unpacked. */
  readonly sample: Buffer;
  /** The sample is all there is. */
  readonly whole: boolean;
}

/** Looks at a file, and refuses what cannot be read or is no CSV. */
export async function openData(path: string, shown: string, chunk = CHUNK): Promise<Source> {
  const stamp = await stampOf(path, shown);
  if (stamp.size === 0)
    throw refusal(shown, undefined, 'the file is empty.', 'Name a CSV file with a header and rows.');
  const first = await headOf({ path, shown, stamp, gzip: false, chunk }, 2);
  const gzip = first[0] === 0x1f && first[1] === 0x8b;
  const bytes = await headOf({ path, shown, stamp, gzip, chunk }, SAMPLE + 1);
  if (bytes.length === 0)
    throw refusal(
      shown,
      undefined,
      'what is packed in it is empty.',
      'Name a CSV file with a header and rows.',
    );
  const other = alien(bytes.subarray(0, HEAD));
  if (other) throw refusal(shown, undefined, `${other.is}, not CSV.`, other.hint);
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const whole = bytes.length <= SAMPLE;
  return { path, shown, stamp, gzip, mark, sample: bytes.subarray(0, SAMPLE), whole };
}

/** Size and time of a plain file; whatever else is refused. */
export async function stampOf(path: string, shown: string): Promise<Stamp> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw await folder(path, shown);
    // It is read more than once: first a sample, then all of it.
    if (!found.isFile())
      throw refusal(
        shown,
        undefined,
        'it is no plain file.',
        'Save what it yields to a file, and name that.',
      );
    return { size: found.size, mtimeMs: found.mtimeMs };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw unreadable(error, shown);
    const near = didYouMean(basename(path), await tablesIn(dirname(path)));
    throw refusal(
      shown,
      undefined,
      `there is no such file.${near}`,
      'Name the CSV file that holds your data.',
    );
  }
}

const tablesIn = async (dir: string): Promise<string[]> =>
  (await readdir(dir).catch(() => [])).filter((name) => /\.(csv|tsv)(\.gz)?$/i.test(name)).map(seen);

async function folder(path: string, shown: string): Promise<Error> {
  const tables = (await tablesIn(path)).slice(0, 3);
  const inside = tables.length > 0 ? ` There is ${tables.join(', ')} in it.` : '';
  return refusal(shown, undefined, 'it is a folder.', `Name one CSV file.${inside}`);
}

export type Bytes = Pick<Source, 'path' | 'shown' | 'stamp' | 'gzip'> & {
  readonly chunk: number;
  readonly watch?: Watch;
};

async function headOf(bytes: Bytes, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let got = 0;
  for await (const part of bytesOf({ ...bytes, chunk: Math.max(bytes.chunk, 1 << 16) })) {
    parts.push(part);
    got += part.length;
    if (got >= length) break;
  }
  return Buffer.concat(parts).subarray(0, length);
}

/** The bytes of a file, unpacked, in parts of about `chunk`. */
export async function* bytesOf({ path, shown, stamp, gzip, chunk, watch }: Bytes): AsyncGenerator<Buffer> {
  async function* packed(): AsyncGenerator<Buffer> {
    let read = 0;
    for await (const part of createReadStream(path, { highWaterMark: chunk }) as AsyncIterable<Buffer>) {
      read += part.length;
      watch?.(read, stamp.size);
      yield part;
    }
  }
  try {
    if (!gzip) {
      yield* packed();
      return;
    }
    const unpacked = createGunzip({ chunkSize: Math.max(chunk, 64) });
    // Errors come out of the last stream, which is iterated below.
    pipeline(Readable.from(packed()), unpacked, () => undefined);
    yield* unpacked as AsyncIterable<Buffer>;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code.startsWith('Z_'))
      throw refusal(
        shown,
        undefined,
        'its gzip is damaged or cut off.',
        'Copy or download it again; gzip -t tests it.',
      );
    throw unreadable(error, shown);
  }
}
