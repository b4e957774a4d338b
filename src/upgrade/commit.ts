import { basename } from 'node:path';
import { EXIT, type ExitCode, UserError } from '../errors.js';
import { gitAsPerson } from '../git/as-person.js';
import { git, tryGit } from '../git/git.js';
import { ownPackage } from '../version.js';
import { chosenOf, type Outcome } from './outcome.js';

/** The first line of the commit, and the title of the pull request. */
export function titleOf(outcome: Outcome): string {
  const { command, to, data } = outcome;
  const answers = [
    ...(data?.found ? [`data=${basename(data.found.file)}`] : []),
    ...chosenOf(outcome).map(({ key, after }) => `${key}=${shown(after)}`),
  ].join(' ');
  if (command === 'upgrade') return `Move to level ${to.level} of the MLOps maturity model`;
  if (command === 'update' || !answers) return `Update the templates to azmlops ${to.version}`;
  // GitHub takes 256 characters for the title of a pull request.
  return answers.length > 200 ? `Set ${answers.slice(0, 199)}…` : `Set ${answers}`;
}

export function messageOf(outcome: Outcome): string {
  const { command, changedAnswers } = outcome;
  const titled = command === 'set' ? chosenOf(outcome) : [];
  const also = changedAnswers
    .filter((answer) => !titled.includes(answer))
    .map(({ key, after }) => `${key}: ${shown(after)}`);
  return [titleOf(outcome), '', `By azmlops ${ownPackage().version}.`, ...also, ''].join('\n');
}

const shown = (value: string | readonly string[]): string =>
  typeof value === 'string' ? value : value.join(',');

/**
 * Commits what is staged below a folder as `git commit` does, with the person's hooks, identity and signature. Returns
 * the commit, or what git said.
 *
 * @param others somebody else's work is staged elsewhere in the work tree
 */
export async function commitAsPerson(
  dir: string,
  message: string,
  others: boolean,
): Promise<{ readonly commit: string } | { readonly failed: string }> {
  // Naming paths makes git stage them once more from the disk, so they are named only where they must be.
  const only = others ? ['--only', '--pathspec-from-file=-', '--pathspec-file-nul'] : [];
  const { exitCode, stdout, stderr } = await gitAsPerson(
    dir,
    ['commit', '--quiet', '--cleanup=whitespace', `--message=${message}`, ...only],
    others ? { input: (await stagedBelow(dir)).map((path) => `:(literal)${path}`).join('\0') } : {},
  );
  if (exitCode !== 0) return { failed: (stderr || stdout).trim() || `exit ${exitCode}` };
  return { commit: (await git(dir, ['rev-parse', 'HEAD'])).trim() };
}

/** Relative to the folder, as git takes them there. */
async function stagedBelow(dir: string): Promise<string[]> {
  const args = [
    'diff-index',
    '--cached',
    '--name-only',
    '--no-renames',
    '-z',
    '--relative',
    'HEAD',
    '--',
    '.',
  ];
  return (await git(dir, args)).split('\0').filter(Boolean);
}

/** Whether something is staged anywhere in the work tree; before anything is written that is somebody else's. */
export async function othersStaged(dir: string): Promise<boolean> {
  return (await tryGit(dir, ['diff-index', '--cached', '--quiet', 'HEAD'])).exitCode !== 0;
}

export interface Standing {
  /** Of HEAD. */
  readonly commit: string;
  /** The branch that is current; undefined when HEAD is detached. */
  readonly branch: string | undefined;
}

export async function standing(dir: string): Promise<Standing> {
  const commit = (await git(dir, ['rev-parse', 'HEAD'])).trim();
  const { exitCode, stdout } = await tryGit(dir, ['symbolic-ref', '--quiet', '--short', 'HEAD']);
  return { commit, branch: exitCode === 0 ? stdout.trim() : undefined };
}

/** @throws UserError (2) when no branch can have this name, (3) when one has it or stands in its way. */
export async function checkBranch(dir: string, name: string): Promise<void> {
  const refused = (message: string, exitCode: ExitCode = EXIT.refused) =>
    new UserError(message, 'Give --branch another name.', exitCode);
  const ref = `refs/heads/${name}`;
  const legal = await tryGit(dir, ['check-ref-format', ref]);
  if (legal.exitCode !== 0 || name.startsWith('-') || name === 'HEAD')
    throw refused(`--branch: git takes no branch called ${JSON.stringify(name)}.`, EXIT.usage);
  const there = (await git(dir, ['for-each-ref', '--format=%(refname)', 'refs/heads/'])).split('\n');
  if (there.includes(ref)) throw refused(`--branch: there is a branch ${name} already.`);
  const clash = there.find((each) => each && (each.startsWith(`${ref}/`) || ref.startsWith(`${each}/`)));
  if (clash)
    throw refused(
      `--branch: beside the branch ${clash.slice('refs/heads/'.length)} git takes none called ${name}.`,
    );
}

export async function createBranch(dir: string, name: string): Promise<void> {
  await git(dir, ['branch', '--no-track', name, 'HEAD']);
}

/** The branch that was just made, when nothing came of it. */
export async function removeBranch(dir: string, name: string, commit: string): Promise<void> {
  await tryGit(dir, ['update-ref', '-d', `refs/heads/${name}`, commit]);
}

/** Goes over to a branch of the same commit: files and index stay as they are. Returns what git said against it. */
export async function switchTo(dir: string, name: string): Promise<string | undefined> {
  const { stderr } = await gitAsPerson(dir, ['switch', '--quiet', name]);
  // A hook after the switch may fail, and the branch is current all the same.
  return (await standing(dir)).branch === name ? undefined : stderr.trim();
}
