import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readYaml } from '../../src/assess/yaml.js';

const WORKFLOW = `# what starts it
on:
  push:
    branches: [main]
jobs:
  train:
    steps:
      - run: a
      - name: b
        run: |
          c
`;

describe('a YAML text', () => {
  test('is read with the lines of its keys and items', () => {
    const [document] = readYaml(WORKFLOW);
    expect(document?.value).toMatchObject({ on: { push: { branches: ['main'] } } });
    expect(document?.error).toBeUndefined();
    const line = (...key: (string | number)[]) => document?.line(key);
    expect(line()).toBe(2);
    expect(line('on', 'push', 'branches', 0)).toBe(4);
    expect(line('jobs', 'train')).toBe(6);
    expect(line('jobs', 'train', 'steps', 1)).toBe(9);
    expect(line('jobs', 'train', 'steps', 1, 'run')).toBe(10);
    expect(line('jobs', 'train', 'if')).toBe(6);
    expect(line('jobs', 'none', 'steps', 4)).toBe(5);
  });

  test('has as many documents as it holds, each with lines of the whole text', () => {
    const documents = readYaml('a: 1\n---\nb: 2\n---\n');
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { b: 2 }, null]);
    expect(documents[1]?.line(['b'])).toBe(3);
    expect(readYaml('# nothing\n')).toEqual([]);
    expect(readYaml('')).toEqual([]);
  });

  test('with merge keys and aliases reads as if they were written out', () => {
    const [document] = readYaml('base: &base\n  a: 1\n  b: 1\nx:\n  <<: *base\n  b: 2\ny: *base\n');
    expect(document?.value).toMatchObject({ x: { a: 1, b: 2 }, y: { a: 1 } });
    expect(document?.line(['y', 'b'])).toBe(3);
    expect(document?.line(['x', 'b'])).toBe(6);
    expect(document?.line(['x', 'a'])).toBe(4);
  });

  test('with a key that stands twice has the last value, on its line, and says so', () => {
    const [document] = readYaml('a: 1\nb: 2\na: 3\n');
    expect(document).toMatchObject({ value: { a: 3, b: 2 }, twice: 'a' });
    expect(document?.line(['a'])).toBe(3);
    expect(document?.error).toBeUndefined();
  });

  test.each([
    ['an open list', 'a: 1\nb: [1,\nc: 2\n'],
    ['a template', '{{ if x }}\na: 1\n{{ end }}\n'],
    ['a tab as indentation', 'a:\n\tb: 1\n'],
    ['an alias of nothing', 'a: *b\n'],
  ])('that is broken by %s says why', (_, text) => {
    expect(readYaml(text).some(({ error }) => error)).toBe(true);
  });

  test('names the line on which it is broken', () => {
    expect(readYaml('a: 1\nb: "x\n')[0]?.error).toMatch(/^line [23]: /);
  });
});

const bomb = (of: number): string =>
  `a: &a [x${',x'.repeat(8)}]\n` +
  Array.from(
    { length: of },
    (_, i) =>
      `${'bcdefghijklm'[i] ?? ''}: &${'bcdefghijklm'[i] ?? ''} [${Array(9)
        .fill(`*${'abcdefghijklm'[i] ?? ''}`)
        .join(', ')}]\n`,
  ).join('');

describe('a hostile YAML text', () => {
  test.each([
    ['aliases of aliases', bomb(12)],
    ['an alias of itself', 'a: &a [*a]\n'],
    ['brackets', '['.repeat(1_000_000)],
    ['braces', '{a: '.repeat(100_000)],
    ['dashes', '- '.repeat(100_000)],
    ['question marks', '? '.repeat(100_000)],
    ['indentation', Array.from({ length: 900 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['a large anchor used often', `a: &a [${'x,'.repeat(5000)}]\nb:\n${'- *a\n'.repeat(100)}`],
    ['its size', 'a: 1\n'.repeat(200_000)],
  ])('of %s gives an error soon', { timeout: 10_000 }, (_, text) => {
    const [document] = readYaml(text);
    expect(document?.error).toBeTypeOf('string');
    expect(document?.value).toBeUndefined();
    expect(document?.line(['a', 'b', 0])).toBeGreaterThan(0);
  });

  test('cannot reach a prototype', () => {
    const [document] = readYaml('__proto__: {polluted: yes}\nconstructor: {prototype: {polluted: yes}}\n');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.keys(document?.value as object)).toContain('__proto__');
  });

  test('of any kind never throws, and every line is one of the text', () => {
    const word = fc.constantFrom(
      'a',
      'a:',
      '- ',
      '  ',
      '\n',
      '[',
      ']',
      '{',
      '}',
      '&a',
      '*a',
      '<<: ',
      '|',
      '>',
      '"',
      "'",
      '#',
      '---',
      '!!',
      '? ',
      '\t',
      ',',
      '%',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(text, fc.array(fc.oneof(fc.constantFrom('a', '<<'), fc.nat(3))), (yaml, key) => {
        for (const document of readYaml(yaml)) {
          const line = document.line(key);
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(yaml.split(/\r\n?|\n/).length);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
