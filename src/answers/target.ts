import { type Column, columnNamed, type Profile } from '../profile/profile.js';
import { likelyTargets, targetsFor, TASKS, tasksOf } from '../profile/targets.js';
import { columnWord } from './columns.js';
import { type Problem, shown } from './validate.js';

/** By column: how many rows hold each value. */
export type Counts = ReadonlyMap<string, ReadonlyMap<string, number>>;

interface Uses {
  readonly target: string;
  readonly task: string;
}

/** Rows of a class below which no split leaves some to learn from, some to choose by and some to test. */
const FEWEST = 3;

/** What only the rows tell against a target: too few of them in all classes but one. */
export function targetProblems(profile: Profile, counts: Counts, { target, task }: Uses): Problem[] {
  const classes = classesOf(counts, target, task);
  if (!classes || classes.filter(([, rows]) => rows >= FEWEST).length > 1) return [];
  const told = columnNamed(profile, target)?.personal
    ? `${classes.length} classes`
    : classes.map(([label, rows]) => `${shown(label)} in ${rows}`).join(', ');
  return [
    `--target: ${columnWord(target)} has fewer than two classes with at least ${FEWEST} rows (${told}), ` +
      `so there is nothing to tell apart.${numbersHint(profile, target)}`,
  ];
}

/** Numbers, of which each is rare, are rather predicted than told apart. */
const numbersHint = (profile: Profile, target: string): string =>
  columnNamed(profile, target)?.type === 'whole'
    ? ' As a number it can be predicted: --task regression.'
    : '';

/** What somebody should know of a target that is taken all the same. */
export function targetWarnings(profile: Profile, counts: Counts, { target, task }: Uses): string[] {
  const word = columnWord(target);
  const personal = columnNamed(profile, target)?.personal === true;
  const warnings = personal
    ? [`${word} looks like personal data, and the model's answers would be of it.`]
    : [];
  const single = (classesOf(counts, target, task) ?? []).filter(([, rows]) => rows === 1);
  if (!single.length) return warnings;
  const named = personal ? '' : `: ${single.map(([label]) => shown(label)).join(', ')}`;
  const what =
    single.length === 1 ? 'a class that one row has' : `${single.length} classes that one row each has`;
  const advice = 'A model cannot both learn it and be tested on it: gather more rows, or leave these out.';
  return [...warnings, `${word} has ${what}${named}. ${advice}`];
}

function classesOf(counts: Counts, target: string, task: string) {
  const found = task === 'classification' ? counts.get(target) : undefined;
  return found && [...found];
}

/** A line of a list to choose from. */
export interface ListedChoice {
  readonly value: string;
  readonly name: string;
  /** What stays on the screen of a choice that was made. */
  readonly short?: string;
}

/** The columns that can be predicted, the likely ones first, each with what a model of it would be. */
export function targetChoices(profile: Profile, task: string, counts?: Counts): ListedChoice[] {
  const asked = TASKS.filter((each) => each === task);
  const tasks: readonly string[] = asked.length ? asked : TASKS;
  if (profile.example)
    return tasks.flatMap((each) =>
      targetsFor(profile, each).map(({ name }) => ({ value: name, name: `${name} (${each})` })),
    );
  const columns = likelyTargets(profile).filter((column) =>
    tasksOf(column).some((each) => tasks.includes(each)),
  );
  const width = Math.min(32, Math.max(...columns.map(({ name }) => columnWord(name).length)));
  return columns.map((column) => {
    const kind = tasksOf(column).find((each) => tasks.includes(each)) ?? '';
    const hint = `${kind}: ${hintOf(column, kind, profile.rows, counts?.get(column.name))}`;
    const word = columnWord(column.name);
    return { value: column.name, name: `${word.padEnd(width)}  ${hint}`, short: word };
  });
}

/** How many classes are named with their rows. */
const FEW = 4;

function hintOf(column: Column, kind: string, rows: number, counts?: ReadonlyMap<string, number>): string {
  const { type, min, max, missing, personal } = column;
  const without = Math.round(rows * missing);
  const notes = [
    kind === 'regression' && min !== undefined && max !== undefined
      ? `${type}, ${min} to ${max}`
      : `${type}${kind === 'classification' ? classesHint(column, counts) : ''}`,
    ...(without ? [`missing in ${without} of ${rows} rows`] : []),
    ...(personal ? ['looks like personal data'] : []),
  ];
  return notes.join('; ');
}

function classesHint(
  { categories, distinct, personal }: Column,
  counts?: ReadonlyMap<string, number>,
): string {
  const count = counts?.size ?? categories?.length ?? distinct;
  if (count === undefined) return '';
  const named = counts && !personal && count <= FEW ? ` (${[...counts].map(classHint).join(', ')})` : '';
  return `, ${count} classes${named}`;
}

const classHint = ([label, rows]: readonly [string, number]): string =>
  `${columnWord(label).slice(0, 20)} ${rows}`;
