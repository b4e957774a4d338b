import { MISSING } from '../missing.js';
import { apart } from './apart.js';
import { isDate } from './dates.js';
import { Distinct } from './distinct.js';
import { SequenceHash, TextHash } from './hash.js';
import { NumberReader } from './numbers.js';
import { Shapes } from './shapes.js';

/** Longer values are no categories, however few they are. */
export const LONGEST_CATEGORY = 200;
export const MOST_CATEGORIES = 20;
export const MOST_DISTINCT = 1000;

const missing = new Set(MISSING);
const LONGEST_MISSING = Math.max(...MISSING.map(({ length }) => length));
/** By the code of a first character: nearly every value that is there is told by it. */
const mayBeMissing = new Uint8Array(128);
for (const text of MISSING) if (text) mayBeMissing[text.charCodeAt(0)] = 1;

function isMissing(value: string): boolean {
  if (value.length === 0) return true;
  if (value.length > LONGEST_MISSING) return false;
  const code = value.charCodeAt(0);
  return code < 128 && mayBeMissing[code] === 1 && missing.has(value);
}

/** The bits of a number, without making anything new. */
const scratch = new Float64Array(1);
const bits = new Int32Array(scratch.buffer);

/** What all columns read with. */
export class Readers {
  readonly hash = new TextHash();
  readonly numbers: NumberReader;

  constructor(
    comma: boolean,
    /** How many different values of a column are kept. */
    readonly limit: number,
  ) {
    this.numbers = new NumberReader(comma);
  }
}

/** One column as it goes by: everything that its type, range and likeness to others are told from. */
export class Gathered {
  rows = 0;
  missing = 0;
  /** None once there are more than the limit; nothing of the kind is asked any more then. */
  distinct: Distinct | undefined;
  /** All values were different when the limit was reached. */
  differed = false;
  /** The first different values. */
  readonly texts: string[] = [];
  readonly shapes = new Shapes();

  couldBeNumber = true;
  couldBeBoolean = true;
  couldBeDate = true;
  /** Of numbers. */
  min = Infinity;
  max = -Infinity;
  fraction = false;
  separator: 'point' | 'comma' | 'mixed' | undefined;
  /** Each decimal sign could as well stand between thousands: 1.234, 12.000. */
  thousands = true;
  /** Each value is one more than that of the row above. */
  consecutive = true;
  private last = NaN;
  longest = 0;
  spaces = false;

  private readonly values = new SequenceHash();
  private readonly order = new SequenceHash();
  /** Before which of the different values a missing one first came. */
  private missingBefore = Infinity;

  constructor(private readonly readers: Readers) {
    this.distinct = new Distinct(readers.limit);
  }

  add(value: string): void {
    this.rows++;
    if (isMissing(value)) return this.miss();
    const { hash } = this.readers;
    const { distinct } = this;
    if (!distinct) {
      this.look(value);
      if (this.couldBeNumber) return this.follow(this.readers.numbers.value);
      hash.read(value);
      return this.values.add(hash.low, hash.high);
    }
    hash.read(value);
    const { low, high } = hash;
    let place = distinct.find(low, high);
    if (place >= 0) (distinct.counts[place] as number)++;
    else {
      this.look(value);
      place = this.keep(distinct, value, low, high);
    }
    this.order.add(place < this.missingBefore ? place : place + 1, 0);
    if (this.couldBeNumber) this.follow(distinct.numbers[place] ?? this.readers.numbers.value);
    else this.values.add(low, high);
  }

  get present(): number {
    return this.rows - this.missing;
  }

  /** Two columns with the same say the same in every row: the same texts, or the same numbers however written. */
  get valuesSaid(): string {
    return `${this.values.text} ${this.missing}`;
  }

  /** Two columns with the same are one-to-one: where one repeats a value, so does the other. */
  get orderSaid(): string | undefined {
    return this.distinct && this.order.text;
  }

  private miss(): void {
    if (this.missing++ === 0 && this.distinct) this.missingBefore = this.distinct.size;
    this.values.add(-1, -1);
    this.order.add(this.missingBefore, 0);
  }

  /** Asks of a value that was not seen before, or may not have been, what only values can tell. */
  private look(value: string): void {
    if (this.couldBeNumber) this.couldBeNumber = this.isNumber(value);
    if (!this.couldBeNumber) {
      if (this.couldBeBoolean) this.couldBeBoolean = isBoolean(value);
      if (this.couldBeDate) this.couldBeDate = isDate(value);
      if (!this.spaces) this.spaces = value.includes(' ');
    } else {
      this.couldBeBoolean = false;
      this.couldBeDate = false;
    }
    if (value.length > this.longest) this.longest = value.length;
    this.shapes.look(value, this.couldBeNumber, this.readers.numbers);
  }

  private keep(distinct: Distinct, value: string, low: number, high: number): number {
    if (distinct.size === distinct.limit) {
      this.differed = this.present - 1 === distinct.size;
      this.distinct = undefined;
      return distinct.size;
    }
    const place = distinct.add(low, high);
    if (this.couldBeNumber) distinct.numbers[place] = this.readers.numbers.value;
    const kept = place < MOST_CATEGORIES || this.couldBeBoolean;
    if (kept && value.length <= LONGEST_CATEGORY) this.texts.push(apart(value));
    return place;
  }

  private isNumber(value: string): boolean {
    const { numbers } = this.readers;
    if (!numbers.read(value)) return false;
    const { form, value: number } = numbers;
    if (form !== 'whole') {
      const separator = form === 'comma' ? 'comma' : 'point';
      if (this.separator !== undefined && this.separator !== separator) {
        this.separator = 'mixed';
        return false;
      }
      this.separator = separator;
      if (form === 'exponent' || !isWhole(number)) this.fraction = true;
    }
    if (this.thousands) this.thousands = form === 'whole' ? Math.abs(number) < 1000 : isThousands(numbers);
    if (number < this.min) this.min = number;
    if (number > this.max) this.max = number;
    return true;
  }

  private follow(number: number): void {
    if (this.consecutive) {
      this.consecutive = Number.isNaN(this.last) || number === this.last + 1;
      this.last = number;
    }
    scratch[0] = number;
    this.values.add(bits[0] as number, bits[1] as number);
  }
}

const isWhole = (number: number): boolean =>
  Number.isInteger(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER + 1;

const isThousands = ({ form, decimals, value }: NumberReader): boolean =>
  form !== 'exponent' && decimals === 3 && Math.abs(value) >= 1 && Math.abs(value) < 1000;

function isBoolean(value: string): boolean {
  if (value.length !== 4 && value.length !== 5) return false;
  const lower = value.toLowerCase();
  return lower === 'true' || lower === 'false';
}
