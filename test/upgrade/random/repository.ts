import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FileEntry, FileTree } from '../../../src/merge/types.js';
import { commit } from '../../merge/scenarios/stage.js';
import { fileAt, said, workOf, writeTree } from '../../merge/scenarios/trees.js';
import { git, temporary } from '../../support/session.js';

/** A repository of two commits: the template's tree and the team's. */
export function committed(base: FileTree, ours: FileTree): string {
  const dir = temporary('azmlops-random');
  git(dir, 'init', '--quiet', '--initial-branch=main');
  writeTree(dir, base);
  commit(dir, 'as rendered');
  become(dir, ours);
  commit(dir, 'the team');
  return dir;
}

/** The work tree is this tree now, and holds nothing else. */
export function become(dir: string, tree: FileTree): void {
  for (const path of workOf(dir).keys()) if (!tree.has(path)) rmSync(join(dir, path));
  for (const path of tree.keys()) {
    const folder = [...workOf(dir).keys()].some((other) => other.startsWith(`${path}/`));
    if (!folder) rmSync(join(dir, path), { recursive: true, force: true });
  }
  writeTree(dir, tree);
}

export const treeOnDisk = (dir: string): FileTree =>
  new Map([...workOf(dir).keys()].map((path): [string, FileEntry] => [path, fileAt(dir, path)]));

/** A tree as texts, so that a difference is told by line. */
export const told = (tree: FileTree): Record<string, string> =>
  Object.fromEntries([...tree].map(([path, entry]): [string, string] => [path, said(entry)]).sort());
