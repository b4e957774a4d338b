import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changesOf } from '../../src/merge/changes.js';
import { entriesOf } from '../../src/merge/entries.js';
import { applyLift } from '../../src/merge/lifts.js';
import { applyMoves, foldersOf } from '../../src/merge/moves.js';
import { outcomesOf } from '../../src/merge/outcomes.js';
import { sameEntry } from '../../src/merge/same.js';
import type { MergeLines } from '../../src/merge/text.js';
import type { Change, HeadEntry, MergeEntry, Move } from '../../src/merge/types.js';
import type { FileEntry, FileTree } from '../../src/render/tree.js';
import { file } from './trees.js';

const PATHS = ['a', 'a/b', 'a/b/c', 'a/d', 'b', 'b/c', 'd/b', 'e', 'a.md', '-x y'];
const MOVES: Move[] = [
  { from: 'a', to: 'b' },
  { from: 'a', to: 'a/b' },
  { from: 'a/', to: 'b/' },
  { from: 'b/', to: 'd/' },
  { from: 'a/', to: 'a/b/' },
  { from: 'd/', to: 'e/' },
  { from: 'a.md', to: 'd/b' },
];

/** Whatever can be changed on both sides is: every text of either is in the result. */
const both: MergeLines = ({ ours, theirs }) =>
  Promise.resolve({ kind: 'conflict', content: Buffer.concat([ours, theirs]), reason: 'Both.' });

/** A tree in which no path is a file and a folder at once; each side writes texts of its own, or those of the base. */
function side(name: string): fc.Arbitrary<FileTree> {
  const one = fc.record({
    path: fc.constantFrom(...PATHS),
    own: fc.boolean(),
    executable: fc.boolean(),
  });
  return fc.array(one, { maxLength: 6 }).map((drawn) => {
    const tree: FileTree = new Map();
    for (const { path, own, executable } of drawn) {
      if ([...tree.keys()].some((there) => there.startsWith(`${path}/`) || path.startsWith(`${there}/`)))
        continue;
      tree.set(path, file(`${own ? name : 'base'} ${path}\n`, executable ? '100755' : '100644'));
    }
    return tree;
  });
}

/** Some of the paths as the other tree has them, so that much is untouched on every side. */
function near(other: FileTree, name: string): fc.Arbitrary<FileTree> {
  return fc.tuple(fc.subarray([...other]), side(name)).map(([kept, own]) => {
    const tree: FileTree = new Map(kept);
    for (const [path, entry] of own)
      if (![...tree.keys()].some((there) => there.startsWith(`${path}/`) || path.startsWith(`${there}/`)))
        tree.set(path, entry);
    return tree;
  });
}

interface Merge {
  readonly base: FileTree;
  readonly ours: FileTree;
  readonly theirs: FileTree;
  readonly moves: readonly Move[];
}

const merges: fc.Arbitrary<Merge> = side('base').chain((base) =>
  fc.record({
    base: fc.constant(base),
    ours: near(base, 'ours'),
    theirs: near(base, 'theirs'),
    moves: fc.array(fc.constantFrom(...MOVES), { maxLength: 2 }),
  }),
);

interface Result {
  readonly tree: FileTree;
  readonly changes: readonly Change[];
  readonly entries: readonly MergeEntry[];
  readonly origin: ReadonlyMap<string, string>;
}

async function run({ base, ours, theirs, moves }: Merge): Promise<Result> {
  const head = new Map([...ours].map(([path, entry]): [string, HeadEntry] => [path, { ...entry, oid: '' }]));
  const moved = applyMoves(moves, base, head);
  const three = {
    head,
    moved,
    lifted: applyLift(undefined, moved.base, moved.ours),
    theirs,
    carried: new Set<string>(),
    adapted: new Set<string>(),
  };
  const outcomes = await outcomesOf(three, both);
  const besides = new Map(
    [...outcomes].flatMap(([path, { beside }]) =>
      beside ? [[path, `new/${path.replaceAll('/', '-')}`]] : [],
    ),
  );
  const changes = changesOf(three, outcomes, besides);
  const tree = new Map(ours);
  for (const { path, after } of changes)
    if (after) tree.set(path, after);
    else tree.delete(path);
  return { tree, changes, entries: entriesOf(three, outcomes, besides), origin: moved.origin };
}

const always = (holds: (merge: Merge, result: Result) => void | Promise<void>) =>
  fc.assert(
    fc.asyncProperty(merges, async (merge) => holds(merge, await run(merge))),
    { numRuns: 1000 },
  );

const text = ({ content }: FileEntry) => Buffer.from(content).toString();
const texts = (tree: FileTree) => [...tree.values()].map(text).join('');

test('no line of the team’s is lost, wherever files move and whatever they collide with', async () => {
  await always(({ ours }, { tree }) => {
    const all = texts(tree);
    for (const entry of ours.values())
      if (text(entry).startsWith('ours ')) expect(all).toContain(text(entry));
  });
});

test('what the team wrote stays at its path, unless the path moves', async () => {
  await always(({ ours, base, moves }, { tree }) => {
    if (moves.length) return;
    for (const [path, entry] of ours)
      if (!sameEntry(base.get(path), entry) && text(entry).startsWith('ours '))
        expect(tree.has(path) && text(tree.get(path)!)).toContain(text(entry));
  });
});

test('everything that is new in the template arrives', async () => {
  await always(({ theirs, base, moves }, { tree }) => {
    if (moves.length) return;
    const all = texts(tree);
    for (const [path, entry] of theirs) if (!base.has(path)) expect(all).toContain(text(entry));
  });
});

test('no path is a file and a folder at once', async () => {
  await always((_, { tree }) => {
    for (const path of tree.keys()) expect(foldersOf(path).filter((folder) => tree.has(folder))).toEqual([]);
  });
});

test('an untouched repository becomes what the template is', async () => {
  await always(async (merge) => {
    const { tree, entries } = await run({ ...merge, ours: merge.base });
    expect(tree).toEqual(merge.theirs);
    expect(entries.filter(({ fate }) => fate === 'conflict' || fate.startsWith('keep'))).toEqual([]);
  });
});

test('a file that the team deleted stays deleted', async () => {
  await always(({ base, ours, moves }, { tree, entries }) => {
    if (moves.length) return;
    for (const path of base.keys()) {
      if (ours.has(path)) continue;
      expect(tree.has(path)).toBe(false);
      for (const entry of entries)
        if (entry.path === path) expect(entry.fate).toMatch(/keep-deleted|conflict/);
    }
  });
});

test('a plan names every file that changes, once, in order, and no other as changed', async () => {
  await always(({ ours }, { changes, entries, origin }) => {
    const paths = entries.map(({ path }) => path);
    expect(paths).toEqual([...new Set(paths)].sort());
    const told = new Map(entries.map(({ path, fate }) => [path, fate]));
    const left = new Set([...told.keys()].map((path) => origin.get(path)));
    const changed = new Set(changes.map(({ path }) => path));
    for (const path of changed)
      if (!path.startsWith('new/')) expect(told.has(path) || (left.has(path) && ours.has(path))).toBe(true);
    for (const [path, fate] of told) {
      if (['unchanged', 'keep', 'keep-deleted'].includes(fate)) expect(changed).not.toContain(path);
      else if (fate !== 'conflict') expect(changed).toContain(path);
    }
  });
});

test('a file that moves to where its bytes are already is gone, and what is there is unchanged', async () => {
  const [a, b] = [file('a\n'), file('b\n')];
  const ours = new Map([
    ['a', a],
    ['d/b', b],
  ]);
  const moves = [
    { from: 'd/', to: 'e/' },
    { from: 'a', to: 'd/b' },
  ];
  const { tree, entries } = await run({ base: ours, ours, theirs: new Map([['d/b', b]]), moves });
  expect(tree).toEqual(new Map([['d/b', b]]));
  expect(entries.map(({ path, fate }) => [path, fate])).toEqual([
    ['a', 'remove'],
    ['d/b', 'unchanged'],
  ]);
});

test('a conflict in the plan is one in the index, and the other way round', async () => {
  await always((_, { changes, entries }) => {
    const conflicts = entries.filter(({ fate }) => fate === 'conflict');
    const unmerged = changes.filter(({ stages }) => stages);
    expect(unmerged).toHaveLength(conflicts.length);
    for (const { stages } of unmerged) expect(Object.keys(stages!).length).toBeGreaterThan(0);
  });
});
