import type { Answers } from '../answers/schema.js';
import { packBaseline } from '../baseline/pack.js';
import { writeManifest } from '../manifest/write.js';
import { contextOf } from './context.js';
import { renderOverlays } from './overlays.js';
import type { Root } from './root.js';
import { type FileTree, sorted } from './tree.js';

export const MANIFEST = '.azmlops.yml';
export const BASELINE = '.azmlops/baseline.gz';
/** Not there while the data is the example. */
export const PROFILE = '.azmlops/profile.json';
/** Written by adopt alone, never rendered. */
export const ADOPTED = '.azmlops/adopted.yml';

/**
 * The whole repository as azmlops writes it: the overlays, the manifest, the profile, and the baseline of all of it.
 * A pure function of its inputs: the same templates, level and answers give the same bytes.
 */
export function render(roots: readonly Root[], level: number, answers: Answers): FileTree {
  const context = contextOf(level, answers);
  const tree = renderOverlays(roots, level, context);
  const add = (path: string, text: string) =>
    tree.set(path, { content: new TextEncoder().encode(text), mode: '100644' });
  add(MANIFEST, writeManifest(level, answers));
  if (!context.example) add(PROFILE, context.profileJson);
  tree.set(BASELINE, { content: packBaseline(sorted(tree)), mode: '100644' });
  return sorted(tree);
}
