import { resolve } from 'node:path';
import type { Words } from '../cli/parse.js';
import { type AnswersFile, readAnswers } from './file.js';
import { ANSWER_KEYS, type AnswerKey } from './schema.js';
import type { Given } from './validate.js';

/** Answers of the answers file, and of the flags, which win over it; of a repository that is there. */
export async function givenByFlags(
  words: Pick<Words, 'values'>,
  cwd: string,
): Promise<Map<AnswerKey, Given>> {
  return (await given(words, cwd, false)).given;
}

/** The same for a new repository, whose answers file may name data. */
export const givenForNew = (words: Pick<Words, 'values'>, cwd: string): Promise<AnswersFile> =>
  given(words, cwd, true);

async function given({ values }: Pick<Words, 'values'>, cwd: string, isNew: boolean): Promise<AnswersFile> {
  const name = values.get('answers');
  const file: AnswersFile = name
    ? await readAnswers(resolve(cwd, name), name, isNew)
    : { given: new Map<AnswerKey, Given>() };
  for (const key of ANSWER_KEYS) {
    const value = values.get(key);
    if (value !== undefined) file.given.set(key, { value, where: `--${key}` });
  }
  return file;
}
