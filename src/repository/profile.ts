import { nearest } from '../answers/nearest.js';
import { COLUMN_TYPES, type Profile } from '../profile/profile.js';

/** More is not ours: the widest data that is taken has fewer columns, and each tells little. */
const MOST = { text: 64 * 1024 * 1024, columns: 2000, categories: 20, distinct: 1000 } as const;

/**
 * A profile as a repository keeps it.
 *
 * @throws Error saying what is wrong with it, as the end of a sentence that begins with its path
 */
export function readProfile(text: string): Profile {
  if (text.length > MOST.text) throw new Error('is larger than any profile');
  const profile = parsed(text);
  if (!isRecord(profile) || profile.version !== 1) throw new Error('is no profile of version 1');
  const extra = Object.keys(profile).find((key) => !KEYS.includes(key));
  if (extra !== undefined) throw new Error(`has a key ${JSON.stringify(extra)} that no profile has`);
  if (!isCount(profile.rows)) throw new Error('has no count of rows');
  if (profile.example !== undefined && typeof profile.example !== 'boolean')
    throw new Error('has an example that is neither true nor false');
  const { columns } = profile;
  if (!Array.isArray(columns) || !columns.length) throw new Error('has no columns');
  if (columns.length > MOST.columns) throw new Error(`has more than ${MOST.columns} columns`);
  const names = new Set<string>();
  columns.forEach((column: unknown, at) => {
    const named = isRecord(column) && typeof column.name === 'string' ? column.name : '';
    const wrong = isRecord(column) ? problemOf(column, names) : 'it is no column';
    const where = named ? `${at + 1} (${JSON.stringify(named)})` : String(at + 1);
    if (wrong) throw new Error(`is wrong in column ${where}: ${wrong}`);
    names.add(named);
  });
  return profile as unknown as Profile;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

const KEYS = ['version', 'rows', 'example', 'columns'];

type Json = Readonly<Record<string, unknown>>;

/** What is wrong with the value of a key; `column` is all of its column, `before` names those further left. */
type Rule = (value: unknown, column: Json, before: ReadonlySet<string>) => string | undefined;

const RULES: Readonly<Record<string, Rule>> = {
  name: (name, _, before) => {
    if (typeof name !== 'string' || !name) return 'it has no name';
    return before.has(name) ? 'it stands there twice' : undefined;
  },
  type: (type) =>
    COLUMN_TYPES.some((each) => each === type) ? undefined : `its type is none of ${COLUMN_TYPES.join(', ')}`,
  missing: (share) =>
    typeof share === 'number' && share >= 0 && share <= 1 ? undefined : 'missing is no share from 0 to 1',
  min: (min, { type, max }) => {
    if (type !== 'whole' && type !== 'decimal') return 'only numbers have min and max';
    const fits = [min, max].every((each) =>
      type === 'whole' ? Number.isInteger(each) : Number.isFinite(each),
    );
    return fits && Number(min) <= Number(max) ? undefined : `min and max are no range of type ${type}`;
  },
  max: (_, { min }) => (min === undefined ? 'it has max and no min' : undefined),
  categories: (values, { type }) => {
    if (type !== 'category' && type !== 'whole') return `no categories are listed of type ${String(type)}`;
    const fits = type === 'whole' ? /^-?\d+$/ : /./su;
    const are = Array.isArray(values) && values.every((each) => typeof each === 'string' && fits.test(each));
    if (!are || !values.length)
      return `its categories are no list of ${type === 'whole' ? 'whole numbers as text' : 'texts'}`;
    if (values.length > MOST.categories) return `it has more than ${MOST.categories} categories`;
    return new Set(values).size < values.length ? 'a category stands there twice' : undefined;
  },
  distinct: (count) =>
    isCount(count) && count <= MOST.distinct ? undefined : `distinct is no count up to ${MOST.distinct}`,
  personal: (personal, column) => {
    if (typeof personal !== 'boolean') return 'personal is neither true nor false';
    const told = ['min', 'max', 'categories', 'distinct', 'same'].filter((key) => column[key] !== undefined);
    return personal && told.length ? `it is personal, so ${told.join(', ')} must not be told` : undefined;
  },
  constant: (constant) => (typeof constant === 'boolean' ? undefined : 'constant is neither true nor false'),
  same: (other, _, before) =>
    typeof other === 'string' && before.has(other) ? undefined : 'same names no column further left',
};

const REQUIRED = ['name', 'type', 'missing'];

function problemOf(column: Json, before: ReadonlySet<string>): string | undefined {
  const extra = Object.keys(column).find((key) => !Object.hasOwn(RULES, key));
  if (extra !== undefined) {
    const near = nearest(extra, Object.keys(RULES));
    const meant = near === undefined ? '' : ` (${near} is)`;
    return `${JSON.stringify(extra)} is nothing that is told of a column${meant}`;
  }
  for (const [key, rule] of Object.entries(RULES)) {
    if (column[key] === undefined && !REQUIRED.includes(key)) continue;
    const wrong = rule(column[key], column, before);
    if (wrong) return wrong;
  }
  return undefined;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
