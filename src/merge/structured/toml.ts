import type { Inner } from './parts.js';
import { mergeInner, linesOf } from './parts.js';
import type { Resolved } from './markers.js';
import { alignItems, Clash, mergeValues } from './values.js';

/** Lines as they are, or a list of requirements with one entry on each line. */
interface Piece {
  readonly lines?: readonly string[];
  /** Of the list, with its table. */
  readonly name?: string;
  readonly inner?: Inner;
}

const LISTS =
  /^(project\.(dependencies|optional-dependencies\..+)|dependency-groups\..+|build-system\.requires)$/;
const ENTRY = /^(\s*)("(?:[^"\\]|\\.)*"|'[^']*')\s*?(,?)(\s*(?:#.*)?)$/;

/** Both sides' additions to lists of requirements, and pins that one of them moved; undefined when anything else differs. */
export async function mergeToml(texts: Resolved): Promise<string | undefined> {
  const { parse } = await import('smol-toml');
  const { base, ours, theirs } = withMovedPins(texts);
  const values = [base, ours, theirs].map((text) => {
    try {
      return mapped(parse(text));
    } catch {
      return undefined;
    }
  });
  if (values.includes(undefined)) return undefined;
  const [b, o, t] = [base, ours, theirs].map(piecesOf) as [Piece[], Piece[], Piece[]];
  if (o.length !== b.length || t.length !== b.length) return undefined;
  const lines: string[] = [];
  for (const [i, piece] of b.entries()) {
    const [mine, other] = [o[i]!, t[i]!];
    if (mine.name !== piece.name || other.name !== piece.name) return undefined;
    if (!piece.inner || !mine.inner || !other.inner) {
      if (String(mine.lines) !== String(other.lines)) return undefined;
      lines.push(...(mine.lines ?? []));
      continue;
    }
    if (!onlyAdded(piece.inner, mine.inner) || !onlyAdded(piece.inner, other.inner)) return undefined;
    const inner = mergeInner(piece.inner, mine.inner, other.inner);
    const merged = inner && linesOf(inner);
    if (!merged) return undefined;
    lines.push(...merged);
  }
  const text = `${lines.join('\n')}\n`;
  try {
    const { isDeepStrictEqual } = await import('node:util');
    return isDeepStrictEqual(mapped(parse(text)), mergeValues(...(values as [unknown, unknown, unknown])))
      ? text
      : undefined;
  } catch (error) {
    if (error instanceof Clash || (error instanceof Error && error.name === 'TomlError')) return undefined;
    throw error;
  }
}

/** The same texts, with a pin that one side alone has moved as it has it in all of them: then nothing is to be merged there. */
function withMovedPins(texts: Resolved): Resolved {
  const sides = [texts.base, texts.ours, texts.theirs].map((text) => piecesOf(text));
  const [base, ours, theirs] = sides as [Piece[], Piece[], Piece[]];
  for (const { name, inner } of base) {
    const lists = inner && [inner, listNamed(ours, name), listNamed(theirs, name)];
    if (lists?.every((list) => list !== undefined)) movePins(lists);
  }
  const text = (pieces: Piece[]) =>
    pieces.flatMap(({ lines, inner }) => (inner ? linesOf(inner)! : lines!)).join('\n') + '\n';
  return { base: text(base), ours: text(ours), theirs: text(theirs) };
}

const listNamed = (pieces: readonly Piece[], name: string | undefined): Inner | undefined =>
  pieces.find((piece) => piece.name === name)?.inner;

function movePins(lists: readonly Inner[]): void {
  const entries = lists.map(({ list }) => list.entries as Entry[]);
  for (const side of [1, 2] as const)
    for (const entry of entries[side]!) {
      const name = packageOf(entry.value);
      const [was, mine, other, ...more] = [0, side, 3 - side].flatMap((one) =>
        entries[one]!.filter(({ value }) => name !== undefined && packageOf(value) === name),
      );
      // One in each, else it was added, dropped, or stands there twice.
      if (mine !== entry || !was || !other || more.length || was.value === entry.value) continue;
      if (String([was.value, was.body]) !== String([other.value, other.body])) continue;
      const { value, body, comma } = entry;
      for (const one of [0, 3 - side])
        entries[one]!.forEach((old, at, all) => {
          if (old === was || old === other) all[at] = { ...old, value, body, comma };
        });
    }
}

type Entry = Inner['list']['entries'][number];

const packageOf = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? /^[A-Za-z0-9][\w.-]*/
        .exec(value)?.[0]
        .toLowerCase()
        .replace(/[-_.]+/g, '-')
    : undefined;

const onlyAdded = (base: Inner, side: Inner): boolean => {
  const values = (inner: Inner) => inner.list.entries.map(({ value }) => value);
  const keys = alignItems(values(base), values(side), values(base));
  return keys?.[0].every((key) => keys[1].includes(key)) ?? false;
};

function piecesOf(text: string): Piece[] {
  const lines = text.replace(/\n$/, '').split('\n');
  const pieces: Piece[] = [];
  let [table, plain] = ['', [] as string[]];
  for (let i = 0; i < lines.length; i++) {
    table =
      /^\s*\[([^[\]]+)\]\s*(#.*)?$/.exec(lines[i]!)?.[1]?.trim() ??
      (/^\s*\[\[/.test(lines[i]!) ? '[[' : table);
    const key = /^\s*([\w.-]+)\s*=\s*\[\s*(#.*)?$/.exec(lines[i]!)?.[1];
    const name = table === '' ? key : `${table}.${key}`;
    const inner = key !== undefined && LISTS.test(name!) ? listOf(lines, i) : undefined;
    if (!inner) {
      plain.push(lines[i]!);
      continue;
    }
    pieces.push({ lines: plain }, { name: name!, inner });
    plain = [];
    i += linesOf(inner)!.length - 1;
  }
  return [...pieces, { lines: plain }];
}

function listOf(lines: readonly string[], open: number): Inner | undefined {
  const entries: Inner['list']['entries'][number][] = [];
  let lead: string[] = [];
  let [column, lastComma] = [0, false];
  for (const line of lines.slice(open + 1)) {
    if (/^\s*(#.*)?$/.test(line)) {
      lead.push(line);
      continue;
    }
    if (/^\s*\]\s*(#.*)?$/.test(line) && entries.length > 0) {
      const list = { kind: 'seq', flow: true, column, inline: false, lastComma, entries } as const;
      return { head: [lines[open]!], list, foot: [...lead, line] };
    }
    const [, indent, value, comma, rest] = ENTRY.exec(line) ?? [];
    if (indent === undefined || value === undefined || (entries.length > 0 && !lastComma)) return undefined;
    if (entries.length === 0) column = indent.length;
    const before = indent + value;
    entries.push({ value: value.slice(1, -1), lead, body: [before + rest], comma: before.length });
    [lead, lastComma] = [[], comma === ','];
  }
  return undefined;
}

/** Tables as Map, so that mergeValues takes them apart. */
function mapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mapped);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return new Map(Object.entries(value).map(([key, inner]) => [key, mapped(inner)]));
}
