import type { FileEntry } from '../render/tree.js';
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
    if (outcome && after) return [{ path, ...fateOf(outcome, before, after, moved.origin.get(path)) }];
    if (!before)
      return outcome?.fate === 'keep-deleted' ? [{ path, fate: outcome.fate, reason: outcome.reason }] : [];
    // A submodule or folder of the team's has nothing to be removed.
    if (outcome?.fate === 'remove') return [{ path, fate: 'remove', reason: outcome.reason }];
    const to = destinations.get(path);
    if (to === undefined) return [{ path, fate: 'remove', reason: 'What it held is in other files now.' }];
    // The move is told at its target.
    const there = outcomes.get(to);
    return there?.result || there?.beside
      ? []
      : [{ path, fate: 'remove', reason: 'The template no longer has it.' }];
  });
}

function fateOf(
  outcome: Outcome,
  before: FileEntry | undefined,
  after: FileEntry,
  origin: string | undefined,
): Omit<MergeEntry, 'path'> {
  const { fate, reason } = outcome;
  if (origin !== undefined)
    return { fate: fate === 'merge' ? 'merge' : 'move', reason: fromWhere(reason, origin) };
  if (!before)
    return fate === 'add' || fate === 'update' || fate === 'unchanged'
      ? { fate: 'add', reason: 'New in the template.' }
      : { fate: 'add', reason: 'New in the template, with what you wrote elsewhere moved into it.' };
  if (sameEntry(before, after)) {
    if (fate === 'unchanged' || fate === 'keep') return { fate, reason };
    return { fate: 'unchanged', reason: 'You and the template have the same.' };
  }
  if (fate === 'update' || fate === 'merge') return { fate, reason };
  if (fate === 'add') return { fate: 'update', reason: 'The template has a new file in its place.' };
  return { fate: 'merge', reason: 'Your version, carried over to what the template is now.' };
}

function fromWhere(reason: string, origin: string | undefined): string {
  return origin === undefined ? reason : `Was ${origin}; ${reason[0]!.toLowerCase()}${reason.slice(1)}`;
}
