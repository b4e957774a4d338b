import { EXIT, UserError } from '../errors.js';
import type { FileTree } from '../render/tree.js';
import { lookAt, type Place } from './inspect.js';

export interface PlannedFile {
  readonly path: string;
  /** Written; written over the clone's; the team's, which stays; there with these very bytes. */
  readonly fate: 'add' | 'replace' | 'keep' | 'same';
  readonly reason: string;
}

/** The two files of a fresh clone that a template replaces, when git has their text in its history. */
export const REPLACEABLE = ['README.md', '.gitignore'];

/**
 * What will happen to each file of the tree.
 *
 * @param unchanged those of REPLACEABLE that are in HEAD as they stand on disk
 * @throws UserError (2) when a folder stands where a file must, or the other way round
 */
export function plan(tree: FileTree, place: Place, unchanged: ReadonlySet<string>): PlannedFile[] {
  const inTheWay = new Set<string>();
  const planned = [...tree].map(([path, { content }]): PlannedFile => {
    const there = place.kind === 'absent' ? 'absent' : lookAt(place.dir, path);
    if (there === 'absent') return { path, fate: 'add', reason: 'new' };
    if (!(there instanceof Uint8Array)) {
      inTheWay.add(there.inTheWay);
      return { path, fate: 'keep', reason: 'something is in the way' };
    }
    if (Buffer.compare(there, content) === 0)
      return { path, fate: 'same', reason: 'there, with this very content' };
    return unchanged.has(path)
      ? { path, fate: 'replace', reason: 'its old text is in the history of git' }
      : { path, fate: 'keep', reason: "yours stays: the team's edit of what azmlops writes" };
  });
  if (inTheWay.size)
    throw new UserError(
      `In the way in ${place.dir}: ${[...inTheWay].join(', ')} (a folder where a file must stand, a file or link where a folder must).`,
      'Move it away, or name another folder.',
      EXIT.usage,
    );
  return planned;
}

export const isWritten = ({ fate }: PlannedFile): boolean => fate === 'add' || fate === 'replace';
