import { isDeepStrictEqual } from 'node:util';
import { property, valueOf } from './read.js';
import type { Cell, Notebook, Words } from './read.js';
import { printArray, printNode, printObject } from './print.js';
import type { Style } from './print.js';

/** A three-way merge of one cell's source; undefined is a conflict. */
export type MergeText = (base: string, ours: string, theirs: string) => Promise<string | undefined>;

/** A cell and the notebook that it stands in. */
export interface Placed {
  readonly book: Notebook;
  readonly cell: Cell;
}

/** How deep the cells stand in a notebook, in steps of its indentation. */
export const CELL_DEPTH = 2;

/** What running, viewing or opening a notebook writes into a cell's metadata: no edit. */
const NOISE = new Set([
  ...[
    'ExecuteTime',
    'collapsed',
    'colab',
    'execution',
    'executionInfo',
    'gather',
    'id',
    'jupyter',
    'nteract',
  ],
  ...['outputId', 'papermill', 'scrolled', 'trusted', 'user_tz', 'vscode'],
]);
const APART = new Set(['cell_type', 'execution_count', 'id', 'metadata', 'outputs', 'source']);

export const sameWords = (a: Words, b: Words): boolean =>
  a.type === b.type && a.source === b.source && sameTags(a, b);

const sameTags = (a: Words, b: Words) => isDeepStrictEqual(new Set(a.tags), new Set(b.tags));

/** The team's cell with what the template changed in it, as raw JSON; undefined is a conflict. */
export async function mergeCell(
  base: Placed,
  ours: Placed,
  theirs: Placed,
  merge: MergeText,
  style: Style,
): Promise<string | undefined> {
  if (theirs.cell.type !== base.cell.type && ours.cell.type !== theirs.cell.type)
    return sameWords(base.cell, ours.cell) ? printCell(theirs, ours.cell.id, style) : undefined;
  if (ours.cell.type !== base.cell.type && theirs.cell.source !== base.cell.source)
    if (theirs.cell.source !== ours.cell.source) return undefined;

  const entries = entriesOf(ours);
  const before = new Map(entries);
  const source = await mergeSource(base.cell.source, ours.cell.source, theirs.cell.source, merge);
  if (source === undefined) return undefined;
  if (source !== ours.cell.source) {
    entries.set('source', printSource(source, ours, style));
    if (entries.has('outputs')) entries.set('outputs', '[]');
    if (entries.has('execution_count')) entries.set('execution_count', 'null');
  }
  const at = ([base, ours, theirs] as const).map(({ book, cell }) => ({ text: book.text, node: cell.node }));
  const sides = at as [Side, Side, Side];
  if (!mergeKeys(entries, sides, (key) => !APART.has(key), CELL_DEPTH, style)) return undefined;

  const inner = sides.map(({ text, node }) => ({ text, node: node && property(node, 'metadata') }));
  const metadata = new Map(entriesIn(inner[1]!));
  const kept = new Map(metadata);
  const other = (key: string) => key !== 'tags' && !NOISE.has(key);
  if (!mergeKeys(metadata, inner as [Side, Side, Side], other, CELL_DEPTH + 1, style)) return undefined;
  mergeTags(metadata, base.cell, ours.cell, theirs.cell, style);
  if (!isDeepStrictEqual(metadata, kept))
    entries.set('metadata', printObject(quoted(metadata), CELL_DEPTH + 1, style));

  if (isDeepStrictEqual(entries, before)) return rawCell(ours);
  return printObject(quoted(entries), CELL_DEPTH, style);
}

/** As it stands in its notebook. */
export function rawCell({ book, cell }: Placed): string {
  return book.text.slice(cell.node.offset, cell.node.offset + cell.node.length);
}

/** Another notebook's cell in the team's style, under this id or none. */
export function printCell(placed: Placed, id: string | undefined, style: Style): string {
  const entries = new Map<string, string>();
  if (id !== undefined && placed.cell.id === undefined) entries.set('id', JSON.stringify(id));
  for (const [key, node] of nodesOf({ text: placed.book.text, node: placed.cell.node })) {
    if (key !== 'id') entries.set(key, printNode(placed.book.text, node, CELL_DEPTH + 1, style));
    else if (id !== undefined) entries.set(key, JSON.stringify(id));
  }
  return printObject(quoted(entries), CELL_DEPTH, style);
}

async function mergeSource(base: string, ours: string, theirs: string, merge: MergeText) {
  if (theirs === base || theirs === ours) return ours;
  if (ours === base) return theirs;
  // A cell's last line has no line break: without one, a line added below would count as a change of it.
  const merged = await merge(`${base}\n`, `${ours}\n`, `${theirs}\n`);
  return merged?.replace(/\n$/, '');
}

/** As the team's cell has it: one text or a list of lines; lines that were there keep their escapes. */
function printSource(source: string, { book, cell }: Placed, style: Style): string {
  const node = property(cell.node, 'source');
  if (node?.type !== 'array') return JSON.stringify(source);
  const known = new Map<unknown, string>(
    (node.children ?? []).map((line) => [
      line.value,
      book.text.slice(line.offset, line.offset + line.length),
    ]),
  );
  const lines = source.split(/(?<=\n)/).filter((line) => line !== '');
  return printArray(
    lines.map((line) => known.get(line) ?? JSON.stringify(line)),
    CELL_DEPTH + 1,
    style,
  );
}

interface Side {
  readonly text: string;
  readonly node: Cell['node'] | undefined;
}

const nodesOf = ({ node }: Side): Map<string, Cell['node']> =>
  new Map(
    (node?.type === 'object' ? node.children! : []).map(({ children }) => [
      String(children![0]!.value),
      children![1]!,
    ]),
  );

const entriesIn = (side: Side): [string, string][] =>
  [...nodesOf(side)].map(([key, node]) => [key, side.text.slice(node.offset, node.offset + node.length)]);

const entriesOf = ({ book, cell }: Placed) => new Map(entriesIn({ text: book.text, node: cell.node }));

const quoted = (entries: ReadonlyMap<string, string>) =>
  [...entries].map(([key, value]) => [JSON.stringify(key), value] as const);

/** Takes over what the template changed and the team did not; false when both changed the same key. */
export function mergeKeys(
  entries: Map<string, string>,
  [base, ours, theirs]: readonly [Side, Side, Side],
  wanted: (key: string) => boolean,
  depth: number,
  style: Style,
): boolean {
  const [was, here, there] = [nodesOf(base), nodesOf(ours), nodesOf(theirs)];
  let agreed = true;
  for (const key of [...new Set([...was.keys(), ...there.keys()])].filter(wanted)) {
    const [b, o, t] = [
      valueOf(base.text, was.get(key)),
      valueOf(ours.text, here.get(key)),
      valueOf(theirs.text, there.get(key)),
    ];
    if (isDeepStrictEqual(t, b) || isDeepStrictEqual(t, o)) continue;
    if (!isDeepStrictEqual(o, b)) agreed = false;
    else if (t === undefined) entries.delete(key);
    else entries.set(key, printNode(theirs.text, there.get(key)!, depth + 1, style));
  }
  return agreed;
}

function mergeTags(
  entries: Map<string, string>,
  base: Words,
  ours: Words,
  theirs: Words,
  style: Style,
): void {
  const dropped = new Set(base.tags.filter((tag) => !theirs.tags.includes(tag)));
  const gained = theirs.tags.filter((tag) => !base.tags.includes(tag) && !ours.tags.includes(tag));
  const tags = [...ours.tags.filter((tag) => !dropped.has(tag)), ...gained];
  if (sameTags({ ...ours, tags }, ours)) return;
  if (tags.length === 0) entries.delete('tags');
  else
    entries.set(
      'tags',
      printArray(
        tags.map((tag) => JSON.stringify(tag)),
        CELL_DEPTH + 2,
        style,
      ),
    );
}
