import { didYouMean } from '../answers/nearest.js';
import type { GivenAnswers } from '../answers/resolve.js';
import { ANSWER_KEYS, type AnswerKey, isAnswerKey, specOf } from '../answers/schema.js';
import type { Given } from '../answers/validate.js';
import type { Output } from '../cli/output.js';
import { UserError } from '../errors.js';
import type { Asking } from './upgrade.js';

/** Words that are no answers, and where they belong. */
const ELSEWHERE: Readonly<Record<string, readonly [string, string]>> = {
  level: ['The level is no answer.', 'azmlops upgrade --to N moves the repository up.'],
  profile: [
    'The profile is made from the data, and cannot be given.',
    'azmlops set data=FILE makes it anew.',
  ],
  version: ['The version is that of azmlops.', 'azmlops update takes over its templates.'],
};

/** What the words of `set` say. */
export interface Words {
  readonly given: ReadonlyMap<AnswerKey, Given>;
  /** The file of other data, as it was named. */
  readonly data?: string;
}

/** @throws UserError (2) for a word that is neither KEY=VALUE of an answer nor data=FILE */
export function givenByWords(words: readonly string[]): Words {
  if (!words.length)
    throw new UserError('set needs at least one KEY=VALUE.', 'For example: azmlops set endpoint=both');
  const given = new Map<AnswerKey, Given>();
  let data: string | undefined;
  for (const word of words) {
    const [, key = word, value] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
    const elsewhere = Object.hasOwn(ELSEWHERE, key) ? ELSEWHERE[key] : undefined;
    if (elsewhere) throw new UserError(elsewhere[0], elsewhere[1]);
    if (key === 'data') {
      if (!value)
        throw new UserError('data names no file.', 'azmlops set data=FILE, the path of a CSV file.');
      if (data !== undefined) throw new UserError('data is given twice.', 'Give one file.');
      data = value;
      continue;
    }
    if (!isAnswerKey(key))
      throw new UserError(
        `${JSON.stringify(key)} is no answer.${didYouMean(key, [...ANSWER_KEYS, 'data'])}`,
        `Answers: ${ANSWER_KEYS.join(', ')}. Other data: data=FILE.`,
      );
    if (value === undefined)
      throw new UserError(`${key} needs a value.`, `azmlops set ${key}=${specOf(key).value}`);
    if (given.has(key)) throw new UserError(`${key} is given twice.`, `Give ${key} once.`);
    given.set(key, { value, where: key });
  }
  return { given, ...(data !== undefined && { data }) };
}

/** Asks, in a terminal, for what no default is good for; undefined where nobody can be asked. */
export function askerFor(out: Output, many: boolean) {
  if (out.io.stdin.isTTY !== true) return undefined;
  return async (brought: readonly AnswerKey[], known: Asking): Promise<GivenAnswers> => {
    const keys = brought.filter((key) => specOf(key).chosenByPeople);
    if (!keys.length) return new Map();
    if (many) out.warn(`${known.dir}:`);
    const { askFor } = await import('../answers/ask.js');
    const { level, given, answers } = known;
    const profile = answers.profile;
    return askFor(
      keys,
      { given, level, folder: '', profile },
      { input: out.io.stdin, output: out.io.stderr },
    );
  };
}
