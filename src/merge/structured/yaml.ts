import type * as Parser from 'yaml';
import type { Node, Pair } from 'yaml';
import type { Inner } from './parts.js';
import { readParts } from './read.js';
import type { Raw, RawItem } from './read.js';

/** A text as its parser and its lines have it. */
export interface Read {
  readonly value: unknown;
  readonly comments: readonly string[];
  /** Undefined where it is no map or list with entries on lines of their own. */
  readonly inner: Inner | undefined;
}

type Yaml = typeof Parser;

/** Undefined when it does not parse to one document without a warning. */
export async function readYaml(text: string): Promise<Read | undefined> {
  const yaml = await import('yaml');
  const documents = yaml.parseAllDocuments(text, { keepSourceTokens: true, logLevel: 'silent' });
  const [document] = documents;
  if (!Array.isArray(documents) || !document || documents.length !== 1) return undefined;
  if (document.errors.length > 0 || document.warnings.length > 0) return undefined;
  const value = valueOf(document);
  if (value === undefined) return undefined;
  const root = rawOf(yaml, document.contents, value, 0);
  const above = text.slice(0, root?.items[0]?.start ?? 0).split('\n');
  const from = above.map((line) => line.startsWith('---')).lastIndexOf(true) + 1;
  return { value, comments: commentsOf(yaml, text), inner: root && readParts(text, root, from) };
}

function valueOf(document: Parser.Document): unknown {
  try {
    return document.toJS({ mapAsMap: true });
  } catch (error) {
    // Aliases of aliases, more than anybody writes.
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

function rawOf(yaml: Yaml, node: unknown, value: unknown, open: number): Raw | undefined {
  if (!yaml.isCollection(node) || !node.range) return undefined;
  const flow = node.flow === true;
  const opened = flow ? node.range[0] : open;
  if (yaml.isMap(node)) {
    if (!(value instanceof Map)) return undefined;
    const items: RawItem[] = [];
    for (const pair of node.items as Pair<unknown, Node | null>[]) {
      if (!yaml.isScalar(pair.key) || !pair.key.range) return undefined;
      const [start, end] = pair.key.range;
      const inside: unknown = value.get(pair.key.value);
      items.push({
        key: String(pair.key.value),
        value: inside,
        start,
        end: Math.max(end, endOf(yaml, pair.value)),
        inner: rawOf(yaml, pair.value, inside, end),
      });
    }
    return { kind: 'map', flow, open: opened, items };
  }
  if (!yaml.isSeq(node) || !Array.isArray(value)) return undefined;
  const token = node.srcToken;
  const items: RawItem[] = [];
  for (const [i, item] of (node.items as Node[]).entries()) {
    const dash =
      token && 'items' in token
        ? token.items[i]?.start.find(({ type }) => type === 'seq-item-ind')
        : undefined;
    const start = flow ? item.range?.[0] : dash?.offset;
    // A pair in a list of brackets has no range of its own.
    if (start === undefined) return undefined;
    items.push({
      value: value[i],
      start,
      end: Math.max(start + 1, endOf(yaml, item)),
      inner: rawOf(yaml, item, value[i], start),
    });
  }
  return { kind: 'seq', flow, open: opened, items };
}

/** Behind the last character of the content: a collection's own range holds the comments below. */
function endOf(yaml: Yaml, node: unknown): number {
  if (!yaml.isNode(node) || !node.range) return -1;
  if (!yaml.isCollection(node) || node.flow === true) return node.range[1];
  const last = node.items.at(-1);
  if (!yaml.isPair(last)) return Math.max(node.range[0], endOf(yaml, last));
  return Math.max(endOf(yaml, last.key), endOf(yaml, last.value));
}

function commentsOf(yaml: Yaml, text: string): string[] {
  const comments: string[] = [];
  let scalar = false;
  for (const lexeme of new yaml.Lexer().lex(text)) {
    if (!scalar && lexeme.startsWith('#')) comments.push(lexeme.trim());
    // The next lexeme is a scalar's text, which may begin with the sign of a comment.
    scalar = lexeme === '\x1f';
  }
  return comments;
}
