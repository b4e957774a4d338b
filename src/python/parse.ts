import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';

/** One top-level statement, with the comments that stand right above it and the one at its end. */
export interface Statement {
  readonly node: SyntaxNode;
  /** Whole lines: from the first comment above to the line break, which is not counted. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Texts whose reading is kept: a lift looks at each of some tens of them from several sides. */
const REMEMBERED = 200;

export interface Python {
  readonly text: string;
  readonly root: SyntaxNode;
  readonly statements: readonly Statement[];
  /** Python would not take it; what could be read is here all the same. */
  readonly broken: boolean;
  /** All of it could be read, but for what only IPython takes. */
  readonly readable: boolean;
}

const parsed = new Map<string, Python>();

/** Reads a module, or a cell. Never throws: the parser mends what it can. The same text is read once. */
export function parsePython(text: string): Python {
  const known = parsed.get(text);
  if (known) return known;
  if (parsed.size >= REMEMBERED) parsed.clear();
  const code = read(text);
  parsed.set(text, code);
  return code;
}

/** `for first, *rest in rows`, which the parser does not know. What stands before is looked at from a star only. */
const STARRED = /\*(?<=\bfor\s+(?:[\w\s,]*,\s*)?\*)(?=\s*\w+\s*(?:,[\w\s,]*)?\bin\b)/g;

/** The tree alone, letter for letter as long as the text, and the text without IPython's own words where it has any. */
export function syntaxOf(text: string): { readonly root: SyntaxNode; readonly magic: string } {
  let root = parser.parse(text).topNode;
  if (hasErrors(root)) root = parser.parse(text.replace(STARRED, ' ')).topNode;
  const magic = hasErrors(root) ? withoutMagic(text) : text;
  if (magic !== text) root = parser.parse(magic.replace(STARRED, ' ')).topNode;
  return { root, magic };
}

function read(text: string): Python {
  const { root, magic } = syntaxOf(text);
  const nodes = childrenOf(root).filter(({ name, type }) => name !== 'Comment' && !type.isError);
  const statements = nodes.map((node): Statement => {
    const from = withCommentsAbove(text, lineStart(text, node.from));
    // A compound statement ends where its last line does, or at the line break after it.
    const end = node.from + text.slice(node.from, node.to).trimEnd().length;
    const to = lineEnd(text, end);
    return { node, from, to, text: text.slice(from, to) };
  });
  const readable = !isBroken(text, root, nodes);
  return { text, root, statements, broken: magic !== text || !readable, readable };
}

/** Cell magics whose cell is Python all the same. */
const PYTHON_CELL = /^%%(?:time|timeit|capture|prun)\b/;
/** A line that only IPython takes, with what it goes on in; `%time` and its like stand before a statement. */
const IPYTHON =
  /^([ \t]*)(?:(%time(?:it)?(?:[ \t]+-\S+(?:[ \t]+\d+)?)*[ \t]+(?=\S))|(?:%{1,2}[A-Za-z]|!|\?{1,2}\w|[\w.]+\?{1,2}$)(?:.*\\\n)*.*$)/gm;

/** The same length, with a name where IPython's own words are: what stands around them can then be read. */
function withoutMagic(text: string): string {
  if (/^\s*%%/.test(text) && !PYTHON_CELL.test(text.trimStart())) return text.replace(/./g, ' ');
  return text.replace(IPYTHON, (all: string, indent: string, timed?: string) =>
    timed === undefined
      ? `${indent}_${all.slice(indent.length + 1).replace(/[^\n]/g, ' ')}`
      : `${indent}_;${' '.repeat(timed.length - 2)}`,
  );
}

function isBroken(text: string, root: SyntaxNode, nodes: readonly SyntaxNode[]): boolean {
  // The parser is more lenient than Python about indentation, and reads Python 2.
  if (nodes.some((node) => node.from !== lineStart(text, node.from))) return true;
  return hasErrors(root);
}

function hasErrors(root: SyntaxNode): boolean {
  let found = false;
  root.cursor().iterate((node) => {
    if (node.type.isError || node.name === 'PrintStatement') found = true;
    return !found;
  });
  return found;
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

/** Whether black and ruff want two blank lines around it. */
export const isDefinition = (node: SyntaxNode): boolean =>
  ['FunctionDefinition', 'ClassDefinition', 'DecoratedStatement'].includes(node.name);

export const isDocstring = (node: SyntaxNode): boolean =>
  node.name === 'ExpressionStatement' &&
  /^(String|ContinuedString)$/.test(node.firstChild?.name ?? '') &&
  node.firstChild?.nextSibling === null;

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function withCommentsAbove(text: string, start: number): number {
  let from = start;
  while (from > 0) {
    const above = lineStart(text, from - 1);
    if (!text.slice(above, from).startsWith('#')) break;
    from = above;
  }
  return from;
}
