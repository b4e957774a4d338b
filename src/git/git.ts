import { UserError, EXIT } from '../errors.js';

export interface GitOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The user's configuration shapes the working tree (line ends, filters), but may not disturb: no hook, signature, editor,
 * watcher or colour, and no identity guessed from the machine.
 */
const FIXED = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.excludesFile=/dev/null',
  'core.quotePath=false',
  'core.safecrlf=false',
  'core.pager=cat',
  'color.ui=false',
  'commit.gpgSign=false',
  'tag.gpgSign=false',
  'diff.external=',
  'diff.noprefix=false',
  'diff.mnemonicPrefix=false',
  'merge.conflictStyle=merge',
  'gc.auto=0',
  'maintenance.auto=false',
  'user.useConfigOnly=true',
].flatMap((setting) => ['-c', setting]);

/** Who commits, and which files of configuration hold; all else that begins with GIT_ would point git elsewhere. */
const KEPT = /^GIT_((AUTHOR|COMMITTER)_(NAME|EMAIL|DATE)|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|EXEC_PATH)$/;

export const OLDEST_GIT = [2, 30] as const;

/** Runs git in a folder; paths among the arguments are taken as they stand, whatever characters they hold. */
export async function tryGit(dir: string, args: readonly string[], input = ''): Promise<GitOutcome> {
  const { execa } = await import('execa');
  const result = await execa('git', ['--literal-pathspecs', ...FIXED, ...args], {
    cwd: dir,
    env: environment(),
    extendEnv: false,
    input,
    reject: false,
    stripFinalNewline: false,
  });
  if (result.exitCode === undefined) {
    if (result.code === 'ENOENT')
      throw new UserError('git is not there.', 'Install git 2.30 or newer, or give --no-git.', EXIT.refused);
    throw new UserError(`git ${args[0]}: ${result.shortMessage ?? 'it did not run'}`, '', EXIT.refused);
  }
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

/** The same, for a call that must succeed: what git says otherwise becomes a refusal. Returns standard output. */
export async function git(dir: string, args: readonly string[], input = ''): Promise<string> {
  const { exitCode, stdout, stderr } = await tryGit(dir, args, input);
  if (exitCode === 0) return stdout;
  throw new UserError(`git ${args[0]} in ${dir}: ${stderr.trim() || `exit ${exitCode}`}`, '', EXIT.refused);
}

/** @throws UserError (3) when git is missing or too old. */
export async function requireGit(dir: string): Promise<void> {
  const version = await git(dir, ['--version']);
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  const [wantedMajor, wantedMinor] = OLDEST_GIT;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new UserError(
    `${version.trim()} is too old: 2.30 is the oldest that will do.`,
    'Install a newer git, or give --no-git.',
    EXIT.refused,
  );
}

function environment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (!/^GIT_/i.test(entry[0]) || KEPT.test(entry[0])),
  );
  return { ...Object.fromEntries(kept), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' };
}
