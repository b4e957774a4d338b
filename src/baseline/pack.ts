import { gzipSync } from 'node:zlib';
import { type FileTree, sorted } from '../render/tree.js';
import { MAGIC, sha256 } from './form.js';

export { unpackBaseline } from './unpack.js';

/**
 * Packs a tree into a gzip: a first line, a line with the SHA-256 of what follows, then for each file in the order of
 * paths a line of JSON `[path, mode, bytes]` and its content.
 */
export function packBaseline(tree: FileTree): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [path, { mode, content }] of sorted(tree))
    parts.push(Buffer.from(`${JSON.stringify([path, mode, content.length])}\n`), content);
  const body = Buffer.concat(parts);
  const packed = gzipSync(Buffer.concat([Buffer.from(`${MAGIC}${sha256(body)}\n`), body]), { level: 6 });
  // zlib writes the operating system into byte 9; 255 is "unknown", the same everywhere.
  packed[9] = 255;
  return packed;
}
