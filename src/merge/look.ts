import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../errors.js';
import { ancestors, folderOf } from '../git/folders.js';
import { git, quotePath } from '../git/git.js';
import { oidOf } from '../git/objects.js';
import { refusalOf } from '../refusal.js';
import { listed, onDisk, type Project } from './project.js';
import type { Change, FileEntry, HeadEntry } from './types.js';

/** What stands at a path, without following a link, also not one of the folders above it. */
export type Standing =
  | { readonly kind: 'absent' }
  | { readonly kind: 'folder' }
  | { readonly kind: 'file' | 'link'; readonly content: Uint8Array; readonly executable: boolean }
  /** Something other than a folder stands above the path, or a device or socket at it. */
  | { readonly kind: 'blocked'; readonly by: string };

export function standingAt(dir: string, path: string): Standing {
  const seen = seenAt(dir, path);
  if (!('stat' in seen)) return seen;
  const file = join(dir, path);
  const content = seen.kind === 'link' ? readlinkSync(file, 'buffer') : readFileSync(file);
  return { kind: seen.kind, content, executable: (seen.stat.mode & 0o100) !== 0 };
}

/** The same without reading it. */
export const kindAt = (dir: string, path: string): Standing['kind'] => seenAt(dir, path).kind;

type Seen =
  Exclude<Standing, { content: Uint8Array }> | { readonly kind: 'file' | 'link'; readonly stat: Stats };

function seenAt(dir: string, path: string): Seen {
  for (const above of ancestors(path).slice(1)) {
    const there = statOf(join(dir, above));
    if (!there) return { kind: 'absent' };
    if (!there.isDirectory()) return { kind: 'blocked', by: above };
  }
  const stat = statOf(join(dir, path));
  if (!stat) return { kind: 'absent' };
  if (stat.isDirectory()) return { kind: 'folder' };
  if (stat.isSymbolicLink()) return { kind: 'link', stat };
  return stat.isFile() ? { kind: 'file', stat } : { kind: 'blocked', by: path };
}

const statOf = (file: string): Stats | undefined => lstatSync(file, { throwIfNoEntry: false });

/**
 * Looks at each path that is to be written before anything is.
 *
 * @throws UserError (3) naming the team's own untracked, ignored or hidden work that is in the way.
 */
export async function look(project: Project, changes: readonly Change[]): Promise<void> {
  try {
    await lookAtAll(project, changes);
  } catch (error) {
    throw refusalOf(error, project.dir);
  }
}

async function lookAtAll(project: Project, changes: readonly Change[]): Promise<void> {
  const goes = new Set(changes.filter(({ after }) => !after).map(({ path }) => path));
  const inTheWay = new Set<string>();
  const written = changes.filter(isWritten);
  const [tracked, added] = [written.filter(hasFile), written.filter((change) => !hasFile(change))];
  for (const { path, after } of added) {
    const way = after && inTheWayOf(project, path, after, goes);
    for (const name of way ?? []) inTheWay.add(name);
  }
  if (inTheWay.size)
    throw new UserError(
      `Files that git does not track are in the way: ${listed([...inTheWay].sort())}`,
      'They are yours, so nothing was written. Move them away, or commit them, and run the command again.',
      EXIT.refused,
    );
  const hidden = await hiddenEdits(project, tracked);
  if (hidden.length)
    throw new UserError(
      `Tracked files are edited on disk though git is told not to look at them: ${listed(hidden)}`,
      'See git ls-files -v: take the flag off (git update-index --no-assume-unchanged --no-skip-worktree FILE) and commit or undo the edit.',
      EXIT.refused,
    );
  refuseReadOnly(project, written);
}

const isFile = (entry: HeadEntry | undefined): entry is HeadEntry =>
  entry !== undefined && entry.mode !== '040000' && entry.mode !== '160000';

const hasFile = ({ before }: Change): boolean => isFile(before);

/** A conflict may leave the team's file in the work tree as it is. */
function isWritten({ before, after }: Change): boolean {
  if (!isFile(before) || !after) return after !== undefined || isFile(before);
  return before.mode !== after.mode || !before.content || Buffer.compare(before.content, after.content) !== 0;
}

function inTheWayOf(
  project: Project,
  path: string,
  after: FileEntry,
  goes: ReadonlySet<string>,
): readonly string[] {
  const there = standingAt(project.dir, path);
  if (there.kind === 'absent') return nestedRepository(project, path);
  // A tracked file makes room for a folder of its name.
  if (there.kind === 'blocked') return goes.has(there.by) ? [] : [there.by];
  if (there.kind === 'folder') return filesBelow(project, path).filter((file) => !goes.has(file));
  const same =
    (there.kind === 'link') === (after.mode === '120000') &&
    (there.kind === 'link' || there.executable === (after.mode === '100755')) &&
    Buffer.compare(there.content, after.content) === 0;
  return same ? nestedRepository(project, path) : [path];
}

/** A folder with a git of its own, which git would not look into. */
const nestedRepository = (project: Project, path: string): string[] =>
  ancestors(path)
    .slice(1)
    .filter((above) => existsSync(join(onDisk(project, above), '.git')))
    .map((above) => `${above}/`);

function filesBelow(project: Project, path: string): string[] {
  return readdirSync(onDisk(project, path), { withFileTypes: true }).flatMap((entry) => {
    const below = `${path}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(project, below) : [below];
  });
}

/** Tracked files whose bytes on disk are not HEAD's although `git status` said nothing. */
async function hiddenEdits(project: Project, changes: readonly Change[]): Promise<string[]> {
  const unequal: Change[] = [];
  const hidden: string[] = [];
  for (const change of changes) {
    const there = standingAt(project.dir, change.path);
    if (there.kind === 'absent') continue;
    if (there.kind === 'file' || there.kind === 'link') {
      const content = change.before?.content;
      if (content && Buffer.compare(there.content, content) === 0) continue;
      if (oidOf(project.algorithm, { type: 'blob', content: there.content }) === change.before?.oid) continue;
      if (there.kind === 'file') unequal.push(change);
      else hidden.push(change.path);
    } else if (there.kind === 'blocked') hidden.push(there.by);
    else hidden.push(change.path);
  }
  const cleaned = await cleanedOids(
    project,
    unequal.map(({ path }) => path),
  );
  const edited = unequal.filter(({ before }, i) => before?.oid !== cleaned[i]).map(({ path }) => path);
  // Filters need not be their own reverse; what git sees as unchanged without being told so is unchanged.
  const flagged = edited.length ? await flaggedPaths(project, edited) : new Set<string>();
  return [...hidden, ...edited.filter((path) => flagged.has(path))].sort();
}

/** The oids of files on disk as git would take them in: with the user's line ends and filters. */
async function cleanedOids({ top, prefix }: Project, paths: readonly string[]): Promise<string[]> {
  if (!paths.length) return [];
  const input = paths.map((path) => `${line(prefix + path)}\n`).join('');
  return (await git(top, ['hash-object', '--stdin-paths'], input)).trimEnd().split('\n');
}

const line = (path: string): string => (/^"|\n/.test(path) ? quotePath(path) : path);

/** Those of the paths that git was told to assume unchanged, or to leave out of the work tree. */
async function flaggedPaths({ top, prefix }: Project, paths: readonly string[]): Promise<Set<string>> {
  const out = await git(top, ['ls-files', '-v', '-z', '--', ...paths.map((path) => prefix + path)]);
  return new Set(
    out
      .split('\0')
      .filter((entry) => entry && !entry.startsWith('H '))
      .map((entry) => entry.slice(2 + prefix.length)),
  );
}

function refuseReadOnly(project: Project, written: readonly Change[]): void {
  const folders = new Set<string>();
  for (const { path } of written) {
    let folder = folderOf(path);
    while (folder && !existsSync(onDisk(project, folder))) folder = folderOf(folder);
    folders.add(folder);
  }
  const closed = [...folders].filter((folder) => {
    try {
      accessSync(onDisk(project, folder), constants.W_OK);
      return false;
    } catch {
      return true;
    }
  });
  if (closed.length)
    throw new UserError(
      `Folders may not be written in: ${listed(closed.map((folder) => `${folder || '.'}/`))}`,
      'Give yourself the right to write there, and run the command again.',
      EXIT.refused,
    );
}
