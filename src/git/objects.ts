import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { EXIT, UserError } from '../errors.js';
import { type GitOptions, git, gitOutput } from './git.js';

export type Algorithm = 'sha1' | 'sha256';

export interface GitObject {
  readonly type: 'blob' | 'tree';
  readonly content: Uint8Array;
}

/** The name that git gives to an object. */
export const oidOf = (algorithm: Algorithm, { type, content }: GitObject): string =>
  createHash(algorithm).update(`${type} ${content.length}\0`).update(content).digest('hex');

export interface FoundObject {
  readonly oid: string;
  readonly type: string;
  readonly content: Buffer;
}

/** The objects of these names (one line each), in their order, by one call of git; undefined where there is none. */
export async function readObjects(
  dir: string,
  names: readonly string[],
  options: GitOptions = {},
): Promise<(FoundObject | undefined)[]> {
  if (!names.length) return [];
  const out = await gitOutput(dir, ['cat-file', '--batch'], { ...options, input: `${names.join('\n')}\n` });
  const found: (FoundObject | undefined)[] = [];
  for (let at = 0; at < out.length;) {
    const end = out.indexOf(10, at);
    const [, oid, type, size] = /^([0-9a-f]+) (\w+) (\d+)$/.exec(out.toString('utf8', at, end)) ?? [];
    at = end + 1;
    if (!oid || !type) {
      found.push(undefined);
      continue;
    }
    found.push({ oid, type, content: out.subarray(at, at + Number(size)) });
    at += Number(size) + 1;
  }
  if (found.length === names.length) return found;
  throw new UserError(`git cat-file in ${dir} did not answer for every object.`, '', EXIT.refused);
}

const PACKED = { tree: 2, blob: 3 } as const;

/** Writes all objects by one call of git, which unpacks them from a pack made here: no file of ours in between. */
export async function storeObjects(
  dir: string,
  algorithm: Algorithm,
  objects: readonly GitObject[],
  options: GitOptions = {},
): Promise<void> {
  if (!objects.length) return;
  const head = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  head.writeUInt32BE(objects.length, 8);
  const parts: Uint8Array[] = [head];
  for (const { type, content } of objects)
    // Only stored: git compresses each object once more when it unpacks them.
    parts.push(entryHead(PACKED[type], content.length), deflateSync(content, { level: 0 }));
  const pack = Buffer.concat(parts);
  const sum = createHash(algorithm).update(pack).digest();
  await git(dir, ['unpack-objects', '-q'], { ...options, input: Buffer.concat([pack, sum]) });
}

/** Type and size of an object in a pack: four bits of the size in the first byte, seven in each that follows. */
function entryHead(type: number, size: number): Uint8Array {
  const bytes = [(type << 4) | (size & 15)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1]! |= 128;
    bytes.push(rest & 127);
  }
  return Uint8Array.from(bytes);
}
