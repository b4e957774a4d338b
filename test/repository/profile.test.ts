import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleProfile } from '../../src/profile/profile.js';
import { prettyJson } from '../../src/render/json.js';
import { readProfile } from '../../src/repository/profile.js';
import { anyProfile, CLASSES } from '../profile/any-profile.js';

const good = exampleProfile();
const [first] = good.columns;
const only = (column: object) => ({ ...good, columns: [column] });
const age = { name: 'age', type: 'whole', missing: 0 };
const town = { name: 'town', type: 'category', missing: 0 };

describe('a profile that a repository keeps', () => {
  it('reads back as it was written', () => {
    expect(readProfile(JSON.stringify(good))).toEqual(good);
    fc.assert(
      fc.property(anyProfile(CLASSES), (profile) => {
        expect(readProfile(prettyJson(profile))).toEqual(profile);
      }),
    );
  });

  it.each<[string, unknown, string]>([
    ['is a list', [], 'is no profile of version 1'],
    ['is of another version', { ...good, version: 2 }, 'is no profile of version 1'],
    ['has a key of its own', { ...good, path: '/home/me' }, '"path"'],
    ['has no rows', { ...good, rows: 'many' }, 'no count of rows'],
    ['has half a row', { ...good, rows: 9.5 }, 'no count of rows'],
    ['has no columns', { ...good, columns: [] }, 'has no columns'],
    ['has 2,001 columns', { ...good, columns: Array(2001).fill(first) }, 'more than 2000 columns'],
    ['has a column that is a text', only('age' as never), 'column 1: it is no column'],
    ['has a column without a name', only({ ...age, name: '' }), 'column 1: it has no name'],
    ['has a column of an unknown type', only({ ...age, type: 'money' }), '"age"): its type is none of whole'],
    [
      'has a column twice',
      { ...good, columns: [first, first] },
      'column 2 ("species"): it stands there twice',
    ],
    ['misspells', only({ ...age, persnal: true }), '(personal is)'],
    ['misses more than everything', only({ ...age, missing: 1.1 }), 'no share from 0 to 1'],
    ['has categories that are no texts', only({ ...town, categories: [1] }), 'no list of texts'],
    ['has a category twice', only({ ...town, categories: ['a', 'a'] }), 'category stands there twice'],
    ['has an empty category', only({ ...town, categories: [''] }), 'no list of texts'],
    ['has 21 categories', only({ ...town, categories: [...'abcdefghijklmnopqrstu'] }), 'more than 20'],
    ['has words for whole numbers', only({ ...age, categories: ['one'] }), 'no list of whole numbers'],
    ['lists what texts say', only({ ...age, type: 'text', categories: ['a'] }), 'of type text'],
    ['has a range upside down', only({ ...age, min: 2, max: 1 }), 'no range of type whole'],
    ['has a fraction in whole numbers', only({ ...age, min: 0.5, max: 1 }), 'no range of type whole'],
    ['has no lower end', only({ ...age, max: 1 }), 'max and no min'],
    ['has a range of texts', only({ ...town, min: 0, max: 1 }), 'only numbers have min and max'],
    ['has too many different', only({ ...town, distinct: 1001 }), 'no count up to 1000'],
    ['is unsure who is personal', only({ ...town, personal: 'yes' }), 'neither true nor false'],
    [
      'tells of the personal',
      only({ ...town, personal: true, categories: ['Doe'] }),
      'categories must not be told',
    ],
    ['compares with nothing', only({ ...town, same: 'age' }), 'no column further left'],
    ['compares with what is right', { ...good, columns: [{ ...town, same: 'age' }, age] }, 'further left'],
  ])('that %s is refused', (_, profile, says) => {
    expect(() => readProfile(JSON.stringify(profile))).toThrow(says);
  });

  it('that is no JSON is refused', () => {
    expect(() => readProfile('<<<<<<< yours')).toThrow('is no JSON');
  });
});
