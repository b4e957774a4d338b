import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answers } from '../../src/answers/schema.js';
import { answersFor } from '../../src/answers/resolve.js';
import type { Profile } from '../../src/profile/profile.js';
import { readData } from '../../src/data/read.js';
import { write } from '../support/session.js';
import { emitted } from './emitted.js';

const ROWS = 120;

const tableOf = (names: readonly string[], row: (at: number) => readonly (string | number)[]): string =>
  [names, ...Array.from({ length: ROWS }, (_, at) => row(at))]
    .map((cells) => `${cells.join(',')}\n`)
    .join('');

/** Customers; an id, a group of people, categories, numbers, and what is to be predicted. */
export const CHURN = tableOf(['customer_id', 'age_group', 'plan', 'months', 'charges', 'churned'], (at) => [
  `C${1000 + at}`,
  at % 3 ? 'young' : 'old',
  ['basic', 'plus', 'pro'][at % 3] ?? '',
  (at * 7) % 73,
  ((at * 13) % 100) + 0.5,
  at % 5 < 2 ? 'yes' : 'no',
]);

/** The same a month later: further values, one column less, one more. */
export const CHURN_LATER = tableOf(
  ['customer_id', 'age_group', 'plan', 'months', 'charges', 'calls', 'churned'].filter(
    (name) => name !== 'plan',
  ),
  (at) => [
    `C${2000 + at}`,
    at % 4 ? 'young' : 'old',
    (at * 11) % 80,
    ((at * 17) % 100) + 0.25,
    at % 25,
    at % 7 < 3 ? 'yes' : 'no',
  ],
);

/** Another question altogether, its target a category as well. */
export const WINES = tableOf(['alcohol', 'ash', 'proline', 'grower', 'vineyard'], (at) => [
  11 + ((at * 7) % 40) / 10,
  1 + ((at * 3) % 20) / 10,
  300 + ((at * 37) % 900),
  ['north', 'south'][at % 2] ?? '',
  ['a', 'b', 'c'][(at * 5) % 3] ?? '',
]);

let folder: string | undefined;

/** A folder outside of every repository, with those tables. */
export function tables(): string {
  if (folder !== undefined) return folder;
  folder = mkdtempSync(join(tmpdir(), 'azmlops-tables-'));
  process.once('exit', () => rmSync(folder ?? '', { recursive: true, force: true }));
  return write(folder, { 'churn.csv': CHURN, 'later/churn.csv': CHURN_LATER, 'wines.csv': WINES });
}

export const churn = (): string => join(tables(), 'churn.csv');
export const later = (): string => join(tables(), 'later/churn.csv');
export const wines = (): string => join(tables(), 'wines.csv');

/** A repository about the customers, as `new --data` writes it, rows and all. */
export const emittedOwn = (level: number, ...words: string[]): Promise<string> =>
  emitted(level, '--data', churn(), '--target', 'churned', ...words);

export const profileOf = async (file: string): Promise<Profile> => (await readData(file, 'file')).profile;

export async function ownAnswers(
  file: string,
  given: Readonly<Record<string, string>>,
  level: number,
): Promise<Answers> {
  return answersFor({ name: 'churn', ...given }, level, await profileOf(file));
}
