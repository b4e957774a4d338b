import type { Node } from 'jsonc-parser';

/** How a notebook's author had it written. */
export interface Style {
  /** What a line of this depth begins with, its line break first; nothing in a notebook of one line. */
  readonly line: (depth: number) => string;
  readonly comma: string;
  readonly colon: string;
}

export function styleOf(text: string): Style {
  const colon = /^\s*\{\s*"[^"]*"(\s*:\s*)/.exec(text)?.[1] ?? ': ';
  const [, eol, unit] = /^\s*\{(\r?\n)([ \t]*)/.exec(text) ?? [];
  if (eol === undefined || unit === undefined) {
    const comma = /"nbformat"\s*:\s*4(,\s*)"/.exec(text)?.[1] ?? (colon === ':' ? ',' : ', ');
    return { line: () => '', comma, colon };
  }
  return { line: (depth) => eol + unit.repeat(depth), comma: ',', colon };
}

/** A value in another style: only the white space between its words changes, never a word (numbers stay as written). */
export function printNode(text: string, node: Node, depth: number, style: Style): string {
  const raw = (inner: Node) => text.slice(inner.offset, inner.offset + inner.length);
  if (node.type === 'object') {
    const entries = (node.children ?? []).map(({ children }): [string, string] => [
      raw(children![0]!),
      printNode(text, children![1]!, depth + 1, style),
    ]);
    return printObject(entries, depth, style);
  }
  if (node.type !== 'array') return raw(node);
  return printArray(
    (node.children ?? []).map((child) => printNode(text, child, depth + 1, style)),
    depth,
    style,
  );
}

/** Keys and values are JSON already. */
export function printObject(
  entries: readonly (readonly [string, string])[],
  depth: number,
  style: Style,
): string {
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, value]) => style.line(depth + 1) + key + style.colon + value);
  return `{${lines.join(style.comma)}${style.line(depth)}}`;
}

export function printArray(items: readonly string[], depth: number, style: Style): string {
  if (items.length === 0) return '[]';
  return `[${items.map((item) => style.line(depth + 1) + item).join(style.comma)}${style.line(depth)}]`;
}
