import { forbiddenIn } from './encoding.js';
import { parserOf } from './papa.js';
import { refusal } from './refuse.js';
import { blankAfterQuote, type Dialect, openQuote, tidied } from './tidy.js';
import type { Format } from './types.js';

/** What a row may take: one that is longer is a quote that never closes. */
const ROW_LIMIT = 8 << 20;

/**
 * The rows of a text that comes in parts: spaces around values taken off, blank lines left out, the header first.
 * Whatever is no table is refused with its line.
 */
export class Rows {
  /** Something besides spaces in front of unquoted values was taken off. */
  spaces = false;
  /** Lines end in CR alone, some at least. */
  loneReturns = false;
  #width = 0;
  #headerLine = 1;
  readonly #dialect: Dialect;
  readonly #forbidden: RegExp;
  readonly #late: RegExp;
  #pending = '';
  /** Parsed again only when there is this much: a long row that comes in small parts is not read over and over. */
  #enough = 0;
  /** Where in it a quote opens that closes in the midst of a value, if its text is not just cut off. */
  #suspect = -1;
  /** Lines before the pending text. */
  #lines = 0;

  constructor(
    { delimiter, quote, encoding }: Pick<Format, 'delimiter' | 'quote' | 'encoding'>,
    readonly shown: string,
    /** Told of the first row, and of its line, before any other is looked at. */
    readonly header: (names: readonly string[], line: number) => void = () => undefined,
  ) {
    this.#dialect = { delimiter, quote };
    this.#late = new RegExp(`${quote}[^\\S\r\n${delimiter}]+[${delimiter}\r\n]`);
    this.#forbidden = forbiddenIn(encoding);
  }

  /** The rows that are whole with this part. */
  write(text: string): string[][] {
    this.#refuseForbidden(text);
    this.#pending += text;
    return this.#pending.length < this.#enough ? [] : this.#parse();
  }

  /** The rows that are left. */
  end(): string[][] {
    const last = this.#pending;
    if (last && !last.endsWith('\n')) this.#pending += '\n';
    const rows = this.#parse();
    if (this.#pending) this.#refuseEndless();
    return rows;
  }

  #parse(): string[][] {
    const raw = this.#pending;
    const text = tidied(raw, this.#dialect);
    if (text !== raw && !this.loneReturns)
      this.loneReturns = newlines(text, text.length) > newlines(raw, raw.length);
    const { data, errors, meta } = parserOf(this.#dialect).parse(text, 0, true);
    const [broken] = errors;
    // In the last row, which is not whole, a single one may only lack the text that follows.
    if (broken && ((broken.row ?? 0) < data.length || errors.length > 1))
      this.#refuseQuote(text, opening(broken));
    const rows = this.#checked(data, text);
    this.#lines += newlines(text, meta.cursor);
    this.#pending = text.slice(meta.cursor);
    this.#enough = Math.min(2 * this.#pending.length, ROW_LIMIT + 1);
    this.#suspect = broken ? opening(broken) - meta.cursor : -1;
    if (this.#pending.length > ROW_LIMIT) this.#refuseEndless();
    return rows;
  }

  #checked(data: string[][], text: string): string[][] {
    const quoted = text.includes(this.#dialect.quote);
    // Papa drops blanks between a closing quote and the delimiter. Within quotes it may look the same.
    if (quoted && !this.spaces && this.#late.test(text)) this.spaces = blankAfterQuote(text, this.#dialect);
    const rows: string[][] = [];
    for (let at = 0; at < data.length; at += 1) {
      const row = data[at]!;
      const last = row[row.length - 1]!;
      if (last.charCodeAt(last.length - 1) === 13) {
        row[row.length - 1] = last.slice(0, -1);
        // Unless it is part of the value.
        if (quoted && text.includes(`\r${this.#dialect.quote}`)) this.spaces = true;
      }
      this.#trim(row, quoted);
      if (row.length === 1 && row[0] === '') {
        // In quotes it is a row of missing values to pandas.
        if (quoted && text.includes(this.#dialect.quote.repeat(2))) this.spaces = true;
        continue;
      }
      if (this.#width === 0) {
        this.#width = row.length;
        this.#headerLine = this.#lineOfRow(text, at);
        this.header(row, this.#headerLine);
      } else if (row.length !== this.#width) this.#refuseRagged(row.length, this.#lineOfRow(text, at));
      rows.push(row);
    }
    return rows;
  }

  /** Hot: most values are looked at only where they begin and end. */
  #trim(row: string[], quoted: boolean): void {
    for (let at = 0; at < row.length; at += 1) {
      const value = row[at]!;
      if (value.length === 0) continue;
      const first = value.charCodeAt(0);
      const last = value.charCodeAt(value.length - 1);
      if (first > 32 && first < 160 && last > 32 && last < 160) continue;
      const trimmed = value.trim();
      if (trimmed.length === value.length) continue;
      row[at] = trimmed;
      // The emitted reader takes off spaces in front of values, but not those inside quotes.
      if (quoted || first !== 32 || value.trimStart().length > trimmed.length) this.spaces = true;
    }
  }

  #lineOfRow(text: string, row: number): number {
    let seen = 0;
    let start = 0;
    const parser = parserOf(this.#dialect, ({ meta }) => {
      seen += 1;
      if (seen <= row) start = meta.cursor;
      else parser.abort();
    });
    parser.parse(text, 0, true);
    return this.#lineAt(text, start);
  }

  #lineAt = (text: string, index: number): number => this.#lines + newlines(text, index) + 1;

  #refuseForbidden(text: string): void {
    const at = text.search(this.#forbidden);
    if (at < 0) return;
    const line = this.#lineAt(this.#pending + text, this.#pending.length + at);
    throw text[at] === '\0'
      ? refusal(this.shown, line, 'it is no text: this line holds a NUL byte.', 'Save it as CSV in UTF-8.')
      : refusal(
          this.shown,
          line,
          'a character here is neither UTF-8 nor Latin-1.',
          'Save the file as UTF-8.',
        );
  }

  #refuseRagged(fields: number, line: number): never {
    const values = `${fields} value${fields === 1 ? '' : 's'}`;
    const wrong = `this row has ${values}, the header (line ${this.#headerLine}) has ${this.#width}.`;
    const why =
      this.#width === 1
        ? `If line ${this.#headerLine} is a title and not the header, take it out.`
        : fields === this.#width + 1
          ? 'The header may lack the name of a first column, or a value that holds the delimiter lacks its quotes.'
          : 'A value that holds the delimiter or a line end must stand in quotes.';
    throw refusal(this.shown, line, wrong, why);
  }

  #refuseEndless(): never {
    const open = openQuote(this.#pending, this.#dialect);
    const at = open < 0 ? this.#suspect : open;
    if (at >= 0) this.#refuseQuote(this.#pending, at);
    const line = this.#lines + 1;
    throw refusal(this.shown, line, 'this row is longer than 8 MiB.', 'Name a CSV file: one row a line.');
  }

  #refuseQuote(text: string, index: number): never {
    const { quote } = this.#dialect;
    const line = this.#lineAt(text, index);
    throw refusal(
      this.shown,
      line,
      `the quote (${quote}) that opens in this line does not close where its value ends.`,
      `Close it; inside of quotes, a quote is written twice (${quote}${quote}).`,
    );
  }
}

/** Papa names what stands after it. */
const opening = ({ index = 1 }: { readonly index?: number | undefined }): number => index - 1;

function newlines(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
