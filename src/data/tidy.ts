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
export function openQuote(text: string, { delimiter, quote }: Dialect): number {
  const end = new RegExp(END[delimiter]);
  for (let at = 0; at < text.length;) {
    while (text[at] === ' ') at += 1;
    if (text[at] === quote) {
      const closed = closing(text, at, quote);
      if (closed < 0) return at;
      at = closed + 1;
    }
    end.lastIndex = at;
    const found = end.exec(text);
    if (!found) return -1;
    at = found.index + 1;
  }
  return -1;
}
