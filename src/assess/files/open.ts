import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { seen } from '../../cli/seen.js';
import { UserError } from '../../errors.js';
import type { Files } from '../types.js';
import { filesOnDisk } from './on-disk.js';
import { listed } from './listed.js';
import { walked } from './walked.js';

/** Paths as they lie below a root, what of it was left out, and why git was not asked where it should have been. */
export interface Listing {
  readonly paths: readonly string[];
  readonly notes: readonly string[];
}

/**
 * What there is to assess in a folder: what git lists of the whole repository around it (tracked or untracked, but not
 * ignored), `within` it; outside of git what lies in the folder. Links are never followed. Texts are read when asked for.
 *
 * @throws UserError (2) when the folder is not there or is none.
 */
export async function openFiles(dir: string): Promise<Files> {
  const given = resolve(dir);
  const found = statSync(given, { throwIfNoEntry: false });
  const hint = 'Name the folder of a repository, or none for this one.';
  if (!found) throw new UserError(`${seen(dir)} is not there.`, hint);
  if (!found.isDirectory()) throw new UserError(`${seen(dir)} is no folder.`, hint);
  const folder = realpathSync(given);
  const root = rootOf(folder);
  if (root === undefined) return filesOnDisk(folder, '', walked(folder));
  const below = relative(root, folder).split(sep).join('/');
  const within = below && `${below}/`;
  const listing = await listed(root);
  if (typeof listing === 'string') {
    const why = `git could not list the files (${listing.split('\n')[0] ?? ''}): all that lies in the folder was looked at.`;
    const { paths, notes } = walked(root);
    return filesOnDisk(root, within, { paths, notes: [why, ...notes] });
  }
  if (!within || listing.paths.some((path) => path.startsWith(within)))
    return filesOnDisk(root, within, listing);
  const own = walked(folder);
  const ignored = `${within} holds nothing that git would list in ${root}: it was looked at as a folder of its own.`;
  return filesOnDisk(folder, '', own.paths.length ? { ...own, notes: [ignored, ...own.notes] } : own);
}

/** The top of the work tree that a folder lies in, found without starting git. */
function rootOf(folder: string): string | undefined {
  for (let dir = folder; ; dir = dirname(dir)) {
    if (existsSync(join(dir, '.git'))) return dir;
    if (dirname(dir) === dir) return undefined;
  }
}
