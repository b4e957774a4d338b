import type { Answers } from '../answers/schema.js';
import type { Conditional, Environment, Resource, Variable } from '../levels/brought.js';
import type { Model } from '../levels/model.js';
import type { MergeReport } from '../merge/types.js';
import { contextOf } from '../render/context.js';
import type { Outcome } from './outcome.js';
import { folderOf } from './report-words.js';

/** What a repository gets that it did not have: at its new level, or by its new answers. */
export interface Brings {
  /** The levels that are entered. */
  readonly levels: readonly { readonly number: number; readonly name: string; readonly summary: string }[];
  readonly files: number;
  /** New files by folder, `''` for the top. */
  readonly folders: readonly { readonly folder: string; readonly files: number }[];
  readonly resources: readonly Omit<Resource, keyof Conditional>[];
  readonly environments: readonly Omit<Environment, keyof Conditional>[];
  readonly variables: readonly Omit<Variable, keyof Conditional>[];
}

/** What changes in one dimension of the model. */
export interface DimensionChange {
  readonly id: string;
  readonly name: string;
  /** Statements that hold now and did not before. */
  readonly now: readonly string[];
  /** Statements that files cannot show: people make them true. */
  readonly told: readonly string[];
}

export function bringsOf(outcome: Outcome, model: Model): Brings {
  const { from, to, answers, merge } = outcome;
  const before = answersBefore(outcome);
  const fresh = <T extends Conditional>(list: (level: Model['levels'][number]) => readonly T[]): T[] => {
    const at = (level: number, given: Answers): T[] => {
      const context: Readonly<Record<string, unknown>> = contextOf(level, given);
      return model.levels
        .filter(({ number }) => number <= level)
        .flatMap(list)
        .filter((entry) => entry.if.every((name) => Boolean(context[name])));
    };
    const had = new Set(at(from.level, before));
    return at(to.level, answers).filter((entry) => !had.has(entry));
  };
  const entered = model.levels.filter(({ number }) => number > from.level && number <= to.level);
  return {
    levels: entered.map(({ number, name, summary }) => ({ number, name, summary })),
    files: merge.entries.filter(({ fate }) => fate === 'add').length,
    folders: foldersOf(merge),
    resources: fresh(({ resources }) => resources).map(({ text, idle, az }) => ({ text, idle, az })),
    environments: fresh(({ environments }) => environments).map(({ name, text }) => ({ name, text })),
    variables: fresh(({ variables }) => variables).map(({ name, text, where }) => ({ name, text, where })),
  };
}

/** What only people can do now, of the levels that are entered. */
export function peopleOf({ from, to }: Outcome, model: Model): string[] {
  return model.levels
    .filter(({ number }) => number > from.level && number <= to.level)
    .flatMap(({ people }) => people.filter(({ until }) => until >= to.level))
    .map(({ text }) => text);
}

/** Per dimension what a repository emitted at the new level holds more than one at the old. */
export function dimensionsOf({ from, to }: Outcome, model: Model): DimensionChange[] {
  const [old, next] = [model.levels[from.level], model.levels[to.level]];
  return model.dimensions.map(({ id, name }) => {
    const change = { id, name, now: [] as string[], told: [] as string[] };
    for (const row of model.characteristics.filter(({ dimension }) => dimension === id)) {
      const [held, holds] = [old?.holds[row.id] ?? null, next?.holds[row.id] ?? null];
      const was = row.statements[held ?? from.level];
      const is = row.statements[holds ?? to.level];
      if (is == null) continue;
      if (holds === null) {
        if (is !== was) change.told.push(is);
      } else if (holds > (held ?? -1)) change.now.push(is);
    }
    return change;
  });
}

function answersBefore({ answers, changedAnswers, formerProfile }: Outcome): Answers {
  return {
    ...answers,
    ...Object.fromEntries(changedAnswers.map(({ key, before }) => [key, before])),
    ...(formerProfile && { profile: formerProfile }),
  };
}

function foldersOf({ entries }: MergeReport): Brings['folders'] {
  const counts = new Map<string, number>();
  for (const { path, fate } of entries) {
    if (fate !== 'add') continue;
    const folder = folderOf(path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].map(([folder, files]) => ({ folder, files })).sort((a, b) => b.files - a.files);
}
