import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, type Decision, type Ours } from '../../src/merge/decide.js';
import { sameBytes, sameEntry } from '../../src/merge/same.js';
import type { FileEntry, Mode } from '../../src/render/tree.js';
import { file } from './trees.js';

const MODES: Mode[] = ['100644', '100755', '120000'];
const entry = fc.record({
  content: fc.constantFrom('', 'A\n', 'B\n', 'C\n').map((text) => Buffer.from(text)),
  mode: fc.constantFrom(...MODES),
});
const side = fc.option(entry, { nil: undefined });

/** Each triple of absent, A, B and C in each mode is drawn many times over. */
function always(
  holds: (base: FileEntry | undefined, ours: FileEntry | undefined, theirs: FileEntry | undefined) => void,
) {
  fc.assert(
    fc.property(side, side, side, (base, ours, theirs) => void holds(base, ours, theirs)),
    { numRuns: 5000 },
  );
}

function resultOf(decision: Decision): FileEntry | undefined {
  return decision.kind === 'settled' || decision.kind === 'conflict' ? decision.result : undefined;
}

describe('of whatever the three sides have', () => {
  test('what the team has stays, unless it is what the template had', () => {
    always((base, ours, theirs) => {
      if (!ours || sameEntry(base, ours)) return;
      const decision = decide(base, ours, theirs);
      if (decision.kind === 'both') return expect(decision.ours).toBe(ours);
      if (base && sameBytes(base.content, ours.content) && ours.mode !== '120000' && base.mode !== '120000')
        return;
      expect(resultOf(decision)?.content).toEqual(ours.content);
    });
  });

  test('a mode that only the team changed stays', () => {
    always((base, ours, theirs) => {
      if (!base || !ours || !theirs || base.mode === ours.mode || base.mode !== theirs.mode) return;
      const decision = decide(base, ours, theirs);
      expect(decision.kind === 'both' ? decision.mode : resultOf(decision)?.mode).toBe(ours.mode);
    });
  });

  test('an untouched file becomes the template’s, with its mode', () => {
    always((base, _, theirs) => {
      const decision = decide(base, base, theirs);
      expect(decision.kind === 'settled' || decision.kind === 'gone').toBe(true);
      expect(resultOf(decision)).toEqual(theirs);
    });
  });

  test('where the template changed nothing, the team’s stays and nothing is told of conflicts', () => {
    always((base, ours) => {
      const decision = decide(base, ours, base);
      expect(decision.kind === 'settled' || decision.kind === 'gone').toBe(true);
      expect(resultOf(decision)).toEqual(ours);
    });
  });

  test('where both have the same, it stays', () => {
    always((base, ours) => {
      const decision = decide(base, ours, ours);
      expect(decision.kind).not.toBe('conflict');
      expect(resultOf(decision)).toEqual(ours);
    });
  });

  test('a file that the team deleted is never written again', () => {
    always((base, _, theirs) => {
      if (!base) return;
      const decision = decide(base, undefined, theirs);
      expect(resultOf(decision)).toBeUndefined();
      if (theirs) expect(decision).toMatchObject({ kind: 'settled', fate: 'keep-deleted' });
    });
  });

  test('what both changed is neither side’s alone: it is merged, or a conflict with all its stages', () => {
    always((base, ours, theirs) => {
      if (!ours || !theirs || sameEntry(ours, theirs) || sameEntry(base, ours) || sameEntry(base, theirs))
        return;
      const contents = new Set([base, ours, theirs].map((at) => at && Buffer.from(at.content).toString()));
      if (contents.size < 3) return;
      const decision = decide(base, ours, theirs);
      const sides = { ...(base && { base }), ours, theirs };
      if (decision.kind === 'conflict') expect(decision).toMatchObject({ stages: sides, beside: theirs });
      else expect(decision).toMatchObject({ kind: 'both', ...sides });
    });
  });

  test('a folder or submodule of the team stays, and what is new for its place goes beside it', () => {
    fc.assert(
      fc.property(side, fc.constantFrom<Ours>('folder', 'submodule'), side, (base, ours, theirs) => {
        const decision = decide(base, ours, theirs);
        expect(resultOf(decision)).toBeUndefined();
        if (theirs && !sameEntry(base, theirs))
          expect(decision).toMatchObject({ kind: 'conflict', beside: theirs });
        else expect(decision.kind).not.toBe('conflict');
      }),
    );
  });

  test('a reason is one sentence', () => {
    always((base, ours, theirs) => {
      const decision = decide(base, ours, theirs);
      if ('reason' in decision) expect(decision.reason).toMatch(/^[A-Z][^.]*\.$/);
    });
  });
});

const [a, b, c] = [file('A\n'), file('B\n'), file('C\n')];
const executable = (text: string) => file(text, '100755');

test.each<[string, FileEntry | undefined, Ours, FileEntry | undefined, object]>([
  ['new in the template', undefined, undefined, a, { fate: 'add', result: a }],
  ['changed by the template', a, a, b, { fate: 'update', result: b }],
  ['dropped by the template', a, a, undefined, { fate: 'remove' }],
  ['changed by the team', a, b, a, { fate: 'keep', result: b }],
  ['of the team alone', undefined, a, undefined, { fate: 'keep', result: a }],
  [
    'deleted by the team',
    a,
    undefined,
    a,
    { fate: 'keep-deleted', reason: 'You deleted it; the template has not changed it since.' },
  ],
  [
    'deleted by the team, changed by the template',
    a,
    undefined,
    b,
    { fate: 'keep-deleted', reason: 'You deleted it; the template has changed it since.' },
  ],
  ['deleted by both', a, undefined, undefined, { kind: 'gone' }],
  ['changed by both', a, b, c, { kind: 'both' }],
  ['added by both', undefined, b, c, { kind: 'both' }],
  [
    'changed by the team, dropped by the template',
    a,
    b,
    undefined,
    { kind: 'conflict', result: b, stages: { base: a, ours: b } },
  ],
  ['only made executable by the team, then dropped', a, executable('A\n'), undefined, { kind: 'conflict' }],
  ['made executable by the template', a, b, executable('A\n'), { fate: 'merge', result: executable('B\n') }],
  ['made executable by the team', a, executable('A\n'), b, { fate: 'merge', result: executable('B\n') }],
  [
    'a link by the template, changed by the team',
    a,
    b,
    file('-> x'),
    { kind: 'conflict', result: b, beside: file('-> x') },
  ],
  ['a link by the template alone', a, a, file('-> x'), { fate: 'update', result: file('-> x') }],
  ['empty, and changed by the template', file(''), file(''), b, { fate: 'update', result: b }],
])('a file %s', (_, base, ours, theirs, expected) => {
  expect(decide(base, ours, theirs)).toMatchObject(expected);
});
