import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packBaseline, unpackBaseline } from '../../src/baseline/pack.js';
import { type FileTree, type Mode, sorted } from '../../src/render/tree.js';

const entry = fc.record({
  content: fc.uint8Array({ maxLength: 200 }),
  mode: fc.constantFrom<Mode>('100644', '100755', '120000'),
});
const tree = fc
  .array(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), entry))
  .map((entries): FileTree => new Map(entries));

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
    const packed = packBaseline(small);
    expect([...packed.slice(0, 4)]).toEqual([0x1f, 0x8b, 8, 0]);
    expect([...packed.slice(4, 8)]).toEqual([0, 0, 0, 0]);
    expect(packed[9]).toBe(255);
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
    const packed = packBaseline(small);
    for (const length of [0, 5, packed.length - 1])
      expect(() => unpackBaseline(packed.slice(0, length))).toThrow('gzip');
    expect(() => unpackBaseline(gzipSync(Buffer.from('something else')))).toThrow('no baseline');
  });
});
