import type { FileEntry, FileTree } from '../render/tree.js';
import { sameEntry } from './same.js';
import type { Lift } from './types.js';

export interface Lifted {
  readonly base: FileTree;
  readonly ours: FileTree;
  /** What the lift would have put where the team has a file of its own that it can't hold as well. */
  readonly displaced: ReadonlyMap<string, FileEntry>;
  readonly notes: readonly string[];
}

/**
 * The lift on base and on ours. A file that was the team's own before it is no edit of what the lift makes of the base:
 * it stays one that both added, and keeps every line of its own.
 */
export function applyLift(lift: Lift | undefined, base: FileTree, ours: FileTree): Lifted {
  if (!lift) return { base, ours, displaced: new Map(), notes: [] };
  const lifted = { base: new Map(lift(new Map(base)).tree), ours: lift(new Map(ours)) };
  const result = new Map(lifted.ours.tree);
  const displaced = new Map<string, FileEntry>();
  for (const [path, own] of ours) {
    if (base.has(path)) continue;
    const [made, madeOfBase] = [result.get(path), lifted.base.get(path)];
    lifted.base.delete(path);
    if (made && holds(made, own)) continue;
    result.set(path, own);
    if (made && !sameEntry(made, madeOfBase)) displaced.set(path, made);
  }
  return { base: lifted.base, ours: result, displaced, notes: lifted.ours.notes };
}

/** Whether each line of the one is in the other. */
function holds(made: FileEntry, own: FileEntry): boolean {
  if (sameEntry(made, own)) return true;
  const lines = new Set(linesOf(made));
  return made.mode === own.mode && linesOf(own).every((line) => lines.has(line));
}

function linesOf({ content }: FileEntry): string[] {
  return Buffer.from(content).toString('latin1').split(/\r?\n/);
}
