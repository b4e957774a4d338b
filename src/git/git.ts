import { UserError, EXIT } from '../errors.js';

export interface GitOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GitOptions {
  readonly input?: string | Uint8Array;
  /** Another file than the index of the work tree. */
  readonly index?: string;
  /** Where new objects go, instead of the object folder `from`, which is only read. */
  readonly objects?: { readonly into: string; readonly from: string };
  /** Told the id of the process as soon as it runs. */
  readonly started?: (pid: number) => void;
}

/**
 * The user's configuration shapes the working tree (line ends, filters), but may not disturb: no hook, signature, editor,
 * watcher or colour, and no identity guessed from the machine.
 */
export const FIXED = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.excludesFile=/dev/null',
  'core.quotePath=false',
  'core.safecrlf=false',
  'core.pager=cat',
  'core.abbrev=auto',
  'core.bigFileThreshold=512m',
  'color.ui=false',
  'commit.gpgSign=false',
  'tag.gpgSign=false',
  'diff.external=',
  'diff.noprefix=false',
  'diff.mnemonicPrefix=false',
  'diff.orderFile=/dev/null',
  'merge.conflictStyle=merge',
  'gc.auto=0',
  'maintenance.auto=false',
  'user.useConfigOnly=true',
  'submodule.recurse=false',
  // Helpers that write files would outlive a git that was killed.
  'checkout.workers=1',
].flatMap((setting) => ['-c', setting]);

/** Who commits, and which files of configuration hold; all else that begins with GIT_ would point git elsewhere. */
const KEPT = /^GIT_((AUTHOR|COMMITTER)_(NAME|EMAIL|DATE)|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|EXEC_PATH)$/;

const OLDEST_GIT = [2, 30] as const;

/** Runs git in a folder; paths among the arguments are taken as they stand, whatever characters they hold. */
export async function tryGit(
  dir: string,
  args: readonly string[],
  input: string | Uint8Array | GitOptions = '',
): Promise<GitOutcome> {
  const { stdout, ...outcome } = await gitBytes(dir, args, input);
  return { ...outcome, stdout: stdout.toString() };
}

/** The same, for output that need not be text. */
export async function gitBytes(
  dir: string,
  args: readonly string[],
  given: string | Uint8Array | GitOptions = '',
): Promise<Omit<GitOutcome, 'stdout'> & { readonly stdout: Buffer }> {
  const { execa } = await import('execa');
  const options = typeof given === 'string' || given instanceof Uint8Array ? { input: given } : given;
  const running = execa('git', ['--literal-pathspecs', ...FIXED, ...args], {
    cwd: dir,
    env: environment(options),
    extendEnv: false,
    input: options.input ?? '',
    reject: false,
    stripFinalNewline: false,
    encoding: 'buffer',
    maxBuffer: Number.MAX_SAFE_INTEGER,
  });
  if (running.pid !== undefined) options.started?.(running.pid);
  const result = await running;
  if (result.exitCode === undefined) {
    if (result.code === 'ENOENT')
      throw new UserError(
        'git is not there.',
        'Install git 2.30 or newer; azmlops new --no-git does without.',
        EXIT.refused,
      );
    throw new UserError(`${named(args)}: ${result.shortMessage ?? 'it did not run'}`, '', EXIT.refused);
  }
  const text = Buffer.from(result.stderr).toString();
  return { exitCode: result.exitCode, stdout: view(result.stdout), stderr: text };
}

const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const named = (args: readonly string[]): string => `git ${args.find((arg) => !arg.startsWith('-')) ?? ''}`;

/** For a call that must succeed: what git says otherwise becomes a refusal. Returns standard output. */
export async function git(
  dir: string,
  args: readonly string[],
  input: string | Uint8Array | GitOptions = '',
): Promise<string> {
  return (await gitOutput(dir, args, input)).toString();
}

export async function gitOutput(
  dir: string,
  args: readonly string[],
  input: string | Uint8Array | GitOptions = '',
): Promise<Buffer> {
  const { exitCode, stdout, stderr } = await gitBytes(dir, args, input);
  if (exitCode === 0) return stdout;
  throw new UserError(`${named(args)} in ${dir}: ${stderr.trim() || `exit ${exitCode}`}`, '', EXIT.refused);
}

/** Git that was found good, by the path it was looked for on: it is asked once, however many folders there are. */
const good = new Set<string | undefined>();

/** @throws UserError (3) when git is missing or too old. */
export async function requireGit(dir: string): Promise<void> {
  if (good.has(process.env.PATH)) return;
  const version = await git(dir, ['--version']);
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  const [wantedMajor, wantedMinor] = OLDEST_GIT;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) {
    good.add(process.env.PATH);
    return;
  }
  throw new UserError(
    `${version.trim()} is too old: 2.30 is the oldest that will do.`,
    'Install git 2.30 or newer; azmlops new --no-git does without.',
    EXIT.refused,
  );
}

export function environment({ index, objects }: GitOptions = {}): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (!/^GIT_/i.test(entry[0]) || KEPT.test(entry[0])),
  );
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    ...(index && { GIT_INDEX_FILE: index }),
    ...(objects && {
      GIT_OBJECT_DIRECTORY: objects.into,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: inList(objects.from),
    }),
  };
}

/** A path for a list of paths: in quotes where it would be taken for two. */
const inList = (path: string): string => (/[":;]/.test(path) ? quotePath(path) : path);

/** A path as git reads it in quotes, for input that holds one path a line. */
export const quotePath = (path: string): string =>
  `"${path.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
