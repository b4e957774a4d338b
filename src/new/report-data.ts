import { columnWord } from '../answers/columns.js';
import type { Answers } from '../answers/schema.js';
import { targetWarnings } from '../answers/target.js';
import { seen } from '../cli/seen.js';
import { delimiterName, ENCODING_NAMES } from '../data/copy.js';
import type { DataRead, Format } from '../data/types.js';
import { asidesOf } from '../profile/notes.js';
import { groupings } from '../profile/profile.js';
import type { NewReport } from './new.js';

/** What --json says of own data. */
export interface DataTold {
  /** As it was named. */
  readonly file: string;
  readonly rows: number;
  readonly columns: number;
  readonly format: Omit<Format, 'trailingSpaces'>;
  /** Not fed to the model, and why. */
  readonly setAside: readonly ColumnTold[];
  /** Fed to the model all the same. */
  readonly flagged: readonly ColumnTold[];
  /** Columns that may name groups of people, by their names; fairness is measured by none that is not chosen. */
  readonly mayBeSensitive: readonly string[];
  readonly notes: readonly string[];
  /** Where the rows are now, or would be; why they were rewritten; whether they stood there before. */
  readonly copied: {
    readonly path: string;
    readonly rewritten: boolean;
    readonly reasons: readonly string[];
    readonly there: boolean;
  };
}

interface ColumnTold {
  readonly column: string;
  readonly why: string;
}

type Own = NonNullable<NewReport['data']>;

/** Lines of columns, and of notes, before the rest is only counted. */
const FOLD = { columns: 8, notes: 4 } as const;

const FEW_ROWS = 100;

export function dataTold({ read, rows }: Own, answers: Answers): DataTold {
  const { shown, format, profile, notes } = read;
  const asides = asidesOf(profile, answers);
  const told = (setAside: boolean): ColumnTold[] =>
    asides.filter((aside) => aside.setAside === setAside).map(({ column, note }) => ({ column, why: note }));
  const { gzip, encoding, delimiter, quote, decimalComma } = format;
  return {
    file: shown,
    rows: profile.rows,
    columns: profile.columns.length,
    format: { gzip, encoding, delimiter, quote, decimalComma },
    setAside: told(true),
    flagged: told(false),
    mayBeSensitive: suggestions(read, answers),
    notes,
    copied: {
      path: rows.path,
      rewritten: rows.fate === 'copy' && rows.reasons.length > 0,
      reasons: rows.reasons,
      there: rows.fate === 'there',
    },
  };
}

function suggestions({ sensitive, profile }: DataRead, answers: Answers): string[] {
  const allowed = new Set(groupings(profile).map(({ name }) => name));
  return sensitive.filter(
    (name) => allowed.has(name) && name !== answers.target && !answers.sensitive.includes(name),
  );
}

/** `churn.csv: 7,043 rows, 21 columns; semicolon, double quotes, Latin-1` */
export function readLine({ shown, format, profile }: DataRead): string {
  const { gzip, encoding, quote, decimalComma } = format;
  const written = [
    delimiterName(format),
    quote === '"' ? 'double quotes' : 'single quotes',
    ENCODING_NAMES[encoding],
    ...(gzip ? ['gzip'] : []),
    ...(decimalComma ? ['decimal comma'] : []),
  ];
  return `${seen(shown)}: ${counted(profile.rows, 'row')}, ${counted(profile.columns.length, 'column')}; ${written.join(', ')}`;
}

const counted = (count: number, what: string): string =>
  `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;

/** What was made of the columns, before anything is said of files. */
export function columnLines(
  told: DataTold,
  contract: string,
  dryRun: boolean,
  chosen: readonly string[] = [],
): string[] {
  const { setAside, flagged, mayBeSensitive, notes } = told;
  const lines: string[] = [];
  let left: number = FOLD.columns;
  for (const [heading, columns] of [
    ['Set aside, not fed to the model:', setAside],
    ['Fed to the model, but look at them:', flagged],
  ] as const) {
    const some = rarest(columns, left);
    left -= some.length;
    if (some.length)
      lines.push(heading, ...some.map(({ column, why }) => `  ${named(column)}: ${seen(why)}`));
  }
  const more = setAside.length + flagged.length - FOLD.columns;
  if (more > 0) lines.push(`  and ${more} more: ${contract} says it of each column`);
  if (mayBeSensitive.length) {
    const some = mayBeSensitive.slice(0, FOLD.columns);
    // The command sets the whole list.
    const all = [...chosen, ...some];
    lines.push(
      `May name groups of people: ${some.map(named).join(', ')}${mayBeSensitive.length > some.length ? ', …' : ''}. ` +
        'Fairness is measured by them when you say so' +
        (all.every((name) => /^[\p{L}\p{N}_.-]+$/u.test(name))
          ? `: ${dryRun ? '--' : 'azmlops set '}sensitive=${all.join(',')}`
          : '.'),
    );
  }
  lines.push(...notes.slice(0, FOLD.notes).map((note) => clipped(seen(note), 300)));
  if (notes.length > FOLD.notes) lines.push(`and ${notes.length - FOLD.notes} more such columns`);
  return lines;
}

/** As many as there is room for, in the order of the file: a leak is not to hide behind twenty constants. */
function rarest(columns: readonly ColumnTold[], room: number): ColumnTold[] {
  const often = (why: string) => columns.filter((column) => column.why === why).length;
  const kept = new Set(
    columns
      .map((column) => ({ column, often: often(column.why) }))
      .sort((one, other) => one.often - other.often)
      .slice(0, room)
      .map(({ column }) => column),
  );
  return columns.filter((column) => kept.has(column));
}

/** Where the rows are now. */
export function rowsLine({ copied }: DataTold, dryRun: boolean, ignored: boolean): string {
  const { path, rewritten, reasons, there } = copied;
  const would = dryRun ? 'would be ' : '';
  const how = there
    ? `stay in ${path}`
    : rewritten
      ? `${would}rewritten to ${path} in UTF-8, with commas and double quotes (the file has: ${reasons.join(', ')})`
      : `${would}copied to ${path}, byte for byte`;
  return `The rows ${dryRun || there ? '' : 'are '}${how}${ignored ? '; git ignores them' : ''}.`;
}

/** What somebody must know before trusting a model of these rows. */
export function dataWarnings({ read, rows }: Own, answers: Answers, exposed: readonly string[]): string[] {
  const warnings: string[] = [];
  const count = read.profile.rows;
  if (count < FEW_ROWS)
    warnings.push(
      `${read.shown} has only ${counted(count, 'row')}: what is measured on so few is mostly chance.`,
    );
  warnings.push(...targetWarnings(read.profile, read.counts, answers));
  if (rows.beside.length)
    warnings.push(
      `All CSV files of data/raw are read as one table, and there are others: ${rows.beside.slice(0, 3).join(', ')}` +
        `${rows.beside.length > 3 ? ', …' : ''}. Move them away if they are none of it.`,
    );
  for (const path of exposed)
    warnings.push(
      `${path} holds rows, and git does not ignore it: move it out of the repository, or name it in .gitignore, ` +
        'before git add.',
    );
  return warnings;
}

const named = (name: string): string => seen(columnWord(name));

const clipped = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;
