import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../errors.js';
import { git, tryGit } from '../git/git.js';
import type { Project } from './project.js';
import type { Labels } from './types.js';

/** What stands at a path, by git. */
export interface Recorded {
  readonly mode: string;
  readonly oid: string;
}

export interface JournalPath {
  /** Relative to the top of the work tree. */
  readonly path: string;
  readonly before?: Recorded;
  readonly after?: Recorded;
  /** HEAD has it, the disk did not (a sparse checkout). */
  readonly absent?: true;
  /** The team's own untracked file, which has the very bytes that were to be written. */
  readonly untracked?: true;
  readonly conflict?: true;
  /** Not in the index. */
  readonly beside?: true;
}

/** Files that git does not track, as they were and as they were left; paths relative to the top. */
export interface UntrackedRecord {
  /** `half`: where it is made. `print`: what it holds; known before it comes to stand at its path. */
  readonly puts: readonly UntrackedPut[];
  readonly moves: readonly { readonly from: string; readonly to: string; readonly print: string }[];
  /** That were not there before. */
  readonly folders: readonly string[];
}

export interface UntrackedPut {
  readonly path: string;
  readonly half: string;
  readonly print?: string;
}

/** What a write is about to do, kept in git's folder until the team commits or takes it back. */
export interface Journal {
  readonly version: 1;
  readonly state: 'writing' | 'written' | 'aborting';
  /** Of the program that writes. */
  readonly pid: number;
  readonly head: string;
  readonly prefix: string;
  readonly command?: string;
  readonly labels: Labels;
  readonly paths: readonly JournalPath[];
  /** Folders that were not there before, relative to the top. */
  readonly folders: readonly string[];
  readonly untracked?: UntrackedRecord;
}

const FILE = 'journal.json';
/** The index as it was before. */
export const OLD_INDEX = 'index';
/** The git that was started last. */
export const GIT_PID = 'git.pid';

/** Where a project keeps its journal: beside the one of a project at the top of the work tree. */
export const journalFolder = (atTop: string, prefix: string): string =>
  prefix ? `${atTop}-${createHash('sha1').update(prefix).digest('hex').slice(0, 12)}` : atTop;

/** @throws UserError (3) for a journal that cannot be read. */
export function readJournal({ journalDir }: Project): Journal | undefined {
  const file = join(journalDir, FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
  try {
    const journal = JSON.parse(text) as Journal;
    if (journal.version === 1 && Array.isArray(journal.paths)) return journal;
  } catch {
    // Told below.
  }
  throw new UserError(
    `${file} is no journal that this version can read.`,
    'Take the upgrade back with the version that wrote it; or review with git status, and delete the file.',
    EXIT.refused,
  );
}

/** Whether the project was committed since: then there is nothing to take back. */
export async function isVoid({ top, head }: Project, journal: Journal): Promise<boolean> {
  if (journal.head === head) return false;
  // A commit elsewhere in a larger repository, or one with another message, leaves the upgrade open.
  const folder = journal.prefix.slice(0, -1);
  const { exitCode, stdout } = await tryGit(top, [
    'rev-parse',
    ...[journal.head, head].map((commit) => `${commit}:${folder}`),
  ]);
  const [then, now] = stdout.split('\n');
  return exitCode !== 0 || then !== now;
}

/** The journal appears whole, by one rename, or not at all. */
export async function beginJournal(project: Project, journal: Journal): Promise<void> {
  const staging = `${project.journalDir}-${process.pid}`;
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  try {
    await copyIndex(project, join(staging, OLD_INDEX));
    writeSafely(join(staging, FILE), JSON.stringify(journal));
    renameSync(staging, project.journalDir);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw new UserError(
        `Another run writes in ${project.top}.`,
        'Wait for it; azmlops upgrade --status tells about it.',
        EXIT.refused,
      );
    throw error;
  }
}

/** A copy that stands for itself: an index may be split, and its other part be deleted by git. */
async function copyIndex({ top, index }: Project, to: string): Promise<void> {
  const bytes = readFileSync(index);
  writeSafely(to, bytes);
  if (bytes.includes('link'))
    await git(top, ['-c', 'core.splitIndex=false', 'update-index', '--no-split-index'], { index: to });
}

export function saveJournal({ journalDir }: Project, journal: Journal): void {
  const file = join(journalDir, FILE);
  writeSafely(`${file}.new`, JSON.stringify(journal));
  renameSync(`${file}.new`, file);
}

/** Takes the journal away: it is gone by one rename. */
export function clearedJournal({ journalDir }: Project): void {
  const aside = `${journalDir}-${process.pid}`;
  rmSync(aside, { recursive: true, force: true });
  try {
    renameSync(journalDir, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}

function writeSafely(file: string, content: string | Uint8Array): void {
  const handle = openSync(file, 'w');
  try {
    writeFileSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Runs a git that changes the index or the work tree while the journal is there: its process id is kept, since it may
 * outlive this program, and `--abort` has to wait for it.
 */
export async function journaledGit(
  { top, journalDir }: Project,
  args: readonly string[],
  input: string | Uint8Array = '',
): Promise<void> {
  const file = join(journalDir, GIT_PID);
  writeFileSync(file, 'starting');
  const { exitCode, stderr } = await tryGit(top, args, {
    input,
    started: (pid) => writeFileSync(file, String(pid)),
  });
  // A git that was killed is not heard of here: then the file tells that a lock may be its own.
  rmSync(file, { force: true });
  if (exitCode !== 0)
    throw new UserError(`git ${args[0]} in ${top}: ${stderr.trim() || `exit ${exitCode}`}`, '', EXIT.refused);
}
