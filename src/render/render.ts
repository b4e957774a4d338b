import type { Answers } from '../answers/schema.js';
import { packBaseline } from '../baseline/pack.js';
import { writeManifest } from '../manifest/write.js';
import { contextOf } from './context.js';
import { renderOverlays } from './overlays.js';
import type { Root } from './root.js';
import { type FileTree, sorted } from './tree.js';

export const MANIFEST = '.azmlops.yml';
export const BASELINE = '.azmlops/baseline.gz';

/**
 * The whole repository as azmlops writes it: the overlays, the manifest, and the baseline of all of it.
 * A pure function of its inputs: the same templates, level and answers give the same bytes.
 */
export function render(roots: readonly Root[], level: number, answers: Answers): FileTree {
  const tree = renderOverlays(roots, level, contextOf(level, answers));
  const manifest = new TextEncoder().encode(writeManifest(level, answers));
  tree.set(MANIFEST, { content: manifest, mode: '100644' });
  tree.set(BASELINE, { content: packBaseline(sorted(tree)), mode: '100644' });
  return sorted(tree);
}
