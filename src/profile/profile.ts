import { readFileSync } from 'node:fs';

export { targetsFor } from './targets.js';

export const COLUMN_TYPES = ['whole', 'decimal', 'boolean', 'category', 'date', 'text', 'id'] as const;

export type ColumnType = (typeof COLUMN_TYPES)[number];

/** One column of the data: what may be known of it without the rows. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Share of rows without a value, 0 to 1. */
  readonly missing: number;
  /** Smallest and largest value, of `whole` and `decimal` columns. */
  readonly min?: number;
  readonly max?: number;
  /** At most 20, of `category` columns, and of `whole` ones as text; none for a column flagged personal. */
  readonly categories?: readonly string[];
  /** How many different values there are, when at most 1,000; not told of a column flagged personal. */
  readonly distinct?: number;
  /** Looks like personal data: of its values nothing is told. */
  readonly personal?: boolean;
  /** The same value in every row, or none in any. */
  readonly constant?: boolean;
  /** The first column further left that says the same in every row, if in other words. */
  readonly same?: string;
}

/** What the data looks like. It is an answer, kept in `.azmlops/profile.json`; the path of the data is not. */
export interface Profile {
  readonly version: 1;
  readonly rows: number;
  /** The bundled penguins are in use. */
  readonly example?: boolean;
  readonly columns: readonly Column[];
}

/** What the example is for, as no rule could guess it. */
export const EXAMPLE = {
  targets: { classification: 'species', regression: 'body_mass_g' },
  sensitive: 'sex',
} as const;

let example: Profile | undefined;

/** The profile of the bundled penguins, which the program uses until it is given other data. */
export function exampleProfile(): Profile {
  // Read as a file: Node 20 warns on standard error about every JSON module.
  example ??= JSON.parse(readFileSync(new URL('./example.json', import.meta.url), 'utf8')) as Profile;
  return example;
}

export function columnNamed(profile: Profile, name: string): Column | undefined {
  return profile.columns.find((column) => column.name === name);
}

/** Columns whose values name groups of people, so that fairness can be measured by them. */
export function groupings(profile: Profile): Column[] {
  return profile.columns.filter(
    ({ type, categories, constant, personal }) =>
      !constant &&
      !personal &&
      (type === 'category' || type === 'boolean' || (type === 'whole' && categories !== undefined)),
  );
}
