import { Columns } from '../../src/data/columns/index.js';
import type { Column } from '../../src/profile/profile.js';

export type Told = ReturnType<Columns['finish']>;

/** What is told of a table that is given by its columns, all as long as the first. */
export function told(table: Readonly<Record<string, readonly string[]>>, delimiter: ',' | ';' = ','): Told {
  const names = Object.keys(table);
  const columns = new Columns(names, { delimiter });
  const rows = table[names[0] ?? '']?.length ?? 0;
  for (let row = 0; row < rows; row++) columns.add(names.map((name) => table[name]?.[row] ?? ''));
  return columns.finish();
}

/** What is told of one column. */
export function column(values: readonly string[], name = 'x', delimiter: ',' | ';' = ','): Column {
  return told({ [name]: values }, delimiter).profile.columns[0] as Column;
}

/** The same values over and over, until there are so many rows. */
export const repeated = (values: readonly string[], rows: number): string[] =>
  Array.from({ length: rows }, (_, row) => values[row % values.length] ?? '');

export const numbered = (rows: number, of: (row: number) => string): string[] =>
  Array.from({ length: rows }, (_, row) => of(row));
