import { applyMoves } from '../../src/merge/moves.js';
import type { HeadEntry } from '../../src/merge/types.js';
import { answersFor } from '../../src/answers/resolve.js';
import { type Cell, readNotebook } from '../../src/notebook/notebook.js';
import { ownRoot } from '../../src/render/own.js';
import { render } from '../../src/render/render.js';
import { type FileTree, textOf } from '../../src/render/tree.js';
import { stepsBetween } from '../../src/steps/index.js';

export const NOTEBOOK = 'notebooks/train.ipynb';
export const roots = [await ownRoot()];

export interface Kind {
  readonly task?: 'classification' | 'regression';
  readonly endpoint?: 'online' | 'batch' | 'both';
}

export const answersOf = ({ task = 'classification', endpoint = 'both' }: Kind) =>
  answersFor({ name: 'churn', package: 'churn', task, endpoint }, 4);

const rendered = new Map<string, FileTree>();

/** A fresh render, made once for each kind. */
export function fresh(level: number, kind: Kind = {}): FileTree {
  const key = JSON.stringify([level, kind]);
  const tree = rendered.get(key) ?? render(roots, level, answersOf(kind));
  rendered.set(key, tree);
  return new Map(tree);
}

export const read = (tree: FileTree, path: string): string =>
  textOf(tree.get(path)?.content ?? new Uint8Array()) ?? '';

export function put(tree: FileTree, path: string, text: string): void {
  tree.set(path, { mode: '100644', ...tree.get(path), content: new TextEncoder().encode(text) });
}

/** What stands in the cells of a notebook, by id. */
export const cells = (tree: FileTree, path = NOTEBOOK): Record<string, string> =>
  Object.fromEntries(
    (readNotebook(read(tree, path))?.cells ?? []).map(({ id, source }: Cell, at) => [
      id ?? String(at),
      source,
    ]),
  );

interface Book {
  cells: {
    id?: string;
    cell_type: string;
    metadata: object;
    source: string[] | string;
    [key: string]: unknown;
  }[];
  nbformat_minor: number;
}

/** Edits a notebook as Jupyter would: what is saved is printed the way nbformat prints. */
export function editNotebook(tree: FileTree, edit: (book: Book) => void): void {
  const book = JSON.parse(read(tree, NOTEBOOK)) as Book;
  edit(book);
  put(tree, NOTEBOOK, JSON.stringify(book, null, 1) + '\n');
}

/** Edits the source of one cell. */
export function editCell(tree: FileTree, id: string, edit: (source: string) => string): void {
  editNotebook(tree, (book) => {
    const cell = book.cells.find((one) => one.id === id)!;
    const before = [cell.source].flat().join('');
    const source = edit(before);
    if (source === before) throw new Error(`${id}: nothing was edited`);
    cell.source = source.split(/(?<=\n)/);
  });
}

/** A cell of the team's own behind another one. */
export function addCell(tree: FileTree, after: string, source: string): void {
  editNotebook(tree, (book) => {
    const at = book.cells.findIndex(({ id }) => id === after);
    const cell = { cell_type: 'code', execution_count: null, id: 'own', metadata: {}, outputs: [] };
    book.cells.splice(at + 1, 0, { ...cell, source: source.split(/(?<=\n)/) });
  });
}

const between = new Map<string, ReturnType<typeof stepsBetween>>();

function steps(from: number, to: number, kind: Kind): ReturnType<typeof stepsBetween> {
  const key = JSON.stringify([from, to, kind]);
  const made = between.get(key) ?? stepsBetween(roots, from, to, answersOf(kind));
  between.set(key, made);
  return made;
}

/** A team's tree after the moves and lifts of the steps in between. */
export async function lifted(edit: (tree: FileTree) => void, to = 1, kind: Kind = {}, from = 0) {
  const tree = fresh(from, kind);
  edit(tree);
  const { moves, lift } = await steps(from, to, kind);
  const head = new Map([...tree].map(([path, entry]): [string, HeadEntry] => [path, { ...entry, oid: '' }]));
  const { ours } = applyMoves(moves, fresh(from, kind), head);
  return lift ? lift(ours) : { tree: ours, notes: [] };
}

/** Lines of a lifted file that level 1's has not, and the other way round. */
export async function difference(path: string, edit: (tree: FileTree) => void, to = 1) {
  const { tree, notes } = await lifted(edit, to);
  const [is, was] = [read(tree, path), read(fresh(to), path)].map((text) => text.split('\n'));
  const beyond = (one: string[] = [], other: string[] = []) =>
    one.filter((line) => line.trim() && !other.includes(line));
  return { tree, notes, added: beyond(is, was), gone: beyond(was, is), text: read(tree, path) };
}
