import { EXIT, UserError } from '../errors.js';
import type { Prepared } from '../merge/merge-into.js';
import type { Untracked } from '../merge/untracked.js';
import {
  checkBranch,
  commitAsPerson,
  createBranch,
  messageOf,
  othersStaged,
  removeBranch,
  type Standing,
  standing,
  switchTo,
  titleOf,
} from './commit.js';
import type { Outcome } from './outcome.js';
import { ran, type Ran, type Request, write } from './upgrade.js';

/** Writes, and commits what was written, on a branch and as a pull request where those are asked for. */
export async function deliver(
  request: Request,
  outcome: Outcome,
  prepared: Prepared,
  untracked?: Untracked,
): Promise<Ran> {
  const { dir, branch, dryRun = false } = request;
  if (outcome.merge.conflicts.length) return ran(outcome, prepared, refusal(outcome));
  const before = await standing(dir);
  const remote = await checked(request, before);
  if (dryRun) return ran(outcome, prepared);
  const others = await othersStaged(dir);
  if (branch !== undefined) await createBranch(dir, branch);
  let written = outcome;
  try {
    written = await write(outcome, prepared, untracked);
  } catch (error) {
    if (branch !== undefined) await removeBranch(dir, branch, before.commit);
    throw error;
  }
  const against = branch === undefined ? undefined : await switchTo(dir, branch);
  if (against !== undefined) return unfinished(written, prepared, `git switch ${branch}: ${against}`);
  const commit = await commitAsPerson(dir, messageOf(outcome), others);
  const on: Outcome = { ...written, ...(branch === undefined ? {} : { branch }) };
  const back = branch === undefined ? [] : [wayBack(before, branch)];
  if ('failed' in commit)
    return unfinished(on, prepared, `The files are staged; git commit refused: ${commit.failed}`, back);
  const committed: Outcome = { ...on, committed: commit.commit };
  if (remote === undefined || branch === undefined) return ran(committed, prepared, { said: back });
  return pullRequest(committed, prepared, remote, branch, back);
}

async function checked({ dir, branch, pullRequest }: Request, before: Standing): Promise<string | undefined> {
  if (branch !== undefined) await checkBranch(dir, branch);
  if (!pullRequest) return undefined;
  const { remoteFor, requireGh } = await import('./github.js');
  const remote = await remoteFor(dir, before.branch);
  await requireGh(dir);
  return remote;
}

async function pullRequest(
  outcome: Outcome,
  prepared: Prepared,
  remote: string,
  branch: string,
  back: readonly string[],
): Promise<Ran> {
  const [{ openPullRequest }, { pullRequestText }] = await Promise.all([
    import('./github.js'),
    import('./pull-request.js'),
  ]);
  const text = await pullRequestText(outcome);
  const opened = await openPullRequest(outcome.dir, { remote, branch, title: titleOf(outcome), text });
  if ('failed' in opened)
    return unfinished(
      outcome,
      prepared,
      `Committed on ${branch}, but there is no pull request yet. ${opened.failed}`,
      back,
    );
  return ran({ ...outcome, pullRequest: opened.address }, prepared, { said: back });
}

function refusal(outcome: Outcome): Partial<Ran> {
  const { conflicts } = outcome.merge;
  const refused = new UserError(
    `${conflicts.length === 1 ? 'One file conflicts' : `${conflicts.length} files conflict`}, and conflict markers are never committed: ${conflicts.join(', ')}.`,
    'Nothing was written. Run it without --commit, --branch and --pr, settle the conflicts, and commit.',
    EXIT.refused,
  );
  return { refused, exitCode: EXIT.refused };
}

const unfinished = (outcome: Outcome, prepared: Prepared, said: string, more: readonly string[] = []): Ran =>
  ran({ ...outcome, exitCode: EXIT.act }, prepared, { said: [said, ...more] });

const wayBack = ({ branch, commit }: Standing, name: string): string =>
  `You are on the branch ${name} now; back: git switch ${branch ?? `--detach ${commit.slice(0, 10)}`}`;
