import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersFor } from '../../src/answers/resolve.js';
import { lineRule } from '../../src/answers/rules.js';
import { ANSWER_KEYS, answersAt, specOf } from '../../src/answers/schema.js';
import { UserError } from '../../src/errors.js';
import { exampleProfile, type Profile } from '../../src/profile/profile.js';

const refusal = (given: Record<string, string>, level = 1): UserError => {
  try {
    answersFor(given, level);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('defaults', () => {
  it('follow the folder, the example and each other', () => {
    expect(answersFor({}, 1)).toEqual({
      target: 'species',
      task: 'classification',
      name: 'churn',
      package: 'churn',
      title: 'Churn',
      description: 'A classification model that predicts species.',
      endpoint: 'online',
      sensitive: ['sex'],
      location: 'westeurope',
      'resource-group': 'rg-churn',
      workspace: 'mlw-churn',
      'compute-size': 'Standard_E4s_v3',
      python: '3.12',
      owner: '',
      gate: 'reviewers',
      'teams.data-science': '',
      'teams.data-engineering': '',
      'teams.software-engineering': '',
      profile: exampleProfile(),
    });
  });

  it.each([
    [{ task: 'regression' }, 'target', 'body_mass_g'],
    [{ target: 'body_mass_g' }, 'task', 'regression'],
    [{ target: 'island' }, 'task', 'classification'],
    [{ name: 'customer-churn' }, 'package', 'customer_churn'],
    [{ name: 'customer-churn' }, 'title', 'Customer churn'],
    [{ name: 'pandas' }, 'package', 'ml_pandas'],
    [{ target: 'sex' }, 'sensitive', []],
    [{ sensitive: '' }, 'sensitive', []],
    [{ sensitive: 'sex, island' }, 'sensitive', ['sex', 'island']],
  ] as const)('with %j: %s is %j', (given, key, value) => {
    expect(answersFor(given, 1)[key]).toEqual(value);
  });

  it('name no sensitive column for own data', () => {
    const profile: Profile = { ...exampleProfile(), example: false };
    expect(answersFor({ target: 'species' }, 0, profile).sensitive).toEqual([]);
  });
});

describe('a wrong answer is refused with exit 2, naming it, what is allowed, and the nearest match', () => {
  it.each([
    [{ task: 'clasification' }, ['task', 'Did you mean classification?', 'classification or regression']],
    [{ location: 'West Europe' }, ['location', 'Did you mean westeurope?', 'northeurope']],
    [{ endpoint: 'realtime' }, ['endpoint', 'online, batch or both']],
    [{ python: '3.9' }, ['python', '3.10, 3.11, 3.12 or 3.13']],
    [{ 'compute-size': 'standard_e4s_v3' }, ['Did you mean Standard_E4s_v3?']],
    [{ name: 'Customer Churn' }, ['name', 'Did you mean customer-churn?', '3 to 24']],
    [{ package: 'json' }, ['package', 'standard library', 'Did you mean ml_json?']],
    [{ target: 'specie' }, ['target', 'Did you mean species?', 'body_mass_g']],
    [{ target: 'species', task: 'regression' }, ['species (category)', 'regression', 'body_mass_g']],
    [{ target: 'body_mass_g', task: 'classification' }, ['body_mass_g', 'classification', 'species']],
    [{ sensitive: 'gender' }, ['sensitive', 'gender', 'sex']],
    [{ sensitive: 'bill_depth_mm' }, ['bill_depth_mm', 'groups', 'sex']],
    [{ sensitive: 'species' }, ['species', 'target']],
    [{ sensitive: 'sex,sex' }, ['sex', 'twice']],
    [{ sensitive: 'sex,,island' }, ['sensitive', 'empty']],
    [{ title: 'two\nlines' }, ['title', 'U+000A', 'one line']],
    [{ title: ' ' }, ['title', 'empty']],
    [{ description: 'bell \u0007' }, ['description', 'U+0007']],
    [{ description: 'next\u2028line' }, ['description', 'U+2028']],
    [{ title: '\ud800' }, ['title', 'surrogate']],
    [{ owner: 'two--hyphens' }, ['owner', 'GitHub login']],
    [{ owner: '-x' }, ['owner', 'GitHub login']],
    [{ owner: 'org/team' }, ['owner', 'GitHub login']],
    [{ 'teams.data-science': 'a/b/c' }, ['teams.data-science', 'org/team']],
    [{ workspace: 'ws' }, ['workspace', '2 characters']],
    [{ workspace: 'w'.repeat(33) }, ['workspace', '33 characters']],
    [{ 'resource-group': 'rg-$(id)' }, ['resource-group', 'letters, digits']],
    [{ 'resource-group': 'r'.repeat(91) }, ['resource-group', '91 characters']],
    [{ 'resource-group': 'rg.' }, ['resource-group', 'full stop']],
  ] as [Record<string, string>, string[]][])('%j', (given, says) => {
    const error = refusal(given);
    expect(error.exitCode).toBe(2);
    for (const part of says) expect(error.message).toContain(part);
  });

  it('all at once', () => {
    expect(refusal({ task: 'x', location: 'y' }).message.split('\n')).toHaveLength(2);
  });

  it('a key that is no answer', () => {
    expect(refusal({ nam: 'x' }).message).toContain('nam');
  });

  it('an answer that the level does not have yet', () => {
    expect(refusal({ package: 'churn' }, 0).message).toContain('from level 1 on');
    expect(answersAt(0)).not.toContain('package');
    expect(refusal({ gate: 'typed' }, 2).message).toContain('from level 3 on');
    expect(answersAt(2)).not.toContain('gate');
    expect(answersAt(3)).toEqual(ANSWER_KEYS);
  });
});

describe('the schema', () => {
  it('has five questions at most that everybody is asked, with the level', () => {
    expect(ANSWER_KEYS.filter((key) => specOf(key).first)).toEqual(['target', 'name', 'endpoint']);
  });

  it('takes every line of text that has no control characters', () => {
    const line = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(line, (text) => lineRule(text) === undefined || /\p{Cc}|\p{Zl}|\p{Zp}/u.test(text)),
    );
  });
});
