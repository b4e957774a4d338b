import fc from 'fast-check';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { prettyJson } from '../../src/render/json.js';

const byPrettier = (value: unknown) => format(JSON.stringify(value, null, 2), { parser: 'json' });

const word = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: fc.constantFrom('a', 'é', 'ß', '日', '한', 'カ', 'e\u0301', '，', '"', '\\', '\n') }),
  fc.string({ unit: fc.constantFrom('a', '👍', '🇩🇪', '👩‍🔬', '❤️', '🏳️‍🌈'), maxLength: 30 }),
);
const scalar = fc.oneof(
  word,
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.integer(),
  fc.boolean(),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { withCrossShrink: true, maxDepth: 3 },
    scalar,
    fc.constant(null),
    fc.array(word, { maxLength: 20 }),
    fc.array(fc.integer(), { maxLength: 60 }),
    fc.array(fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.integer()), { maxLength: 40 }),
    fc.array(tie('any'), { maxLength: 5 }),
    fc.dictionary(word, tie('any'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).any;

describe('JSON that we write', () => {
  it('is what Prettier would make of it, always', async () => {
    await fc.assert(
      fc.asyncProperty(value, async (any) => {
        expect(prettyJson(any)).toBe(await byPrettier(any));
      }),
      { numRuns: 500 },
    );
  });

  it('breaks a list where the line ends, to the very column', async () => {
    for (let length = 60; length < 90; length++)
      for (const key of ['k', '日本'])
        for (const behind of [{}, { more: 1 }]) {
          const any = { [key]: ['x'.repeat(length - 10), 'y'], ...behind };
          expect(prettyJson(any)).toBe(await byPrettier(any));
        }
  });

  it('has no line for what is undefined', () => {
    expect(prettyJson({ a: undefined, b: 1 })).toBe('{\n  "b": 1\n}\n');
  });
});
