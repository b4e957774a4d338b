import { exampleProfile, type Profile } from '../profile/profile.js';
import { ANSWER_KEYS, type AnswerKey, type Answers, isAnswerKey, specOf } from './schema.js';
import { answerText, entriesOf, type Given, type Problem, refusal, valueProblem } from './validate.js';
import { columnProblems, targetMissing } from './columns.js';
import { nameFrom } from './default-name.js';
import { UserError } from '../errors.js';

export type GivenAnswers = ReadonlyMap<AnswerKey, Given>;

interface Inputs {
  readonly given: GivenAnswers;
  readonly level: number;
  /** Base name of the folder that is written. */
  readonly folder: string;
  readonly profile: Profile;
}

/**
 * Every answer: those given, checked, and the others' defaults, which follow from the folder's name and each other.
 *
 * @throws UserError (2) saying all that is wrong, or that own data needs a target
 */
export function resolve(inputs: Inputs): Answers {
  const { answers, problems } = judged(inputs);
  if (problems.length) throw refusal(problems);
  if (!answers.target) throw targetMissing(inputs.profile, answerText(inputs.given.get('task')?.value ?? ''));
  return answers;
}

/**
 * Refuses what is wrong with the given answers already, before the others are asked for.
 *
 * @throws UserError (2)
 */
export function refuseWrong(inputs: Inputs): void {
  const { problems } = judged(inputs);
  if (problems.length) throw refusal(problems);
}

function judged({ given, level, folder, profile }: Inputs): { answers: Answers; problems: Problem[] } {
  const problems: Problem[] = [];
  const values = defaults({ given, level, folder, profile });
  for (const [key, { value, where }] of given) {
    const { since, kind } = specOf(key);
    if (since > level)
      problems.push(
        `${where}: ${key} is an answer from level ${since} on, and level ${level} has no use for it.`,
      );
    else if (kind === 'list' && entriesOf(value).includes('')) problems.push(`${where}: an entry is empty.`);
    else if (kind !== 'list') {
      const wrong = valueProblem(key, values[key]);
      if (wrong) problems.push(`${where}: ${wrong}`);
    }
  }
  const whole: Record<string, unknown> = { ...values, profile };
  for (const key of ANSWER_KEYS)
    if (specOf(key).kind === 'list') whole[key] = entriesOf(given.get(key)?.value ?? values[key]);
  const answers = whole as unknown as Answers;
  const where = (key: AnswerKey) => given.get(key)?.where ?? `--${key} (default)`;
  const target = given.has('target') ? answers.target : answers.target || undefined;
  if (!problems.length) problems.push(...columnProblems(profile, { ...answers, target }, where));
  return { answers, problems };
}

/** Each answer as text, given or default, unchecked: what a prompt proposes. */
export function defaults({ given, folder, profile }: Inputs): Record<AnswerKey, string> {
  const values: Partial<Record<AnswerKey, string>> = {};
  const chosen = Object.fromEntries([...given].map(([key, { value }]) => [key, answerText(value)]));
  const known = {
    profile,
    folder: nameFrom(folder),
    chosen,
    answer: (key: string): string => {
      const value = values[key as AnswerKey];
      if (value === undefined) throw new Error(`the schema asks for ${key} before it is known`);
      return value;
    },
  };
  for (const key of ANSWER_KEYS) values[key] = chosen[key] ?? specOf(key).default(known);
  return values as Record<AnswerKey, string>;
}

/** Answers from `{ key: text }`, for scripts and tests; the folder is called like the name, or "churn". */
export function answersFor(
  given: Readonly<Record<string, string>>,
  level: number,
  profile = exampleProfile(),
): Answers {
  const entries = Object.entries(given).map(([key, value]): [AnswerKey, Given] => {
    if (!isAnswerKey(key)) throw new UserError(`${key} is no answer.`, `Answers: ${ANSWER_KEYS.join(', ')}.`);
    return [key, { value, where: key }];
  });
  return resolve({ given: new Map(entries), level, folder: 'churn', profile });
}
