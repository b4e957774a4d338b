import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { defaults } from '../answers/resolve.js';
import { type AnswerKey, answersAt, specOf } from '../answers/schema.js';
import { answerText, type Given } from '../answers/validate.js';
import { titleOf } from './commit.js';
import { chosenOf, type Outcome } from './outcome.js';
import { isChange } from './report-words.js';
import { shellWord } from './shell-word.js';

export interface NextCommand {
  readonly what: string;
  readonly command: string;
}

/** The three commands that review, accept and undo; of a dry run those that look closer, do it, and undo it then. */
export function nextOf(outcome: Outcome, cwd: string): NextCommand[] {
  const { merge, written, committed, branch, pullRequest, command } = outcome;
  if (!merge.entries.some(isChange)) return [];
  const dir = relative(cwd, outcome.dir);
  const git = dir ? `git -C ${shellWord(dir)}` : 'git';
  const abort = [`azmlops ${command}`, ...placeOf(outcome, dir), '--abort'].join(' ');
  if (!written)
    return [
      { what: 'see every line of it', command: `${commandOf(outcome, dir)} --diff` },
      { what: 'do it', command: commandOf(outcome, dir) },
      { what: 'undo it then', command: abort },
    ];
  if (pullRequest)
    return [
      { what: 'review', command: `gh pr view --web ${shellWord(pullRequest)}` },
      { what: 'accept', command: `gh pr merge ${shellWord(pullRequest)}` },
      { what: 'undo', command: `gh pr close ${shellWord(pullRequest)}` },
    ];
  if (committed)
    return [
      { what: 'review', command: `${git} show ${committed.slice(0, 10)}` },
      {
        what: 'accept',
        command: branch ? `${git} push --set-upstream origin ${shellWord(branch)}` : `${git} push`,
      },
      { what: 'undo', command: `${git} revert --no-edit ${committed.slice(0, 10)}` },
    ];
  const commit = `${git} commit -m ${shellWord(titleOf(outcome))}${isTop(outcome.dir) ? '' : ' -- .'}`;
  if (merge.conflicts.length === 0)
    return [
      { what: 'review', command: `${git} diff --staged` },
      { what: 'accept', command: commit },
      { what: 'undo', command: abort },
    ];
  const few = merge.conflicts.length <= 4;
  const paths = few ? merge.conflicts.map((path) => shellWord(path)).join(' ') : 'PATH…';
  return [
    { what: 'review', command: `${git} diff HEAD` },
    { what: 'accept, when no conflict is left', command: `${git} add -- ${paths} && ${commit}` },
    { what: 'undo', command: abort },
  ];
}

/** The command line that does (again) what this outcome tells. */
export function commandOf(outcome: Outcome, dir: string): string {
  const { command, to, rebased, data } = outcome;
  const words = [`azmlops ${command}`];
  if (data?.found) words.push(shellWord(`data=${data.found.file}`));
  if (command === 'set')
    words.push(...chosenOf(outcome).map(({ key, after }) => shellWord(`${key}=${answerText(after)}`)));
  words.push(...placeOf(outcome, dir));
  if (command === 'upgrade')
    words.push(
      `--to ${to.level}`,
      ...newAnswers(outcome).map(([key, value]) => shellWord(`--${key}=${value}`)),
    );
  if (rebased) words.push('--rebase');
  return words.join(' ');
}

/** Answers that the new level brings, where they are not what it takes without being told. */
function newAnswers({ from, to, answers }: Outcome): [AnswerKey, string][] {
  const given = new Map(
    answersAt(from.level).map((key): [AnswerKey, Given] => [key, { value: answers[key], where: key }]),
  );
  const usual = defaults({ given, level: to.level, folder: '', profile: answers.profile });
  return answersAt(to.level)
    .filter((key) => specOf(key).since > from.level && answerText(answers[key]) !== usual[key])
    .map((key) => [key, answerText(answers[key])]);
}

function placeOf({ command }: Outcome, dir: string): string[] {
  if (!dir) return [];
  return command === 'set' ? [`--dir ${shellWord(dir)}`] : [shellWord(dir)];
}

/** In a subfolder of a larger repository a commit must not take along what is staged elsewhere. */
const isTop = (dir: string): boolean => existsSync(join(dir, '.git'));
