import { describe, expect, it } from 'vitest';
import { exampleProfile } from '../../src/profile/profile.js';
import { readProfile } from '../../src/repository/profile.js';

const good = exampleProfile();
const [first] = good.columns;

describe('a profile that a repository keeps', () => {
  it('reads back as it was written', () => {
    expect(readProfile(JSON.stringify(good))).toEqual(good);
  });

  it.each<[string, unknown, string]>([
    ['is a list', [], 'no profile of version 1'],
    ['is of another version', { ...good, version: 2 }, 'no profile of version 1'],
    ['has no rows', { ...good, rows: 'many' }, 'no count of rows'],
    ['has no columns', { ...good, columns: [] }, 'no columns'],
    [
      'has a column of an unknown type',
      { ...good, columns: [{ ...first, type: 'money' }] },
      'a column 1 without',
    ],
    ['has a column twice', { ...good, columns: [first, first] }, 'twice'],
    ['has categories that are no texts', { ...good, columns: [{ ...first, categories: [1] }] }, 'a column 1'],
  ])('that %s is refused', (_, profile, says) => {
    expect(() => readProfile(JSON.stringify(profile))).toThrow(says);
  });
});
