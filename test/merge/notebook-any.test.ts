import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameNotebook } from '../../src/merge/notebook.js';
import { book, clean, merge, output, read } from './books.js';
import type { Cell } from './books.js';

describe('any notebooks', () => {
  const line = fc.constantFrom('a = 1', 'b = 2', 'plot(a)', '# text', 'c = "ü\\n"', '');
  const cell = fc.record({
    source: fc.array(line, { maxLength: 4 }).map((lines) => lines.join('\n')),
    type: fc.constantFrom('code' as const, 'markdown' as const),
    tags: fc.subarray(['one', 'two']),
  });
  const fresh = (letter: string) =>
    fc
      .array(cell, { maxLength: 6 })
      .map((cells) =>
        cells.map((c, i) => ({ ...c, id: `${letter}${i}`, source: `${letter}${i} = 0\n${c.source}` })),
      );
  /** Base's cells in another order, some gone, some edited, new ones between. */
  const edit = (cells: readonly Cell[], letter: string) =>
    fc
      .tuple(fc.shuffledSubarray([...cells.keys()]), fc.boolean(), fresh(letter), fc.array(fc.option(cell)))
      .map(([left, inOrder, added, changes]) => {
        const kept = (inOrder ? [...left].sort((a, b) => a - b) : left).map((i) => ({
          ...cells[i]!,
          ...changes[i],
        }));
        const result: Cell[] = [...kept];
        added.forEach((c, i) => result.splice((i * 7) % (result.length + 1), 0, c));
        return result;
      });
  const three = fresh('b').chain((b) => fc.tuple(fc.constant(b), edit(b, 'o'), edit(b, 't')));
  const ran = (cells: readonly Cell[]) =>
    cells.map((c, i) => (c.type === 'code' ? { ...c, outputs: output(`${c.id}`), count: i } : c));

  test('where the template changed nothing, the team keeps its bytes', () =>
    fc.assert(
      fc.asyncProperty(three, fc.constantFrom(1, 2, 4), async ([b, o], indent) => {
        const ours = book(ran(o), { indent });
        const respaced = book(b, { indent: 3 });
        expect(Buffer.from(await clean(book(b), ours, respaced)).toString()).toBe(ours);
      }),
    ));

  test('a notebook that was only run becomes the template one and keeps the outputs of what stays', () =>
    fc.assert(
      fc.asyncProperty(three, async ([b, , t]) => {
        const result = await clean(book(b), book(ran(b)), book(t));
        expect(sameNotebook(result, Buffer.from(book(t)))).toBe(true);
        for (const [i, { id, source, type }] of t.entries()) {
          const before = b.find((c) => c.id === id);
          const same = before?.source === source && before.type === type && type === 'code';
          expect(read(result).cells[i]!.outputs ?? []).toEqual(same ? output(`${id}`) : []);
        }
      }),
    ));

  test('no source of the team is lost but what the template deleted and the team left alone', () =>
    fc.assert(
      fc.asyncProperty(three, async ([b, o, t]) => {
        const merged = await merge(book(b), book(o), book(t));
        if (merged.kind === 'conflict') {
          expect(Buffer.from(merged.content).toString()).toBe(book(o));
          return;
        }
        const result = read(merged.content);
        for (const { id, source } of o) {
          const now = result.cells.find((c) => c.id === id);
          const before = b.find((c) => c.id === id);
          const template = t.find((c) => c.id === id);
          if (now) {
            const lines = [now.source].flat().join('').split('\n');
            const taken = new Set(b.flatMap((c) => c.source.split('\n')));
            for (const text of source.split('\n')) if (!taken.has(text)) expect(lines).toContain(text);
          } else expect([template, source]).toEqual([undefined, before?.source]);
        }
        expect(new Set(result.cells.map(({ id }) => id)).size).toBe(result.cells.length);
      }),
      { numRuns: 60 },
    ));
});
