import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packBaseline, unpackBaseline } from '../../src/baseline/pack.js';
import { pathProblem } from '../../src/baseline/path.js';
import { type FileTree, type Mode, sorted } from '../../src/render/tree.js';

const entry = fc.record({
  content: fc.uint8Array({ maxLength: 200 }),
  mode: fc.constantFrom<Mode>('100644', '100755', '120000'),
});
const segment = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[/]/.test(text));
const path = fc
  .array(segment, { minLength: 1, maxLength: 3 })
  .map((segments) => segments.join('/'))
  .filter((text) => pathProblem(text) === undefined);
const tree = fc
  .array(fc.tuple(path, entry))
  .map((entries): FileTree => new Map(entries))
  // No tree has a file and a folder of one name.
  .filter((made) => ![...made.keys()].some((a) => [...made.keys()].some((b) => b.startsWith(`${a}/`))));

const small: FileTree = new Map([
  ['b.txt', { content: new TextEncoder().encode('b\n'), mode: '100644' }],
  ['a/é "q"\n.sh', { content: new Uint8Array([0, 255, 10]), mode: '100755' }],
]);

describe('the baseline', () => {
  it('unpacks to the tree that was packed', () => {
    fc.assert(
      fc.property(tree, (packed) => {
        expect([...unpackBaseline(packBaseline(packed))]).toEqual([...sorted(packed)]);
      }),
    );
  });

  it('has the same bytes whatever the order of the files', () => {
    expect(packBaseline(new Map([...small].reverse()))).toEqual(packBaseline(small));
  });

  it('names neither a time nor an operating system', () => {
    const whole = packBaseline(small);
    expect([...whole.slice(0, 4)]).toEqual([0x1f, 0x8b, 8, 0]);
    expect([...whole.slice(4, 8)]).toEqual([0, 0, 0, 0]);
    expect(whole[9]).toBe(255);
  });

  it('carries the SHA-256 of what it holds, so that no other bytes pass for it', () => {
    const whole = gunzipSync(packBaseline(small));
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      expect(() => unpackBaseline(gzipSync(damaged))).toThrow(/baseline of this form|SHA-256/);
    }
  });

  it('cut short, or no gzip at all, is refused', () => {
    const whole = packBaseline(small);
    for (const length of [0, 5, whole.length - 1])
      expect(() => unpackBaseline(whole.slice(0, length))).toThrow('gzip');
    expect(() => unpackBaseline(gzipSync(Buffer.from('something else')))).toThrow('no baseline');
  });

  it('with something behind its end is refused', () => {
    const whole = packBaseline(small);
    for (const tail of [Buffer.from('x'), Buffer.alloc(8), gzipSync(Buffer.from('more'))])
      expect(() => unpackBaseline(Buffer.concat([whole, tail]))).toThrow(
        /behind its end|SHA-256|no whole gzip/,
      );
  });

  it('that unpacks to a gigabyte is refused, in little memory and time', () => {
    const bomb = new Uint8Array(bombOf(1024));
    const before = process.memoryUsage().rss;
    const start = performance.now();
    expect(() => unpackBaseline(bomb)).toThrow('more than 64 MiB');
    expect(performance.now() - start).toBeLessThan(5000);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  });

  const good = ['a.txt', '100644', 1];
  it.each<[unknown, string]>([
    [['../up', '100644', 1], '"../up" leads out of its folder'],
    [['a/../../up', '100644', 1], 'leads out'],
    [['./a', '100644', 1], 'leads out'],
    [['/etc/passwd', '100644', 1], 'is absolute'],
    [['C:evil', '100644', 1], 'is absolute'],
    [['c:/evil', '100644', 1], 'is absolute'],
    [['a\\b', '100644', 1], 'holds a backslash'],
    [['.git/config', '100644', 1], 'lies in a .git folder'],
    [['a/.GIT/hooks/x', '100644', 1], 'lies in a .git folder'],
    [['.git. /config', '100644', 1], 'lies in a .git folder'],
    [['git~1/config', '100644', 1], 'lies in a .git folder'],
    [['.g\u200cit/config', '100644', 1], 'lies in a .git folder'],
    [['.git::$INDEX_ALLOCATION/config', '100644', 1], 'lies in a .git folder'],
    [['a//b', '100644', 1], 'has an empty segment'],
    [['a/', '100644', 1], 'has an empty segment'],
    [['', '100644', 1], 'is empty'],
    [['a\0b', '100644', 1], 'holds a NUL'],
    [['a', '160000', 1], '"160000" is no mode of a file'],
    [['a', '40000', 1], 'no mode'],
    [['a', 100644, 1], 'no [path, mode, bytes]'],
    [['a', '100644', -1], 'no count of bytes'],
    [['a', '100644', 1.5], 'no count of bytes'],
    [['a', '100644', '1'], 'no count of bytes'],
    [['a', '100644', 5], 'longer than what is there'],
    [['a', '100644'], 'no count of bytes'],
    [['a', '100644', 1, 2], 'no [path, mode, bytes]'],
    [{ path: 'a' }, 'no [path, mode, bytes]'],
    [null, 'no [path, mode, bytes]'],
  ])('with the entry %j is refused, whatever its checksum says, naming the place', (entry, why) => {
    expect(() =>
      unpackBaseline(
        forged([
          [good, 'x'],
          [entry, 'y'],
        ]),
      ),
    ).toThrow('is damaged at file 2: ');
    expect(() =>
      unpackBaseline(
        forged([
          [good, 'x'],
          [entry, 'y'],
        ]),
      ),
    ).toThrow(why);
  });

  it.each([
    ['twice', ['a', 'a']],
    ['out of order', ['b', 'a']],
  ])('with a path %s is refused', (_, paths) => {
    const entries = paths.map((each): [unknown, string] => [[each, '100644', 1], 'x']);
    expect(() => unpackBaseline(forged(entries))).toThrow('stands twice, or out of order');
  });

  it('in which a file is a folder too is refused', () => {
    const entries = ['a', 'a.b', 'a/c'].map((each): [unknown, string] => [[each, '100644', 1], 'x']);
    expect(() => unpackBaseline(forged(entries))).toThrow('"a" is a file and a folder');
  });

  it('without a line end behind an entry is refused', () => {
    expect(() => unpackBaseline(packed('["a","100644",0]'))).toThrow('longer than what is there');
    expect(() => unpackBaseline(packed('not even'))).toThrow('no [path, mode, bytes]');
  });
});

/** A baseline of this text, with the right checksum. */
function packed(body: string): Uint8Array {
  const sum = createHash('sha256').update(body).digest('hex');
  return gzipSync(Buffer.from(`azmlops baseline 1\n${sum}\n${body}`));
}

const forged = (entries: readonly (readonly [unknown, string])[]): Uint8Array =>
  packed(entries.map(([head, content]) => `${JSON.stringify(head)}\n${content}`).join(''));

/** So many MiB of zeros as one gzip, made a member of a MiB at a time. */
function bombOf(mebibytes: number): Buffer {
  const member = gzipSync(Buffer.alloc(1024 * 1024));
  return Buffer.concat(Array.from({ length: mebibytes }, () => member));
}
