import type { DataTold } from '../new/report-data.js';
import type { Column, Profile } from '../profile/profile.js';
import type { Rows } from './rows.js';

/** What other data, or a profile edited by hand, comes to: for the report. */
export interface DataChange {
  readonly before: Extent;
  readonly after: Extent;
  /** Columns by their names. */
  readonly gone: readonly string[];
  readonly added: readonly string[];
  /** Columns that are of another kind now. */
  readonly changed: readonly { readonly name: string; readonly before: string; readonly after: string }[];
  /** Of a data file that was read; absent when the profile was edited by hand. */
  readonly found?: FoundData;
  /** `done`: the rows are put; in a dry run, and before, they will be. */
  readonly rows?: Rows & { readonly done: boolean };
}

export interface FoundData {
  /** As it was named. */
  readonly file: string;
  readonly told: DataTold;
  /** How it is written, and what was made of its columns. */
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
}

export interface Extent {
  readonly rows: number;
  readonly columns: number;
}

/** Undefined when no other data was read and the profile is the same. */
export function dataChangeOf(
  before: Profile,
  after: Profile,
  own: { readonly found?: FoundData; readonly rows?: Rows },
): DataChange | undefined {
  const { found, rows } = own;
  if (!found && JSON.stringify(before) === JSON.stringify(after)) return undefined;
  const had = new Map(before.columns.map((column) => [column.name, column]));
  const has = new Set(after.columns.map(({ name }) => name));
  return {
    before: extentOf(before),
    after: extentOf(after),
    gone: [...had.keys()].filter((name) => !has.has(name)),
    added: [...has].filter((name) => !had.has(name)),
    changed: after.columns.flatMap((column) => {
      const old = had.get(column.name);
      const [was, is] = [old && kindOf(old), kindOf(column)];
      return was === undefined || was === is ? [] : [{ name: column.name, before: was, after: is }];
    }),
    ...(found && { found }),
    ...(rows && { rows: { ...rows, done: false } }),
  };
}

const extentOf = ({ rows, columns }: Profile): Extent => ({ rows, columns: columns.length });

const kindOf = ({ type, personal, constant, same }: Column): string =>
  [
    type,
    ...(personal ? ['personal'] : []),
    ...(constant ? ['constant'] : []),
    ...(same === undefined ? [] : [`the same as ${same}`]),
  ].join(', ');

/** The change as --json gives it: what `new` says of data, and what became of the data of before. */
export function dataDocument({ found, rows, ...change }: DataChange): object {
  if (!found || !rows) return change;
  const { path, there, reasons, ...others } = rows;
  const copied = { path, rewritten: !there && reasons.length > 0, reasons, there };
  return { ...found.told, ...change, copied, ...others, warnings: found.warnings };
}
