import { describe, expect, it } from 'vitest';
import { contractOf } from '../../src/profile/contract.js';
import {
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
const contract = contractOf(own, { task: 'classification', target: 'left', sensitive: ['sex'] });

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
