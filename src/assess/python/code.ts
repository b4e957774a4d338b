import type { Syntax } from './tree.js';

/** A piece of Python with its syntax: a file, or one cell of a notebook. */
export interface Code {
  readonly root: Syntax;
  /** The text with comments blanked, letter for letter as long as the file's. */
  readonly text: string;
  /** Its import statements, and what else than an import gives a name a value. */
  readonly imports: readonly Syntax[];
  readonly binds: readonly Syntax[];
  /** The line, in the file, of a place in the text. */
  line(at: number): number;
}

/** On one line, with single blanks. */
export const flat = (text: string): string => (/\s/.test(text) ? text.replace(/\s+/g, ' ').trim() : text);

/** Beyond, a text is no name and no condition; a chain of thousands of calls would be copied for each of them. */
const LONGEST = 10_000;

export const sourceOf = (node: Syntax, { text }: Code): string =>
  flat(text.slice(node.from, Math.min(node.to, node.from + LONGEST)));

export const child = (node: Syntax, name: string): Syntax | null => node.getChild(name);

export function* children(node: Syntax): Generator<Syntax> {
  for (let next = node.firstChild; next; next = next.nextSibling) yield next;
}

/** What a string says: without prefix and quotes; a format string keeps its braces. */
export function stringText(written: string): string {
  const [, , quote = ''] = /^([A-Za-z]*)('''|"""|'|")/.exec(written) ?? [];
  const from = written.indexOf(quote) + quote.length;
  const inner = written.slice(from, written.endsWith(quote) ? written.length - quote.length : undefined);
  return inner.replace(/\\\n/g, '').replace(/\\(['"\\])/g, '$1');
}
