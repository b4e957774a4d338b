import type { GivenAnswers } from '../answers/resolve.js';
import { type AnswerKey, type Answers, answersAt } from '../answers/schema.js';
import { answerText, type Given } from '../answers/validate.js';
import { EXIT, UserError } from '../errors.js';
import { sameAnswer } from '../manifest/lines.js';
import type { Prepared } from '../merge/merge-into.js';
import type { MergeReport } from '../merge/types.js';
import type { OwnData } from '../new/new.js';
import type { Untracked } from '../merge/untracked.js';
import { highestLevel } from '../render/own.js';
import type { Root } from '../render/root.js';
import { openRepository, type Repository } from '../repository/open.js';
import { dataChangeOf, type FoundData } from './data-change.js';
import type { Outcome } from './outcome.js';
import type { Rows } from './rows.js';
import { type Target, targetOf } from './target.js';

export interface Request {
  readonly command: Outcome['command'];
  /** Absolute. */
  readonly dir: string;
  readonly roots: readonly Root[];
  /** Of upgrade; one level up without it. */
  readonly to?: number;
  /** Answers that the level brings (upgrade), or new values (set). */
  readonly given?: GivenAnswers;
  /** Of set: reads other data. */
  readonly data?: () => Promise<OwnData>;
  /** Asks a person for answers that the level brings. */
  readonly ask?: (keys: readonly AnswerKey[], known: Asking) => Promise<GivenAnswers>;
  readonly dryRun?: boolean;
  readonly rebase?: boolean;
  readonly commit?: boolean;
  readonly branch?: string;
  readonly pullRequest?: boolean;
}

export interface Asking {
  readonly dir: string;
  readonly level: number;
  readonly given: GivenAnswers;
  readonly answers: Answers;
}

export interface Ran {
  readonly outcome: Outcome;
  /** The unified diff of what is, or would be, written. */
  readonly patch: (color: boolean) => Promise<string>;
  /** Why nothing was written although something is to be: conflicts that would be committed. */
  readonly refused?: UserError;
  /** What somebody must know besides: how to go back, what a hook said. */
  readonly said: readonly string[];
  readonly exitCode: number;
}

/**
 * Moves one repository: opens it, renders both trees, merges, and writes unless it is a dry run; commits where that is
 * asked for. Roots are brought along, so that tests bring older templates.
 *
 * @throws UserError (2, 3) when nothing was written
 */
export async function runUpgrade(request: Request): Promise<Ran> {
  const { command, dir, roots, dryRun = false } = request;
  const repository = await openRepository(dir);
  const level = levelOf(request, repository.manifest.level, highestLevel(roots));
  const answers = newAnswers(request, repository);
  if (command === 'upgrade' && level === repository.manifest.level) {
    refuseUseless(answers, level);
    return nothingToDo(request, repository);
  }
  const given = await askedFor(request, repository, level, answers);
  const data = await readData(request);
  const target = await targetOf(repository, roots, {
    command,
    level,
    given,
    ...(data && { data: data.read }),
    rebase: request.rebase ?? false,
  });
  if (data) (await import('./own-data.js')).refuseRows(data.read, target.answers);
  const { base, theirs, moves, lift, labels } = target;
  const { prepare } = await import('../merge/merge-into.js');
  const prepared = await prepare(dir, { base, theirs, moves, ...(lift && { lift }), labels, dryRun });
  const merge = await withImports(repository, target, prepared.report);
  const own = data && (await ownOf(dir, data, merge, target));
  const outcome = outcomeOf(request, target, merge, own);
  const untracked = own?.untracked;
  const delivers = request.commit || request.branch !== undefined;
  if (!delivers || !prepared.changed) return ran(await write(outcome, prepared, untracked), prepared);
  const { deliver } = await import('./deliver.js');
  return deliver(request, outcome, prepared, untracked);
}

/** Reads the other data, which may take a while: what would be refused anyway is refused before. */
async function readData({ dir, data }: Request): Promise<OwnData | undefined> {
  if (!data) return undefined;
  const { inspectProject } = await import('../merge/project.js');
  await inspectProject(dir, { dryRun: true });
  return data();
}

async function ownOf(dir: string, data: OwnData, { entries }: MergeReport, { to, answers }: Target) {
  const { planData } = await import('./own-data.js');
  return planData(dir, data, entries, to.level, answers);
}

/** Writes what is to be written, unless it is a dry run; tells what came of it. */
export async function write(outcome: Outcome, prepared: Prepared, untracked?: Untracked): Promise<Outcome> {
  if (outcome.dryRun) return outcome;
  const written = prepared.changed;
  const rows = outcome.data?.rows;
  if (!rows) {
    if (written) await prepared.write(outcome.command);
    return { ...outcome, written };
  }
  const { put, moved } = await prepared.write(outcome.command, untracked);
  const there = rows.there || !put.includes(rows.path);
  const { isTaken } = await import('../merge/untracked.js');
  const now = { ...rows, there, moved, exposed: await isTaken({ top: outcome.dir }, rows.path), done: true };
  return { ...outcome, written, data: { ...outcome.data, rows: now } };
}

export const ran = (outcome: Outcome, prepared: Prepared, more: Partial<Ran> = {}): Ran => ({
  outcome,
  patch: (color) => prepared.patch(color),
  said: [],
  exitCode: outcome.exitCode,
  ...more,
});

function levelOf({ command, to }: Request, from: number, highest: number): number {
  if (command !== 'upgrade') return from;
  if (to !== undefined && to < from)
    throw new UserError(
      `This repository is at level ${from}: no way leads down to level ${to}.`,
      'git revert undoes a commit that moved it up.',
    );
  return to ?? Math.min(from + 1, highest);
}

/** At the level that it is at already, an upgrade takes over nothing. */
function refuseUseless(answers: GivenAnswers, level: number): void {
  for (const [key, { where }] of answers)
    throw new UserError(
      `${where}: the repository is at level ${level} already, and no upgrade takes over ${key}.`,
      'An answer that this level has is changed with azmlops set; --to N moves the repository further up.',
    );
}

/** The answers that are given and not chosen yet; all of them for `set`, which chooses anew. */
function newAnswers({ command, given }: Request, { manifest }: Repository): Map<AnswerKey, Given> {
  const answers = new Map<AnswerKey, Given>(given);
  if (command === 'set') return answers;
  for (const [key, { value, where }] of answers) {
    if (!manifest.given.has(key)) continue;
    if (!sameAnswer(answerText(value), answerText(manifest.answers[key])))
      throw new UserError(
        `${where}: ${key} was chosen already (${answerText(manifest.answers[key]) || 'nothing'}).`,
        `azmlops set ${key}=${answerText(value)} does that.`,
      );
    answers.delete(key);
  }
  return answers;
}

async function askedFor(
  { command, dir, ask }: Request,
  { manifest }: Repository,
  level: number,
  given: GivenAnswers,
): Promise<GivenAnswers> {
  const brought = answersAt(level).filter((key) => !manifest.given.has(key) && !given.has(key));
  if (command !== 'upgrade' || !ask || !brought.length) return given;
  return new Map([...given, ...(await ask(brought, { dir, level, given, answers: manifest.answers }))]);
}

/** A renamed package is still imported by its old name wherever the team wrote code of its own. */
async function withImports(
  { dir, manifest }: Repository,
  { changedAnswers, answers, base, moves }: Target,
  report: MergeReport,
): Promise<MergeReport> {
  const from = changedAnswers.find(({ key }) => key === 'package')?.before;
  if (typeof from !== 'string' || manifest.level === 0) return report;
  const { importNotes } = await import('./imports.js');
  const notes = await importNotes(dir, base, moves, { from, to: answers.package });
  return { ...report, notes: [...report.notes, ...notes] };
}

function outcomeOf(
  { command, dir, given, dryRun = false }: Request,
  target: Target,
  merge: MergeReport,
  own: { readonly found?: FoundData; readonly rows?: Rows } = {},
): Outcome {
  const { from, to, changedAnswers, rebased, answers, formerProfile } = target;
  const data = dataChangeOf(formerProfile, answers.profile, own);
  return {
    command,
    dir,
    from,
    to,
    changedAnswers,
    ...(command === 'set' && given && { chosen: [...given.keys()] }),
    dryRun,
    rebased,
    written: false,
    merge,
    answers,
    ...(data && { data, formerProfile }),
    exitCode: merge.conflicts.length ? EXIT.act : EXIT.done,
  };
}

function nothingToDo({ command, dir, dryRun = false }: Request, { manifest }: Repository): Ran {
  const at = { level: manifest.level, version: manifest.version };
  const merge = { entries: [], conflicts: [], notes: [] };
  const { answers } = manifest;
  return {
    outcome: {
      command,
      dir,
      from: at,
      to: at,
      changedAnswers: [],
      dryRun,
      rebased: false,
      written: false,
      merge,
      answers,
      exitCode: EXIT.done,
    },
    patch: () => Promise.resolve(''),
    said: [],
    exitCode: EXIT.done,
  };
}
