import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EXIT, UserError } from '../errors.js';
import { ancestors } from '../git/folders.js';
import { git } from '../git/git.js';
import { type Journal, saveJournal, type UntrackedPut, type UntrackedRecord } from './journal.js';
import { kindAt } from './look.js';
import { listed, type Project } from './project.js';
import type { Move } from './types.js';

/** Files that git does not track and that a write brings along: what belongs into the work tree and never into a commit. */
export interface Untracked {
  readonly puts: readonly Put[];
  /** Files that make room, each to a path that is free; folders on the way are made. */
  readonly moves: readonly Move[];
}

export interface Put {
  readonly path: string;
  /** Writes it to an absolute path at which nothing is. */
  readonly make: (to: string) => Promise<unknown>;
  /** It is put only when git, after all else, would take this path. */
  readonly unlessIgnored?: string;
}

/** What was put and moved, relative to the project: less than was wanted where the same bytes were there. */
export interface Brought {
  readonly put: readonly string[];
  readonly moved: readonly Move[];
}

/** What the journal must know before anything is done. */
export async function recordOf(project: Project, { puts, moves }: Untracked): Promise<UntrackedRecord> {
  const full = (path: string) => project.prefix + path;
  const folders = [...puts.map(({ path }) => path), ...moves.map(({ to }) => to)]
    .flatMap((path) => ancestors(full(path)).slice(1))
    .filter((folder) => kindAt(project.top, folder) !== 'folder');
  const moved = moves.map(async ({ from, to }) => ({
    from: full(from),
    to: full(to),
    print: (await printOf(project, full(from))) ?? '',
  }));
  return {
    puts: puts.map(({ path }) => ({ path: full(path), half: halfOf(full(path)) })),
    moves: await Promise.all(moved),
    folders: [...new Set(folders)],
  };
}

/** Beside the path, so that a rename is enough; no glob for tables finds it. */
const halfOf = (path: string): string => posix.join(posix.dirname(path), `.${posix.basename(path)}.azmlops`);

/**
 * Makes the files, slowly and beside their paths; then, all at once, moves what is in the way and puts them; last those
 * that keep others out of git. The journal knows at each moment what a file of this program looks like.
 *
 * @returns the journal as it stands on disk then, and what was done
 */
export async function bringAlong(
  project: Project,
  journal: Journal & { readonly untracked: UntrackedRecord },
  { puts }: Untracked,
): Promise<{ journal: Journal; brought: Brought }> {
  const { top, prefix } = project;
  const { untracked } = journal;
  const made = await makeAll(project, journal, puts, ({ unlessIgnored }) => unlessIgnored === undefined);
  const isThere = ({ path, print }: UntrackedPut) =>
    untracked.moves.some((move) => move.from === path && move.print === print);
  const there = made.filter(isThere);
  const moves = untracked.moves.filter(({ from }) => !there.some(({ path }) => path === from));
  // Without its print, what was there already is nothing that taking back would remove.
  const known = made.map((put) => (isThere(put) ? { path: put.path, half: put.half } : put));
  const first: Journal = { ...journal, untracked: { ...untracked, puts: known, moves } };
  saveJournal(project, first);
  for (const { half } of there) rmSync(join(top, half));
  for (const { from, to } of moves) moveInto(top, from, to);
  const fresh = made.filter((put) => !isThere(put));
  for (const { half, path } of fresh) moveInto(top, half, path);
  const guards = await makeAll(
    project,
    journal,
    puts,
    async ({ unlessIgnored: path }) => path !== undefined && (await isTaken(project, prefix + path)),
  );
  const last: Journal = { ...journal, untracked: { ...untracked, puts: [...known, ...guards], moves } };
  if (guards.length) saveJournal(project, last);
  for (const { half, path } of guards) moveInto(top, half, path);
  const own = (path: string) => path.slice(prefix.length);
  const brought = {
    put: [...fresh, ...guards].map(({ path }) => own(path)),
    moved: moves.map(({ from, to }) => ({ from: own(from), to: own(to) })),
  };
  return { journal: last, brought };
}

async function makeAll(
  project: Project,
  { untracked }: { readonly untracked: UntrackedRecord },
  puts: readonly Put[],
  isWanted: (put: Put) => boolean | Promise<boolean>,
): Promise<UntrackedPut[]> {
  const made: UntrackedPut[] = [];
  for (const [at, record] of untracked.puts.entries()) {
    const put = puts[at]!;
    if (!(await isWanted(put))) continue;
    const half = join(project.top, record.half);
    mkdirSync(dirname(half), { recursive: true });
    rmSync(half, { force: true });
    await put.make(half);
    made.push({ ...record, print: (await printOf(project, record.half)) ?? '' });
  }
  return made;
}

function moveInto(top: string, from: string, to: string): void {
  if (kindAt(top, to) !== 'absent')
    throw new UserError(
      `Meanwhile something came to stand at ${to}.`,
      'Run the command again.',
      EXIT.refused,
    );
  mkdirSync(dirname(join(top, to)), { recursive: true });
  renameSync(join(top, from), join(top, to));
}

/** Whether git has a file that is there, or would: by the patterns of the repository, as one machine's are not another's. */
export const isTaken = async ({ top }: Pick<Project, 'top'>, path: string): Promise<boolean> => {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', path];
  return (await git(top, args)) !== '';
};

export interface UntrackedSince {
  /** Paths that are neither as before nor as they were left. */
  readonly edited: readonly string[];
  /** Puts back what was before; edits go where a file was put, and stay where one was moved. Returns the paths. */
  readonly takeBack: () => string[];
}

/**
 * What became of the files that were brought along.
 *
 * @throws UserError (3) when something stands where a file is to be put back: it is not ours to remove.
 */
export async function untrackedSince(project: Project, { untracked }: Journal): Promise<UntrackedSince> {
  if (!untracked) return { edited: [], takeBack: () => [] };
  const edited: string[] = [];
  const ours = new Set<string>();
  const away: UntrackedRecord['moves'][number][] = [];
  const { puts, moves } = untracked;
  for (const { path, print } of puts) {
    const there = print === undefined ? undefined : await printOf(project, path);
    const notMoved = moves.some(({ from, to }) => from === path && !existsSync(join(project.top, to)));
    if (there === undefined || (there !== print && notMoved)) continue;
    if (there !== print) edited.push(path);
    ours.add(path);
  }
  const inTheWay: string[] = [];
  for (const move of moves) {
    const [from, to] = [await printOf(project, move.from), await printOf(project, move.to)];
    const stays = from !== undefined && !ours.has(move.from);
    if (stays && (to === undefined || from === move.print)) continue;
    if (stays) inTheWay.push(move.from);
    else if (to === undefined) edited.push(move.to);
    else away.push(move);
    if (to !== undefined && to !== move.print) edited.push(move.to);
  }
  if (inTheWay.length)
    throw new UserError(
      `Where files are to be put back there are others: ${listed(inTheWay)}`,
      'They are yours. Move them away, and run the command again.',
      EXIT.refused,
    );
  return {
    edited,
    takeBack: () => {
      for (const { half } of puts) rmSync(join(project.top, half), { force: true });
      for (const path of ours) rmSync(join(project.top, path));
      for (const { from, to } of away) moveInto(project.top, to, from);
      return [...ours, ...away.flatMap(({ from, to }) => [from, to])];
    },
  };
}

/** What a file holds, in few characters; undefined when nothing is there. */
async function printOf({ top }: Pick<Project, 'top'>, path: string): Promise<string | undefined> {
  const kind = kindAt(top, path);
  if (kind === 'absent') return undefined;
  if (kind === 'link') return `link ${readlinkSync(join(top, path))}`;
  if (kind !== 'file') return `${kind} ${basename(path)}`;
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(top, path)), hash);
  return hash.digest('hex');
}
