import type { Column, ColumnType } from '../../profile/profile.js';
import { type Gathered, MOST_CATEGORIES, MOST_DISTINCT, LONGEST_CATEGORY } from './gathered.js';
import { personalKind, type PersonalKind } from './personal.js';
import { wordsOf } from './words.js';

const FEWEST_FOR_ID = 20;
const LONGEST_ID = 64;
const LONGEST_OF_MANY = 60;
const SHARE_OF_ROWS = 0.05;
/** A column of so few values that say nothing of anybody (yes, none) is no personal data, whatever its name. */
const FEW_CODES = 5;

/** The last word of a name that says whose the row is, which may come back in other rows: customer_id. */
const ID_WORDS = new Set(
  (
    'id ids uuid guid rowid userid customerid clientid patientid employeeid orderid transactionid sessionid ' +
    'accountid productid recordid'
  ).split(' '),
);
/** One that counts the rows, when each has another. */
const NUMBER_WORDS = new Set('key index idx no nr num number nummer numero'.split(' '));

/** What a column is, before it is known what the others are. */
export interface Decided {
  readonly name: string;
  readonly type: ColumnType;
  readonly gathered: Gathered;
  /** How many different values there are, as its type tells them apart; none when more than are kept. */
  readonly distinct: number | undefined;
  readonly constant: boolean;
  readonly personal: boolean;
  /** How often each value came, when there are few. */
  readonly counts: ReadonlyMap<string, number> | undefined;
}

export function decide(name: string, gathered: Gathered): Decided {
  const numeric = gathered.present > 0 && gathered.couldBeNumber;
  const counts = countsOf(gathered, numeric);
  const distinct = counts?.size ?? differentOf(gathered, numeric);
  const type = typeOf(name, gathered, distinct);
  return {
    name,
    type,
    gathered,
    distinct,
    constant: distinct === 0 || (distinct === 1 && gathered.missing === 0),
    personal: isPersonal(name, type, gathered, distinct),
    counts: type === 'id' || type === 'text' ? undefined : counts,
  };
}

/** As the profile tells it; of a personal column next to nothing. */
export function columnOf(decided: Decided, same: string | undefined): Column {
  const { name, type, gathered, distinct, constant, counts } = decided;
  const missing = shareOf(gathered.missing, gathered.rows);
  if (decided.personal) return { name, type, missing, personal: true };
  const ranged = type === 'whole' || type === 'decimal';
  const named = type === 'category' || type === 'whole';
  return {
    name,
    type,
    missing,
    ...(ranged ? { min: gathered.min, max: gathered.max } : {}),
    ...(named && counts ? { categories: [...counts.keys()] } : {}),
    ...(distinct !== undefined && distinct <= MOST_DISTINCT ? { distinct } : {}),
    ...(constant ? { constant } : {}),
    ...(same === undefined ? {} : { same }),
  };
}

/** To four digits, but never none when some are missing, nor all when some are there. */
function shareOf(missing: number, rows: number): number {
  if (missing === 0 || missing === rows) return rows && missing / rows;
  return Math.min(Math.max(Math.round((missing / rows) * 1e4), 1), 9999) / 1e4;
}

function typeOf(name: string, gathered: Gathered, distinct: number | undefined): ColumnType {
  const { present, longest } = gathered;
  if (present === 0) return 'text';
  if (gathered.couldBeBoolean) return 'boolean';
  if (gathered.couldBeNumber) {
    if (gathered.fraction) return 'decimal';
    const counted = areUnique(gathered, distinct) && (gathered.consecutive || numbersRows(name));
    return counted || (namesId(name) && areMany(gathered, distinct)) ? 'id' : 'whole';
  }
  if (gathered.couldBeDate) return 'date';
  const { shapes } = gathered;
  // What is a number or a date to people identifies no row, however different each is.
  const otherwise = shapes.most(shapes.dates) || shapes.areAmounts || shapes.areNearlyNumbers;
  if (areUnique(gathered, distinct) && !otherwise) {
    if (numbersRows(name) || (!gathered.spaces && longest <= LONGEST_ID)) return 'id';
  }
  if (namesId(name) && longest <= LONGEST_ID && areMany(gathered, distinct)) return 'id';
  if (distinct === undefined || longest > LONGEST_CATEGORY) return 'text';
  if (distinct <= MOST_CATEGORIES) return 'category';
  const few = distinct <= MOST_DISTINCT && distinct <= SHARE_OF_ROWS * gathered.rows;
  return few && longest <= LONGEST_OF_MANY ? 'category' : 'text';
}

/** All different, as far as they are kept. */
function areUnique({ rows, missing, differed }: Gathered, distinct: number | undefined): boolean {
  return rows >= FEWEST_FOR_ID && missing === 0 && (distinct === undefined ? differed : distinct === rows);
}

/** Too many for what could be classes of something. */
const areMany = ({ rows }: Gathered, distinct = Infinity): boolean =>
  distinct > Math.max(MOST_CATEGORIES, SHARE_OF_ROWS * rows);

const namesId = (name: string): boolean => ID_WORDS.has(wordsOf(name).at(-1) ?? '');

const numbersRows = (name: string): boolean => namesId(name) || NUMBER_WORDS.has(wordsOf(name).at(-1) ?? '');

function isPersonal(
  name: string,
  type: ColumnType,
  gathered: Gathered,
  distinct: number | undefined,
): boolean {
  const { shapes } = gathered;
  if (type === 'boolean' || gathered.present === 0) return false;
  if (shapes.most(shapes.personal)) return true;
  const kind = personalKind(name);
  if (!kind) return false;
  if (gathered.couldBeNumber) return isLikely(kind, gathered);
  if (type === 'date') return kind.dates === true;
  if (kind.digits && !shapes.most(shapes.digits)) return false;
  return kind.with !== undefined || shapes.telling > 0 || (distinct ?? Infinity) > FEW_CODES;
}

function isLikely({ from, to = Infinity }: PersonalKind, { min, max }: Gathered): boolean {
  if (from === undefined) return false;
  return from < 0 ? min >= from && max <= to : max >= from;
}

/** In the order of code points, as Python sorts. */
const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** How often each value came, by what the type takes for one value: 1 and 1.0 are, True and true are. */
function countsOf(gathered: Gathered, numeric: boolean): ReadonlyMap<string, number> | undefined {
  const { distinct, texts } = gathered;
  if (!distinct) return undefined;
  const counts = new Map<string, number>();
  if (!numeric && texts.length < distinct.size && !gathered.couldBeBoolean) return undefined;
  for (let place = 0; place < distinct.size; place++) {
    const text = texts[place] ?? '';
    const value = numeric
      ? String(distinct.numbers[place])
      : gathered.couldBeBoolean
        ? text.toLowerCase()
        : text;
    counts.set(value, (counts.get(value) ?? 0) + (distinct.counts[place] ?? 0));
    if (counts.size > MOST_CATEGORIES) return undefined;
  }
  return new Map([...counts].sort(([a], [b]) => byCodePoint(a, b)));
}

function differentOf({ distinct }: Gathered, numeric: boolean): number | undefined {
  if (!distinct) return undefined;
  return numeric ? new Set(distinct.numbers.subarray(0, distinct.size)).size : distinct.size;
}
