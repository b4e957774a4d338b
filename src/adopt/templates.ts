import type { Answers } from '../answers/schema.js';
import { packBaseline } from '../baseline/pack.js';
import { contextOf } from '../render/context.js';
import { originsOf } from '../render/overlays.js';
import { highestLevel } from '../render/own.js';
import { BASELINE } from '../render/render.js';
import type { Root } from '../render/root.js';
import { type FileTree, sorted } from '../render/tree.js';

export const pathsAt = (roots: readonly Root[], level: number, answers: Answers): Set<string> =>
  new Set(originsOf(roots, level, contextOf(level, answers)).keys());

/** Every path that this level or a higher one writes. */
export function pathsFrom(roots: readonly Root[], level: number, answers: Answers): Set<string> {
  const paths = new Set<string>();
  for (let at = level; at <= highestLevel(roots); at++)
    for (const path of pathsAt(roots, at, answers)) paths.add(path);
  return paths;
}

/** Takes paths out of a rendered tree, and out of the baseline that it brings along. */
export function leaveOut(tree: FileTree, paths: readonly string[]): void {
  const gone = paths.filter((path) => tree.delete(path));
  if (!gone.length || !tree.has(BASELINE)) return;
  tree.delete(BASELINE);
  tree.set(BASELINE, { content: packBaseline(sorted(tree)), mode: '100644' });
}
