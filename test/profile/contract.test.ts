import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { type ContractColumn, contractOf, type Role } from '../../src/profile/contract.js';
import {
  type Column,
  COLUMN_TYPES,
  EXAMPLE,
  exampleProfile,
  type Profile,
  targetsFor,
} from '../../src/profile/profile.js';
import { sampleBatch, sampleRequest } from '../../src/profile/samples.js';

const own: Profile = {
  version: 1,
  rows: 9,
  columns: [
    { name: 'key', type: 'id', missing: 0 },
    { name: 'note, free', type: 'text', missing: 0.5 },
    { name: 'seen', type: 'date', missing: 0 },
    { name: 'age', type: 'whole', missing: 0, min: 0, max: 90 },
    { name: 'rate', type: 'decimal', missing: 0.1, min: -0.002, max: 0.001 },
    { name: 'member', type: 'boolean', missing: 0 },
    { name: 'town "a", b', type: 'category', missing: 0, categories: ['x, y', ' z '] },
    { name: 'surname', type: 'category', missing: 0, personal: true },
    { name: 'left', type: 'boolean', missing: 0 },
    { name: 'sex', type: 'category', missing: 0, categories: ['f', 'm'] },
  ],
};
const choice = { task: 'classification', target: 'left', sensitive: ['sex'] };
const contract = contractOf(own, choice);

describe('the data contract', () => {
  it('gives each column one role', () => {
    expect(Object.fromEntries(contract.columns.map(({ name, role }) => [name, role]))).toEqual({
      key: 'ignored',
      'note, free': 'feature',
      seen: 'ignored',
      age: 'feature',
      rate: 'feature',
      member: 'feature',
      'town "a", b': 'feature',
      surname: 'ignored',
      left: 'target',
      sex: 'sensitive',
    });
  });

  it('holds no category of a personal column', () => {
    const personal: Profile = {
      ...own,
      columns: [{ name: 'surname', type: 'category', missing: 0, personal: true, categories: ['Doe'] }],
    };
    const text = JSON.stringify(contractOf(personal, { task: 'regression', target: '', sensitive: [] }));
    expect(text).not.toContain('Doe');
  });

  it.each<[string, Partial<Column>, Role, string]>([
    ['an id', { type: 'id' }, 'ignored', 'which case a row is about'],
    ['a date', { type: 'date' }, 'ignored', 'Dates are not used'],
    ['constant', { type: 'whole', constant: true, distinct: 1 }, 'ignored', 'the same in every row'],
    ['empty', { type: 'text', constant: true, missing: 1 }, 'ignored', 'No row has a value'],
    ['personal', { type: 'text', personal: true }, 'ignored', 'looks like personal data'],
    ['the same as the target', { type: 'boolean', same: 'left' }, 'ignored', '"left", the target'],
    ['the same as a sensitive column', { type: 'whole', same: 'sex' }, 'ignored', '"sex" in every row'],
    ['the same as a feature', { type: 'whole', same: 'age' }, 'feature', 'the same as "age"'],
  ])('of a column that is %s says so in a note', (_, more, role, says) => {
    const profile = { ...own, columns: [...own.columns, { name: 'x', missing: 0, ...more } as Column] };
    const found = contractOf(profile, choice).columns.at(-1);
    expect(found?.role).toBe(role);
    expect(found?.note).toContain(says);
    expect(found?.note).toMatch(/^[A-Z][^.]*\.$/);
  });

  it('sets aside what says the same as the target on either side of it, and its other copies', () => {
    const flag = (name: string, same?: string) =>
      ({ name, type: 'boolean', missing: 0, ...(same && { same }) }) as Column;
    const columns = [flag('a'), flag('b', 'a'), flag('c', 'a'), flag('d')];
    const { columns: told } = contractOf(
      { ...own, columns },
      { task: 'classification', target: 'b', sensitive: [] },
    );
    expect(told.map(({ role }) => role)).toEqual(['ignored', 'target', 'ignored', 'feature']);
  });

  it('has no note of a column that is simply used', () => {
    const plain = ['age', 'rate', 'member', 'left', 'sex'];
    for (const { name, note } of contract.columns) if (plain.includes(name)) expect(note).toBeUndefined();
  });

  it.each<[string, string, string[], Partial<ContractColumn>]>([
    ['the classes of a classification', 'stars', [], { categories: ['1', '2', '3'] }],
    ['the groups of a sensitive column', 'left', ['stars'], { categories: ['1', '2', '3'] }],
    ['the range of a feature', 'left', [], { min: 1, max: 3 }],
  ])('has, of whole numbers, %s', (_, target, sensitive, values) => {
    const stars: Column = {
      ...{ name: 'stars', type: 'whole', missing: 0, min: 1, max: 3 },
      ...{ categories: ['1', '2', '3'], distinct: 3 },
    } as const;
    const { columns } = contractOf(
      { ...own, columns: [...own.columns, stars] },
      { task: 'classification', target, sensitive },
    );
    const { min, max, categories } = columns.at(-1) as ContractColumn;
    expect({ min, max, categories }).toEqual({
      ...{ min: undefined, max: undefined, categories: undefined },
      ...values,
    });
  });

  it('promises nothing of the values of a constant column, which may be others tomorrow', () => {
    const batch: Column = { name: 'batch', type: 'whole', missing: 0, min: 7, max: 7, constant: true };
    const { columns } = contractOf({ ...own, columns: [...own.columns, batch] }, choice);
    expect(columns.at(-1)).not.toHaveProperty('min');
  });
});

describe('samples', () => {
  it('lie within the ranges and categories of the features, and have nothing else', () => {
    const { data } = JSON.parse(sampleRequest(contract)) as { data: Record<string, unknown>[] };
    expect(data.length).toBeGreaterThan(0);
    for (const row of data) {
      expect(Object.keys(row)).toEqual(['note, free', 'age', 'rate', 'member', 'town "a", b']);
      expect(row.age).toSatisfy((age: number) => Number.isInteger(age) && age >= 0 && age <= 90);
      expect(row.rate).toSatisfy((rate: number) => rate >= -0.002 && rate <= 0.001);
      expect(['x, y', ' z ']).toContain(row['town "a", b']);
    }
  });

  it('as CSV quote what CSV must quote', () => {
    const [header, first, second] = sampleBatch(contract).split('\n');
    expect(header).toBe('"note, free",age,rate,member,"town ""a"", b"');
    expect(first).toBe('some text,15,-0.0015,true,"x, y"');
    expect(second).toBe('some other text,30,-0.001,false," z "');
  });

  it.each(['a\nb', ' a', 'a ', '#a', "'a'", 'a;b', '"', 'a\tb', '=1+1', '日本'])(
    'as CSV keep the column name %j',
    (name) => {
      const one = { name, type: 'whole', missing: 0, min: 0, max: 9 } as const;
      const batch = sampleBatch(contractOf({ ...own, columns: [one, ...own.columns.slice(1)] }, choice));
      expect((Papa.parse(batch).data[0] as string[])[0]).toBe(name);
    },
  );

  it('stay within a range however narrow or wide', () => {
    const range = fc.tuple(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    fc.assert(
      fc.property(range, (ends) => {
        const [min, max] = [Math.min(...ends), Math.max(...ends)];
        const columns: Column[] = [{ name: 'x', type: 'decimal', missing: 0, min, max }];
        const { data } = JSON.parse(
          sampleRequest(contractOf({ ...own, columns }, { ...choice, target: '', sensitive: [] })),
        ) as { data: { x: number }[] };
        for (const { x } of data) expect(x >= min && x <= max).toBe(true);
      }),
    );
  });

  it('have a day for a column of days that somebody made a feature', () => {
    const columns = contract.columns.map((each) => ({ ...each, role: 'feature' as const }));
    const { data } = JSON.parse(sampleRequest({ ...contract, columns })) as {
      data: Record<string, string>[];
    };
    expect(Number.isNaN(Date.parse(data[0]?.seen ?? ''))).toBe(false);
  });
});

describe('the example', () => {
  const example = exampleProfile();

  it('has columns of known types, shares between 0 and 1, and at most 20 categories', () => {
    expect(example.columns.length).toBeGreaterThan(5);
    for (const { type, missing, categories } of example.columns) {
      expect(COLUMN_TYPES).toContain(type);
      expect(missing).toSatisfy((share: number) => share >= 0 && share <= 1);
      expect(categories?.length ?? 0).toBeLessThanOrEqual(20);
    }
  });

  it.each(Object.entries(EXAMPLE.targets))('has a target for %s', (task, target) => {
    expect(targetsFor(example, task).map(({ name }) => name)).toContain(target);
  });
});
