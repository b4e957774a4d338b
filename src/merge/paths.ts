import type { FileTree } from '../render/tree.js';
import { EXIT, UserError } from '../errors.js';
import { foldersOf } from './moves.js';
import type { MergeRequest } from './types.js';

/** What git takes for its own folder on one file system or another. */
const GIT_FOLDER = /^(\.git|git~1)[ .]*(:.*)?$/i;

/** @throws UserError (3) when a tree or a move names a path that could lead out of the project, or can't be written. */
export function checkPaths({ base, theirs, moves = [] }: MergeRequest): void {
  checkInside(moves.flatMap(({ from, to }) => [from, to]).map((path) => path.replace(/\/$/, '')));
  for (const tree of [base, theirs]) checkTree(tree);
}

/** The same for one tree. */
export function checkTree(tree: FileTree): void {
  checkInside([...tree.keys()]);
  checkFolders(tree);
}

function checkInside(paths: readonly string[]): void {
  const wrong = paths.filter((path) => !isInside(path));
  if (wrong.length)
    throw new UserError(`No path inside a project: ${wrong.map(shown).join(', ')}.`, '', EXIT.refused);
}

function isInside(path: string): boolean {
  const names = path.split('/');
  return (
    !path.includes('\0') && names.every((name) => !['', '.', '..'].includes(name) && !GIT_FOLDER.test(name))
  );
}

function checkFolders(tree: FileTree): void {
  for (const path of tree.keys()) {
    const file = foldersOf(path).find((folder) => tree.has(folder));
    if (file === undefined) continue;
    throw new UserError(
      `${shown(file)} is a file and the folder of ${shown(path)} at once.`,
      '',
      EXIT.refused,
    );
  }
}

function shown(path: string): string {
  return JSON.stringify(path);
}
