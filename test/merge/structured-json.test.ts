import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { merger } from './line-merge.js';

const merge = merger('a.json');
const pretty = (value: unknown, indent: number | string = 2) => `${JSON.stringify(value, null, indent)}\n`;

describe('JSON', () => {
  const PACKAGE = { name: 'app', scripts: { test: 'vitest' }, dependencies: { a: '1.0.0' } };

  test.each([
    ['two spaces', 2],
    ['tabs', '\t'],
  ])('keys added by both, %s: the team first, commas between', async (_, indent) => {
    const add = (more: object) =>
      pretty({ ...PACKAGE, dependencies: { ...PACKAGE.dependencies, ...more } }, indent);
    const result = await merge(add({}), add({ mine: '1', own: '2' }), add({ new: '3' }));
    expect(result).toBe(add({ mine: '1', own: '2', new: '3' }));
  });

  test('objects added by both to a list, as in a workbook', async () => {
    const item = (name: string) => ({ type: 1, content: { json: `## ${name}` }, name });
    const book = (...names: string[]) =>
      pretty({ version: 'Notebook/1.0', items: names.map(item), isLocked: false });
    expect(await merge(book('a'), book('a', 'mine'), book('a', 'new'))).toBe(book('a', 'mine', 'new'));
  });

  test('additions in front, where every entry has a comma behind it', async () => {
    const result = await merge(pretty({ z: 1 }), pretty({ mine: [1.5], z: 1 }), pretty({ new: {}, z: 1 }));
    expect(result).toBe(pretty({ mine: [1.5], new: {}, z: 1 }));
  });

  test('the last key dropped by the template, one added behind it by the team', async () => {
    expect(await merge(pretty({ a: 1, b: 2 }), pretty({ a: 1, b: 2, mine: 3 }), pretty({ a: 1 }))).toBe(
      pretty({ a: 1, mine: 3 }),
    );
  });

  test('numbers and escapes stay as they are written', async () => {
    const text = (...lines: string[]) =>
      `{\n${['"a": 1.50e+00', '"b": "\\u00e9"', ...lines].map((line) => `  ${line}`).join(',\n')}\n}`;
    const result = await merge(text(), text('"mine": 2.0'), text('"new": 3.0'));
    expect(result).toBe(text('"mine": 2.0', '"new": 3.0'));
  });

  test.each([
    ['one key with two values', { a: 1 }, { a: 1, x: 1 }, { a: 1, x: 2 }],
    ['one value set by both', { a: 1 }, { a: 2 }, { a: 3 }],
    ['a key changed by the team that the template dropped', { a: 1, b: 1 }, { a: 1, b: 2 }, { a: 1 }],
    [
      'two items of one id',
      [{ id: 'a' }],
      [{ id: 'a' }, { id: 'x', v: 1 }],
      [{ id: 'a' }, { id: 'x', v: 2 }],
    ],
    ['a package in two versions', { r: ['a'] }, { r: ['a', 'x==1'] }, { r: ['a', 'x==2'] }],
  ])('%s stays a conflict', async (_, base, ours, theirs) => {
    expect(await merge(pretty(base), pretty(ours), pretty(theirs))).toBeUndefined();
  });

  test.each([
    ['one line', '{"a": 1}\n', '{"a": 1, "b": 1}\n', '{"a": 1, "c": 1}\n'],
    ['a key twice', '{\n"a": 1\n}\n', '{\n"a": 1,\n"b": 1,\n"b": 1\n}\n', '{\n"a": 1,\n"c": 1\n}\n'],
    ['broken JSON', '{\n"a": 1\n}\n', '{\n"a": 1,,\n"b": 1\n}\n', '{\n"a": 1,\n"c": 1\n}\n'],
    ['commas in front', '{\n"a": 1\n}\n', '{\n"a": 1\n,"b": 1\n}\n', '{\n"a": 1\n,"c": 1\n}\n'],
  ])('%s stays a conflict', async (_, base, ours, theirs) =>
    expect(await merge(base, ours, theirs)).toBeUndefined(),
  );
});

test('settings with comments: each stays with its line', async () => {
  const settings = (...lines: string[]) =>
    `{\n  // Shared.\n  "a": true, // why\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
  const base = settings('"b": 1 /* last */');
  const ours = settings('"b": 1, /* last */', '// Mine, and "x": 1.', '"mine": { "x": 1 }, // m');
  const theirs = settings('"b": 1, /* last */', '/* New. */', '"new": "// no comment"');
  expect(await merge(base, ours, theirs)).toBe(
    settings(
      '"b": 1, /* last */',
      '// Mine, and "x": 1.',
      '"mine": { "x": 1 }, // m',
      '/* New. */',
      '"new": "// no comment",',
    ),
  );
});

test('any additions of keys at any depth: what both have is there, in JSON', async () => {
  const value = fc.jsonValue({ maxDepth: 2 }).filter((v) => JSON.stringify(v) !== undefined);
  const keys = (letter: string) =>
    fc
      .array(value, { minLength: 1, maxLength: 3 })
      .map((list) => Object.fromEntries(list.map((v, i) => [`${letter}${i}`, v])));
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(keys('b'), keys('o'), keys('t'), fc.boolean(), async (b, o, t, first) => {
      const whole = (more: object) =>
        pretty({ top: first ? { ...more, ...b } : { ...b, ...more }, list: [b] });
      const result = await merge(whole({}), whole(o), whole(t));
      if (result === 'no conflict') return;
      taken++;
      expect(result).toBe(whole({ ...o, ...t }));
    }),
    { numRuns: 50 },
  );
  expect(taken).toBeGreaterThan(10);
});
