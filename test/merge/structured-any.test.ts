import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { merger } from './line-merge.js';

const merge = merger('a.yml');

describe('any additions', () => {
  const word = fc.stringMatching(/^[a-z]{1,6}$/);
  const comment = fc.option(
    word.map((text) => `# ${text}`),
    { nil: '' },
  );
  const scalar = fc.oneof(word, fc.integer().map(String), fc.constant('"a: # b"'), fc.constant('[x, y]'));
  /** Lines of one entry at column 0, its comment above. */
  const nested = fc.oneof(
    scalar.map((text) => [` ${text}`]),
    fc.tuple(word, scalar).map(([key, text]) => ['', `  ${key}: ${text}`, `  # in ${key}`, '  last-one: 1']),
    fc
      .array(scalar, { minLength: 1, maxLength: 3 })
      .map((items) => ['', ...items.map((item) => `  - ${item}`)]),
    fc
      .array(word, { minLength: 1 })
      .map((texts) => [' |', ...texts.map((text) => `  ${text}`), '', '  # text']),
  );
  const entries = (letter: string, dash: string) =>
    fc.array(fc.tuple(comment, nested, fc.boolean()), { minLength: 1, maxLength: 3 }).map((list) =>
      list.map(([above, [first, ...rest], blank], i) => {
        const pad = ' '.repeat(dash.length);
        return [
          ...(blank ? [''] : []),
          ...(above ? [`${above} of ${letter}${i}`] : []),
          `${dash}${letter}${i}:${first}`,
          ...rest.map((line) => (line ? pad + line : line)),
        ];
      }),
    );
  const files = (dash: string) =>
    fc
      .tuple(entries('b', dash), entries('o', dash), entries('t', dash), fc.nat(), fc.nat(), fc.boolean())
      .map(([b, o, t, at, other, nest]) => {
        const put = (added: string[][], place: number) => {
          const index = place % (b.length + 1);
          const lines = [...b.slice(0, index), ...added, ...b.slice(index)].flat();
          return `${(nest ? ['top: 1', 'root:', ...lines.map((line) => (line ? `  ${line}` : line)), 'last: 2'] : lines).join('\n')}\n`;
        };
        const texts = [put([], 0), put(o, at), put(t, at % (b.length + 1) === 0 ? at : other)] as const;
        return { texts, dash, nest };
      });
  const linesOf = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  const counted = (lines: string[]) => {
    const counts = new Map<string, number>();
    for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
    return counts;
  };

  test.each(['', '- '])(
    'to entries that begin with "%s": every line of both once, every value there',
    async (dash) => {
      let taken = 0;
      await fc.assert(
        fc.asyncProperty(files(dash), async ({ texts: [b, o, t], nest }) => {
          const result = await merge(b, o, t);
          if (result === 'no conflict') return;
          taken++;
          expect(result).toBeDefined();
          if (result === undefined) return;
          // Nothing but the lines of the team and the added ones of the template, each as often.
          const [was, there] = [counted(linesOf(b)), counted(linesOf(t))];
          const expected = counted(linesOf(o));
          for (const [line, n] of there)
            expected.set(line, (expected.get(line) ?? 0) + n - (was.get(line) ?? 0));
          expect(counted(linesOf(result))).toEqual(new Map([...expected].filter(([, n]) => n > 0)));
          const inside = (text: string) => {
            const value = parse(text) as Record<string, unknown>;
            return nest ? value.root : value;
          };
          const [merged, mine, other, before] = [result, o, t, b].map(inside) as [
            unknown,
            unknown,
            unknown,
            unknown,
          ];
          if (dash) {
            for (const side of [mine, other] as unknown[][])
              expect(
                (merged as unknown[]).filter((item) =>
                  side.some((one) => JSON.stringify(one) === JSON.stringify(item)),
                ),
              ).toEqual(side);
            expect((merged as unknown[]).length).toBe(
              (mine as unknown[]).length + (other as unknown[]).length - (before as unknown[]).length,
            );
          } else expect(merged).toEqual({ ...(mine as object), ...(other as object) });
        }),
        { numRuns: 50 },
      );
      expect(taken).toBeGreaterThan(10);
    },
  );
});
