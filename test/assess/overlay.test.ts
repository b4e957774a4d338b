import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import { assess } from '../../src/assess/evaluate/assess.js';
import { overlaid } from '../../src/assess/overlay.js';
import { loadModel } from '../../src/levels/load.js';
import { chain, factsOf, filesOf } from './rules/facts.js';

const model = await loadModel();
const FILE = '.azmlops/maturity.yml';
const laid = (text: string) => overlaid(model, filesOf({ [FILE]: text }));
const REGISTERS = chain('person', { a: ['acme-ml register --model m'] });
const asked = (text: string, texts: Record<string, string> = {}) =>
  assess(
    factsOf({
      texts: { 'a.py': 'import sklearn\n', ...texts, ...(text ? { [FILE]: text } : {}) },
      chains: [REGISTERS],
    }),
    model,
  );

describe('.azmlops/maturity.yml', () => {
  test('is not needed', () => expect(overlaid(model, filesOf({}))).toEqual({ model, notes: [] }));

  test('adds a shape of an act, and the report says so', () => {
    const result = (text: string) => asked(text).rows.find(({ id }) => id === 'creation.result')?.holds;
    const text = "acts:\n  register:\n    any:\n      - command: '^acme-ml register'\n";
    expect(result('')).toBe(1);
    expect(result(text)).toBe(2);
    expect(asked(text).notes).toEqual([`${FILE} adds 1 to what counts as "registers the model".`]);
  });

  test('asks for more of a row', () => {
    const text =
      'characteristics:\n  - id: creation.result\n    evidence:\n      L2: [{ files: CARD.md }]\n    next: { L2: Write a card. }\n';
    expect(laid(text).notes).toEqual([`${FILE} asks for more of creation.result.`]);
    const row = laid(text).model.characteristics.find(({ id }) => id === 'creation.result')!;
    const ours = model.characteristics.find(({ id }) => id === 'creation.result')!;
    expect(row.evidence[2]).toEqual([...ours.evidence[2]!, { files: 'CARD.md' }]);
    expect(row.next[2]).toBe('Write a card.');
  });

  test('adds a row of its own, which counts in its dimension', () => {
    const text = `characteristics:
  - id: acme.card
    dimension: creation
    statements: { L0: Nobody says what it is for., L1: same, L2: A card says what it is for., L3: same, L4: same }
    starts: 1
    seen: true
    evidence: { L2: [{ files: CARD.md }] }
    next: { L2: Write the card. }
`;
    const row = (found: ReturnType<typeof asked>) => found.rows.find(({ id }) => id === 'acme.card');
    expect(row(asked(text))).toMatchObject({ label: 'not met', holds: 1, next: 'Write the card.' });
    expect(row(asked(text, { 'CARD.md': 'x' }))).toMatchObject({ label: 'met', holds: 4 });
  });

  test.each([
    ['no YAML', 'acts: [', /^\.azmlops\/maturity\.yml:\d+: /],
    ['an unknown key', 'levels: []', /unknown key levels/],
    ['another schema', 'version: 2', /version: 1/],
    ['an act without shapes', 'acts:\n  register:\n    any: []', /acts: register: any/],
    ['a change of ours', 'acts:\n  register:\n    says: x\n    any: [{ command: x }]', /is not changed/],
    [
      'a rule that is none',
      'characteristics:\n  - { id: creation.data, evidence: { L1: [{ smell: x }] } }',
      /smell/,
    ],
    [
      'an act that nobody knows',
      'characteristics:\n  - { id: creation.data, evidence: { L1: [{ chain: { started: change, does: [juggle] } }] } }',
      /juggle is not in acts/,
    ],
    [
      'a row of People',
      'characteristics:\n  - { id: x, dimension: people, statements: { L0: a, L1: same, L2: same, L3: same, L4: same }, starts: 0, seen: false }',
      /dimension: one of creation, release, app/,
    ],
    [
      'a broken regular expression',
      'acts:\n  register:\n    any: [{ command: "(" }]',
      /[Rr]egular expression/,
    ],
  ])('%s is refused', (_, text, says) => {
    expect(() => laid(text)).toThrow(says);
    expect(() => laid(text)).toThrow(UserError);
  });
});
