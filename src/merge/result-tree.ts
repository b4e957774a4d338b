import {
  FOLDER,
  type Folder,
  type FolderEntry,
  folderContent,
  folderOf,
  nameOf,
  rawName,
  readFolders,
} from '../git/folders.js';
import { type GitObject, oidOf } from '../git/objects.js';
import type { Project } from './project.js';
import type { Change } from './types.js';

export interface ResultTree {
  /** Of the whole repository: HEAD's with the changes. */
  readonly oid: string;
  /** Trees and contents that HEAD need not have. */
  readonly objects: readonly GitObject[];
}

/** The tree that HEAD becomes by these changes, without touching an index: what is staged elsewhere is not in it. */
export async function resultTree(project: Project, changes: readonly Change[]): Promise<ResultTree> {
  const { top, head, algorithm, prefix } = project;
  const objects = new Map<string, GitObject>();
  const add = (object: GitObject): string => {
    const oid = oidOf(algorithm, object);
    objects.set(oid, object);
    return oid;
  };
  const paths = changes.map(({ path }) => prefix + path);
  const folders = await readFolders(top, head, [...new Set(paths.map(folderOf))]);
  const folderAt = (path: string): Folder => {
    let folder = folders.get(path);
    if (!folder) folders.set(path, (folder = new Map<string, FolderEntry>()));
    if (path) folderAt(folderOf(path));
    return folder;
  };
  for (const { path, after, stages } of changes) {
    for (const stage of [stages?.base, stages?.ours, stages?.theirs])
      if (stage) add({ type: 'blob', content: stage.content });
    if (after) continue;
    folders.get(folderOf(prefix + path))?.delete(rawName(nameOf(path)));
  }
  for (const { path, after } of changes) {
    if (!after) continue;
    const oid = add({ type: 'blob', content: after.content });
    folderAt(folderOf(prefix + path)).set(rawName(nameOf(path)), { mode: after.mode, oid });
  }
  const deepestFirst = [...folders.keys()].sort((a, b) => depth(b) - depth(a));
  for (const path of deepestFirst) {
    const folder = folders.get(path)!;
    if (path === '') continue;
    const above = folders.get(folderOf(path))!;
    const name = rawName(nameOf(path));
    const there = above.get(name);
    if (folder.size)
      above.set(name, { mode: FOLDER, oid: add({ type: 'tree', content: folderContent(folder) }) });
    else if (there?.mode === FOLDER) above.delete(name);
  }
  const oid = add({
    type: 'tree',
    content: folderContent(folders.get('') ?? new Map<string, FolderEntry>()),
  });
  return { oid, objects: [...objects.values()] };
}

const depth = (path: string): number => (path ? path.split('/').length : 0);
