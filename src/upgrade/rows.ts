import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { dataPathFor, RAW, rewriteReasons } from '../data/copy.js';
import { sameBytes } from '../data/same-bytes.js';
import type { DataRead } from '../data/types.js';
import type { OwnData } from '../new/new.js';
import { EXIT, UserError } from '../errors.js';
import { git } from '../git/git.js';
import { kindAt } from '../merge/look.js';
import type { MergeEntry, Move } from '../merge/types.js';
import { isTaken, type Put, type Untracked } from '../merge/untracked.js';

/** Where tables go that are not to be read along any more; the emitted code looks into no folder below. */
const FORMER = `${RAW}/former`;
/** Of what the workflow `data` writes. */
const GATHERED = 'data/gathered';

/** What becomes of the rows, which git never sees. Paths relative to the repository. */
export interface Rows {
  readonly path: string;
  /** They stand there already, byte for byte. */
  readonly there: boolean;
  /** Why a copy is written anew instead of byte for byte. */
  readonly reasons: readonly string[];
  /** The team's own tables, which would be read as part of this one. */
  readonly moved: readonly Move[];
  /** Tables that git tracks: they stay, and are read along. */
  readonly alongside: readonly string[];
  /** Folders that are there, and that the emitted code reads instead of this one. */
  readonly instead: readonly string[];
  /** Git would take them, or has them already: they are there, and so is a .gitignore that lets them in. */
  readonly exposed: boolean;
}

/**
 * Decides what becomes of the rows, once the merge is decided.
 *
 * @throws UserError (2, 3) when they cannot stand there without something of the team's being lost
 */
export async function planRows(
  dir: string,
  { read, copy }: OwnData,
  entries: readonly MergeEntry[],
): Promise<{ readonly rows: Rows; readonly untracked?: Untracked }> {
  refuseOdd(dir);
  const gone = new Set(entries.filter(({ fate }) => fate === 'remove').map(({ path }) => path));
  const tracked = await trackedIn(dir);
  const names = existsSync(join(dir, RAW)) ? readdirSync(join(dir, RAW)) : [];
  const reasons = rewriteReasons(read.format);
  const tables = names.filter(isTable).map((name) => `${RAW}/${name}`);
  const { path, there } = placeOf(dir, read, { tables, tracked, gone });
  const others = tables.filter((table) => !gone.has(table) && !(there && table === path));
  const taken = new Set<string>();
  const moved = others
    .filter((table) => !tracked.has(table))
    .map((from) => ({ from, to: freeIn(dir, taken, basename(from)) }));
  const rows = {
    path,
    there,
    reasons,
    moved,
    alongside: others.filter((table) => tracked.has(table)),
    instead: insteadOf(dir, names),
    exposed: tracked.has(path),
  };
  const guard = tracked.has(path) ? undefined : guardFor(dir, path, entries);
  if (there && !moved.length && !(guard && (await isTaken({ top: dir }, path)))) return { rows };
  const puts = [...(there ? [] : [{ path, make: copy }]), ...(guard ? [guard] : [])];
  return { rows, untracked: { puts, moves: moved } };
}

/** Keeps the rows out of git where the team's own .gitignore does not, or may not once its conflict is settled. */
function guardFor(dir: string, rows: string, entries: readonly MergeEntry[]): Put | undefined {
  const path = `${RAW}/.gitignore`;
  if (existsSync(join(dir, path))) return undefined;
  const open = entries.some((entry) => entry.path === '.gitignore' && entry.fate === 'conflict');
  return { path, make: (to) => writeFile(to, '*\n'), ...(open ? {} : { unlessIgnored: rows }) };
}

/** What was gathered is read first, and of folders named by a date the newest. */
function insteadOf(dir: string, names: readonly string[]): string[] {
  const dated = names.filter((name) => /^\d{4}-\d\d-\d\d$/.test(name)).map((name) => `${RAW}/${name}`);
  return kindAt(dir, GATHERED) === 'folder' ? [GATHERED, ...dated] : dated;
}

function refuseOdd(dir: string): void {
  for (const folder of [dirname(RAW), RAW, FORMER]) {
    const kind = kindAt(dir, folder);
    if (kind === 'absent') return;
    if (kind !== 'folder')
      throw new UserError(
        `${folder} is ${kind === 'link' ? 'a link' : 'no folder'}, and rows are put into no other place.`,
        'Make it a folder, and run the command again.',
        EXIT.refused,
      );
  }
}

const trackedIn = async (dir: string): Promise<Set<string>> =>
  new Set((await git(dir, ['ls-files', '-z', '--', RAW])).split('\0').filter(Boolean));

/** As the emitted code finds them. */
const isTable = (name: string): boolean =>
  name.endsWith('.csv') || (process.platform === 'win32' && /\.csv$/i.test(name));

interface There {
  readonly tables: readonly string[];
  readonly tracked: ReadonlySet<string>;
  /** The example, which the merge takes away. */
  readonly gone: ReadonlySet<string>;
}

function placeOf(
  dir: string,
  read: DataRead,
  { tables, tracked, gone }: There,
): { readonly path: string; readonly there: boolean } {
  const verbatim = !rewriteReasons(read.format).length;
  const own = ownPath(dir, read.path);
  if (own !== undefined && gone.has(own))
    throw new UserError(
      `${read.shown} is the example, which goes as soon as there is other data.`,
      'Copy it to another place, and name the copy.',
    );
  if (own !== undefined && tables.includes(own) && verbatim) return { path: own, there: true };
  const wanted = dataPathFor(read);
  if (verbatim && !gone.has(wanted) && sameBytes(read.path, join(dir, wanted)))
    return { path: wanted, there: true };
  if (tracked.has(wanted) && !gone.has(wanted))
    throw new UserError(
      `git tracks ${wanted}, and it is not what ${read.shown} holds.`,
      `Rows are kept out of git: git rm --cached ${wanted} and commit, or give your file another name.`,
      EXIT.refused,
    );
  if (kindAt(dir, wanted) === 'folder')
    throw new UserError(
      `${wanted} is a folder.`,
      'Move it away, or give your file another name.',
      EXIT.refused,
    );
  if (!gone.has(wanted)) return { path: wanted, there: false };
  // Not in the place of a file that --abort has to put back.
  const free = numbered(wanted, (path) => gone.has(path) || kindAt(dir, path) !== 'absent');
  return { path: free, there: false };
}

/** The path of a file directly in the folder of the rows. */
function ownPath(dir: string, file: string): string | undefined {
  if (!existsSync(join(dir, RAW))) return undefined;
  const same = realpathSync(dirname(file)) === realpathSync(join(dir, RAW));
  return same ? `${RAW}/${basename(file)}` : undefined;
}

function freeIn(dir: string, taken: Set<string>, name: string): string {
  const free = numbered(`${FORMER}/${name}`, (path) => taken.has(path) || kindAt(dir, path) !== 'absent');
  taken.add(free);
  return free;
}

/** `a.csv`, or the first of `a-2.csv`, `a-3.csv` … that is not taken. */
function numbered(path: string, isTaken: (path: string) => boolean): string {
  const [, stem = path, end = ''] = /^(.*?)(\.csv)$/i.exec(path) ?? [];
  let free = path;
  for (let number = 2; isTaken(free); number++) free = `${stem}-${number}${end}`;
  return free;
}
