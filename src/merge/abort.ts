import { rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../errors.js';
import { git } from '../git/git.js';
import { refusalOf } from '../refusal.js';
import {
  clearedJournal,
  isVoid,
  type Journal,
  journaledGit,
  OLD_INDEX,
  readJournal,
  saveJournal,
} from './journal.js';
import { changedFiles, listed, locateOpen, type Project } from './project.js';
import { settle } from './settle.js';
import { type Since, since } from './since.js';
import { untrackedSince } from './untracked.js';

/**
 * Takes back what was written and not committed; run again after it was killed itself, it goes on.
 *
 * @returns the paths that are as before again, relative to the project.
 * @throws UserError (3) when nothing is open, or files were edited since (with `force` those edits go).
 */
export async function abort(dir: string, { force = false } = {}): Promise<{ restored: string[] }> {
  const project = await locateOpen(dir);
  const journal = await openJournal(project);
  if (!journal) {
    clearedJournal(project);
    throw new UserError(`No upgrade is open in ${dir}: there is nothing to take back.`, '', EXIT.refused);
  }
  try {
    return { restored: await takeBack(project, journal, { force }) };
  } catch (error) {
    throw refusalOf(error, project.dir);
  }
}

/** The journal, unless what it tells of was committed, or undone by git's own means. */
export async function openJournal(project: Project): Promise<Journal | undefined> {
  const journal = readJournal(project);
  if (!journal || (await isVoid(project, journal))) return undefined;
  if (journal.state !== 'written') return journal;
  return (await changedFiles({ ...project, prefix: journal.prefix })).length ? journal : undefined;
}

export async function takeBack(
  project: Project,
  journal: Journal,
  { force }: { force: boolean },
): Promise<string[]> {
  await settle(project, journal, force);
  const found = (await since(project, journal)).filter(({ path }) => !path.untracked);
  const besides = await untrackedSince(project, journal);
  const edited = [...found.flatMap((entry) => entry.edited ?? []), ...besides.edited];
  if (edited.length && !force)
    throw new UserError(
      `Files were edited since: ${listed(edited.map((path) => relative(journal, path)))}`,
      'Save those edits elsewhere; then --abort --force puts the files back as they were.',
      EXIT.refused,
    );
  saveJournal(project, { ...journal, state: 'aborting', pid: process.pid });
  const away = found.filter(({ there, asBefore }) => there && !asBefore);
  const brought = besides.takeBack();
  for (const { path } of away) unlinkSync(join(project.top, path.path));
  const folders = [...journal.folders, ...(journal.untracked?.folders ?? [])];
  for (const folder of folders.sort().reverse()) removeEmpty(join(project.top, folder));
  await restoreIndex(project, journal);
  const back = found.filter(({ path, asBefore }) => path.before && !path.absent && !asBefore);
  await journaledGit(project, ['checkout-index', '-f', '-u', '-q', '-z', '--stdin'], lines(back));
  await restoreFlags(project, journal);
  await saveTimeStamps({ ...project, prefix: journal.prefix });
  clearedJournal(project);
  const restored = [...[...away, ...back].map(({ path }) => path.path), ...brought];
  return [...new Set(restored.map((path) => relative(journal, path)))].sort();
}

const relative = ({ prefix }: Journal, path: string): string =>
  path.startsWith(prefix) ? path.slice(prefix.length) : path;

const lines = (entries: readonly Since[]): string => entries.map(({ path }) => `${path.path}\0`).join('');

/** A folder that somebody else uses meanwhile stays. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(code)) throw error;
  }
}

/** Entries of the journal's paths only: what is staged elsewhere, and meanwhile, is not ours. */
async function restoreIndex(project: Project, { paths }: Journal): Promise<void> {
  const none = '0'.repeat(project.head.length);
  const entries = [
    ...paths.map(({ path }) => `0 ${none}\t${path}\0`),
    ...paths.flatMap(({ path, before }) => (before ? [`${before.mode} ${before.oid} 0\t${path}\0`] : [])),
  ];
  await journaledGit(project, ['update-index', '-z', '--index-info'], entries.join(''));
}

/** What the team told git not to look at, or to leave out of the work tree. */
export async function restoreFlags(project: Project, { prefix, paths }: Journal): Promise<void> {
  const old = await git(
    project.top,
    ['ls-files', '-v', '-z', ...(prefix ? ['--', prefix.slice(0, -1)] : [])],
    { index: join(project.journalDir, OLD_INDEX) },
  );
  const ours = new Set(paths.flatMap(({ path, before }) => (before ? [path] : [])));
  const flagged = old
    .split('\0')
    .map((entry) => ({ tag: entry.slice(0, 1), path: entry.slice(2) }))
    .filter(({ tag, path }) => tag !== 'H' && ours.has(path));
  const set = async (flag: string, fits: RegExp) => {
    const those = flagged.filter(({ tag }) => fits.test(tag));
    if (those.length)
      await journaledGit(
        project,
        ['update-index', flag, '-z', '--stdin'],
        those.map(({ path }) => `${path}\0`).join(''),
      );
  };
  await set('--skip-worktree', /^s$/i);
  await set('--assume-unchanged', /^[a-z]$/);
}

/** So that plumbing too, which compares time stamps only, sees no difference where there is none. */
export async function saveTimeStamps(project: Project): Promise<void> {
  await journaledGit(project, [
    'status',
    '--porcelain',
    '--untracked-files=no',
    '--ignore-submodules=all',
    ...(project.prefix ? ['--', project.prefix.slice(0, -1)] : []),
  ]);
}
