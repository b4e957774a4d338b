import { findNodeAtLocation, getNodeValue, type Node, parseTree } from 'jsonc-parser';

export interface Cell {
  readonly kind: string;
  readonly id: string | undefined;
  readonly tags: readonly string[];
  readonly source: string;
  /** Where it stands in the text. */
  readonly node: Node;
}

export interface Notebook {
  readonly text: string;
  readonly cells: readonly Cell[];
}

/** The last ones read: base, the team's and the template's notebook are often one text. */
const lately = new Map<string, Notebook | undefined>();
const MOST_KEPT = 6;

/** Reads a notebook of format 4; undefined when the text is none. */
export function readNotebook(text: string): Notebook | undefined {
  if (!lately.has(text)) {
    const [oldest] = lately.keys();
    if (oldest !== undefined && lately.size >= MOST_KEPT) lately.delete(oldest);
    lately.set(text, parse(text));
  }
  return lately.get(text);
}

function parse(text: string): Notebook | undefined {
  const errors: unknown[] = [];
  const root = parseTree(text, errors as never[], { disallowComments: true });
  const list = root && findNodeAtLocation(root, ['cells']);
  if (errors.length || list?.type !== 'array') return undefined;
  const cells: Cell[] = [];
  for (const node of list.children ?? []) {
    const cell = cellOf(node);
    if (!cell) return undefined;
    cells.push(cell);
  }
  return { text, cells };
}

function cellOf(node: Node): Cell | undefined {
  const value = (...path: string[]): unknown => {
    const found = findNodeAtLocation(node, path);
    return found && (getNodeValue(found) as unknown);
  };
  const [kind, id, source, tags] = [
    value('cell_type'),
    value('id'),
    value('source'),
    value('metadata', 'tags'),
  ];
  const lines = Array.isArray(source) ? source : [source];
  if (typeof kind !== 'string' || !lines.every((line) => typeof line === 'string')) return undefined;
  return {
    kind,
    id: typeof id === 'string' ? id : undefined,
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
    source: lines.join(''),
    node,
  };
}

/**
 * The same notebook with other sources in some cells, by their position; `undefined` takes a cell out. A cell with
 * another source has not been run. All else stays letter for letter.
 */
export function withSources(
  { text, cells }: Notebook,
  sources: ReadonlyMap<number, string | undefined>,
): string {
  const edits: { from: number; to: number; text: string }[] = [];
  for (const [at, source] of sources) {
    const cell = cells[at];
    if (!cell || source === cell.source) continue;
    if (source === undefined) {
      const [next, previous] = [cells[at + 1], cells[at - 1]];
      if (next) edits.push({ from: cell.node.offset, to: next.node.offset, text: '' });
      else
        edits.push({
          from: previous ? endOf(previous.node) : cell.node.offset,
          to: endOf(cell.node),
          text: '',
        });
      continue;
    }
    edits.push(...replacement(cell.node, 'source', (raw) => printed(text, raw, source)));
    if (cell.kind !== 'code') continue;
    edits.push(...replacement(cell.node, 'outputs', () => '[]'));
    edits.push(...replacement(cell.node, 'execution_count', () => 'null'));
  }
  edits.sort((a, b) => b.from - a.from);
  return edits.reduce((whole, { from, to, text: by }) => whole.slice(0, from) + by + whole.slice(to), text);
}

const endOf = (node: Node): number => node.offset + node.length;

function replacement(cell: Node, key: string, print: (value: Node) => string) {
  const value = findNodeAtLocation(cell, [key]);
  return value ? [{ from: value.offset, to: endOf(value), text: print(value) }] : [];
}

/** A source as the notebook writes them: a list of lines at its indentation, or one string. */
function printed(text: string, value: Node, source: string): string {
  if (value.type === 'string') return JSON.stringify(source);
  const lines = source === '' ? [] : source.split(/(?<=\n)/).map((line) => JSON.stringify(line));
  const indent = /(\r?\n)([ \t]*)"source"\s*:\s*$/.exec(text.slice(0, value.offset));
  if (!lines.length) return '[]';
  if (!indent) return `[${lines.join(', ')}]`;
  const [, lineEnd = '\n', margin = ''] = indent;
  const unit = /^\{\r?\n([ \t]+)/.exec(text)?.[1] ?? ' ';
  return `[${lineEnd}${lines.map((line) => margin + unit + line).join(`,${lineEnd}`)}${lineEnd}${margin}]`;
}
