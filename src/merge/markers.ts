import type { FileTree } from '../render/tree.js';
import { EXIT, UserError } from '../errors.js';
import { isBinary } from './text.js';

/** In this order, as git writes them; a document that merely shows one of them has no open conflict. */
const LINES = [/^<{7} /, /^={7}$/, /^>{7} /];

/** @throws UserError (3) naming the files in which the team has left conflict markers that no template wrote. */
export function refuseMarkers(base: FileTree, ours: FileTree, theirs: FileTree): void {
  const open = [...ours.keys()].filter(
    (path) =>
      (base.has(path) || theirs.has(path)) &&
      hasMarkers(ours, path) &&
      !hasMarkers(base, path) &&
      !hasMarkers(theirs, path),
  );
  if (open.length === 0) return;
  throw new UserError(
    `Conflict markers are left in ${open.join(', ')}.`,
    'Settle these conflicts, commit, and run the command again.',
    EXIT.refused,
  );
}

function hasMarkers(tree: FileTree, path: string): boolean {
  const content = tree.get(path)?.content;
  if (!content || isBinary(content) || !Buffer.from(content).includes('<<<<<<< ')) return false;
  let next = 0;
  // Markers are ASCII: whatever else the bytes are in, they read alike in Latin-1.
  for (const line of Buffer.from(content).toString('latin1').split(/\r?\n/))
    if (LINES[next]?.test(line)) next++;
  return next === LINES.length;
}
