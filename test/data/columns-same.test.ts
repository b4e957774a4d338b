import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numbered, repeated, told } from './columns-told.js';

/** By column the one that it is said to be the same as. */
function same(table: Record<string, readonly string[]>, delimiter: ',' | ';' = ','): Record<string, string> {
  return Object.fromEntries(
    told(table, delimiter).profile.columns.flatMap(({ name, same }) =>
      same === undefined ? [] : [[name, same]],
    ),
  );
}

/** Numbers that look random and are the same in every run. */
function* random(seed: number): Generator<number, number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    yield state >>> 8;
  }
}

const drawn = (seed: number, rows: number, of: (number: number) => string): string[] => {
  const source = random(seed);
  return numbered(rows, () => of(source.next().value));
};

describe('columns that say the same', () => {
  it('are found when they are copies, the first of them named', () => {
    const values = drawn(1, 100, (n) => `text ${n}`);
    expect(same({ a: values, b: drawn(2, 100, (n) => `text ${n}`), c: values, d: values })).toEqual({
      c: 'a',
      d: 'a',
    });
  });

  it('are found in other words', () => {
    const churned = repeated(['yes', 'no', 'no', 'yes', 'no'], 50);
    expect(
      same({
        churned,
        label: churned.map((value) => (value === 'yes' ? '1' : '0')),
        mirrored: churned.map((value) => (value === 'yes' ? 'false' : 'true')),
        left: churned.map((value) => (value === 'yes' ? 'x' : '')),
        nearly: churned.map((value, row) => (row === 49 ? 'yes' : value)),
      }),
    ).toEqual({ label: 'churned', mirrored: 'churned', left: 'churned' });
  });

  it('are found when the same numbers are written otherwise', () => {
    const values = drawn(3, 200, (n) => String(n / 8));
    expect(
      same(
        {
          a: values,
          b: values.map((value) => value.replace('.', ',')),
          c: values.map((value) => Number(value).toFixed(5)),
        },
        ';',
      ),
    ).toEqual({ b: 'a', c: 'a' });
    const whole = drawn(3, 200, String);
    expect(same({ a: whole, b: whole.map((value) => `${value}.0`) })).toEqual({ b: 'a' });
  });

  it('are none when hardly a value comes twice, as any two columns would be', () => {
    const a = drawn(4, 100, (n) => String(n / 8));
    const b = drawn(5, 100, (n) => String(n / 8));
    expect(same({ id: numbered(100, String), a, b })).toEqual({});
    // As in tables with some rows twice.
    const twice = (values: string[]) => [...values, ...values.slice(0, 40)];
    expect(same({ a: twice(a), b: twice(b) })).toEqual({});
  });

  it('are none when they are constant or empty', () => {
    const constant = repeated(['a'], 30);
    expect(same({ a: constant, b: constant, c: repeated([''], 30), d: repeated([''], 30) })).toEqual({});
  });

  it('are none when values are missing in other rows', () => {
    const values = repeated(['1', '2', '3'], 60);
    expect(same({ a: ['', ...values], b: ['1', '', ...values.slice(1)], c: ['1', ...values] })).toEqual({});
  });

  it('are found when one of them has more different values than are kept, when they are copies', () => {
    const values = numbered(30_000, (i) => `text ${(i * 7919) % 25_013}`);
    const other = [...values.slice(0, -1), 'text'];
    expect(same({ a: values, b: other, c: values })).toEqual({ c: 'a' });
  });

  it('always are when renamed one to one, and are not when shuffled', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 40, maxLength: 60 }),
        fc.shuffledSubarray(['', 'u', 'v', 'w', '1', 'x y'], { minLength: 6, maxLength: 6 }),
        fc.integer(),
        (places, names, seed) => {
          fc.pre(new Set(places).size > 2);
          const a = places.map((place) => `category ${place}`);
          const renamed = places.map((place) => names[place] ?? '');
          const order = random(seed);
          const shuffled = [...renamed].sort(() => (order.next().value % 2 ? 1 : -1));
          const oneToOne =
            new Set(shuffled.map((value, row) => `${value}|${a[row]}`)).size === new Set(places).size;
          expect(same({ a, renamed })).toEqual({ renamed: 'a' });
          if (!oneToOne) expect(same({ a, shuffled })).toEqual({});
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are never told by chance among very many', () => {
    const table = Object.fromEntries(
      numbered(400, (i) => `c${i}`).map((name, i) => [name, drawn(i + 1, 60, (n) => String(n % 2))]),
    );
    const values = new Set(Object.values(table).map((column) => column.join('')));
    const mirrored = [...values].filter((column) =>
      values.has(column.replace(/[01]/g, (bit) => (bit === '1' ? '0' : '1'))),
    );
    expect(Object.keys(same(table)).length).toBe(400 - values.size + mirrored.length / 2);
  });
});
