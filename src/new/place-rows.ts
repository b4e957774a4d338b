import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { dataPathFor, RAW, rewriteReasons } from '../data/copy.js';
import { sameBytes } from '../data/same-bytes.js';
import type { DataRead } from '../data/types.js';
import { EXIT, UserError } from '../errors.js';
import type { Place } from './inspect.js';

/** Where the rows will stand, outside of what git knows. */
export interface PlacedRows {
  /** With `/`, relative to the repository. */
  readonly path: string;
  /** Copied; or there already, and left alone. */
  readonly fate: 'copy' | 'there';
  /** Why a copy is written anew instead of byte for byte. */
  readonly reasons: readonly string[];
  /** Other CSV files of that folder, which are read as part of the same table. */
  readonly beside: readonly string[];
  /** The file itself, when it lies elsewhere in the repository, where git may take it. */
  readonly inside?: string;
}

/** @throws UserError (2) when the rows cannot stand there without something being overwritten or read twice */
export function placeRows(read: DataRead, place: Place): PlacedRows {
  const path = dataPathFor(read);
  const reasons = rewriteReasons(read.format);
  if (place.kind === 'absent') return { path, fate: 'copy', reasons, beside: [] };
  for (const folder of [dirname(RAW), RAW]) {
    const there = lstatSync(join(place.dir, folder), { throwIfNoEntry: false });
    if (!there) break;
    if (!there.isDirectory())
      throw refusal(place, folder, 'is no folder', 'Move it away, or name another folder.');
  }
  const own = relative(realpathSync(place.dir), realpathSync(read.path)).split(sep).join('/');
  const names = csvFilesOf(join(place.dir, RAW));
  const beside = names.filter((name) => `${RAW}/${name}` !== own).map((name) => `${RAW}/${name}`);
  if (dirname(own) === RAW && names.includes(basename(own))) {
    if (!reasons.length) return { path: own, fate: 'there', reasons, beside };
    throw refusal(
      place,
      own,
      `cannot be read as it is (${reasons.join(', ')}), and is yours`,
      'Move it out of that folder and name it there: a copy that can be read is then written.',
    );
  }
  const inside = own.startsWith('../') || own === '..' || /^([A-Za-z]:|\/)/.test(own) ? {} : { inside: own };
  const to = join(place.dir, path);
  if (!lstatSync(to, { throwIfNoEntry: false })) return { path, fate: 'copy', reasons, beside, ...inside };
  if (!reasons.length && sameBytes(read.path, to))
    return { path, fate: 'there', reasons, beside: beside.filter((each) => each !== path), ...inside };
  throw refusal(
    place,
    path,
    `is there, and is not what ${read.shown} holds`,
    'It is not overwritten. Move it away, or give your file another name.',
  );
}

const refusal = (place: Place, path: string, what: string, hint: string): UserError =>
  new UserError(`${join(place.dir, path)} ${what}.`, hint, EXIT.usage);

function csvFilesOf(folder: string): string[] {
  if (!lstatSync(folder, { throwIfNoEntry: false })) return [];
  return readdirSync(folder).filter((name) => name.endsWith('.csv'));
}
