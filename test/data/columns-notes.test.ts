import { describe, expect, it } from 'vitest';
import { numbered, repeated, told } from './columns-told.js';

const notes = (table: Record<string, readonly string[]>, delimiter: ',' | ';' = ','): readonly string[] =>
  told(table, delimiter).notes;

const years = numbered(30, (i) => String(i * i));

describe('what somebody should know of the columns', () => {
  it('is nothing, when they are what they were meant to be', () => {
    expect(
      notes({
        id: numbered(30, String),
        price: numbered(30, (i) => `${i}.25`),
        city: repeated(['Paris', 'Rome', ''], 30),
        day: repeated(['2024-01-01', '2024-01-02'], 30),
        words: numbered(30, (i) => `some words of ${i}`),
        flag: repeated(['True', 'false'], 30),
      }),
    ).toEqual([]);
  });

  it.each<[string, string[], RegExp]>([
    [
      'dates of another kind',
      numbered(28, (i) => `${i + 1}.12.2024`),
      /^"x" holds dates.*2024-12-31: it is read as text\.$/,
    ],
    ['American dates', numbered(28, (i) => `12/${i + 1}/2024 10:30`), /^"x" holds dates/],
    ['dates with words', numbered(28, (i) => `Dec ${i + 1}, 2024`), /^"x" holds dates/],
    ['thousands', numbered(30, (i) => `${i + 1},250`), /^"x" holds numbers with units or with separators/],
    [
      'thousands, some of them',
      [...years, '1,050', '2,000'],
      /^"x" holds numbers with units or with separators/,
    ],
    ['spaces between thousands', numbered(30, (i) => `${i + 1} 250`), /^"x" holds numbers with units/],
    ['percents', numbered(30, (i) => `${i} %`), /^"x" holds numbers with units/],
    ['prices', numbered(30, (i) => `$${i}.50`), /^"x" holds numbers with units/],
    ['units', numbered(30, (i) => `${i} km²`), /^"x" holds numbers with units/],
    [
      'leading zeros',
      repeated(['007', '010', '100'], 30),
      /^"x" holds digits with leading zeros.* it is read as text/,
    ],
    [
      'a word among numbers',
      [...years, 'unknown'],
      /^"x" would be a column of numbers but for "unknown": it is read as text\. Where/,
    ],
    ['infinity among numbers', [...years, 'inf'], /^"x" would be a column of numbers but for "inf"/],
    [
      'a long text among numbers',
      [...years, 'w '.repeat(40)],
      /^"x" would be a column of numbers but for a few values/,
    ],
    [
      'two spellings',
      repeated(['Yes', 'no', 'yes'], 30),
      /^"x" holds categories that differ by capital letters only, "Yes" and "yes": /,
    ],
  ])('is that a column holds %s', (_, x, note) => {
    const found = notes({ x });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(note);
  });

  it('is a word among numbers even when it comes after very many', () => {
    expect(notes({ x: [...numbered(30_000, (i) => `${i % 5000}`), 'oops'] })).toEqual([
      expect.stringMatching(/^"x" would be a column of numbers but for "oops"/),
    ]);
  });

  it('is that decimals may be thousands, where they could', () => {
    expect(notes({ a: repeated(['1,250', '12,000', '3'], 30), b: years }, ';')).toEqual([
      expect.stringMatching(/^"a" has three digits after each point or comma/),
    ]);
    expect(notes({ a: repeated(['1.250', '12.000'], 30), b: years }, ';')).toHaveLength(1);
    expect(notes({ a: repeated(['1.250', '12.000'], 30), b: years })).toEqual([]);
    expect(notes({ a: repeated(['0,250', '12,000'], 30), b: repeated(['1,25', '1,250'], 30) }, ';')).toEqual(
      [],
    );
    expect(notes({ a: repeated(['1,250', '1250'], 30), b: years }, ';')).toEqual([]);
  });

  it('is that a column has decimal points and commas', () => {
    expect(notes({ x: repeated(['1,5', '2.5'], 30), y: years }, ';')).toEqual([
      '"x" holds numbers with a decimal point and others with a comma: it is read as text.',
    ]);
  });

  it('is that line 1 may hold values', () => {
    expect(notes({ '150': years, '4.5': years, setosa: years })).toEqual([
      'Line 1 names columns "150" and "4.5": if it holds values, put a line of names above it.',
    ]);
  });

  it('is that there are more columns than rows', () => {
    const table = Object.fromEntries(
      numbered(11, (i) => `c${i}`).map((name) => [name, numbered(10, String)]),
    );
    expect(notes(table)).toEqual([
      'There are more columns (11) than rows (10): a model can learn such rows by heart.',
    ]);
  });

  it('is one sentence for many columns, a few of which are named', () => {
    const table = Object.fromEntries(
      numbered(9, (i) => `c"${i}`).map((name) => [name, numbered(30, (i) => `$${i}`)]),
    );
    expect(notes(table)).toEqual([
      '"c\\"0", "c\\"1", "c\\"2" and 6 more hold numbers with units or with separators between thousands: they are read as text.',
    ]);
  });

  it('is nothing of personal columns', () => {
    expect(
      notes({
        name: repeated(['ADA', 'ada'], 30),
        zip: repeated(['01067', '10115'], 30),
        dob: repeated(['1.2.2001', '3.4.1999'], 30),
      }),
    ).toEqual([]);
  });
});
