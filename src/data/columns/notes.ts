import type { Decided } from './decide.js';

const SHOWN = 3;

/** What may be so of a column, and the sentence of all columns of which it is. */
interface Remark {
  readonly fits: (column: Decided, table: Table) => boolean;
  readonly say: (names: string, many: boolean, columns: readonly Decided[]) => string;
}

interface Table {
  readonly rows: number;
  /** Points may stand between thousands. */
  readonly commas: boolean;
}

const REMARKS: readonly Remark[] = [
  {
    fits: ({ gathered }) => gathered.separator === 'mixed',
    say: (names, many) =>
      `${names} ${many ? 'hold' : 'holds'} numbers with a decimal point and others with a comma: ${read(many)}.`,
  },
  {
    fits: (column) => isPlain(column) && column.gathered.shapes.areNearlyNumbers,
    say: (names, many, [first]) => {
      const odd = first?.gathered.shapes.odd;
      const but = odd === undefined || many ? 'a few values' : JSON.stringify(odd);
      return `${names} would be ${many ? 'columns' : 'a column'} of numbers but for ${but}: ${read(many)}. Where a value is missing, leave it empty.`;
    },
  },
  {
    fits: (column) => isPlain(column) && column.gathered.shapes.areAmounts,
    say: (names, many) =>
      `${names} ${many ? 'hold' : 'holds'} numbers with units or with separators between thousands: ${read(many)}.`,
  },
  {
    fits: (column) => isPlain(column) && column.gathered.shapes.most(column.gathered.shapes.dates),
    say: (names, many) =>
      `${names} ${many ? 'hold' : 'holds'} dates that are not written like 2024-12-31: ${read(many)}.`,
  },
  {
    fits: ({ gathered }, { commas }) =>
      gathered.couldBeNumber && gathered.separator !== undefined && gathered.thousands && commas,
    say: (names, many) =>
      `${names} ${many ? 'have' : 'has'} three digits after each point or comma, which are read as decimals: if they are thousands, take that sign out.`,
  },
  {
    fits: (column) => isPlain(column) && holdsCodes(column),
    say: (names, many) =>
      `${names} ${many ? 'hold' : 'holds'} digits with leading zeros, with a plus sign or too many for a number: ${read(many)}, as codes.`,
  },
  {
    fits: ({ type, counts }) => type === 'category' && twins(counts) !== undefined,
    say: (names, many, [first]) => {
      const example = twins(first?.counts)
        ?.map((text) => JSON.stringify(text))
        .join(' and ');
      return `${names} ${many ? 'hold' : 'holds'} categories that differ by capital letters only${many ? '' : `, ${example}`}: each counts by itself.`;
    },
  },
];

const NUMERIC_NAME = /^[+-]?\d+(?:[.,]\d+)?$/;

/** A sentence each of what somebody should know of single columns, besides what the profile says. */
export function notesOf(columns: readonly Decided[], table: Table): string[] {
  const notes: string[] = [];
  const values = columns.filter(({ name }) => NUMERIC_NAME.test(name));
  if (values.length) {
    notes.push(
      `Line 1 names ${values.length > 1 ? 'columns' : 'a column'} ${named(values)}: if it holds values, put a line of names above it.`,
    );
  }
  for (const { fits, say } of REMARKS) {
    const found = columns.filter((column) => !column.personal && fits(column, table));
    if (found.length) notes.push(say(named(found), found.length > 1, found));
  }
  if (columns.length > table.rows) {
    notes.push(
      `There are more columns (${columns.length}) than rows (${table.rows}): a model can learn such rows by heart.`,
    );
  }
  return notes;
}

function named(columns: readonly Decided[]): string {
  const names = columns.map(({ name }) => JSON.stringify(name));
  if (names.length > SHOWN + 1) return `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names.join('');
}

const read = (many: boolean): string => (many ? 'they are read as text' : 'it is read as text');

const isPlain = ({ type }: Decided): boolean => type === 'category' || type === 'text';

function holdsCodes({ gathered: { shapes } }: Decided): boolean {
  return shapes.codes > 0 && shapes.most(shapes.codes + shapes.numbers);
}

/** Two of the categories that are the same but for capital letters. */
function twins(counts: ReadonlyMap<string, number> | undefined): [string, string] | undefined {
  const seen = new Map<string, string>();
  for (const text of counts?.keys() ?? []) {
    const other = seen.get(text.toLowerCase());
    if (other !== undefined) return [other, text];
    seen.set(text.toLowerCase(), text);
  }
  return undefined;
}
