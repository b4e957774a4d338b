import type * as Parser from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { readParts } from './read.js';
import type { Raw } from './read.js';
import type { Read } from './yaml.js';

type Jsonc = typeof Parser;

/** JSON, with comments and last commas where an editor's settings have them; undefined when it holds an error or a key twice. */
export async function readJson(text: string): Promise<Read | undefined> {
  const jsonc = await import('jsonc-parser');
  const errors: ParseError[] = [];
  const root = jsonc.parseTree(text, errors, { allowTrailingComma: true });
  if (!root || errors.length > 0 || hasTwins(root)) return undefined;
  const raw = rawOf(root);
  return { value: valueOf(root), comments: commentsOf(jsonc, text), inner: raw && readParts(text, raw, 0) };
}

/** Whether the text is JSON without the liberties of the above. */
export function isStrict(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function rawOf(node: Node): Raw | undefined {
  if (node.type !== 'object' && node.type !== 'array') return undefined;
  const items = (node.children ?? []).map((child) => {
    const value = node.type === 'object' ? child.children![1]! : child;
    return {
      key: node.type === 'object' ? String(child.children![0]!.value) : undefined,
      value: valueOf(value),
      start: child.offset,
      end: child.offset + child.length,
      inner: rawOf(value),
    };
  });
  return { kind: node.type === 'object' ? 'map' : 'seq', flow: true, open: node.offset, items };
}

function valueOf(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(valueOf);
  if (node.type !== 'object') return node.value as unknown;
  return new Map(
    (node.children ?? []).map(({ children }) => [children![0]!.value as string, valueOf(children![1]!)]),
  );
}

function hasTwins(node: Node): boolean {
  const keys =
    node.type === 'object' ? (node.children ?? []).map(({ children }) => children![0]!.value as string) : [];
  return new Set(keys).size !== keys.length || (node.children ?? []).some(hasTwins);
}

function commentsOf(jsonc: Jsonc, text: string): string[] {
  const scanner = jsonc.createScanner(text, false);
  const comments: string[] = [];
  // Numbers of the parser's const enums, which do not exist when it runs.
  const [line, block, end] = [12, 13, 17];
  for (let token: number = scanner.scan(); token !== end; token = scanner.scan())
    if (token === line || token === block) comments.push(scanner.getTokenValue().trim());
  return comments;
}
