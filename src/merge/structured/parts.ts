import { isDeepStrictEqual } from 'node:util';
import { mergeOrder } from './sequence.js';
import { alignItems } from './values.js';

/** One entry of a map or a list with the lines that are its own; entries never share a line. */
export interface Entry {
  readonly key?: string | undefined;
  readonly value: unknown;
  /** Comments and blank lines above. */
  readonly lead: readonly string[];
  /**
   * Its own lines and the comments below that are indented further; the first line padded to its column, when
   * something of the parent stands before it; no comma behind the value.
   */
  readonly body: readonly string[];
  /** In brackets: the column of the body's last line where a comma goes. */
  readonly comma?: number | undefined;
  /** The body again, taken apart. */
  readonly inner?: Inner | undefined;
}

/** A map or list between the lines that open and close it. */
export interface Inner {
  readonly head: readonly string[];
  readonly list: List;
  readonly foot: readonly string[];
}

export interface List {
  readonly kind: 'map' | 'seq';
  readonly flow: boolean;
  /** Of its entries. */
  readonly column: number;
  /** Its first entry stands behind the last line of the head. */
  readonly inline: boolean;
  readonly lastComma: boolean;
  readonly entries: readonly Entry[];
}

type Lines = readonly string[];
type Three<T> = readonly [base: T, ours: T, theirs: T];

const same = isDeepStrictEqual;

/** Undefined when both sides changed it, and differently. */
function pick(base: Lines, ours: Lines, theirs: Lines): Lines | undefined {
  if (same(ours, theirs) || same(theirs, base)) return ours;
  return same(ours, base) ? theirs : undefined;
}

/** The same for lines around an entry, where blank ones are no matter: there the team's stay. */
function pickAround(base: Lines, ours: Lines, theirs: Lines): Lines | undefined {
  const full = (lines: Lines) => lines.filter((line) => line.trim() !== '');
  if (same(full(theirs), full(base)) || same(full(theirs), full(ours))) return ours;
  return pick(base, ours, theirs);
}

/** The team's lines with the entries that the template added, changed and dropped; undefined when that cannot be told. */
export function mergeInner(base: Inner, ours: Inner, theirs: Inner): Inner | undefined {
  const head = pick(base.head, ours.head, theirs.head);
  const foot = pickAround(base.foot, ours.foot, theirs.foot);
  const list = mergeLists(base.list, ours.list, theirs.list);
  return head && foot && list && { head, list, foot };
}

function mergeLists(base: List, ours: List, theirs: List): List | undefined {
  const lists: Three<List> = [base, ours, theirs];
  if (lists.some((list) => list.kind !== ours.kind || list.flow !== ours.flow || list.inline !== ours.inline))
    return undefined;
  const keys =
    ours.kind === 'map'
      ? (lists.map(({ entries }) => entries.map(({ key }) => key!)) as unknown as Three<string[]>)
      : alignItems(
          ...(lists.map(({ entries }) => entries.map(({ value }) => value)) as unknown as Three<unknown[]>),
        );
  const order = keys && mergeOrder(...keys);
  if (!order || order.length === 0) return undefined;

  const find = (key: string) => lists.map(({ entries }, i) => entries[keys[i]!.indexOf(key)]);
  for (const key of keys[0]) {
    const [b, o, t] = find(key);
    if ((o && !t && !same(o.value, b!.value)) || (t && !o && !same(t.value, b!.value))) return undefined;
  }
  const shift = ours.column - theirs.column;
  const entries: Entry[] = [];
  // The first entry that the team put behind the last one of base.
  let run: Entry | undefined;
  for (const key of order) {
    const [b, o, t] = find(key);
    const moved = t && shifted(t, shift);
    if (b && o && t) {
      const merged = mergeEntry(b, o, moved, t);
      if (!merged) return undefined;
      entries.push(merged);
      run = undefined;
    } else if (o) {
      if (t && !same(o.value, t.value)) return undefined;
      entries.push(o);
      run ??= o;
    } else {
      if (!moved) return undefined;
      entries.push(run ? withoutShared(moved, run) : moved);
      run = undefined;
    }
  }
  return { ...ours, entries };
}

/** A comment of base behind which both put something stands above each of the two: once is enough. */
function withoutShared(entry: Entry, other: Entry): Entry {
  let shared = 0;
  while (shared < entry.lead.length && entry.lead[shared] === other.lead[shared]) shared++;
  const comment = entry.lead.slice(0, shared).some((line) => line.trim() !== '');
  return comment ? { ...entry, lead: entry.lead.slice(shared) } : entry;
}

function mergeEntry(base: Entry, ours: Entry, moved: Entry | undefined, theirs: Entry): Entry | undefined {
  const lead = pickAround(base.lead, ours.lead, theirs.lead);
  const body = pick(base.body, ours.body, theirs.body);
  // The template's lines go in at the team's depth.
  const above = lead === ours.lead ? lead : lead && moved?.lead;
  if (!above) return undefined;
  if (body) {
    const from = body === ours.body ? ours : moved;
    return from && { ...from, lead: above };
  }
  if (!base.inner || !ours.inner || !theirs.inner) return undefined;
  const inner = mergeInner(base.inner, ours.inner, theirs.inner);
  const lines = inner && linesOf(inner);
  if (!lines) return undefined;
  const { comma } = inner.foot === ours.inner.foot ? ours : theirs;
  return { ...ours, lead: above, body: lines, inner, comma };
}

function shifted(entry: Entry, by: number): Entry | undefined {
  if (by === 0) return entry;
  const move = (lines: Lines): Lines | undefined => {
    const result = lines.map((line) => {
      if (line.trim() === '') return line;
      if (by > 0) return ' '.repeat(by) + line;
      return /^ *$/.test(line.slice(0, -by)) ? line.slice(-by) : undefined;
    });
    return result.includes(undefined) ? undefined : (result as Lines);
  };
  const [lead, body] = [move(entry.lead), move(entry.body)];
  const comma = entry.comma === undefined ? undefined : entry.comma + by;
  return lead && body && { ...entry, lead, body, comma, inner: undefined };
}

/** The lines again; undefined when the first entry does not fit behind what it stood behind. */
export function linesOf({ head, list, foot }: Inner): string[] | undefined {
  const lines = list.entries.flatMap((entry, i) => {
    const body = [...entry.body];
    const last = body.pop()!;
    const comma = list.flow && (i < list.entries.length - 1 || list.lastComma);
    const end = comma ? `${last.slice(0, entry.comma)},${last.slice(entry.comma)}` : last;
    return [...entry.lead, ...body, end];
  });
  if (!list.inline) return [...head, ...lines, ...foot];
  const [before, first] = [head.at(-1)!, lines[0]!];
  if (!/^ *$/.test(first.slice(0, before.length))) return undefined;
  return [...head.slice(0, -1), before + first.slice(before.length), ...lines.slice(1), ...foot];
}
