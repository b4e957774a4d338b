import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type FileTree, type Mode, sorted } from '../render/tree.js';

const MAGIC = 'azmlops baseline 1\n';

/**
 * Packs a tree into a gzip: a first line, a line with the SHA-256 of what follows, then for each file in the order of
 * paths a line of JSON `[path, mode, bytes]` and its content.
 */
export function packBaseline(tree: FileTree): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [path, { mode, content }] of sorted(tree))
    parts.push(Buffer.from(`${JSON.stringify([path, mode, content.length])}\n`), content);
  const body = Buffer.concat(parts);
  const packed = gzipSync(Buffer.concat([Buffer.from(`${MAGIC}${sha256(body)}\n`), body]), { level: 9 });
  // zlib writes the operating system into byte 9; 255 is "unknown", the same everywhere.
  packed[9] = 255;
  return packed;
}

/** SHA-256 of the unpacked bytes, in hexadecimal. */
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * The tree that `packBaseline` packed.
 *
 * @throws Error saying how it is damaged; whoever calls knows the path.
 */
export function unpackBaseline(packed: Uint8Array): FileTree {
  let whole: Buffer;
  try {
    whole = gunzipSync(packed);
  } catch (error) {
    throw new Error(`is no whole gzip file (${(error as Error).message})`, { cause: error });
  }
  const start = MAGIC.length + 65;
  if (whole.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('is no baseline of this form');
  const body = whole.subarray(start);
  if (whole.toString('latin1', MAGIC.length, start) !== `${sha256(body)}\n`)
    throw new Error('is not what was written: its SHA-256 differs');
  const tree: FileTree = new Map();
  for (let at = 0; at < body.length;) {
    const end = body.indexOf('\n', at);
    const [path, mode, length] = JSON.parse(body.toString('utf8', at, end)) as [string, Mode, number];
    tree.set(path, { mode, content: new Uint8Array(body.subarray(end + 1, end + 1 + length)) });
    at = end + 1 + length;
  }
  return tree;
}
