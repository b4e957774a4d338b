import { groupings } from '../../profile/profile.js';
import type { DataRead, Format, Gatherer } from '../types.js';
import { columnOf, decide } from './decide.js';
import { Gathered, MOST_DISTINCT, Readers } from './gathered.js';
import { notesOf } from './notes.js';
import { alsoPersonal, sameColumns } from './same.js';
import { namesGroups } from './sensitive.js';

/** Different values that are kept of a column, and of all columns together. */
const MOST_KEPT = 20_000;
const BUDGET = 1_000_000;

/** Gathers the profile of a table row by row, in memory that depends on its columns only. */
export class Columns implements Gatherer {
  private readonly columns: readonly Gathered[];
  private rows = 0;

  constructor(
    private readonly names: readonly string[],
    private readonly format: Pick<Format, 'delimiter'>,
  ) {
    // The same for each column, so that columns that say the same are given up at the same row.
    const limit = Math.max(Math.min(MOST_KEPT, Math.floor(BUDGET / names.length)), MOST_DISTINCT + 1);
    const readers = new Readers(format.delimiter !== ',', limit);
    this.columns = names.map(() => new Gathered(readers));
  }

  add(row: readonly string[]): void {
    this.rows++;
    const { columns } = this;
    for (let at = 0; at < columns.length; at++) (columns[at] as Gathered).add(row[at] ?? '');
  }

  finish(): Pick<DataRead, 'profile' | 'counts' | 'sensitive' | 'notes'> & {
    readonly decimalComma: boolean;
  } {
    const decided = alsoPersonal(this.columns.map((gathered, at) => decide(this.names[at] ?? '', gathered)));
    const same = sameColumns(decided);
    const columns = decided.map((column) => columnOf(column, same.get(column.name)));
    const profile = { version: 1, rows: this.rows, columns } as const;
    const open = decided.filter(({ personal }) => !personal);
    const groups = new Set(groupings(profile).map(({ name }) => name));
    const decimalComma = decided.some(
      ({ gathered }) => gathered.couldBeNumber && gathered.separator === 'comma',
    );
    return {
      profile,
      counts: new Map(open.flatMap(({ name, counts }) => (counts?.size ? [[name, counts]] : []))),
      sensitive: open.filter(({ name }) => groups.has(name) && namesGroups(name)).map(({ name }) => name),
      notes: notesOf(decided, { rows: this.rows, commas: decimalComma || this.format.delimiter === ';' }),
      decimalComma,
    };
  }
}
