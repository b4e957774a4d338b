import { columnWord, columnWords } from '../answers/columns.js';
import { defaults, resolve } from '../answers/resolve.js';
import { type AnswerKey, type Answers } from '../answers/schema.js';
import { answerText, type Given } from '../answers/validate.js';
import { UserError } from '../errors.js';
import { columnNamed, groupings, type Profile } from '../profile/profile.js';
import { likelyTargets, targetsFor, TASKS } from '../profile/targets.js';
import { MANIFEST } from '../render/render.js';
import type { Repository } from '../repository/open.js';
import { shellWord } from './shell-word.js';
import type { Wanted } from './target.js';

type Answered = Map<AnswerKey, Given>;

/**
 * The answers of the target: those of the manifest, with what is given now; on new data, where there is some.
 *
 * @throws UserError (2) for a bad answer, and for a recorded one that no longer fits, with the words that mend it
 */
export function answersNow({ manifest, profile: former }: Repository, wanted: Wanted): Answers {
  const { command, level, given, data } = wanted;
  const profile = data?.profile ?? former;
  const kept: Answered = new Map(
    [...manifest.given].map((key) => [key, { value: manifest.answers[key], where: `${MANIFEST}: ${key}` }]),
  );
  if (command === 'set') {
    follow(kept, manifest.answers, profile, wanted);
    refuseUnfit(new Map([...kept, ...given]), profile, wanted);
  }
  return resolve({ given: new Map([...kept, ...given]), level, folder: '', profile });
}

/** Leaves out what was recorded for the former target or data, and not as anybody's choice: it follows from the new ones. */
function follow(kept: Answered, recorded: Answers, profile: Profile, { given, level }: Wanted): void {
  const target = given.get('target');
  if (target && !given.has('task') && !fits(profile, recorded.task, answerText(target.value)))
    kept.delete('task');
  const former = new Map([...kept].filter(([key]) => key !== 'description'));
  former.set('task', { value: recorded.task, where: 'task' });
  const usual = defaults({ given: former, level, folder: '', profile: recorded.profile });
  if (!given.has('description') && recorded.description === usual.description) kept.delete('description');
  // The example's groups are nobody's choice for other data.
  if (recorded.profile.example && !profile.example && kept.has('sensitive'))
    kept.set('sensitive', {
      value: recorded.sensitive.filter((name) => columnNamed(profile, name)),
      where: `${MANIFEST}: sensitive`,
    });
}

const fits = (profile: Profile, task: string, target: string): boolean =>
  targetsFor(profile, task).some(({ name }) => name === target);

/** Recorded answers that the columns, or the answers given now, no longer let stand. */
function refuseUnfit(all: Answered, profile: Profile, { given, data }: Wanted): void {
  const source = data?.shown ?? 'the data';
  const valueOf = (key: AnswerKey): string => answerText(all.get(key)?.value ?? '');
  const [target, task] = [valueOf('target'), valueOf('task')];
  const problems: string[] = [];
  const words = new Map<string, string>([...given].map(([key, { value }]) => [key, answerText(value)]));
  const column = columnNamed(profile, target);
  if (!given.has('target') && !column) {
    problems.push(`${source} has no column ${columnWord(target)}, which this repository predicts.`);
    words.set('target', 'COLUMN');
  } else if (!given.has('target') && column && task && !fits(profile, task, target)) {
    const other = TASKS.find((each) => fits(profile, each, target));
    problems.push(
      `${columnWord(target)}, which this repository predicts, is ${kindOf(column)} in ${source}: ` +
        `it cannot be the target of a ${task}.`,
    );
    if (other) words.set('task', other);
    else words.set('target', 'COLUMN');
  }
  const sensitive = all.get('sensitive')?.value ?? [];
  const groups = groupings(profile).map(({ name }) => name);
  const stay = [sensitive].flat().filter((name) => groups.includes(name) && name !== target);
  for (const name of given.has('sensitive') ? [] : [sensitive].flat()) {
    if (stay.includes(name) || name === '') continue;
    const why = !columnNamed(profile, name)
      ? `${source} has no column ${columnWord(name)}`
      : name === target
        ? `${columnWord(name)} is the target now`
        : `${columnWord(name)} names no groups in ${source}`;
    problems.push(`${why}, by which this repository measures fairness.`);
    words.set('sensitive', answerText(stay));
  }
  if (!problems.length) return;
  const command = ['azmlops set', ...(data ? [shellWord(`data=${data.shown}`)] : []), ...textOf(words)].join(
    ' ',
  );
  const can = columnWords(likelyTargets(profile).map(({ name }) => name));
  const columns = words.get('target') === 'COLUMN' ? `\nCOLUMN can be ${can || 'none of them'}.` : '';
  throw new UserError(problems.join('\n'), `${command}${columns}`);
}

const textOf = (words: ReadonlyMap<string, string>): string[] =>
  [...words].map(([key, value]) => shellWord(`${key}=${value}`));

const kindOf = ({ type, constant }: { readonly type: string; readonly constant?: boolean }): string =>
  constant ? 'the same in every row' : `of type ${type}`;
