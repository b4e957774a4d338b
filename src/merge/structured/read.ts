import type { Entry, Inner, List } from './parts.js';

/** A map or list as a parser found it: offsets into the text. */
export interface Raw {
  readonly kind: 'map' | 'seq';
  /** In brackets, with commas. */
  readonly flow: boolean;
  /** Where its bracket opens, or where what it belongs to ends: its key, its dash. */
  readonly open: number;
  readonly items: readonly RawItem[];
}

export interface RawItem {
  readonly key?: string | undefined;
  readonly value: unknown;
  /** Of its key or its dash. */
  readonly start: number;
  /** Behind the last character of its value. */
  readonly end: number;
  readonly inner?: Raw | undefined;
}

/** Takes a text apart into the lines of its entries; undefined where entries share lines. */
export function readParts(text: string, raw: Raw, from: number): Inner | undefined {
  const view = text.replace(/\n$/, '').split('\n');
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return new Reader(text, view, starts).inner(raw, from, view.length, true);
}

const indentOf = (line: string) => line.length - line.trimStart().length;
const isBlank = (line: string) => line.trim() === '';

class Reader {
  constructor(
    private readonly text: string,
    private readonly view: string[],
    private readonly starts: readonly number[],
  ) {}

  /** The lines from..to of an entry, or of the whole text. */
  inner(raw: Raw, from: number, to: number, whole = false): Inner | undefined {
    const [first, last] = [raw.items[0], raw.items.at(-1)];
    if (!first || !last) return undefined;
    const { line: start, column } = this.place(first.start);
    const before = this.view[start]!.slice(0, column);
    const inline = !isBlank(before);
    if (inline && raw.flow) return undefined;
    if (!this.ownLines(raw)) return undefined;
    if (inline) {
      if (before.includes('\t')) return undefined;
      this.view[start] = ' '.repeat(column) + this.view[start]!.slice(column);
    }
    const top = whole && !raw.flow;
    const opened = top ? from : inline ? start : this.place(raw.open).line + 1;
    const head = this.view.slice(whole ? 0 : from, opened);
    if (inline) head.push(before);

    const entries: Entry[] = [];
    let at = opened;
    raw.items.forEach((item, i) => {
      const next = raw.items[i + 1];
      const until = next ? this.place(next.start).line : to;
      const entry = this.entry(item, at, until, column, raw.flow);
      at = this.place(item.start).line + entry.body.length;
      entries.push(entry);
    });
    const lastComma = raw.flow && this.text[last.end] === ',';
    const list: List = { kind: raw.kind, flow: raw.flow, column, inline, lastComma, entries };
    return { head, list, foot: this.view.slice(at, to) };
  }

  private entry(item: RawItem, from: number, until: number, column: number, flow: boolean): Entry {
    const [start, end] = [this.place(item.start), this.endOf(item)];
    let comma: number | undefined;
    if (flow) {
      comma = item.end - this.starts[end]!;
      const line = this.view[end]!;
      if (line[comma] === ',') this.view[end] = line.slice(0, comma) + line.slice(comma + 1);
    }
    const lead = this.view.slice(from, start.line);
    let below = end + 1;
    // A comment that is indented further than the entries belongs to the one above.
    if (!flow)
      for (let i = below; i < until; i++)
        if (!isBlank(this.view[i]!) && indentOf(this.view[i]!) > column) below = i + 1;
    const body = this.view.slice(start.line, below);
    const inner = item.inner && this.inner(item.inner, start.line, below);
    return { key: item.key, value: item.value, lead, body, comma, inner };
  }

  /** No entry begins on a line where another one ends, or a bracket closes on the last one's. */
  private ownLines(raw: Raw): boolean {
    return raw.items.every((item, i) => {
      const { line, column } = this.place(item.start);
      const alone = isBlank(this.view[line]!.slice(0, column)) || (i === 0 && !raw.flow);
      const next = raw.items[i + 1];
      if (next && this.place(next.start).line <= this.endOf(item)) return false;
      if (raw.flow && next && this.text[item.end] !== ',') return false;
      const rest = this.text.slice(item.end, this.starts[this.endOf(item) + 1] ?? this.text.length);
      if (raw.flow && !/^,?[ \t]*((#|\/\/|\/\*).*)?\s*$/.test(rest)) return false;
      return alone;
    });
  }

  private endOf(item: RawItem): number {
    let end = item.end;
    while (end > item.start + 1 && /\s/.test(this.text[end - 1]!)) end--;
    return this.place(end - 1).line;
  }

  private place(offset: number): { line: number; column: number } {
    let [low, high] = [0, this.starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: offset - this.starts[low]! };
  }
}
