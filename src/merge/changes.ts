import type { FileTree } from '../render/tree.js';
import { filesOf } from './moves.js';
import type { Outcome, Three } from './outcomes.js';
import { sameEntry } from './same.js';
import type { Change } from './types.js';

/** What has to be written so that HEAD's files become the outcomes; empty when they are that already. */
export function changesOf(
  three: Three,
  outcomes: ReadonlyMap<string, Outcome>,
  besides: ReadonlyMap<string, string>,
): Change[] {
  const files: FileTree = filesOf(three.head);
  const changes: Change[] = [];
  for (const path of [...new Set([...files.keys(), ...outcomes.keys()])].sort()) {
    const outcome = outcomes.get(path);
    const [before, after] = [files.has(path) ? three.head.get(path) : undefined, outcome?.result];
    const beside = besides.get(path);
    if (outcome?.beside && beside) {
      const { entry } = outcome.beside;
      // Nothing stands at the path itself that could be unmerged: its file beside is.
      if (after) changes.push({ path: beside, after: entry, beside: true });
      else changes.push({ path: beside, after: entry, stages: outcome.stages ?? {} });
    }
    if (outcome?.stages && after)
      changes.push({ path, ...(before && { before }), after, stages: outcome.stages });
    else if (!sameEntry(files.get(path), after))
      changes.push({ path, ...(before && { before }), ...(after && { after }) });
  }
  return changes;
}
