import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AZURE_NAMES } from '../../src/answers/azure-names.js';
import { nameFrom, packageFrom } from '../../src/answers/default-name.js';
import { nameRule, packageRule } from '../../src/answers/rules.js';

const legal = fc
  .stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,6}){0,2}$/)
  .filter((name) => nameRule(name) === undefined);

describe('the default name', () => {
  it.each([
    ['churn', 'churn'],
    ['Customer Churn (2024)', 'customer-churn-2024'],
    ['ab', 'ml-ab'],
    ['2024-sales', 'ml-2024-sales'],
    ['__x__', 'ml-x'],
    ['con', 'ml-con'],
    ['null', 'ml-null'],
    ['a-name-that-is-much-longer-than-allowed', 'a-name-that-is-much-long'],
    ['abcdefghijklmnopqrstuvw-xyz', 'abcdefghijklmnopqrstuvw'],
    ['', 'ml-project'],
    ['日本', 'ml-project'],
    ['microsoft-stock', 'ml-project'],
    ['login-fraud', 'ml-login-fraud'],
  ])('of the folder %j is %s', (folder, name) => {
    expect(nameFrom(folder)).toBe(name);
  });

  it('is legal whatever the folder is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (folder) => nameRule(nameFrom(folder)) === undefined),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (folder) => nameRule(nameFrom(folder)) === undefined),
    );
  });

  it('is the folder itself when that is legal', () => {
    fc.assert(fc.property(legal, (name) => nameFrom(name) === name));
  });
});

describe('a name', () => {
  it.each([
    ['ab', '2 characters'],
    ['a'.repeat(25), '25 characters'],
    ['Churn', 'lower-case'],
    ['1churn', 'lower-case'],
    ['churn-', 'lower-case'],
    ['a--b', 'lower-case'],
    ['churn_x', 'lower-case'],
    ['chürn', 'lower-case'],
    ['churn\n', 'lower-case'],
    ['nul', 'Windows'],
    ['com1', 'Windows'],
    ['yes', 'YAML'],
    ['my-microsoft', 'reserves'],
    ['xbox-sales', 'reserves'],
  ])('%j is refused (%s)', (name, why) => {
    expect(nameRule(name)).toContain(why);
  });

  it('makes names that Azure takes', () => {
    fc.assert(
      fc.property(legal, (name) =>
        AZURE_NAMES.every(({ of, min, max, form }) => {
          const made = of(name);
          return made.length >= min && made.length <= max && form.test(made);
        }),
      ),
    );
  });
});

describe('a package', () => {
  it.each([
    ['class', 'keyword'],
    ['json', 'standard library'],
    ['tomllib', 'standard library'],
    ['binhex', 'standard library'],
    ['pandas', 'dependency'],
    ['sklearn', 'dependency'],
    ['tests', 'repository itself'],
    ['test', 'standard library|repository itself'],
    ['src', 'repository itself'],
    ['score', 'repository itself'],
    ['Churn', 'lower-case'],
    ['my-churn', 'lower-case'],
    ['_x', 'lower-case'],
    ['', 'lower-case'],
    ['x'.repeat(25), '25 characters'],
  ])('%j is refused (%s)', (name, why) => {
    expect(packageRule(name)).toMatch(new RegExp(why));
  });

  it('made from a legal name is legal', () => {
    fc.assert(fc.property(legal, (name) => packageRule(packageFrom(name)) === undefined));
    for (const name of ['pandas', 'json', 'class', 'tests', 'annotated-types', 'jupyterlab-pygments'])
      expect(packageRule(packageFrom(name))).toBeUndefined();
  });
});
