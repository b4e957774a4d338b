import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { CELL_DEPTH, mergeKeys, sameWords } from './cell.js';
import type { Placed } from './cell.js';
import { matchCells } from './match.js';
import { printObject } from './print.js';
import type { Style } from './print.js';
import { property } from './read.js';
import type { Notebook } from './read.js';

export interface Keys {
  readonly base: readonly string[];
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

/** A key for each cell, the same for the same cell on every side. */
export function keysOf(base: Notebook, ours: Notebook, theirs: Notebook): Keys {
  const named = (of: ReadonlyMap<number, number>, letter: string) => (_: unknown, i: number) =>
    of.has(i) ? `b${of.get(i)}` : `${letter}${i}`;
  const here = ours.cells.map(named(matchCells(base.cells, ours.cells), 'o'));
  const there = theirs.cells.map(named(matchCells(base.cells, theirs.cells, { strict: true }), 't'));
  // The same cell added by both: by its id, or by its source behind the same cell.
  const behind = (keys: readonly string[], i: number) =>
    keys
      .slice(0, i)
      .filter((key) => key.startsWith('b'))
      .at(-1);
  const taken = new Set<number>();
  theirs.cells.forEach((cell, i) => {
    if (there[i]!.startsWith('b')) return;
    const twin = ours.cells.findIndex(
      (other, j) =>
        here[j]!.startsWith('o') &&
        !taken.has(j) &&
        (cell.id !== undefined && cell.id === other.id
          ? true
          : sameWords(cell, other) && behind(there, i) === behind(here, j)),
    );
    if (twin < 0) return;
    taken.add(twin);
    there[i] = here[twin]!;
  });
  return { base: base.cells.map((_, i) => `b${i}`), ours: here, theirs: there };
}

export function placed(book: Notebook, keys: readonly string[], key: string): Placed | undefined {
  const cell = book.cells[keys.indexOf(key)];
  return cell && { book, cell };
}

/** Cells that stand elsewhere among the common ones on both sides. */
export function moves(base: readonly string[], ours: readonly string[], theirs: readonly string[]): string[] {
  const common = (keys: readonly string[]) =>
    keys.filter((key) => base.includes(key) && ours.includes(key) && theirs.includes(key));
  const [was, here, there] = [common(base), common(ours), common(theirs)];
  return was.filter((key, i) => here[i] !== key && there[i] !== key);
}

/** How a person finds the cell again. */
export function nameOf({ book, cell }: Placed): string {
  return cell.id ?? `number ${book.cells.indexOf(cell) + 1}`;
}

/** The id of a cell that comes in: its own, unless the team has a cell called so; none in a format without ids. */
export function idFor({ cell }: Placed, named: boolean, ids: Set<string | undefined>): string | undefined {
  if (!named) return undefined;
  let id = cell.id;
  for (let n = 0; id === undefined || ids.has(id); n++)
    id = createHash('sha256').update(`${n}\0${cell.source}`).digest('hex').slice(0, 8);
  ids.add(id);
  return id;
}

/** The team's text with these cells in place of its own, and the template's changes to the notebook's metadata. */
export function assemble(
  base: Notebook,
  ours: Notebook,
  theirs: Notebook,
  cells: readonly { readonly key: string; readonly raw: string }[],
  keys: readonly string[],
  style: Style,
): string {
  const { text, list, root } = ours;
  const [start, end] = [list.offset, list.offset + list.length];
  const edges = ours.cells.map(({ node }): [number, number] => [node.offset, node.offset + node.length]);
  const between = style.comma + style.line(CELL_DEPTH);
  const [first, last] = [edges[0], edges.at(-1)];
  let inner = first ? text.slice(start, first[0]) : `[${style.line(CELL_DEPTH)}`;
  let before = -1;
  cells.forEach(({ key, raw }, i) => {
    const at = keys.indexOf(key);
    const neighbors = at > 0 && before === at - 1;
    if (i > 0) inner += neighbors ? text.slice(edges[before]![1], edges[at]![0]) : between;
    inner += raw;
    before = at < 0 ? -2 : at;
  });
  inner += last ? text.slice(last[1], end) : `${style.line(1)}]`;
  const edits = [{ start, end, text: cells.length === 0 ? '[]' : inner }];

  const sides = [base, ours, theirs].map((book) => ({
    text: book.text,
    node: property(book.root, 'metadata'),
  }));
  const [was, here, there] = sides as [Sided, Sided, Sided];
  const node = property(root, 'metadata');
  if (node) {
    const entries = new Map<string, string>();
    for (const { children } of node.children ?? []) {
      const value = children![1]!;
      entries.set(String(children![0]!.value), text.slice(value.offset, value.offset + value.length));
    }
    const kept = new Map(entries);
    mergeKeys(entries, [was, here, there], () => true, 1, style);
    if (!isDeepStrictEqual(entries, kept)) {
      const pairs = [...entries].map(([key, value]) => [JSON.stringify(key), value] as const);
      edits.push({ start: node.offset, end: node.offset + node.length, text: printObject(pairs, 1, style) });
    }
  }
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text);
}

type Sided = Parameters<typeof mergeKeys>[1][0];
