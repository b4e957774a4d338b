import { EXIT, UserError } from '../errors.js';
import type { GitOutcome } from './git.js';

/** What points git at another repository than the one of the folder: set where a hook of git runs us. */
const ELSEWHERE =
  /^GIT_(DIR|WORK_TREE|IMPLICIT_WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX|GRAFT_FILE|SHALLOW_FILE|NO_REPLACE_OBJECTS|REPLACE_REF_BASE|CEILING_DIRECTORIES|.*_PATHSPECS)$/i;

/** The environment of a program that acts for the person: all of it but what points git elsewhere. */
export function personsEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !ELSEWHERE.test(entry[0]),
  );
  return { ...Object.fromEntries(kept), GIT_TERMINAL_PROMPT: '0' };
}

export interface PersonOptions {
  readonly input?: string;
  /** Time limit in seconds; none without it: a hook may run tests. */
  readonly seconds?: number;
}

/** Runs git as the person would: with their configuration, hooks, identity, signature and credentials. */
export const gitAsPerson = (
  dir: string,
  args: readonly string[],
  options: PersonOptions = {},
): Promise<GitOutcome> => asPerson('git', dir, args, options);

/**
 * Runs a program as the person would.
 *
 * @throws UserError (3) when it is not there.
 */
export async function asPerson(
  program: string,
  dir: string,
  args: readonly string[],
  { input, seconds }: PersonOptions = {},
): Promise<GitOutcome> {
  const { execa } = await import('execa');
  const result = await execa(program, [...args], {
    cwd: dir,
    env: personsEnvironment(),
    extendEnv: false,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    ...(seconds === undefined ? {} : { timeout: seconds * 1000 }),
    reject: false,
  });
  const { stdout, stderr, exitCode } = result;
  if (result.code === 'ENOENT')
    throw new UserError(`${program} is not there.`, `Install ${program}.`, EXIT.refused);
  if (result.timedOut)
    return { exitCode: 124, stdout, stderr: `${stderr}\nno answer within ${seconds} seconds` };
  return {
    exitCode: exitCode ?? 1,
    stdout,
    stderr: stderr || (result.exitCode === undefined ? (result.message ?? '') : ''),
  };
}
