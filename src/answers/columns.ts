import { asidesOf } from '../profile/notes.js';
import { type Column, columnNamed, groupings, type Profile } from '../profile/profile.js';
import { likelyTargets, targetsFor, tasksOf, whyNotBy, whyNoTarget } from '../profile/targets.js';
import { UserError } from '../errors.js';
import { didYouMean } from './nearest.js';
import type { AnswerKey } from './schema.js';
import { type Problem, shown } from './validate.js';

/** What the columns of the data are used for. */
interface Uses {
  /** Undefined while nobody has chosen it. */
  readonly target: string | undefined;
  readonly task: string;
  readonly sensitive: readonly string[];
}

/** As many columns as a message lists. */
const MOST = 20;

/** A column's name in a sentence: as it is, or quoted where that would be read as something else. */
export const columnWord = (name: string): string =>
  /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_ .%/()-]{0,58}$/u.test(name) ? name : shown(name);

/** Names of columns in a sentence; of many the first. */
export function columnWords(names: readonly string[]): string {
  const more = names.length - MOST;
  const listed = (more > 1 ? names.slice(0, MOST) : names).map(columnWord).join(', ');
  return more > 1 ? `${listed} and ${more.toLocaleString('en')} more` : listed;
}

/**
 * What is wrong between answers: columns that are not there or cannot be used so.
 *
 * @param where says where an answer was given
 */
export function columnProblems(profile: Profile, uses: Uses, where: (key: AnswerKey) => string): Problem[] {
  const wrong = targetProblem(profile, uses);
  const target = wrong ? [`${where(wrong.key)}: ${wrong.problem}`] : [];
  return [
    ...target,
    ...sensitiveProblems(profile, uses).map((problem) => `${where('sensitive')}: ${problem}`),
  ];
}

/**
 * No target is given, nobody can be asked or none can be chosen, and it is nobody's guess but the user's.
 *
 * @param task as it was given, if it was
 */
export function targetMissing(profile: Profile, task = ''): UserError {
  const fits = likelyTargets(profile).filter(
    (column) => !task || tasksOf(column).some((each) => each === task),
  );
  const one = task ? `that of a ${task}` : 'one';
  return new UserError(
    '--target is missing: the column to predict.',
    fits.length
      ? `Give --target COLUMN; columns that can be ${one}: ${namesOf(fits)}.`
      : `No column of the data can be ${one}: ${namesOf(profile.columns)}.`,
  );
}

const missing = (profile: Profile, name: string): Problem => {
  const names = profile.columns.map((column) => column.name);
  return `the data has no column ${shown(name)}.${didYouMean(name, names)} Columns: ${columnWords(names)}.`;
};

const namesOf = (columns: readonly Column[]): string =>
  columns.length ? columnWords(columns.map(({ name }) => name)) : 'none';

interface Wrong {
  readonly key: 'target' | 'task';
  readonly problem: Problem;
}

function targetProblem(profile: Profile, uses: Uses): Wrong | undefined {
  const { target, task } = uses;
  // Not chosen yet.
  if (target === undefined) return undefined;
  const column = columnNamed(profile, target);
  if (!column) return { key: 'target', problem: missing(profile, target) };
  const word = `${columnWord(target)} (${column.type})`;
  const why = whyNoTarget(column);
  if (why) {
    const others = namesOf(likelyTargets(profile));
    return {
      key: 'target',
      problem: `${word} cannot be the target: it ${why}. Columns that can be: ${others}.`,
    };
  }
  if (!tasksOf(column).some((each) => each === task)) {
    const others = namesOf(targetsFor(profile, task));
    const problem = `${word} cannot be the target of a ${task}, ${whyNotBy(task, column)}. Allowed with task=${task}: ${others}.`;
    return { key: 'task', problem };
  }
  const rows = Math.round(profile.rows * (1 - column.missing));
  const problem =
    rows < FEWEST
      ? `${word} has a value in ${rows} of ${profile.rows} rows, and ${FEWEST} are needed.`
      : nothingLeft(profile, target, uses.sensitive);
  return problem === undefined ? undefined : { key: 'target', problem };
}

/** The emitted split takes no fewer. */
const FEWEST = 8;

function nothingLeft(profile: Profile, target: string, sensitive: readonly string[]): Problem | undefined {
  const asides = asidesOf(profile, { target, sensitive }).filter(({ setAside }) => setAside);
  const used = new Set([target, ...sensitive, ...asides.map(({ column }) => column)]);
  if (profile.columns.some(({ name }) => !used.has(name))) return undefined;
  const why = asides.map(({ column, reason }) => `${columnWord(column)} (${reason})`);
  const rest = [...why, ...sensitive.map((name) => `${columnWord(name)} (sensitive)`)].slice(0, MOST);
  return `no column is left to predict ${columnWord(target)} from. Not used: ${rest.join(', ')}.`;
}

/** What is wrong with a choice of sensitive columns, a sentence each. */
export function sensitiveProblems(
  profile: Profile,
  { target, sensitive }: Pick<Uses, 'target' | 'sensitive'>,
): Problem[] {
  const groups = groupings(profile).filter(({ name }) => name !== target);
  const allowed = groups.length ? `Allowed: ${namesOf(groups)}.` : 'No column of the data does.';
  return sensitive.flatMap((name, position): Problem[] => {
    const column = columnNamed(profile, name);
    const word = columnWord(name);
    if (!column) return [missing(profile, name)];
    if (name === target) return [`${word} is the target, and cannot be sensitive as well.`];
    if (column.personal) return [`${word} looks like personal data, and a report names groups. ${allowed}`];
    if (!groups.includes(column)) return [`${word} does not name groups. ${allowed}`];
    return sensitive.indexOf(name) === position ? [] : [`${word} stands twice.`];
  });
}
