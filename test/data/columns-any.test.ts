import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MISSING } from '../../src/data/missing.js';
import { isDate } from '../../src/data/columns/dates.js';
import { NumberReader } from '../../src/data/columns/numbers.js';
import { column, numbered, told } from './columns-told.js';

const missing = fc.constantFrom(...MISSING);
const rows = { minLength: 8, maxLength: 40 };

const odd = fc.string({ unit: fc.constantFrom(...' \0\n\t"\',;:/=@+-.%0159aZé€😀\u202e\ud800') });

const share = (values: readonly string[]): number =>
  Math.round((values.filter((value) => MISSING.includes(value)).length / values.length) * 1e4) / 1e4;

const present = (values: readonly string[]): string[] => values.filter((value) => !MISSING.includes(value));

const some = (value: fc.Arbitrary<string>): fc.Arbitrary<string[]> =>
  fc
    .array(fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: missing }), rows)
    .filter((values) => present(values).length > 0);

const whole = fc
  .oneof(fc.integer({ min: -50, max: 50 }), fc.maxSafeInteger())
  .chain((number) => fc.constantFrom(`${number}`, `${number}.0`, `${number}.`, `${number}.000`));
// Whole ones of so many digits are codes when no exponent tells otherwise.
const decimal = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((number) => (/^-?\d{16,}$/.test(String(number)) ? number.toExponential() : String(number)));
const boolean = fc.constantFrom('true', 'false', 'True', 'False', 'TRUE', 'FALSE');
const date = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
  .chain((day) => {
    const text = day.toISOString();
    return fc.constantFrom(text, text.slice(0, 10), text.slice(0, 16), text.slice(0, 19).replace('T', ' '));
  });
const word = fc.stringMatching(/^[a-zà-ü]{2,6}( [A-Z]{2,4})?$/).filter((text) => present([text]).length > 0);

fc.configureGlobal({ numRuns: 50 });

describe('any values', () => {
  it('of whole numbers come back as such, however they are written', () => {
    fc.assert(
      fc.property(some(whole), (values) => {
        const numbers = present(values).map(Number);
        const told = column(values);
        expect(told).toMatchObject({ type: 'whole', missing: share(values) });
        expect(told.min).toBe(Math.min(...numbers) + 0);
        expect(told.max).toBe(Math.max(...numbers) + 0);
        const different = new Set(numbers.map((number) => String(number + 0)));
        expect(told.distinct).toBe(different.size);
        if (different.size <= 20) expect(new Set(told.categories)).toEqual(different);
        else expect(told).not.toHaveProperty('categories');
      }),
    );
  });

  it('of decimal numbers come back as such', () => {
    fc.assert(
      fc.property(some(decimal), (values) => {
        const numbers = present(values).map(Number);
        const told = column(['0.5', ...values]);
        expect(told.type).toBe('decimal');
        expect(told.min).toBe(Math.min(0.5, ...numbers));
        expect(told.max).toBe(Math.max(0.5, ...numbers));
        expect(told).not.toHaveProperty('categories');
      }),
    );
  });

  it('of truth, dates and few words come back as such', () => {
    fc.assert(
      fc.property(some(boolean), some(date), (flags, days) => {
        expect(column(flags)).toMatchObject({ type: 'boolean', missing: share(flags) });
        expect(column(days)).toMatchObject({ type: 'date', missing: share(days) });
      }),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 1, maxLength: 20 }),
        some(fc.nat(19).map(String)),
        (list, at) => {
          const values = at.map((index) =>
            MISSING.includes(index) ? index : (list[Number(index) % list.length] ?? ''),
          );
          const told = column([...values, ...values, ...values]);
          const different = [...new Set(present(values))];
          expect(told).toMatchObject({
            type: 'category',
            missing: share(values),
            distinct: different.length,
          });
          expect(told.categories).toEqual(
            different.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
          );
        },
      ),
    );
  });

  it('tell the same in any order', () => {
    const any = fc.oneof(
      some(whole),
      some(decimal),
      some(boolean),
      some(date),
      some(word),
      some(fc.string()),
    );
    fc.assert(
      fc.property(any, fc.infiniteStream(fc.nat()), (values, keys) => {
        // An index is told by its order.
        fc.pre(column(values).type !== 'id');
        const order = values.map((value) => ({ value, key: keys.next().value as number }));
        const shuffled = order.sort((a, b) => a.key - b.key).map(({ value }) => value);
        expect(column(shuffled)).toEqual(column(values));
      }),
    );
  });

  it('at all are gathered, under any names', () => {
    const table = fc.array(fc.array(odd, { minLength: 3, maxLength: 3 }), {
      minLength: 8,
      maxLength: 20,
    });
    const names = fc.uniqueArray(odd, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(names, table, fc.constantFrom(',', ';'), (names, table, delimiter) => {
        const result = told(
          Object.fromEntries(names.map((name, at) => [`${name} ${at}`, table.map((row) => row[at] ?? '')])),
          delimiter,
        );
        expect(result.profile.rows).toBe(table.length);
        expect(result.profile.columns).toHaveLength(3);
        for (const { missing } of result.profile.columns) expect(missing >= 0 && missing <= 1).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it('are numbers when a plain pattern says so, and then what JavaScript reads', () => {
    const text = fc.oneof(
      fc.stringMatching(/^[-+0-9.,eE]{1,12}$/),
      fc.stringMatching(/^-?\d{1,20}([.,]\d{0,20})?$/),
    );
    fc.assert(
      fc.property(text, fc.boolean(), (text, comma) => {
        const reader = new NumberReader(comma);
        const point = /^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text);
        const withComma = comma && /^-?(?:0|[1-9]\d*),\d+$/.test(text);
        const number = Number(text.replace(',', '.'));
        const inexact = /^-?\d+$/.test(text) && BigInt(text) ** 2n > 2n ** 106n;
        expect(reader.read(text)).toBe((point || withComma) && Number.isFinite(number) && !inexact);
        if (point || withComma)
          if (!inexact && Number.isFinite(number)) expect(reader.value).toBe(number + 0);
      }),
      { numRuns: 500 },
    );
  });

  it('are dates when the calendar has them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), fc.nat(15), fc.nat(34), (year, month, day) => {
        const pad = (number: number, digits = 2) => String(number).padStart(digits, '0');
        const text = `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
        const read = new Date(`${text}T00:00:00Z`);
        expect(isDate(text)).toBe(!Number.isNaN(read.getTime()) && read.toISOString().startsWith(text));
      }),
      { numRuns: 500 },
    );
  });
});

describe('2,000 columns', () => {
  it('are gathered quickly', () => {
    const names = numbered(2000, (i) => `c${i}`);
    const values = numbered(2100, (i) => (i % 3 ? `${i % 100}.5` : `v${i}`));
    const table = Object.fromEntries(
      names.map((name, at) => [name, [...values.slice(at, at + 40), ...values].slice(0, 40)]),
    );
    const start = process.cpuUsage();
    expect(told(table).profile.columns).toHaveLength(2000);
    // Microseconds; what others compute meanwhile is not counted.
    expect(process.cpuUsage(start).user).toBeLessThan(20_000_000);
  });
});
