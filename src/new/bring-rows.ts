import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { RAW } from '../data/copy.js';
import { EXIT, UserError } from '../errors.js';
import type { Place } from './inspect.js';
import type { PlacedRows } from './place-rows.js';
import { makeFolder, type Undo } from './write.js';

export { placeRows } from './place-rows.js';

/**
 * Writes the rows into the folder of a repository, whole or not at all.
 *
 * @param unguarded the root .gitignore is the team's, so the rows need one of their own
 */
export async function bringRows(
  dir: string,
  { path, fate }: PlacedRows,
  unguarded: boolean,
  copy: (to: string) => Promise<unknown>,
  undo: Undo[],
): Promise<void> {
  makeFolder(join(dir, RAW), undo);
  const guard = join(dir, RAW, '.gitignore');
  if (unguarded && !existsSync(guard)) {
    writeFileSync(guard, '*\n', { flag: 'wx' });
    undo.push(() => rmSync(guard, { force: true }));
  }
  if (fate === 'there') return;
  const to = join(dir, path);
  const beside = join(dirname(to), `.${basename(to)}.azmlops-${randomBytes(4).toString('hex')}`);
  undo.push(() => rmSync(beside, { force: true }));
  await copy(beside);
  if (existsSync(to))
    throw new UserError(`${to} was written by another program meanwhile.`, 'Look what it is.', EXIT.refused);
  renameSync(beside, to);
  undo.push(() => rmSync(to, { force: true }));
}

/** Files with rows that git has or would take; where git is not asked, those outside of the ignored folder. */
export async function exposedRows(
  place: Place,
  { path, inside }: PlacedRows,
  commits: boolean,
): Promise<string[]> {
  const elsewhere = inside === undefined ? [] : [inside];
  if (!commits && place.top === undefined) return elsewhere;
  try {
    const { git } = await import('../git/git.js');
    const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const taken = await git(place.dir, [...listing, '--', path, ...elsewhere]);
    return [...new Set(taken.split('\0').filter(Boolean))];
  } catch {
    return elsewhere;
  }
}
