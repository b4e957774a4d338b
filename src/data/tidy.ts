import type { Format } from './types.js';

/** What separates values, and what stands around those that hold a separator. */
export type Dialect = Pick<Format, 'delimiter' | 'quote'>;

/** A quote that opens after spaces, which Papa takes for text, and pandas (skipinitialspace) for a quote. */
const LATE: Readonly<Record<Format['delimiter'], Readonly<Record<Format['quote'], RegExp>>>> = {
  ',': { '"': /(?:^|[,\n]) +"/, "'": /(?:^|[,\n]) +'/ },
  ';': { '"': /(?:^|[;\n]) +"/, "'": /(?:^|[;\n]) +'/ },
  '\t': { '"': /(?:^|[\t\n]) +"/, "'": /(?:^|[\t\n]) +'/ },
  ' ': { '"': /(?!)/, "'": /(?!)/ },
};

/** Where an unquoted value ends. */
const END: Readonly<Record<Format['delimiter'], RegExp>> = {
  ',': /[,\r\n]/g,
  ';': /[;\r\n]/g,
  '\t': /[\t\r\n]/g,
  ' ': /[ \r\n]/g,
};

/**
 * Text as Papa reads it right, with as many lines: it knows one character as delimiter, one line end, and quotes only
 * where a value begins. Most text is returned as it is.
 *
 * @param text begins where a row begins, and may end anywhere: tidied again with what follows, it becomes the same
 */
export function tidied(text: string, dialect: Dialect): string {
  const { delimiter, quote } = dialect;
  const loneReturn = text.includes('\r') && /\r(?!\n|$)/.test(text);
  const late = text.includes(quote) && LATE[delimiter][quote].test(text);
  return delimiter === ' ' || loneReturn || late ? rewrite(text, dialect) : text;
}

function rewrite(text: string, { delimiter, quote }: Dialect): string {
  const end = new RegExp(END[delimiter]);
  let out = '';
  let at = 0;
  let row = '';
  while (at < text.length) {
    while (text[at] === ' ') at += 1;
    const from = at;
    if (text[at] === quote) {
      const closed = closing(text, at, quote);
      if (closed < 0) return out + row + text.slice(from);
      at = closed + 1;
    }
    end.lastIndex = at;
    const found = end.exec(text);
    at = found ? found.index : text.length;
    row += text.slice(from, at);
    if (!found) break;
    if (found[0] === delimiter && delimiter !== ' ') {
      row += delimiter;
      at += 1;
    } else if (found[0] === ' ') {
      while (text[at] === ' ') at += 1;
      // Not at the end of a line; at that of the text the line may go on.
      if (text[at] !== '\n' && text[at] !== '\r') row += ' ';
    }
    if (text[at] === '\n' || text[at] === '\r') {
      // Its line feed may follow in the next part.
      if (text[at] === '\r' && at + 1 === text.length) return `${out}${row}\r`;
      at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
      out += `${row}\n`;
      row = '';
    }
  }
  return out + row;
}

/** Where the quote closes that opens at `at`; -1 where it does not. */
function closing(text: string, at: number, quote: string): number {
  for (let next = text.indexOf(quote, at + 1); next >= 0; next = text.indexOf(quote, next + 2))
    if (text[next + 1] !== quote) return next;
  return -1;
}

/** Where the quote opens that is still open at the end of a text, which begins where a row begins; -1 for none. */
export function openQuote(text: string, dialect: Dialect): number {
  let open = -1;
  eachQuoted(text, dialect, (from, closed) => {
    if (closed < 0) open = from;
    return closed < 0;
  });
  return open;
}

/** Whether blanks stand between a closing quote and what follows, in a text which begins where a row begins. */
export function blankAfterQuote(text: string, dialect: Dialect): boolean {
  let found = false;
  eachQuoted(text, dialect, (_, closed, end) => {
    found = closed >= 0 && end - closed > 1 && text.slice(closed + 1, end).trim() === '';
    return found;
  });
  return found;
}

/** Says where each quoted value begins, closes (-1: never) and ends with what follows, until it is told to stop. */
function eachQuoted(
  text: string,
  { delimiter, quote }: Dialect,
  stop: (from: number, closed: number, end: number) => boolean,
): void {
  const end = new RegExp(END[delimiter]);
  for (let at = 0; at < text.length;) {
    while (text[at] === ' ') at += 1;
    const from = at;
    const closed = text[at] === quote ? closing(text, at, quote) : at;
    if (closed >= 0) end.lastIndex = text[at] === quote ? closed + 1 : at;
    const found = closed < 0 ? null : end.exec(text);
    const until = found?.index ?? text.length;
    if (text[at] === quote && stop(from, closed, until)) return;
    at = until + 1;
  }
}
