import type { FileTree } from '../render/tree.js';
import { EXIT, UserError } from '../errors.js';
import { foldersOf } from './moves.js';
import type { MergeRequest } from './types.js';

/** What git takes for its own folder on one file system or another. */
const GIT_FOLDER = /^(\.git|git~1)[ .]*(:.*)?$/i;

/** @throws UserError (3) when a tree names a path that could lead out of the project, or that can't be written. */
export function checkPaths({ base, theirs, moves = [] }: MergeRequest): void {
  const ends = moves.flatMap(({ from, to }) => [from, to]).map((path) => path.replace(/\/$/, ''));
  const wrong = [...base.keys(), ...theirs.keys(), ...ends].filter((path) => !isInside(path));
  if (wrong.length)
    throw new UserError(`No path inside a project: ${wrong.map(shown).join(', ')}.`, '', EXIT.refused);
  for (const tree of [base, theirs]) checkFolders(tree);
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
