import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Files } from '../types.js';
import type { Listing } from './open.js';
import { asText, largestOf, type Text, tooLarge } from './text.js';

/** Bytes of all texts that are kept; beyond, those asked for first are read once more when they are asked for again. */
const MOST_KEPT = 200_000_000;

/** The files of a listing, read from below a root when they are first asked for; never through a link. */
export function filesOnDisk(root: string, within: string, { paths, notes }: Listing): Files {
  const known = new Set(paths);
  const skipped = new Map<string, string>();
  const kept = new Map<string, string>();
  let bytes = 0;
  const isFolder = folders(root);
  const keep = (path: string, text: string) => {
    kept.set(path, text);
    bytes += text.length;
    for (const [oldest, old] of kept) {
      if (bytes <= MOST_KEPT || oldest === path) break;
      kept.delete(oldest);
      bytes -= old.length;
    }
  };
  return {
    paths,
    within,
    has: (path) => known.has(path),
    text: (path) => {
      const text = kept.get(path);
      if (text !== undefined || skipped.has(path) || !known.has(path)) return text;
      const read = isFolder(parentOf(path))
        ? readText(join(root, path), largestOf(path))
        : { why: 'behind a link' };
      if (read.text === undefined) skipped.set(path, read.why);
      else keep(path, read.text);
      return read.text;
    },
    skipped,
    notes,
  };
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Whether a folder below the root, and all above it, are really folders: git lists what a link replaced, too. */
function folders(root: string): (path: string) => boolean {
  const known = new Map<string, boolean>([['', true]]);
  const isFolder = (path: string): boolean => {
    const answer = known.get(path);
    if (answer !== undefined) return answer;
    const is = isFolder(parentOf(path)) && isDirectory(join(root, path));
    known.set(path, is);
    return is;
  };
  return isFolder;
}

function isDirectory(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Why a file did not open. A link is told otherwise by some systems. */
const REFUSED: Readonly<Record<string, string>> = {
  ENOENT: 'not there',
  ENOTDIR: 'not there',
  ELOOP: 'a link',
  EMLINK: 'a link',
  EFTYPE: 'a link',
  ENXIO: 'no regular file',
  EISDIR: 'a folder',
};

// Windows has neither, and no pipes in folders.
const {
  O_RDONLY,
  O_NOFOLLOW = 0,
  O_NONBLOCK = 0,
} = constants as Partial<typeof constants> & { O_RDONLY: number };

/** Opened without waiting, and never through a link; what it is, a pipe or a device, is told once it is open. */
function readText(path: string, most: number): Text {
  let file: number | undefined;
  try {
    if (!O_NOFOLLOW && lstatSync(path).isSymbolicLink()) return { why: 'a link' };
    file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const { size, ...opened } = fstatSync(file);
    const kind = opened.mode & constants.S_IFMT;
    if (kind === constants.S_IFDIR) return { why: 'a folder' };
    if (kind !== constants.S_IFREG) return { why: 'no regular file' };
    if (size > most) return tooLarge(most);
    const content = Buffer.alloc(size);
    let length = 0;
    for (let got = -1; got !== 0 && length < size; length += got)
      got = readSync(file, content, length, size - length, null);
    return asText(content.subarray(0, length));
  } catch (error) {
    const { code = 'no reason given' } = error as NodeJS.ErrnoException;
    return { why: REFUSED[code] ?? `unreadable (${code})` };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
