import { describe, expect, it } from 'vitest';
import { MISSING } from '../../src/data/missing.js';
import { column, numbered, repeated, told } from './columns-told.js';

describe('the type of a column', () => {
  it.each([
    ['whole', ['1', '2', '-3', '0']],
    ['whole', ['1.0', '2', '3.']],
    ['whole', ['9007199254740992', '-9007199254740992', '5']],
    ['whole', ['0', '1', '1', '0']],
    ['decimal', ['1', '2.5', '-.5']],
    ['decimal', ['1e5', '1.5e-3', '2E+2']],
    ['decimal', ['9007199254740994.0', '1', '2']],
    ['decimal', ['0.12345678901234567890', '1', '1']],
    ['boolean', ['true', 'FALSE', 'True', 'tRuE']],
    ['category', ['yes', 'no', 'yes']],
    ['category', ['true', 'false', 'maybe']],
    ['category', ['1', '2', '3+']],
    ['category', ['007', '008', '009']],
    ['category', ['00.5', '1.5', '2.5']],
    ['category', ['+49', '+33', '+1']],
    ['category', ['9007199254740993', '1', '2']],
    ['category', ['inf', '1.5', '2.5']],
    ['category', ['1e999', '1', '2']],
    ['category', ['1,234', '5', '6']],
    ['category', ['1 234', '5', '6']],
    ['category', ['1_000', '5', '6']],
    ['category', ['0x1F', '1', '2']],
    ['category', ['1.2.3', '1', '2']],
    ['category', ['1e', 'e1', '--1']],
    ['category', ['٣', '٤', '٥']],
    ['category', ['12 %', '$5', '5']],
    ['date', ['2024-02-29', '1999-12-31']],
    [
      'date',
      ['2024-02-29T12:30', '2024-02-29 23:59:59.123', '2024-02-29T12:30:00Z', '2024-02-29T12:30+01:00'],
    ],
    ['date', ['2024-01-11 12:31:11.123456+00', '2024-01-11 12:31:11-0330']],
    ['category', ['2024-01-11 12:31+1', '2024-01-11 12:31+24', '2024-01-11 12:31+0060']],
    ['category', ['2023-02-29', '2024-01-01']],
    ['category', ['1900-02-29', '2024-01-01']],
    ['category', ['2024-13-01', '2024-01-01']],
    ['category', ['2024-04-31', '2024-01-01']],
    ['category', ['2024-01-01T24:00', '2024-01-01']],
    ['category', ['2024-01-01T12', '2024-01-01']],
    ['category', ['2024-01-01 12:60', '2024-01-01']],
    ['category', ['2024-01-01T12:30+1', '2024-01-01']],
    ['category', ['2024-01-01T12:30:', '2024-01-01']],
    ['category', ['2024-1-1', '2024-01-01']],
    ['category', ['31.12.2024', '01.01.2025']],
    ['text', ['', 'NA', '']],
  ])('is %s for %j', (type, values) => {
    expect(column(values).type).toBe(type);
  });

  it('does not depend on what stands for missing values', () => {
    for (const missing of MISSING) {
      const { type, missing: share, min, max } = column(['3', missing, '1', '2']);
      expect([missing, type, share, min, max]).toEqual([missing, 'whole', 0.25, 1, 3]);
    }
  });

  it.each(['na', 'Null', 'none', '--', 'N.A.', '??', 'NAN', 'unknown'])('takes %j for a value', (value) => {
    expect(column(['1', value, '2'])).toMatchObject({ type: 'category', missing: 0 });
  });

  it('is a category up to 20 different values, or when they are few among many rows', () => {
    const distinct = (values: number, rows: number) =>
      column(
        repeated(
          numbered(values, (i) => `v ${i}`),
          rows,
        ),
      );
    expect(distinct(20, 40)).toMatchObject({ type: 'category', distinct: 20 });
    expect(distinct(20, 40).categories).toHaveLength(20);
    expect(distinct(21, 40)).toMatchObject({ type: 'text', distinct: 21 });
    expect(distinct(21, 420)).toMatchObject({ type: 'category', distinct: 21 });
    expect(distinct(21, 420)).not.toHaveProperty('categories');
    expect(distinct(1000, 20_000)).toMatchObject({ type: 'category', distinct: 1000 });
    expect(distinct(1001, 30_000)).toMatchObject({ type: 'text' });
    expect(distinct(1001, 30_000)).not.toHaveProperty('distinct');
  });

  it('is text when values are too long for categories', () => {
    const many = numbered(21, (i) => `v ${i}`);
    expect(column([...repeated(many, 420), 'v '.repeat(31)]).type).toBe('text');
    expect(column(repeated(['short', 'l o n g '.repeat(200)], 40))).toMatchObject({
      type: 'text',
      distinct: 2,
    });
    expect(column(repeated(['short', 'l o n g '.repeat(200)], 40))).not.toHaveProperty('categories');
  });
});

describe('an id', () => {
  it.each<[string, string, (row: number) => string]>([
    ['counts the rows', 'Unnamed: 0', (i) => String(i)],
    ['counts the rows from anywhere', 'row', (i) => String(i + 5000)],
    ['is called so', 'customerId', (i) => String((i * 7919) % 65_537)],
    ['is called so in capitals', 'CUSTOMER_ID', (i) => String((i * 7919) % 65_537)],
    ['is called a number', 'Kunden-Nr', (i) => String((i * 7919) % 65_537)],
    ['is a text without spaces', 'x', (i) => `c-${i}`],
    ['is digits with leading zeros', 'x', (i) => String(i).padStart(6, '0')],
    ['is called so, with spaces', 'ticket no', (i) => `A ${i}`],
    ['is beyond what a number holds', 'x', (i) => `90071992547409930${i}`],
  ])('%s', (_, name, value) => {
    expect(column(numbered(20, value), name).type).toBe('id');
  });

  it.each([
    ['a text', (i: number) => `N${i}A1`],
    ['a number', (i: number) => String(i * 7)],
  ])('comes back in other rows when it is called so and is %s', (_, value) => {
    const visits = [...numbered(50, value), ...numbered(30, value), ''];
    expect(column(visits, 'Individual ID').type).toBe('id');
    expect(column(visits, 'Sample Number').type).not.toBe('id');
    // Thirty shops in very many rows are classes of rows.
    const shops = numbered(700, (i) => value(i % 30));
    expect(column(shops, 'shop_id').type).not.toBe('id');
  });

  it.each<[string, string, string, string[]]>([
    ['fewer than 20 rows', 'whole', 'id', numbered(19, String)],
    ['a value twice', 'whole', 'id', [...numbered(20, String), '3']],
    ['a value twice in other words', 'whole', 'id', [...numbered(20, String), '3.0']],
    ['a missing value', 'whole', 'id', [...numbered(20, String), '']],
    ['numbers out of order and no such name', 'whole', 'paid', [...numbered(20, String), '30', '25']],
    ['fractions', 'decimal', 'id', numbered(20, (i) => `${i}.5`)],
    ['dates', 'date', 'id', numbered(28, (i) => `2024-01-${String(i + 1).padStart(2, '0')}`)],
    ['sentences', 'text', 'x', numbered(30, (i) => `this is ${i}`)],
    ['long texts', 'text', 'x', [...numbered(30, (i) => `${i}`), 'x'.repeat(65)]],
    ['dates of another kind', 'text', 'x', numbered(28, (i) => `${i + 1}.12.2024`)],
    ['amounts', 'text', 'x', numbered(28, (i) => `$${i}.50`)],
  ])('is none with %s', (_, type, name, values) => {
    expect(column(values, name).type).toBe(type);
  });

  it('is told by the first rows of very many', () => {
    const rows = numbered(25_000, (i) => `c-${i}`);
    expect(column([...rows, 'c-24999'], 'x').type).toBe('id');
    expect(column(['c-1', ...rows], 'x').type).toBe('text');
  });
});

describe('what is told of a column', () => {
  it('is its range, as numbers', () => {
    expect(column(['1.50', '-3', '1e3'])).toMatchObject({ min: -3, max: 1000 });
    expect(column(['-0', '5', '5'])).toMatchObject({ type: 'whole', min: 0, max: 5 });
    expect(Object.is(column(['-0', '5']).min, 0)).toBe(true);
  });

  it('is its categories in the order of code points, as Python sorts them', () => {
    expect(column(['b', 'a', '\u{1F600}', '\uFB01', 'B', 'é']).categories).toEqual([
      ...['B', 'a', 'b', 'é', '\uFB01', '\u{1F600}'],
    ]);
  });

  it('is the few values of whole numbers, each once however it is written', () => {
    expect(column(['1.0', '0', '1', '10', '2'])).toMatchObject({
      type: 'whole',
      categories: ['0', '1', '10', '2'],
      distinct: 4,
    });
    expect(column(numbered(21, (i) => String(i * i)))).not.toHaveProperty('categories');
  });

  it('is a share of missing values to four digits, but never none when some are, nor all when some are not', () => {
    expect(column(repeated(['1', '1', ''], 9)).missing).toBe(0.3333);
    expect(column([...repeated(['1', '2'], 60_000), '']).missing).toBe(0.0001);
    expect(column([...repeated([''], 60_000), '1']).missing).toBe(0.9999);
    expect(column(['', '', '']).missing).toBe(1);
  });

  it('is that it is constant, when each row has the one value or none has any', () => {
    expect(column(['a', 'a', 'a'])).toMatchObject({ type: 'category', constant: true, distinct: 1 });
    expect(column(['1', '1.0', '1'])).toMatchObject({ type: 'whole', constant: true, min: 1, max: 1 });
    expect(column(['True', 'true'])).toMatchObject({ type: 'boolean', constant: true });
    expect(column(['', '', ''])).toEqual({
      name: 'x',
      type: 'text',
      missing: 1,
      distinct: 0,
      constant: true,
    });
    expect(column(['a', '', 'a'])).not.toHaveProperty('constant');
  });

  it('is how often each value came', () => {
    const { counts } = told({
      answer: ['yes', 'no', 'yes', '', 'yes', 'no'],
      grade: ['1', '1.0', '2', '2', 'NA', '1'],
      flag: ['True', 'false', 'TRUE', 'true', 'True', '?'],
      price: ['1.5', '1.50', '2.5', '2.5', '3', '4'],
    });
    expect(Object.fromEntries(counts.get('answer') ?? [])).toEqual({ yes: 3, no: 2 });
    expect(Object.fromEntries(counts.get('grade') ?? [])).toEqual({ '1': 3, '2': 2 });
    expect(Object.fromEntries(counts.get('flag') ?? [])).toEqual({ true: 4, false: 1 });
    expect(Object.fromEntries(counts.get('price') ?? [])).toEqual({ '1.5': 2, '2.5': 2, '3': 1, '4': 1 });
  });

  it('is right for columns that are called like what every object has', () => {
    const { profile, counts } = told({ constructor: ['a', 'b'], hasOwnProperty: ['1', '2'] });
    expect(profile.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'constructor category',
      'hasOwnProperty whole',
    ]);
    expect([...counts.keys()]).toEqual(['constructor', 'hasOwnProperty']);
  });
});

describe('a decimal comma', () => {
  it('is read where commas do not separate columns', () => {
    expect(column(['1,5', '-2', '0,25'], 'x', ';')).toMatchObject({ type: 'decimal', min: -2, max: 1.5 });
    expect(column(['1,0', '2,0', '3'], 'x', ';')).toMatchObject({
      type: 'whole',
      categories: ['1', '2', '3'],
    });
    expect(told({ x: ['1,5', '2'], y: ['a', 'b'] }, ';').decimalComma).toBe(true);
  });

  it.each([
    ['they do', ['1,5', '2'], ','],
    ['another number has a point', ['1,5', '2.5'], ';'],
    ['thousands are separated too', ['1.234,5', '2,5'], ';'],
    ['thousands are separated only', ['1,234,567', '2'], ';'],
    ['a digit is missing', ['1,', '2,5'], ';'],
    ['there is an exponent', ['1,5e3', '2,5'], ';'],
    ['something is no number', ['1,5', 'about 2,5'], ';'],
  ] as const)('is none where %s', (_, values, delimiter) => {
    expect(told({ x: values }, delimiter)).toMatchObject({
      decimalComma: false,
      profile: { columns: [{ type: 'category' }] },
    });
  });

  it('is a matter of each column', () => {
    const { profile, decimalComma } = told({ a: ['1,5', '2,5'], b: ['1.5', '2.25'], c: ['4,5', 'x'] }, ';');
    expect(profile.columns.map(({ type }) => type)).toEqual(['decimal', 'decimal', 'category']);
    expect(decimalComma).toBe(true);
  });
});
