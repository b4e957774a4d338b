import type { FileEntry, FileTree } from '../render/tree.js';
import { filesOf } from './moves.js';
import type { Outcome, Three } from './outcomes.js';
import { sameEntry } from './same.js';
import type { MergeEntry } from './types.js';

/** The outcomes as a person sees them, who knows what HEAD has: in the order of paths. */
export function entriesOf(
  three: Three,
  outcomes: ReadonlyMap<string, Outcome>,
  besides: ReadonlyMap<string, string>,
): MergeEntry[] {
  const { moved } = three;
  const head = filesOf(three.head);
  const destinations = new Map([...moved.origin].map(([to, from]) => [from, to]));
  const paths = [...new Set([...head.keys(), ...outcomes.keys()])].sort();
  return paths.flatMap((path): MergeEntry[] => {
    const outcome = outcomes.get(path);
    const [before, after] = [head.get(path), outcome?.result];
    if (outcome?.fate === 'conflict') {
      const beside = besides.get(path);
      const reason = beside ? `${outcome.reason.slice(0, -1)}; the other is in ${beside}.` : outcome.reason;
      return [{ path, fate: 'conflict', reason: fromWhere(reason, moved.origin.get(path)) }];
    }
    if (outcome && after) return [{ path, ...fateOf(outcome, before, after, whence(three, head, path)) }];
    if (!before) {
      if (outcome?.fate !== 'keep-deleted') return [];
      return [{ path, fate: outcome.fate, reason: fromWhere(outcome.reason, moved.baseOrigin.get(path)) }];
    }
    if (three.carried.has(path) || (!outcome && !destinations.has(path)))
      return [{ path, fate: 'remove', reason: 'What it held is in other files now.' }];
    if (outcome?.fate === 'remove') return [{ path, fate: 'remove', reason: outcome.reason }];
    // The move is told at its target, unless that stays as it was.
    const target = destinations.get(path) ?? '';
    const there = outcomes.get(target);
    return there?.beside || (there?.result && !sameEntry(head.get(target), there.result))
      ? []
      : [{ path, fate: 'remove', reason: 'The template no longer has it.' }];
  });
}

interface Whence {
  /** Where HEAD has it. */
  readonly origin?: string | undefined;
  /** As HEAD has it there. */
  readonly was?: FileEntry | undefined;
  readonly inTheirs: boolean;
  readonly carried: boolean;
}

function whence({ moved, theirs, carried }: Three, head: FileTree, path: string): Whence {
  const origin = moved.origin.get(path);
  const was = head.get(origin ?? path);
  return { origin, was, inTheirs: theirs.has(path), carried: carried.has(path) };
}

function fateOf(
  outcome: Outcome,
  before: FileEntry | undefined,
  after: FileEntry,
  { origin, was, inTheirs, carried }: Whence,
): Omit<MergeEntry, 'path'> {
  const { fate, reason } = outcome;
  if (origin !== undefined && !(before && sameEntry(before, after))) {
    // A lift may have made the sides equal, which they are not to whoever looks at the file.
    const said = fate === 'unchanged' && !sameEntry(was, after) ? 'Only the template changed it.' : reason;
    return { fate: fate === 'merge' ? 'merge' : 'move', reason: fromWhere(said, origin) };
  }
  if (!before) {
    if (fate === 'add' || fate === 'update' || fate === 'unchanged')
      return { fate: 'add', reason: 'New in the template.' };
    if (!inTheirs) return { fate: 'add', reason: 'Holds what you wrote elsewhere.' };
    return { fate: 'add', reason: 'New in the template, with what you wrote elsewhere moved into it.' };
  }
  if (sameEntry(before, after)) {
    if (fate === 'unchanged' || fate === 'keep') return { fate, reason };
    return { fate: 'unchanged', reason: 'You and the template have the same.' };
  }
  if (carried)
    return { fate: 'update', reason: 'As the template has it; what you had changed is in other files now.' };
  if (fate === 'update' || fate === 'merge') return { fate, reason };
  if (fate === 'add') return { fate: 'update', reason: 'The template has a new file in its place.' };
  return { fate: 'merge', reason: 'Your version, carried over to what the template is now.' };
}

function fromWhere(reason: string, origin: string | undefined): string {
  return origin === undefined ? reason : `Was ${origin}; ${reason[0]!.toLowerCase()}${reason.slice(1)}`;
}
