import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersFor, refuseWrong, resolve } from '../../src/answers/resolve.js';
import { targetProblems, targetWarnings } from '../../src/answers/target.js';
import { answerText, entriesOf } from '../../src/answers/validate.js';
import { UserError } from '../../src/errors.js';
import type { Column, Profile } from '../../src/profile/profile.js';

const whole = (name: string, count: number, more: Partial<Column> = {}): Column => ({
  ...{ name, type: 'whole', missing: 0, min: 0, max: count - 1, distinct: count },
  ...(count <= 20 && { categories: Array.from({ length: count }, (_, at) => String(at)) }),
  ...more,
});

const churn: Profile = {
  version: 1,
  rows: 7000,
  columns: [
    { name: 'customer_id', type: 'id', missing: 0 },
    { name: 'gender', type: 'category', missing: 0, categories: ['f', 'm'], distinct: 2 },
    whole('senior', 2),
    { name: 'joined', type: 'date', missing: 0 },
    { name: 'remarks', type: 'text', missing: 0.5 },
    { name: 'e-mail', type: 'text', missing: 0, personal: true },
    { name: 'owner name', type: 'category', missing: 0, personal: true },
    { name: 'country', type: 'category', missing: 0, categories: ['DE'], distinct: 1, constant: true },
    { name: 'fee', type: 'decimal', missing: 0.001, min: 18.25, max: 118.75 },
    whole('months', 73, { min: 0, max: 72 }),
    whole('plan', 15),
    { name: 'old fee', type: 'decimal', missing: 0.9994, min: 1, max: 2 },
    { name: 'churned', type: 'boolean', missing: 0, distinct: 2 },
  ],
};

const refused = (given: Record<string, string>, profile = churn): UserError => {
  try {
    answersFor(given, 1, profile);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('own data', () => {
  it.each([
    [{ target: 'churned' }, 'classification', 'A classification model that predicts churned.'],
    [{ target: 'senior' }, 'classification', 'A classification model that predicts senior.'],
    [{ target: 'senior', task: 'regression' }, 'regression', 'A regression model that predicts senior.'],
    [{ target: 'plan' }, 'regression', 'A regression model that predicts plan.'],
    [
      { target: 'plan', task: 'classification' },
      'classification',
      'A classification model that predicts plan.',
    ],
    [{ target: 'months' }, 'regression', 'A regression model that predicts months.'],
    [{ target: 'fee' }, 'regression', 'A regression model that predicts fee.'],
    [{ target: 'gender' }, 'classification', 'A classification model that predicts gender.'],
  ])('with %j makes a %s', (given, task, description) => {
    expect(answersFor(given, 1, churn)).toMatchObject({ task, description, sensitive: [] });
  });

  it('may have sensitive columns of categories, of true and false, and of few whole numbers', () => {
    const answers = answersFor({ target: 'fee', sensitive: 'gender,senior,churned' }, 1, churn);
    expect(answers.sensitive).toEqual(['gender', 'senior', 'churned']);
  });

  it('without a target is refused with exit 2 and the columns that can be one, the likeliest first', () => {
    const error = refused({});
    expect(error.exitCode).toBe(2);
    expect(error.message).toMatch(/^--target is missing/);
    expect(error.hint).toMatch(/: churned, gender, senior, fee, months, plan, old fee, owner name\.$/);
  });

  it('without a target, but with a task, is told the columns for that', () => {
    expect(refused({ task: 'regression' }).hint).toMatch(
      /that of a regression: senior, fee, months, plan, old fee\.$/,
    );
  });

  it('without a column that could be predicted says so', () => {
    const { hint } = refused({}, { ...churn, columns: churn.columns.slice(3, 5) });
    expect(hint).toBe('No column of the data can be one: joined, remarks.');
  });

  it('is judged before anything is asked, but for the target that is still to be chosen', () => {
    const inputs = { level: 1, folder: 'x', profile: churn };
    expect(() => refuseWrong({ ...inputs, given: new Map() })).not.toThrow();
    const given = new Map([['sensitive', { value: 'fee', where: '--sensitive' }]] as const);
    expect(() => refuseWrong({ ...inputs, given })).toThrow('--sensitive: fee does not name groups');
    expect(() => resolve({ ...inputs, given: new Map() })).toThrow('--target is missing');
  });
});

describe('a choice that does not fit is refused, saying why and what would do', () => {
  it.each<[Record<string, string>, string[]]>([
    [{ target: 'churnd' }, ['no column "churnd"', 'Did you mean churned?', 'customer_id, gender']],
    [{ target: '' }, ['no column ""']],
    [
      { target: 'customer_id' },
      ['customer_id (id)', 'only tells which case a row is about', 'can be: churned, gender'],
    ],
    [{ target: 'joined' }, ['joined (date)', 'is a date', 'churned']],
    [{ target: 'remarks' }, ['remarks (text)', 'too many different values', 'churned']],
    [{ target: 'country' }, ['country (category)', 'one class', 'churned']],
    [{ target: 'old fee' }, ['has a value in 4 of 7000 rows', '8 are needed']],
    [
      { target: 'months', task: 'classification' },
      ['task', '73 different values', 'at most 20', 'Allowed with task=classification: gender, senior'],
    ],
    [
      { target: 'churned', task: 'regression' },
      ['task', 'churned (boolean)', 'only that of a classification', 'senior, fee, months'],
    ],
    [{ target: 'fee', task: 'classification' }, ['fee (decimal)', 'only that of a regression', 'gender']],
    [{ target: 'churned', sensitive: 'gendr' }, ['no column "gendr"', 'Did you mean gender?']],
    [{ target: 'churned', sensitive: 'months' }, ['months does not name groups', 'Allowed: gender, senior']],
    [{ target: 'churned', sensitive: 'owner name' }, ['looks like personal data', 'Allowed: gender']],
    [{ target: 'churned', sensitive: 'country' }, ['country does not name groups']],
    [{ target: 'churned', sensitive: 'churned' }, ['churned is the target']],
  ])('%j', (given, says) => {
    const error = refused(given);
    expect(error.exitCode).toBe(2);
    for (const part of says) expect(error.message).toContain(part);
  });

  it('when nothing is left to predict it from', () => {
    const columns = churn.columns.filter(({ name }) =>
      ['customer_id', 'joined', 'gender', 'churned'].includes(name),
    );
    const { message } = refused({ target: 'churned', sensitive: 'gender' }, { ...churn, columns });
    expect(message).toContain('no column is left to predict churned from');
    expect(message).toContain('customer_id (id), joined (date), gender (sensitive)');
  });

  it('folds a list of very many columns', () => {
    const columns = Array.from({ length: 2000 }, (_, at) => whole(`c${at}`, 3));
    const { message, hint } = refused({ target: 'nothing like it' }, { ...churn, columns });
    expect(message).toMatch(/c18, c19 and 1,980 more\.$/);
    expect(message.length + hint.length).toBeLessThan(400);
  });

  it('shows an odd name quoted, on one line', () => {
    const columns = [whole('a\n\u001b[31m"b"', 3), ...churn.columns];
    const { message } = refused({ target: 'nothing like it' }, { ...churn, columns });
    expect(message).toContain('"a\\n\\u001b[31m\\"b\\""');
    expect(message).not.toMatch(/\n|\u001b/);
  });
});

describe('the rows of a target', () => {
  const choice = { target: 'churned', task: 'classification' };
  const counts = (...rows: number[]) =>
    new Map([['churned', new Map(rows.map((each, at) => [`k${at}`, each]))]]);

  it.each([
    [[7000], ['fewer than two classes']],
    [
      [6998, 2],
      ['fewer than two classes', '"k1" in 2'],
    ],
    [[6997, 3], []],
    [[6000, 900, 1], []],
    [[5000, 2, 2], ['fewer than two classes']],
  ])('in classes of %j', (rows, says) => {
    const problems = targetProblems(churn, counts(...rows), choice);
    expect(problems).toHaveLength(says.length ? 1 : 0);
    for (const part of says) expect(problems[0]).toContain(part);
  });

  it('are warned of when a class has a single one', () => {
    expect(targetWarnings(churn, counts(6000, 900, 1), choice)[0]).toContain('"k2"');
    expect(targetWarnings(churn, counts(6000, 900, 2), choice)).toEqual([]);
  });

  it('do not count for a regression', () => {
    const regression = { target: 'churned', task: 'regression' };
    expect(targetProblems(churn, counts(1), regression)).toEqual([]);
    expect(targetWarnings(churn, counts(1), regression)).toEqual([]);
  });

  it('of a column that looks personal are named by no class, and warned of', () => {
    const owners = { target: 'owner name', task: 'classification' };
    const few = new Map([
      [
        'owner name',
        new Map([
          ['Doe', 9],
          ['Roe', 1],
        ]),
      ],
    ]);
    const told = [...targetProblems(churn, few, owners), ...targetWarnings(churn, few, owners)];
    expect(told).toHaveLength(3);
    expect(told.join('\n')).toContain('owner name looks like personal data');
    expect(told.join('\n')).not.toMatch(/Doe|Roe/);
  });
});

describe('a list in a flag', () => {
  it.each([
    ['', []],
    [' a , b ', ['a', 'b']],
    ['"a, b",c', ['a, b', 'c']],
    ['a,,b', ['a', '', 'b']],
    ['"say ""hi"""', ['say "hi"']],
    ['5" pipe,b', ['5" pipe', 'b']],
  ])('%j holds %j', (text, entries) => {
    expect(entriesOf(text)).toEqual(entries);
  });

  it('holds any names, written as we write them', () => {
    const names = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1 });
    fc.assert(
      fc.property(names, (entries) => {
        expect(entriesOf(answerText(entries))).toEqual(entries);
      }),
    );
  });
});
