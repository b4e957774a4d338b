import { existsSync, realpathSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { EXIT, UserError } from '../errors.js';
import { git, requireGit, tryGit } from '../git/git.js';
import type { Algorithm } from '../git/objects.js';
import { refuseOpenOperation } from '../git/open-operations.js';
import { type Journal, clearedJournal, isVoid, journalFolder, readJournal } from './journal.js';

/** A folder in the work tree of a git repository; every path absolute, the links in it resolved. */
export interface Project {
  readonly dir: string;
  /** Top of the work tree. */
  readonly top: string;
  /** From `top` to `dir`: `''`, or `services/ml/`. */
  readonly prefix: string;
  /** Of this work tree: a linked one has its own. */
  readonly gitDir: string;
  /** `git rev-parse --git-path azmlops` */
  readonly ownDir: string;
  /** Of this project: two in a larger repository may both be open. */
  readonly journalDir: string;
  readonly index: string;
  readonly objects: string;
  /** The commit. */
  readonly head: string;
  readonly algorithm: Algorithm;
}

/**
 * The project in a folder, when an upgrade may begin there. Takes no lock and writes nothing, in a dry run or not.
 *
 * @throws UserError (3) for no work tree, no commit, an operation or upgrade that is open, tracked files with changes.
 */
export async function inspectProject(dir: string, { dryRun }: { dryRun: boolean }): Promise<Project> {
  const project = await locate(dir);
  refuseOpenOperation(project.gitDir, project.top);
  const journal = readJournal(project);
  const open = journal && !(await isVoid(project, journal)) ? journal : undefined;
  if (open && open.state !== 'written') refuseJournal(open);
  const changed = await changedFiles(project);
  // Without a change left of it, it was undone by git's own means.
  if (open && changed.length) refuseJournal(open);
  refuseChanged(project, changed);
  if (project.prefix) await refuseUnmergedElsewhere(project);
  if (!dryRun) {
    refuseLock(project);
    if (journal) clearedJournal(project);
  }
  return project;
}

/** @throws UserError (3) when the folder is in no work tree of git 2.30 or newer, or has no commit. */
async function locate(dir: string): Promise<Project> {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`${dir} is no folder.`, 'Name the folder of a repository.', EXIT.refused);
  await requireGit(dir);
  const { stdout, stderr } = await tryGit(dir, [
    'rev-parse',
    '--is-bare-repository',
    '--is-inside-work-tree',
    '--show-object-format',
    '--git-dir',
    ...['azmlops', 'index', 'objects'].flatMap((path) => ['--git-path', path]),
    '--show-toplevel',
    'HEAD^{commit}',
  ]);
  const lines = stdout.split('\n').slice(0, -1);
  const [, inside, algorithm, gitDir, ownDir, index, objects, top, head] = lines;
  if (!lines.length) refuseNoRepository(dir, stderr);
  if (inside !== 'true')
    throw new UserError(
      `${dir} is in no work tree (a bare repository, or a .git folder).`,
      'Clone it, and run the command in the clone.',
      EXIT.refused,
    );
  if (lines.length > 9)
    throw new UserError(`The path of ${dir} holds a line break.`, 'Give it another name.', EXIT.refused);
  if (!gitDir || !ownDir || !index || !objects || !top)
    throw new UserError(`git rev-parse in ${dir}: ${plain(stderr)}`, '', EXIT.refused);
  if (!head || !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(head))
    throw new UserError(
      `${dir} has no commit yet.`,
      'Commit what is there: git add --all && git commit',
      EXIT.refused,
    );
  const [realDir, realTop] = [realpathSync(dir), realpathSync(top)];
  const below = relative(realTop, realDir).split(sep).join('/');
  if (below === '..' || below.startsWith('../'))
    throw new UserError(`${dir} is not below ${top}, its work tree.`, '', EXIT.refused);
  const from = (path: string) => resolve(realDir, path);
  const prefix = below && `${below}/`;
  return {
    dir: realDir,
    top: realTop,
    prefix,
    gitDir: from(gitDir),
    ownDir: from(ownDir),
    journalDir: journalFolder(from(ownDir), prefix),
    index: from(index),
    objects: from(objects),
    head,
    algorithm: algorithm === 'sha256' ? 'sha256' : 'sha1',
  };
}

/** The project with a journal that the folder lies in, so that `--abort` works in each folder of it; or the folder's own. */
export async function locateOpen(dir: string): Promise<Project> {
  const project = await locate(dir);
  for (let prefix = project.prefix; ; prefix = prefix.replace(/[^/]+\/$/, '')) {
    const journalDir = journalFolder(project.ownDir, prefix);
    if (existsSync(journalDir)) return { ...project, dir: join(project.top, prefix), prefix, journalDir };
    if (!prefix) return project;
  }
}

/** What git says for itself, such as why it does not trust a folder. */
const plain = (stderr: string): string => stderr.trim().replace(/^fatal: /, '');

function refuseNoRepository(dir: string, stderr: string): never {
  if (/^fatal: not a git repository/.test(stderr))
    throw new UserError(
      `${dir} is in no git repository.`,
      'Go to the folder of one, or name it with --dir.',
      EXIT.refused,
    );
  throw new UserError(`git does not read ${dir}: ${plain(stderr)}`, '', EXIT.refused);
}

function refuseJournal({ state, prefix }: Journal): never {
  const where = prefix ? ` in ${prefix.slice(0, -1)}` : '';
  throw state === 'written'
    ? new UserError(
        `An upgrade${where} is written and not committed.`,
        'Commit it, or take it back: azmlops upgrade --abort',
        EXIT.refused,
      )
    : new UserError(
        `An upgrade${where} was interrupted.`,
        'Take back what it wrote: azmlops upgrade --abort',
        EXIT.refused,
      );
}

export interface ChangedFile {
  /** Relative to the top of the work tree. */
  readonly path: string;
  readonly unmerged: boolean;
}

/** Tracked files of the project that are not as in HEAD, staged or not; a mere new time stamp is no change. */
export async function changedFiles({ top, prefix }: Project): Promise<ChangedFile[]> {
  // Without the lock that would save refreshed time stamps: a run that is killed here leaves nothing behind.
  const out = await git(top, [
    '--no-optional-locks',
    'status',
    '--porcelain=v2',
    '-z',
    '--untracked-files=no',
    '--ignore-submodules=all',
    '--no-renames',
    ...(prefix ? ['--', prefix.slice(0, -1)] : []),
  ]);
  return out
    .split('\0')
    .filter((record) => /^[1u] /.test(record))
    .map((record) => {
      const unmerged = record.startsWith('u');
      return {
        unmerged,
        path: record
          .split(' ')
          .slice(unmerged ? 10 : 8)
          .join(' '),
      };
    });
}

function refuseChanged({ prefix, dir }: Project, changed: readonly ChangedFile[]): void {
  const unmerged = changed.filter((file) => file.unmerged);
  if (unmerged.length)
    throw new UserError(
      `Conflicts are open in ${dir}: ${listed(unmerged.map(({ path }) => path.slice(prefix.length)))}`,
      'Resolve them (git status tells how) and commit, then run the command again.',
      EXIT.refused,
    );
  if (changed.length)
    throw new UserError(
      `Tracked files in ${dir} have changes that are not committed: ${listed(changed.map(({ path }) => path.slice(prefix.length)))}`,
      'Commit them, or put them aside with git stash, and run the command again.',
      EXIT.refused,
    );
}

async function refuseUnmergedElsewhere({ top }: Project): Promise<void> {
  const out = await git(top, ['ls-files', '--unmerged', '-z']);
  const paths = new Set(out.split('\0').flatMap((line) => line.split('\t').slice(1).join('\t') || []));
  if (paths.size)
    throw new UserError(
      `Conflicts are open in ${top}: ${listed([...paths])}`,
      'Resolve them (git status tells how), and run the command again.',
      EXIT.refused,
    );
}

/** @throws UserError (3) when some git holds the index, or a git that was killed left its lock. */
export function refuseLock({ index }: Project): void {
  const lock = `${index}.lock`;
  if (!existsSync(lock)) return;
  throw new UserError(
    `Another git process holds ${lock}, or one that was killed left it behind.`,
    'Wait for it to end; when no git is running, delete that file. Then run the command again.',
    EXIT.refused,
  );
}

/** Up to ten of the paths, for a sentence. */
export function listed(paths: readonly string[]): string {
  const more = paths.length - 10;
  return [...paths.slice(0, 10), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

/** Where a path of the project stands on disk. */
export const onDisk = (project: Project, path: string): string => join(project.dir, path);
