import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { kindAt } from '../merge/look.js';
import { STAGING } from '../new/write.js';
import { looking } from '../refusal.js';
import type { FileTree } from '../render/tree.js';
import { MANIFEST } from '../render/render.js';
import { inTheWay, WRITTEN } from './place.js';

/**
 * What is left to write when a run before this one was cut off half way: its files are the same, byte by byte.
 *
 * @param there paths that this run would write and that have something already
 * @throws UserError (3) when they hold anything else: nothing is overwritten
 */
export function leftToWrite(dir: string, there: readonly string[], files: FileTree): FileTree {
  const other = there.filter((path) => {
    const own = files.get(path)?.content;
    return !own || looking(dir, () => Buffer.compare(readFileSync(join(dir, path)), own)) !== 0;
  });
  if (other.length) throw inTheWay(dir, other);
  return new Map([...files].filter(([path]) => !there.includes(path)));
}

/** Takes away the folders that a run which was cut off laid its files in; one that holds anything else stays. */
export const sweepStaging = (dir: string): void =>
  looking(dir, () => {
    for (const name of stagingIn(dir)) rmSync(join(dir, name), { recursive: true, force: true });
  });

/** The same where a run was cut off after the manifest, its last file, so that nothing but such a folder is left to do. */
export function sweepAfterAll(dir: string): void {
  if (existsSync(join(dir, MANIFEST))) sweepStaging(dir);
}

function isOurs(dir: string, staging: string): boolean {
  const known = new Set(['new', 'old', 'new/.azmlops', ...WRITTEN.map((path) => `new/${path}`)]);
  const inside = readdirSync(join(dir, staging), { recursive: true, encoding: 'utf8' });
  return inside.every((path) => known.has(path.replaceAll('\\', '/')));
}

/** Whether a run of adopt was cut off here before it wrote the manifest, its last file; a folder that cannot be read says no. */
export function wasCutOff(dir: string): boolean {
  try {
    return kindAt(dir, MANIFEST) === 'absent' && stagingIn(dir).length > 0;
  } catch {
    return false;
  }
}

const stagingIn = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && STAGING.test(entry.name) && isOurs(dir, entry.name))
    .map(({ name }) => name);
