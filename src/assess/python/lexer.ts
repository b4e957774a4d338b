import { Branch } from './tree.js';

/** What the reader of plain Python 3 does not take; the tolerant parser is asked then. */
export class Unread extends Error {}

export const END = 0;
export const NEWLINE = 1;
export const INDENT = 2;
export const DEDENT = 3;
export const NAME = 4;
export const NUMBER = 5;
export const STRING = 6;
/** Only its beginning: what it fills in is read as expressions. */
export const FORMAT = 7;
export const OPERATOR = 8;

const BLANK = /(?:[ \t\f]|\\\n)*/y;
const WORD = /[A-Za-z_\x80-\uffff][\w\x80-\uffff]*/y;
const DIGITS =
  /(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[jJ]?)/y;
const SIGN = /\*\*=|\/\/=|>>=|<<=|\.\.\.|->|:=|[-+*/%@&|^=<>!]=|\*\*|\/\/|<<|>>|[-+*/%@&|^~<>=()[\]{},:.;!]/y;
const PREFIX = /^(?:[rbu]|br|rb|(f|fr|rf))$/i;

/** The tokens of a Python text, one at a time: the fields say which one it stands at. */
export class Lexer {
  kind: number = NEWLINE;
  /** Of a name or an operator: its text. */
  word = '';
  from = 0;
  to = 0;
  /** Open brackets, in which lines do not end. */
  protected open = 0;
  readonly comments: [number, number][] = [];
  private readonly indents = [0];
  private dedents = 0;
  private starts = true;

  constructor(readonly text: string) {}

  protected next(): void {
    this.word = '';
    if (this.dedents > 0) {
      this.dedents--;
      this.kind = DEDENT;
      return;
    }
    if (this.starts && this.indentation()) return;
    for (;;) {
      this.skip();
      const code = this.text.charCodeAt(this.to);
      if (code === 35) this.comment();
      else if (code === 10 && this.open > 0) this.to++;
      else break;
    }
    this.from = this.to;
    if (this.to >= this.text.length) return this.end();
    this.token(this.text.charCodeAt(this.to));
  }

  private end(): void {
    if (this.open > 0) throw new Unread();
    // The last line ends with the file.
    if (this.kind !== NEWLINE && this.kind !== DEDENT && this.kind !== END) {
      this.kind = NEWLINE;
      this.starts = true;
    } else if (this.indents.length > 1) {
      this.indents.pop();
      this.kind = DEDENT;
    } else this.kind = END;
  }

  private token(code: number): void {
    if (code === 10) {
      this.to++;
      this.kind = NEWLINE;
      this.starts = true;
      return;
    }
    if (code === 34 || code === 39) return this.quoted(this.to, false);
    const word = this.match(WORD);
    if (word !== '') {
      const quote = this.text.charCodeAt(this.to);
      const prefix = word.length < 3 && (quote === 34 || quote === 39) ? PREFIX.exec(word) : null;
      if (prefix) return this.quoted(this.to, prefix[1] !== undefined);
      this.kind = NAME;
      this.word = word;
      return;
    }
    const next = this.text.charCodeAt(this.to + 1);
    if ((code >= 48 && code <= 57) || (code === 46 && next >= 48 && next <= 57)) {
      this.kind = NUMBER;
      if (this.match(DIGITS) === '' || this.matches(WORD)) throw new Unread();
      return;
    }
    this.kind = OPERATOR;
    this.word = this.match(SIGN);
    if (this.word === '') throw new Unread();
    if (code === 40 || code === 91 || code === 123) this.open++;
    else if (code === 41 || code === 93 || code === 125) this.open--;
    if (this.open < 0) throw new Unread();
  }

  private quoted(at: number, format: boolean): void {
    const quote = this.text.charAt(at);
    const whole = this.text.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
    this.to = at + whole.length;
    this.word = whole;
    this.kind = format ? FORMAT : STRING;
    if (!format) this.to = this.closing(whole, this.to);
  }

  /** Behind the quotes that end a string. */
  private closing(quote: string, start: number): number {
    const { text } = this;
    let at = text.indexOf(quote, start);
    while (at !== -1 && this.isEscaped(at, start)) at = text.indexOf(quote, at + 1);
    if (at === -1) throw new Unread();
    if (quote.length === 1)
      for (
        let line = text.indexOf('\n', start);
        line !== -1 && line < at;
        line = text.indexOf('\n', line + 1)
      )
        if (!this.isEscaped(line, start)) throw new Unread();
    return at + quote.length;
  }

  private isEscaped(at: number, start: number): boolean {
    let before = at;
    while (before > start && this.text.charCodeAt(before - 1) === 92) before--;
    return (at - before) % 2 === 1;
  }

  /** At the beginning of a line: whether its indentation is a token. */
  private indentation(): boolean {
    const { text } = this;
    for (;;) {
      const start = this.to;
      this.skip();
      const code = text.charCodeAt(this.to);
      if (code === 35) this.comment();
      else if (code === 10) this.to++;
      else {
        if (this.to >= text.length) return false;
        this.starts = false;
        return this.indented(columnOf(text, start, this.to));
      }
    }
  }

  private indented(column: number): boolean {
    this.from = this.to;
    const now = this.indents.at(-1) ?? 0;
    if (column === now) return false;
    if (column > now) {
      this.indents.push(column);
      this.kind = INDENT;
      return true;
    }
    while ((this.indents.at(-1) ?? 0) > column) {
      this.indents.pop();
      this.dedents++;
    }
    if (this.indents.at(-1) !== column) throw new Unread();
    this.dedents--;
    this.kind = DEDENT;
    return true;
  }

  private comment(): void {
    const end = this.text.indexOf('\n', this.to);
    const to = end === -1 ? this.text.length : end;
    this.comments.push([this.to, to]);
    this.to = to;
  }

  private skip(): void {
    const code = this.text.charCodeAt(this.to);
    if (code === 32 || code === 9 || code === 12 || code === 92) {
      BLANK.lastIndex = this.to;
      this.to += BLANK.exec(this.text)?.[0].length ?? 0;
    }
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.to;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.to += found.length;
    return found;
  }

  private matches(pattern: RegExp): boolean {
    pattern.lastIndex = this.to;
    return pattern.test(this.text);
  }

  /** The token as a leaf of the tree; the next one is read. */
  protected leaf(name: string): Branch {
    const made = new Branch(name, this.from, this.to);
    this.next();
    return made;
  }

  protected isA(kind: number): boolean {
    return this.kind === kind;
  }

  protected is(word: string): boolean {
    return this.word === word && (this.kind === OPERATOR || this.kind === NAME);
  }

  protected expect(word: string, name = word): Branch {
    if (!this.is(word)) throw new Unread();
    return this.leaf(name);
  }
}

const columnOf = (text: string, from: number, to: number): number => {
  let column = 0;
  for (let at = from; at < to; at++) column = text.charCodeAt(at) === 9 ? (column | 7) + 1 : column + 1;
  return column;
};
