import { gunzipSync } from 'node:zlib';
import type { FileTree, Mode } from '../render/tree.js';
import { MAGIC, sha256 } from './form.js';
import { pathProblem } from './path.js';

/** No tree of templates comes near; a gzip of a megabyte may unpack to a thousand of them. */
const MOST_BYTES = 64 * 1024 * 1024;
const MODES: readonly string[] = ['100644', '100755', '120000'] satisfies Mode[];

/**
 * The tree that `packBaseline` packed. What it says is not believed: a pull request may have put anything there.
 *
 * @throws Error saying how it is damaged; whoever calls knows the path.
 */
export function unpackBaseline(packed: Uint8Array): FileTree {
  const whole = gunzip(packed);
  const start = MAGIC.length + 65;
  if (whole.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('is no baseline of this form');
  const body = whole.subarray(start);
  if (whole.toString('latin1', MAGIC.length, start) !== `${sha256(body)}\n`)
    throw new Error('is not what was written: its SHA-256 differs');
  const tree: FileTree = new Map();
  let before: string | undefined;
  for (let at = 0; at < body.length;) {
    const end = body.indexOf('\n', at);
    const where = `is damaged at file ${tree.size + 1}`;
    const head = headOf(body.toString('utf8', at, end === -1 ? body.length : end), where);
    if (end === -1 || end + 1 + head.length > body.length)
      throw new Error(`${where}: ${shown(head.path)} is longer than what is there`);
    if (before !== undefined && head.path <= before)
      throw new Error(`${where}: ${shown(head.path)} stands twice, or out of order`);
    at = end + 1 + head.length;
    tree.set(head.path, { mode: head.mode, content: new Uint8Array(body.subarray(end + 1, at)) });
    before = head.path;
  }
  const folder = [...tree.keys()].flatMap(foldersOf).find((each) => tree.has(each));
  if (folder !== undefined) throw new Error(`is damaged: ${shown(folder)} is a file and a folder`);
  return tree;
}

function gunzip(packed: Uint8Array): Buffer {
  let outcome: { buffer: Buffer; engine: { bytesWritten: number } };
  try {
    // Typed without `info`, with which it also returns the engine: that knows how much of the input was needed.
    outcome = gunzipSync(packed, { maxOutputLength: MOST_BYTES, info: true }) as unknown as typeof outcome;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new Error(`unpacks to more than ${MOST_BYTES / 1024 / 1024} MiB`, { cause: error });
    throw new Error(`is no whole gzip file (${message})`, { cause: error });
  }
  if (outcome.engine.bytesWritten !== packed.length) throw new Error('has something behind its end');
  return outcome.buffer;
}

interface Head {
  readonly path: string;
  readonly mode: Mode;
  readonly length: number;
}

function headOf(line: string, where: string): Head {
  let head: unknown;
  try {
    head = JSON.parse(line);
  } catch (error) {
    throw new Error(`${where}: no [path, mode, bytes]`, { cause: error });
  }
  const [path, mode, length, ...more] = Array.isArray(head) ? (head as unknown[]) : [];
  if (typeof path !== 'string' || typeof mode !== 'string' || more.length)
    throw new Error(`${where}: no [path, mode, bytes]`);
  const wrong = pathProblem(path);
  if (wrong) throw new Error(`${where}: the path ${shown(path)} ${wrong}`);
  if (!MODES.includes(mode)) throw new Error(`${where}: ${shown(mode)} is no mode of a file`);
  if (!Number.isSafeInteger(length) || (length as number) < 0)
    throw new Error(`${where}: the length of ${shown(path)} is no count of bytes`);
  return { path, mode: mode as Mode, length: length as number };
}

function foldersOf(path: string): string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_, at) => segments.slice(0, at + 1).join('/'));
}

const shown = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
