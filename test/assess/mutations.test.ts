import { describe, expect, it, vi } from 'vitest';
import type { FileTree } from '../../src/render/tree.js';
import { assessed, emitted, holdsOf, model } from './assessed.js';
import { deleted, type Edit, edited } from './edits.js';
import { asking, leavesOf, verdictOf } from './leaves.js';
import { type Mutation, mutations } from './mutations.js';

vi.mock(import('../../src/assess/python/facts.js'), async (load) =>
  (await import('./remembered.js')).remembering(await load(), 'pythonFacts'),
);
vi.mock(import('../../src/assess/yaml.js'), async (load) =>
  (await import('./remembered.js')).remembering(await load(), 'readYaml'),
);

const ALL = Boolean(process.env.AZMLOPS_ALL);
const trees = new Map<string, FileTree>();
const treeOf = (level: number, endpoint = 'both'): FileTree => {
  const id = `${level} ${endpoint}`;
  if (!trees.has(id)) trees.set(id, emitted(level, endpoint));
  return trees.get(id)!;
};
const before = new Map<string, Record<string, number | null>>();
const heldBefore = (level: number, endpoint = 'both') => {
  const id = `${level} ${endpoint}`;
  if (!before.has(id)) before.set(id, holdsOf(assessed(treeOf(level, endpoint))));
  return before.get(id)!;
};

const leaves = leavesOf(model);
const felled = new Set<string>();
const met = new Map<string, ReadonlySet<string>>();
const metBefore = (level: number, endpoint = 'both') => {
  const id = `${level} ${endpoint}`;
  if (!met.has(id)) {
    const context = asking(treeOf(level, endpoint), model);
    met.set(id, new Set(leaves.filter((leaf) => verdictOf(leaf, context).met).map((leaf) => leaf.id)));
  }
  return met.get(id)!;
};

describe('what is hollowed out lowers what it should, and nothing else', () => {
  const check = ({ level, endpoint, edits, falls, either = [], to }: Mutation) => {
    const tree = treeOf(level, endpoint);
    const after = edited(tree, typeof edits === 'function' ? edits(tree) : edits);
    const result = assessed(after);
    const context = asking(after, model);
    for (const leaf of leaves)
      if (metBefore(level, endpoint).has(leaf.id) && !verdictOf(leaf, context).met) felled.add(leaf.id);
    const held = holdsOf(result);
    const expected = { ...heldBefore(level, endpoint), ...falls };
    for (const id of either) if (!(id in falls)) expected[id] = held[id]!;
    expect(
      held,
      result.rows
        .filter(({ id }) => id in falls)
        .map(told)
        .join('\n'),
    ).toEqual(expected);
    if (to !== undefined) expect(result.level).toBe(to);
  };

  it.each(mutations)('level $level: $id', check);

  it('each rule that an emitted repository meets is felled by one of these', () => {
    const met = new Set(mutations.flatMap(({ level, endpoint }) => [...metBefore(level, endpoint)]));
    expect([...met].filter((id) => !felled.has(id))).toEqual([]);
    expect(met.size).toBeGreaterThan(45);
  });
});

const told = ({ id, holds, evidence, nearly }: ReturnType<typeof assessed>['rows'][number]): string =>
  [
    `${id} holds ${holds}`,
    ...evidence.map(({ path, line, found }) => `  ${path}:${line} ${found}`),
    ...nearly.map(({ path, line, found }) => `  nearly ${path}:${line} ${found}`),
  ].join('\n');

const combinations = ALL
  ? [1, 2, 3, 4].flatMap((level) => ['online', 'batch', 'both'].map((endpoint) => ({ level, endpoint })))
  : [
      { level: 1, endpoint: 'batch' },
      { level: 2, endpoint: 'online' },
    ];

/** A comment sign at the beginning of a line, and of those that continue it. */
const commentedLine =
  (number: number): Edit =>
  (text) => {
    const lines = text.split('\n');
    let last = number - 1;
    while (/[\\(,[{]$/.test(lines[last] ?? '') && last < lines.length - 1) last++;
    return lines.map((line, n) => (n >= number - 1 && n <= last ? `# ${line}` : line)).join('\n');
  };

/** What can be done to a place that the tool itself names as evidence. */
const ways: readonly { id: string; edit: (line: number) => Edit; takes: RegExp }[] = [
  { id: 'the file is deleted', edit: () => deleted, takes: /./ },
  { id: 'its text is gone', edit: () => () => '\n', takes: /./ },
  { id: 'the line is a comment', edit: commentedLine, takes: /\.(py|ya?ml|sh|mk)$|Makefile$/ },
];

describe.each(combinations)('the evidence of level $level, $endpoint', ({ level, endpoint }) => {
  const tree = treeOf(level, endpoint);
  const seen = assessed(tree);
  const starts = new Map(model.characteristics.map(({ id, starts }) => [id, starts]));
  const places = [
    ...new Map(
      seen.rows.flatMap(({ evidence }) =>
        evidence.map(({ path, line }) => [`${path}:${line}`, { path, line }] as const),
      ),
    ).values(),
  ];

  it('is there for each row above its start', () => {
    const bare = seen.rows.filter(
      ({ id, holds, evidence }) => holds !== null && holds > starts.get(id)! && evidence.length === 0,
    );
    expect(bare.map(({ id }) => id)).toEqual([]);
  });

  it.each((ALL ? ways : ways.slice(0, 1)).map((way) => ({ way: way.id, ...way })))(
    '$way: the evidence goes, no row rises',
    ({ edit, takes }) => {
      const wrong: string[] = [];
      const done = new Set<string>();
      for (const { path, line } of places) {
        if (!takes.test(path)) continue;
        const made = edit(line);
        const tried = `${path}${made === deleted ? '' : `:${line}`}`;
        if (done.has(tried)) continue;
        done.add(tried);
        const after = assessed(edited(tree, { [path]: made }));
        for (const row of after.rows) {
          const was = seen.rows.find(({ id }) => id === row.id)!;
          if ((row.holds ?? 0) > (was.holds ?? 0)) wrong.push(`${tried} raises ${row.id}`);
          const lost = row.evidence.find(
            (each) =>
              each.path === path &&
              // A script that a person runs is named by its first line, whatever stands there.
              (made === deleted || (each.line === line && !each.found.endsWith('is run by a person'))),
          );
          if (lost) wrong.push(`${tried} is still evidence of ${row.id}: ${lost.found}`);
        }
        if ((after.level ?? 0) > (seen.level ?? 0)) wrong.push(`${tried} raises the level`);
      }
      expect(wrong).toEqual([]);
    },
  );

  it('without all of it, however often it is asked for more, each row is back at its start', () => {
    const wrong: string[] = [];
    for (const { id, holds } of seen.rows) {
      if (holds === null || holds <= starts.get(id)!) continue;
      let now: FileTree = tree;
      let row = seen.rows.find((each) => each.id === id)!;
      for (let round = 0; round < 12 && row.evidence.length && (row.holds ?? 0) > starts.get(id)!; round++) {
        const paths = new Set(row.evidence.map(({ path }) => path));
        now = new Map([...now].filter(([path]) => !paths.has(path)));
        row = assessed(now).rows.find((each) => each.id === id)!;
      }
      if ((row.holds ?? 0) > starts.get(id)!) wrong.push(told(row));
    }
    expect(wrong).toEqual([]);
  });
});
