import { EXIT, UserError } from '../errors.js';
import { ancestors } from '../git/folders.js';
import { oidOf, storeObjects } from '../git/objects.js';
import { restoreFlags, saveTimeStamps, takeBack } from './abort.js';
import { refusalOf } from '../refusal.js';
import { kindAt } from './look.js';
import {
  beginJournal,
  clearedJournal,
  type Journal,
  type JournalPath,
  journaledGit,
  readJournal,
  saveJournal,
} from './journal.js';
import { type Project, refuseLock } from './project.js';
import { resultTree } from './result-tree.js';
import type { Change, FileEntry, Labels } from './types.js';
import { bringAlong, type Brought, recordOf, type Untracked } from './untracked.js';

export interface About {
  /** The command that writes, for whoever finds the journal. */
  readonly command?: string;
  readonly labels: Labels;
  readonly untracked?: Untracked;
}

/**
 * Brings the changes into work tree and index: objects first, which nothing refers to; then the journal; then one
 * `read-tree`; then what git does not track. What fails is taken back; what is killed, `abort` takes back.
 */
export async function writeChanges(
  project: Project,
  changes: readonly Change[],
  { untracked, ...about }: About,
): Promise<Brought> {
  const standing = new Set(changes.filter((change) => stands(project, change)).map(({ path }) => path));
  const written = changes.filter(({ path, beside }) => !(beside && standing.has(path)));
  if (!written.length && !untracked) return { put: [], moved: [] };
  refuseLock(project);
  const { oid: tree, objects } = await resultTree(project, written);
  await storeObjects(project.top, project.algorithm, objects);
  const besides = untracked && (await recordOf(project, untracked));
  const journal: Journal = {
    version: 1,
    state: 'writing',
    pid: process.pid,
    head: project.head,
    prefix: project.prefix,
    ...about,
    paths: written.map((change) => recorded(project, change, standing.has(change.path))),
    folders: newFolders(project, written),
    ...(besides && { untracked: besides }),
  };
  try {
    await beginJournal(project, journal);
  } catch (error) {
    throw refusalOf(error, project.dir);
  }
  try {
    if (written.length) {
      await writeTree(project, journal, tree);
      await bringOut(project, journal);
      await setStages(project, written);
    }
    const done =
      untracked && besides
        ? await bringAlong(project, { ...journal, untracked: besides }, untracked)
        : { journal, brought: { put: [], moved: [] } };
    // Of what git does not see no commit will ever tell that it is accepted.
    if (written.length) saveJournal(project, { ...done.journal, state: 'written' });
    else clearedJournal(project);
    return done.brought;
  } catch (error) {
    return undo(project, readJournal(project) ?? journal, refusalOf(error, project.dir));
  }
}

/** An untracked file of the team where one is to be added; `look` let it pass because it has the same bytes. */
function stands(project: Project, { path, before, after }: Change): boolean {
  if (!after || fileOf(before)) return false;
  return !['absent', 'blocked', 'folder'].includes(kindAt(project.dir, path));
}

const fileOf = (before: Change['before']): Change['before'] =>
  before && before.mode !== '040000' && before.mode !== '160000' ? before : undefined;

function recorded(project: Project, change: Change, standing: boolean): JournalPath {
  const { path, after, stages, beside } = change;
  const before = fileOf(change.before);
  return {
    path: project.prefix + path,
    ...(before && { before: { mode: before.mode, oid: before.oid } }),
    ...(after && { after: { mode: after.mode, oid: oidOfFile(project, after) } }),
    ...(before && kindAt(project.dir, path) === 'absent' && { absent: true as const }),
    ...(standing && { untracked: true as const }),
    ...(stages && { conflict: true as const }),
    ...(beside && { beside }),
  };
}

const oidOfFile = ({ algorithm }: Project, { content }: FileEntry): string =>
  oidOf(algorithm, { type: 'blob', content });

/** Folders that the write makes, which taking it back removes. */
function newFolders(project: Project, changes: readonly Change[]): string[] {
  const all = new Set(
    changes.filter(({ after }) => after).flatMap(({ path }) => ancestors(project.prefix + path).slice(1)),
  );
  return [...all].filter((folder) => kindAt(project.top, folder) !== 'folder');
}

async function writeTree(project: Project, { paths }: Journal, tree: string): Promise<void> {
  // Git refuses an untracked file in its way even when its bytes are those to be written; a tracked one it keeps.
  const standing = paths.filter(({ untracked }) => untracked);
  if (standing.length)
    await journaledGit(
      project,
      ['update-index', '-z', '--index-info'],
      standing.map(({ path, after }) => `${after!.mode} ${after!.oid} 0\t${path}\0`).join(''),
    );
  const readTree = () => journaledGit(project, ['read-tree', '-m', '-u', project.head, tree]);
  try {
    await readTree();
  } catch (error) {
    // A copied folder, or a mere `touch`: git compares time stamps here, and contents only when it is asked to.
    if (!/not uptodate/.test((error as Error).message)) throw error;
    await refreshed(project, paths);
    await readTree();
  }
}

/** Time stamps of files that HEAD has are taken as they are, also of those flagged to be assumed unchanged. */
async function refreshed(project: Project, paths: readonly JournalPath[]): Promise<void> {
  const tracked = paths.filter(({ before, absent }) => before && !absent).map(({ path }) => `${path}\0`);
  for (const flag of ['--no-assume-unchanged', '--no-skip-worktree'])
    await journaledGit(project, ['update-index', flag, '-z', '--stdin'], tracked.join(''));
  await saveTimeStamps(project);
}

/** A sparse checkout leaves out what a person has to look at: conflicts, and the files beside them. */
async function bringOut(project: Project, { paths }: Journal): Promise<void> {
  const out = paths
    .filter(
      ({ path, after, conflict, beside }) =>
        after && (conflict || beside) && kindAt(project.top, path) === 'absent',
    )
    .map(({ path }) => `${path}\0`)
    .join('');
  if (!out) return;
  await journaledGit(project, ['update-index', '-z', '--no-skip-worktree', '--stdin'], out);
  await journaledGit(project, ['checkout-index', '-f', '-z', '--stdin'], out);
}

/** Conflicts get the stages of the index that a merge of git would leave; files beside them leave the index. */
async function setStages(project: Project, changes: readonly Change[]): Promise<void> {
  const none = '0'.repeat(project.head.length);
  const lines = changes.flatMap(({ path, stages, beside }) => {
    if (!stages && !beside) return [];
    const full = project.prefix + path;
    return [
      `0 ${none}\t${full}\0`,
      ...[stages?.base, stages?.ours, stages?.theirs].flatMap((file, i) =>
        file ? [`${file.mode} ${oidOfFile(project, file)} ${i + 1}\t${full}\0`] : [],
      ),
    ];
  });
  if (lines.length) await journaledGit(project, ['update-index', '-z', '--index-info'], lines.join(''));
}

async function undo(project: Project, journal: Journal, error: unknown): Promise<never> {
  const message = (error as Error).message;
  // Git looks at everything before it writes: what came in its way since our own look is not ours to take back.
  const untouched = /would be (overwritten|removed)|would lose untracked|not uptodate/.test(message);
  try {
    if (untouched && !journal.paths.some(({ untracked }) => untracked)) {
      await restoreFlags(project, journal);
      clearedJournal(project);
    } else await takeBack(project, journal, { force: false });
  } catch (failure) {
    throw new UserError(
      `${message}\nWhat was written could not all be taken back: ${(failure as Error).message}`,
      'Mend what is said above, then: azmlops upgrade --abort',
      EXIT.refused,
    );
  }
  if (error instanceof UserError)
    throw new UserError(`${message}\nEverything is as it was.`, error.hint, EXIT.refused);
  throw error;
}
