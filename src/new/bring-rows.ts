import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { RAW } from '../data/copy.js';
import { EXIT, UserError } from '../errors.js';
import type { Place } from './inspect.js';
import type { OwnData } from './new.js';
import { type PlacedRows, placeRows } from './place-rows.js';
import { makeFolder, type Undo } from './write.js';

/** What createRepository does with own data, besides what it does anyway. */
export function ownRows({ read, copy }: OwnData, place: Place) {
  const rows = placeRows(read, place);
  return {
    data: { read, rows },
    bring: (dir: string, unguarded: boolean, undo: Undo[]) => bringRows(dir, rows, unguarded, copy, undo),
    exposed: (when: When) => exposedRows(place, rows, when),
  };
}

interface When {
  readonly commits: boolean;
  /** The rows are in their place, and what keeps git from them too. */
  readonly written: boolean;
}

/**
 * Writes the rows into the folder of a repository, whole or not at all.
 *
 * @param unguarded the root .gitignore is the team's, so the rows need one of their own
 */
async function bringRows(
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

/** Files with rows that git has or would take; where git cannot be asked, those outside of the ignored folder. */
async function exposedRows(
  place: Place,
  { path, inside }: PlacedRows,
  { commits, written }: When,
): Promise<string[]> {
  const elsewhere = inside === undefined ? [] : [inside];
  const paths = [...(written ? [path] : []), ...elsewhere];
  if (!paths.length || (!commits && place.top === undefined)) return elsewhere;
  try {
    const { git } = await import('../git/git.js');
    const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--'];
    const taken = await git(place.dir, [...listing, ...paths]);
    return [...new Set(taken.split('\0').filter(Boolean))];
  } catch {
    return elsewhere;
  }
}
