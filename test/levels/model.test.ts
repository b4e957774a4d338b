import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { loadModel } from '../../src/levels/load.js';
import { type Model, parseModel } from '../../src/levels/model.js';

const text = readFileSync(new URL('../../maturity.yml', import.meta.url), 'utf8');
const model: Model = parseModel(text);
const row = (id: string) => model.characteristics.find((entry) => entry.id === id)!;

describe('the model', () => {
  test('has five levels, four dimensions and sixteen rows', () => {
    expect(model.levels.map(({ name }) => name)).toEqual([
      'No MLOps',
      'DevOps but no MLOps',
      'Automated training',
      'Automated model deployment',
      'Full MLOps automated retraining',
    ]);
    expect(model.dimensions.map(({ name }) => name)).toEqual([
      'People',
      'Model creation',
      'Model release',
      'Application integration',
    ]);
    const perDimension = model.dimensions.map(
      ({ id }) => model.characteristics.filter(({ dimension }) => dimension === id).length,
    );
    expect(perDimension).toEqual([3, 5, 4, 4]);
  });

  test('every level says what hurts and what comes next, and defines itself from level 1', () => {
    for (const level of model.levels) {
      expect(level.challenges.length, level.name).toBeGreaterThan(0);
      expect(level.next.length, level.name).toBeGreaterThan(0);
      expect(level.definition.length > 0, level.name).toBe(level.number > 0);
      expect(level.people.length > 0, level.name).toBe(level.number > 0);
    }
  });

  test('"same" stands for the sentence before it, "none" for no sentence', () => {
    expect(row('creation.data').statements[4]).toBe(row('creation.data').statements[1]);
    expect(row('creation.retraining').statements.slice(0, 2)).toEqual([null, null]);
    expect(row('creation.retraining').statements[3]).toBe(row('creation.retraining').statements[2]);
  });

  test('one half of automated training is enough for level 2, a person registering models is not', () => {
    const asked = model.levels[2]!.definition.flatMap(({ any }) => any);
    expect(asked).toContainEqual({ characteristic: 'creation.retraining', holds: 2 });
    expect(asked).toContainEqual({ characteristic: 'creation.result', holds: 4 });
  });

  test('an emitted repository meets the definition of its own level and not that of the next', () => {
    const meets = (at: number, level: number) =>
      model.levels[level]!.definition.every(({ any }) =>
        any.some(
          (entry) =>
            'characteristic' in entry && (model.levels[at]!.holds[entry.characteristic] ?? 0) >= entry.holds,
        ),
      );
    for (const { number } of model.levels) {
      expect(meets(number, number), `${number}`).toBe(true);
      if (number < 4) expect(meets(number, number + 1), `${number} is not ${number + 1}`).toBe(false);
    }
  });

  test('no row holds less at a higher level', () => {
    for (const { id } of model.characteristics) {
      const held = model.levels.map(({ holds }) => holds[id] ?? -1);
      expect(held, id).toEqual([...held].sort((a, b) => a - b));
    }
  });

  test('what the build writes is what the file says', async () => {
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
    expect(await loadModel()).toEqual(model);
  });
});

describe('a wrong file is refused, and the place named', () => {
  const cases: { id: string; at: (string | number)[]; becomes: unknown; says: RegExp }[] = [
    { id: 'other schema', at: ['version'], becomes: 2, says: /version/ },
    { id: 'unknown key', at: ['colour'], becomes: 'red', says: /unknown key colour/ },
    { id: 'a level out of order', at: ['levels', 1, 'number'], becomes: 3, says: /levels\[1\].*3.*1/ },
    { id: 'a level gone', at: ['levels', 4], becomes: undefined, says: /4 of 5/ },
    {
      id: 'unknown theme',
      at: ['levels', 0, 'challenges', 0, 'theme'],
      becomes: 'joy',
      says: /theme: one of.*"joy"/,
    },
    {
      id: 'a row without a statement',
      at: ['characteristics', 3, 'statements', 'L2'],
      becomes: undefined,
      says: /characteristics\[3\] \(creation\.data\): statements: L2 is missing/,
    },
    {
      id: 'same with nothing before it',
      at: ['characteristics', 3, 'statements', 'L0'],
      becomes: 'same',
      says: /nothing stands before it/,
    },
    {
      id: 'a statement that nothing shows',
      at: ['characteristics', 4, 'evidence', 'L2'],
      becomes: undefined,
      says: /creation\.compute.*L2.*no evidence/,
    },
    {
      id: 'evidence without a way to it',
      at: ['characteristics', 3, 'next', 'L1'],
      becomes: undefined,
      says: /creation\.data.*next has no L1/,
    },
    {
      id: 'a resource that neither costs nor is free',
      at: ['levels', 1, 'resources', 0, 'idle'],
      becomes: 'cheap',
      says: /levels\[1\].*resources\[0\]: idle: one of costs, free/,
    },
    {
      id: 'a condition that no template knows',
      at: ['levels', 3, 'variables', 2, 'if'],
      becomes: ['tpyed'],
      says: /variables\[2\].*tpyed/,
    },
    {
      id: 'a variable in no place',
      at: ['levels', 1, 'variables', 0, 'where'],
      becomes: undefined,
      says: /variables\[0\]: where is missing/,
    },
    {
      id: 'unknown dimension',
      at: ['characteristics', 3, 'dimension'],
      becomes: 'luck',
      says: /creation\.data: dimension luck/,
    },
    {
      id: 'an id twice',
      at: ['characteristics', 3, 'id'],
      becomes: 'creation.compute',
      says: /creation\.compute stands twice/,
    },
    {
      id: 'an expectation missing',
      at: ['levels', 2, 'holds', 'creation.data'],
      becomes: undefined,
      says: /levels\[2\]\.holds lacks creation\.data/,
    },
    {
      id: 'an expectation for no row',
      at: ['levels', 2, 'holds', 'creation.luck'],
      becomes: 1,
      says: /unknown creation\.luck/,
    },
    {
      id: 'a definition that names no row',
      at: ['levels', 2, 'definition', 0, 'any', 0, 'characteristic'],
      becomes: 'creation.luck',
      says: /levels\[2\]\.definition names unknown creation\.luck/,
    },
    {
      id: 'a broken regular expression',
      at: ['acts', 'track', 'any', 0, 'call'],
      becomes: '(',
      says: /track.*call: .*[Rr]egular expression/,
    },
    {
      id: 'an act that is not in the table',
      at: ['characteristics', 3, 'evidence', 'L1', 0, 'chain', 'does', 0],
      becomes: 'juggle',
      says: /creation\.data: act juggle is not in acts/,
    },
    {
      id: 'an act made of one that is not in the table',
      at: ['acts', 'keep', 'any', 0],
      becomes: { act: 'juggle' },
      says: /keep: act juggle is not in acts/,
    },
    {
      id: 'a start that there is not',
      at: ['characteristics', 3, 'evidence', 'L1', 0, 'chain', 'started'],
      becomes: 'push',
      says: /started: push is none of change/,
    },
    {
      id: 'an unknown kind of rule',
      at: ['characteristics', 3, 'evidence', 'L1', 0],
      becomes: { smell: 'good' },
      says: /unknown kind of rule "smell"/,
    },
    {
      id: 'a number where text belongs',
      at: ['levels', 1, 'summary'],
      becomes: 7,
      says: /summary: text is expected, not 7/,
    },
  ];

  test.each(cases)('$id', ({ at, becomes, says }) => {
    const file = parseDocument(text);
    if (becomes === undefined) file.deleteIn(at);
    else file.setIn(at, becomes);
    expect(() => parseModel(file.toString())).toThrow(says);
  });

  test('the message begins with the name of the file', () => {
    expect(() => parseModel('version: 1', 'ours.yml')).toThrow(/^ours\.yml: sources is missing/);
  });
});
