import { describe, expect, test } from 'vitest';
import { applyLift } from '../../src/merge/lifts.js';
import { applyMoves } from '../../src/merge/moves.js';
import type { HeadEntry, Lift } from '../../src/merge/types.js';
import type { FileTree } from '../../src/render/tree.js';
import { file, tree } from './trees.js';

function head(
  texts: Readonly<Record<string, string>>,
  submodules: readonly string[] = [],
): Map<string, HeadEntry> {
  const files = [...tree(texts)].map(([path, entry]): [string, HeadEntry] => [path, { ...entry, oid: '' }]);
  return new Map([
    ...files,
    ...submodules.map((path): [string, HeadEntry] => [path, { mode: '160000', oid: '' }]),
  ]);
}

function texts(of: FileTree): Record<string, string> {
  return Object.fromEntries([...of].map(([path, { content }]) => [path, Buffer.from(content).toString()]));
}

describe('a move', () => {
  test('of a folder takes along what the team has in it, and keeps what is beside it', () => {
    const moved = applyMoves(
      [{ from: 'src/old/', to: 'src/new/' }],
      tree({ 'src/old/a.py': 'A\n', 'src/oldest.py': 'O\n' }),
      head({ 'src/old/a.py': 'mine\n', 'src/old/deep/own.py': 'own\n', 'src/oldest.py': 'O\n' }),
    );
    expect(texts(moved.base)).toEqual({ 'src/new/a.py': 'A\n', 'src/oldest.py': 'O\n' });
    expect(texts(moved.ours)).toEqual({
      'src/new/a.py': 'mine\n',
      'src/new/deep/own.py': 'own\n',
      'src/oldest.py': 'O\n',
    });
    expect(moved.origin.get('src/new/deep/own.py')).toBe('src/old/deep/own.py');
  });

  test('of a file that the template never had leaves the team’s file alone', () => {
    const moved = applyMoves([{ from: 'a', to: 'b' }], tree({}), head({ a: 'mine\n' }));
    expect(texts(moved.ours)).toEqual({ a: 'mine\n' });
  });

  test('goes on from where the one before it ended', () => {
    const moves = [
      { from: 'a', to: 'b/c' },
      { from: 'b/', to: 'd/' },
    ];
    const moved = applyMoves(moves, tree({ a: 'A\n' }), head({ a: 'mine\n' }));
    expect(texts(moved.ours)).toEqual({ 'd/c': 'mine\n' });
    expect([...moved.origin]).toEqual([['d/c', 'a']]);
  });

  test('can put a folder into itself', () => {
    const both = { 'src/a': 'A\n', 'src/pkg/b': 'B\n' };
    const moved = applyMoves([{ from: 'src/', to: 'src/pkg/' }], tree(both), head(both));
    expect(texts(moved.ours)).toEqual({ 'src/pkg/a': 'A\n', 'src/pkg/pkg/b': 'B\n' });
  });

  test('can turn a file into a folder that holds it', () => {
    const moved = applyMoves([{ from: 'env', to: 'env/dev' }], tree({ env: 'E\n' }), head({ env: 'mine\n' }));
    expect(texts(moved.ours)).toEqual({ 'env/dev': 'mine\n' });
  });

  test('that the team made itself is followed by the base', () => {
    const moved = applyMoves([{ from: 'a', to: 'b' }], tree({ a: 'A\n' }), head({ b: 'mine\n' }));
    expect(texts(moved.base)).toEqual({ b: 'A\n' });
    expect(texts(moved.ours)).toEqual({ b: 'mine\n' });
    expect(moved.origin.size).toBe(0);
  });

  test('of a file that the team deleted brings nothing back', () => {
    const moved = applyMoves([{ from: 'a', to: 'b' }], tree({ a: 'A\n' }), head({}));
    expect(texts(moved.base)).toEqual({ b: 'A\n' });
    expect(texts(moved.ours)).toEqual({});
  });

  test.each([
    ['a file', { a: 'mine\n', b: 'own\n' }, 'b'],
    ['a folder', { a: 'mine\n', 'b/own': 'own\n' }, 'b'],
    ['a file where a folder must be', { a: 'mine\n', b: 'own\n' }, 'b/c'],
  ])('stays undone when %s of the team stands at its target', (_, ours, to) => {
    const moved = applyMoves([{ from: 'a', to }], tree({ a: 'A\n' }), head(ours));
    expect(texts(moved.base)).toEqual({ a: 'A\n' });
    expect(texts(moved.ours)).toEqual(ours);
    expect([...moved.blocked]).toEqual([['a', to]]);
  });

  test('leaves a submodule where it is, and says so', () => {
    const moved = applyMoves(
      [{ from: 'a/', to: 'b/' }],
      tree({ 'a/x': 'X\n' }),
      head({ 'a/x': 'X\n' }, ['a/sub']),
    );
    expect(moved.notes.join()).toContain('a/sub');
  });
});

describe('a lift', () => {
  const lift: Lift = (before) => {
    const after = new Map(before);
    const cell = after.get('cell');
    after.delete('cell');
    if (cell) after.set('module', cell);
    return { tree: after, notes: cell ? ['lifted'] : [] };
  };

  test('carries the team’s code from one file to another, and tells it once', () => {
    const lifted = applyLift(lift, tree({ cell: 'A\n' }), tree({ cell: 'mine\n' }));
    expect([texts(lifted.base), texts(lifted.ours)]).toEqual([{ module: 'A\n' }, { module: 'mine\n' }]);
    expect(lifted.notes).toEqual(['lifted']);
  });

  test('never replaces a file of the team’s own', () => {
    const lifted = applyLift(lift, tree({ cell: 'A\n' }), tree({ cell: 'mine\n', module: 'own\n' }));
    expect(texts(lifted.ours).module).toBe('own\n');
    expect(lifted.displaced.get('module')).toEqual(file('mine\n'));
    expect(lifted.base.has('module')).toBe(false);
  });

  test('displaces nothing when the team had not touched what it lifts', () => {
    const lifted = applyLift(lift, tree({ cell: 'A\n' }), tree({ cell: 'A\n', module: 'own\n' }));
    expect(texts(lifted.ours).module).toBe('own\n');
    expect(lifted.displaced.size).toBe(0);
  });
});
