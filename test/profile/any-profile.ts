import fc from 'fast-check';
import { type Column, COLUMN_TYPES, type Profile } from '../../src/profile/profile.js';

/** Begins each name, so that one that strays into a file is found there. */
export const MARK = 'zq9';

const HOSTILE = [
  '"; rm -rf ~; "',
  "'); DROP TABLE x;--",
  '${{ secrets.TOKEN }}',
  '$(id)',
  '`id`',
  '=HYPERLINK("http://x")',
  '+1',
  '@x',
  '# no comment',
  'two\nlines',
  'a\tb',
  '\\',
  '<%= name %>',
  '*/ {{ x }} %',
  '👩‍🔬 é 日本',
  'class',
  '__proto__',
  'a: b',
  '- x',
  'target, or not',
];

const name = fc
  .oneof(
    fc.constantFrom(...HOSTILE),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !/\p{C}/u.test(text)),
  )
  .map((text) => `${MARK}${text}`.trim());

const category = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom('No', '=1+1', 'a,b', '日本'),
);
const numbers = fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 });
const decimals = fc.double({ noNaN: true, noDefaultInfinity: true });

const ranged = (value: fc.Arbitrary<number>) =>
  fc.tuple(value, value).map(([a, b]) => ({ min: Math.min(a, b) + 0, max: Math.max(a, b) + 0 }));

const few = <T>(value: fc.Arbitrary<T>, least = 2) =>
  fc.uniqueArray(value, { minLength: least, maxLength: 20 });

const told: Record<(typeof COLUMN_TYPES)[number], fc.Arbitrary<Partial<Column>>> = {
  whole: fc.oneof(
    ranged(numbers),
    few(numbers).map((all) => ({
      min: Math.min(...all),
      max: Math.max(...all),
      categories: all.map(String),
      distinct: all.length,
    })),
  ),
  decimal: ranged(decimals),
  boolean: fc.constant({ distinct: 2 }),
  category: fc.oneof(
    few(category).map((categories) => ({ categories, distinct: categories.length })),
    fc.constant({ distinct: 300 }),
  ),
  date: fc.constant({}),
  text: fc.constant({}),
  id: fc.constant({}),
};

const column = fc.constantFrom(...COLUMN_TYPES).chain((type) =>
  fc.record({
    type: fc.constant(type),
    missing: fc.constantFrom(0, 0, 0.25, 0.0058),
    values: fc.oneof(
      { arbitrary: told[type], weight: 6 },
      fc.constant<Partial<Column>>({ personal: true }),
      fc.constant<Partial<Column>>({ constant: true, distinct: 1 }),
    ),
  }),
);

/** Any profile that reading data could make; the second column can be predicted, and the third predict. */
export const anyProfile = (target: fc.Arbitrary<Column>): fc.Arbitrary<Profile> =>
  fc
    .record({
      names: fc.uniqueArray(name, { minLength: 4, maxLength: 14 }),
      columns: fc.array(column, { minLength: 14, maxLength: 14 }),
      same: fc.array(fc.option(fc.nat(13), { freq: 4, nil: undefined }), { minLength: 14, maxLength: 14 }),
      target,
      rows: fc.integer({ min: 100, max: 1_000_000 }),
    })
    .map(({ names, columns, same, target: chosen, rows }) => ({
      version: 1 as const,
      rows,
      columns: names.map((name, at): Column => {
        if (at === 1) return { ...chosen, name };
        if (at === 2) return { name, type: 'decimal', missing: 0, min: 0, max: 1 };
        const { type, missing, values } = columns[at] as (typeof columns)[number];
        const like = same[at];
        const twin =
          like !== undefined && like < at && like !== 2 && !values.personal
            ? { same: names[like] as string }
            : {};
        return { name, type, missing, ...values, ...twin };
      }),
    }));

const target = { name: '', missing: 0 };

export const CLASSES: fc.Arbitrary<Column> = fc.oneof(
  few(category).map((categories) => ({
    ...target,
    type: 'category' as const,
    categories,
    distinct: categories.length,
  })),
  fc.constant({ ...target, type: 'boolean' as const, distinct: 2 }),
  few(fc.nat(50)).map((all) => ({
    ...target,
    type: 'whole' as const,
    min: Math.min(...all),
    max: Math.max(...all),
    categories: all.map(String),
    distinct: all.length,
  })),
);

export const NUMBERS: fc.Arbitrary<Column> = ranged(decimals).map((range) => ({
  ...target,
  type: 'decimal' as const,
  ...range,
}));
