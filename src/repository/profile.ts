import { COLUMN_TYPES, type Column, type Profile } from '../profile/profile.js';

/**
 * A profile as a repository keeps it.
 *
 * @throws Error saying what is wrong with it
 */
export function readProfile(text: string): Profile {
  const profile = JSON.parse(text) as unknown;
  if (!isRecord(profile) || profile.version !== 1) throw new Error('is no profile of version 1');
  if (!Number.isInteger(profile.rows)) throw new Error('has no count of rows');
  if (!Array.isArray(profile.columns) || !profile.columns.length) throw new Error('has no columns');
  const names = new Set<string>();
  profile.columns.forEach((column: unknown, at) => {
    if (!isColumn(column))
      throw new Error(`has a column ${at + 1} without a name, a type it knows, or missing`);
    if (names.has(column.name)) throw new Error(`has the column ${JSON.stringify(column.name)} twice`);
    names.add(column.name);
  });
  return profile as unknown as Profile;
}

function isColumn(column: unknown): column is Column {
  if (!isRecord(column)) return false;
  const { name, type, missing, min, max, categories, personal } = column;
  return (
    typeof name === 'string' &&
    COLUMN_TYPES.some((each) => each === type) &&
    typeof missing === 'number' &&
    [min, max].every((each) => each === undefined || typeof each === 'number') &&
    (personal === undefined || typeof personal === 'boolean') &&
    (categories === undefined ||
      (Array.isArray(categories) && categories.every((each) => typeof each === 'string')))
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
