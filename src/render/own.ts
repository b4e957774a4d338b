import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Root } from './root.js';

let own: Promise<Root> | undefined;

/** Our own templates: as the build compiled them, or from templates/ when run from the sources (tests). */
export const ownRoot = (): Promise<Root> => (own ??= findRoot());

async function findRoot(): Promise<Root> {
  const compiled = new URL('../../templates.js', import.meta.url);
  if (existsSync(compiled)) return ((await import(compiled.href)) as { root: Root }).root;
  const { loadRoot } = await import('./load.js');
  return loadRoot(fileURLToPath(new URL('../../templates', import.meta.url)));
}

/** The highest level that a list of roots has templates for. */
export const highestLevel = (roots: readonly Root[]): number =>
  Math.max(...roots.flatMap((root) => root.templates.map((template) => template.level)));
