import type { Node } from 'jsonc-parser';
import { textOf } from '../../render/tree.js';

/** What of a cell is somebody's edit. */
export interface Words {
  readonly id?: string;
  readonly type: string;
  readonly source: string;
  readonly tags: readonly string[];
}

export interface Cell extends Words {
  /** Where it stands in the text. */
  readonly node: Node;
}

export interface Notebook {
  readonly text: string;
  readonly root: Node;
  /** The array of cells. */
  readonly list: Node;
  readonly cells: readonly Cell[];
  /** nbformat 4.5 and newer name their cells, older ones must not. */
  readonly named: boolean;
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sourceOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.every((line) => typeof line === 'string') ? value.join('') : undefined;
};

/** The words of all cells; undefined when it is no notebook of format 4. */
export function wordsOf(text: string): { cells: Words[]; named: boolean } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value.nbformat !== 4 || !Array.isArray(value.cells)) return undefined;
  const cells: Words[] = [];
  for (const cell of value.cells as unknown[]) {
    if (!isObject(cell) || typeof cell.cell_type !== 'string') return undefined;
    const source = sourceOf(cell.source);
    if (source === undefined) return undefined;
    const tags = isObject(cell.metadata) && Array.isArray(cell.metadata.tags) ? cell.metadata.tags : [];
    cells.push({
      ...(typeof cell.id === 'string' && { id: cell.id }),
      type: cell.cell_type,
      source,
      tags: tags.filter((tag) => typeof tag === 'string'),
    });
  }
  return { cells, named: typeof value.nbformat_minor === 'number' && value.nbformat_minor >= 5 };
}

/** The same with the places in the text. */
export async function readNotebook(content: Uint8Array): Promise<Notebook | undefined> {
  const text = textOf(content);
  const words = text === undefined ? undefined : wordsOf(text);
  if (text === undefined || !words) return undefined;
  const { parseTree } = await import('jsonc-parser');
  const root = parseTree(text);
  const list = root && property(root, 'cells');
  const nodes = list?.children ?? [];
  if (!root || !list || nodes.length !== words.cells.length) return undefined;
  const cells = words.cells.map((cell, i) => ({ ...cell, node: nodes[i]! }));
  return { text, root, list, cells, named: words.named };
}

/** The node of a property's value; of the last one, as JSON.parse takes it, when a key stands twice. */
export function property(node: Node, name: string): Node | undefined {
  return node.children?.filter((child) => child.children?.[0]?.value === name).at(-1)?.children?.[1];
}

/** The node as it would stand in JSON. */
export function valueOf(text: string, node: Node | undefined): unknown {
  return node ? JSON.parse(text.slice(node.offset, node.offset + node.length)) : undefined;
}
