import { describe, expect, it } from 'vitest';
import type { Column, Profile } from '../../src/profile/profile.js';
import { likelyTargets, tasksOf } from '../../src/profile/targets.js';

const numbers = (count: number): Partial<Column> => ({
  type: 'whole',
  min: 1,
  max: count,
  distinct: count,
  ...(count <= 20 && { categories: Array.from({ length: count }, (_, at) => String(at + 1)) }),
});
const column = (more: Partial<Column>): Column => ({ name: 'x', type: 'text', missing: 0, ...more });

describe('what can predict a column', () => {
  it.each<[string, Partial<Column>, string[]]>([
    ['categories', { type: 'category', categories: ['a', 'b'] }, ['classification']],
    ['many categories', { type: 'category', distinct: 300 }, ['classification']],
    ['true and false', { type: 'boolean' }, ['classification']],
    ['2 whole numbers', numbers(2), ['classification', 'regression']],
    ['10 whole numbers', numbers(10), ['classification', 'regression']],
    ['11 whole numbers', numbers(11), ['regression', 'classification']],
    ['20 whole numbers', numbers(20), ['regression', 'classification']],
    ['21 whole numbers', numbers(21), ['regression']],
    ['whole numbers that look personal', { type: 'whole', personal: true }, ['regression']],
    ['decimals', { type: 'decimal', distinct: 2 }, ['regression']],
    ['ids', { type: 'id' }, []],
    ['dates', { type: 'date' }, []],
    ['text', { type: 'text' }, []],
    ['always the same', { type: 'category', categories: ['a'], distinct: 1, constant: true }, []],
    ['one value or none', { type: 'category', categories: ['a'], distinct: 1, missing: 0.5 }, []],
    ['nothing', { type: 'text', missing: 1, constant: true, distinct: 0 }, []],
  ])('%s: by default the first of its tasks', (_, more, tasks) => {
    expect(tasksOf(column(more))).toEqual(tasks);
  });
});

describe('the columns to choose from', () => {
  const profile = (...names: string[]): Profile => ({
    version: 1,
    rows: 9,
    columns: names.map((name) => column({ name, type: 'boolean' })),
  });

  it.each([
    [['target', 'a', 'b'], 'target'],
    [['a', 'Churned', 'b'], 'Churned'],
    [['a', 'late_flag', 'b'], 'late_flag'],
    [['a', 'b', 'c'], 'c'],
    [['class', 'a', 'y'], 'class'],
    [['flagship', 'classroom', 'scores'], 'scores'],
  ])('of %j begin with %s', (names, likely) => {
    const columns = likelyTargets(profile(...names)).map(({ name }) => name);
    expect(columns[0]).toBe(likely);
    expect([...columns].sort()).toEqual([...names].sort());
  });

  it('are only those that can be predicted, the personal ones last', () => {
    const { columns } = profile('a', 'b', 'c');
    const others = [
      column({ name: 'id', type: 'id' }),
      column({ name: 'email', type: 'category', personal: true }),
    ];
    expect(
      likelyTargets({ version: 1, rows: 9, columns: [...others, ...columns] }).map(({ name }) => name),
    ).toEqual(['c', 'a', 'b', 'email']);
  });
});
