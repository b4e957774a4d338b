import { type FoundObject, readObjects } from './objects.js';

/** One line of a tree object; the mode as git writes it there (`40000` for a folder). */
export interface FolderEntry {
  readonly mode: string;
  readonly oid: string;
}

/** What a folder of a commit holds, by the bytes of the name as latin1: a name need not be UTF-8. */
export type Folder = Map<string, FolderEntry>;

export const FOLDER = '40000';
export const SUBMODULE = '160000';

export const rawName = (name: string): string => Buffer.from(name).toString('latin1');

export function parseFolder(content: Buffer, oidBytes: number): Folder {
  const folder: Folder = new Map();
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(32, at);
    const nul = content.indexOf(0, space);
    folder.set(content.toString('latin1', space + 1, nul), {
      mode: content.toString('latin1', at, space),
      oid: content.toString('hex', nul + 1, nul + 1 + oidBytes),
    });
    at = nul + 1 + oidBytes;
  }
  return folder;
}

export function folderContent(folder: Folder): Uint8Array {
  // Git sorts a folder as if its name ended in a slash.
  const key = ([name, { mode }]: [string, FolderEntry]) => (mode === FOLDER ? `${name}/` : name);
  const entries = [...folder].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return Buffer.concat(
    entries.flatMap(([name, { mode, oid }]) => [
      Buffer.from(`${mode} ${name}\0`, 'latin1'),
      Buffer.from(oid, 'hex'),
    ]),
  );
}

/** Every folder a path lies in, outermost first, and `''` for the top. */
export function ancestors(path: string): string[] {
  const all = [''];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) all.push(path.slice(0, at));
  return all;
}

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/**
 * These folders of a commit, and every folder below those of `whole`; those that it does not have are left out.
 * Paths are relative to the commit's top. One call of git, and one more for each depth below `whole`.
 */
export async function readFolders(
  dir: string,
  commit: string,
  wanted: Iterable<string>,
  whole: Iterable<string> = [],
): Promise<Map<string, Folder>> {
  const oidBytes = commit.length / 2;
  const roots = [...whole];
  const asked = new Set([...wanted, ...roots].flatMap((path) => [...ancestors(path), path]));
  const folders = new Map<string, Folder>();
  const take = (path: string, object: FoundObject | undefined) => {
    if (object?.type === 'tree') folders.set(path, parseFolder(object.content, oidBytes));
  };
  // A name with a line break cannot be asked for by name: it comes below, by what its folder says it is.
  const byName = [...asked].filter((path) => !path.includes('\n'));
  const found = await readObjects(
    dir,
    byName.map((path) => `${commit}:${path}`),
  );
  byName.forEach((path, i) => take(path, found[i]));
  const isWhole = (path: string) =>
    roots.some((root) => path === root || root === '' || path.startsWith(`${root}/`));
  const expanded = new Set<string>();
  for (;;) {
    const next = new Map<string, string>();
    for (const [path, folder] of folders) {
      if (expanded.has(path)) continue;
      expanded.add(path);
      for (const [raw, { mode, oid }] of folder) {
        if (mode !== FOLDER) continue;
        const below = (path && `${path}/`) + Buffer.from(raw, 'latin1').toString();
        if (!folders.has(below) && (asked.has(below) || isWhole(below))) next.set(below, oid);
      }
    }
    if (!next.size) return folders;
    const objects = await readObjects(dir, [...next.values()]);
    [...next.keys()].forEach((path, i) => take(path, objects[i]));
  }
}
