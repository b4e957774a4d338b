import { isAbsolute, resolve } from 'node:path';
import type { Words } from '../cli/parse.js';
import { readAnswers } from './file.js';
import { ANSWER_KEYS, type AnswerKey } from './schema.js';
import type { Given } from './validate.js';

/** Answers of the answers file, and of the flags, which win over it. */
export async function givenByFlags(
  { values }: Pick<Words, 'values'>,
  cwd: string,
): Promise<Map<AnswerKey, Given>> {
  const file = values.get('answers');
  const given = file
    ? await readAnswers(isAbsolute(file) ? file : resolve(cwd, file), file)
    : new Map<AnswerKey, Given>();
  for (const key of ANSWER_KEYS) {
    const value = values.get(key);
    if (value !== undefined) given.set(key, { value, where: `--${key}` });
  }
  return given;
}
