import type { Words } from './read.js';

/**
 * Which cell of base each cell of a side is: by id; then, where ids are missing or were rewritten, by a source that
 * stands once, by likeness between the same neighbors, and by position. Strict: another id is another cell.
 */
export function matchCells(
  base: readonly Words[],
  side: readonly Words[],
  { strict = false } = {},
): Map<number, number> {
  const found = new Map<number, number>();
  const taken = new Set<number>();
  const pair = (at: number, of: number) => {
    found.set(at, of);
    taken.add(of);
  };
  const free = (cells: readonly Words[], used: { has(i: number): boolean }) =>
    [...cells.keys()].filter((i) => !used.has(i));
  const mayBe = (a: Words, b: Words) => !strict || a.id === undefined || b.id === undefined;
  const once = (word: (cell: Words) => string | undefined, allowed: (a: Words, b: Words) => boolean) => {
    const before = single(base, free(base, taken), word);
    for (const [value, at] of single(side, free(side, found), word)) {
      const of = before.get(value);
      if (of !== undefined && allowed(side[at]!, base[of]!)) pair(at, of);
    }
  };
  once(
    ({ id }) => id,
    () => true,
  );
  once(({ type, source }) => (source ? `${type}\0${source}` : undefined), mayBe);

  for (const [of, at] of gaps(base.length, side.length, found)) {
    const pairs = of
      .flatMap((b) => at.map((s) => ({ b, s, like: likeness(base[b]!, side[s]!) })))
      .filter(({ b, s, like }) => like >= 0.5 && mayBe(side[s]!, base[b]!))
      .sort((x, y) => y.like - x.like || x.b - y.b || x.s - y.s);
    for (const { b, s } of pairs) if (!taken.has(b) && !found.has(s)) pair(s, b);
    const [left, right] = [of.filter((b) => !taken.has(b)), at.filter((s) => !found.has(s))];
    if (left.length !== right.length) continue;
    left.forEach((b, i) => {
      const [one, other] = [base[b]!, side[right[i]!]!];
      const unnamed = one.id === undefined || other.id === undefined;
      if (unnamed && one.type === other.type) pair(right[i]!, b);
    });
  }
  return found;
}

function single(
  cells: readonly Words[],
  among: readonly number[],
  word: (cell: Words) => string | undefined,
): Map<string, number> {
  const seen = new Map<string, number[]>();
  for (const i of among) {
    const value = word(cells[i]!);
    if (value !== undefined) seen.set(value, [...(seen.get(value) ?? []), i]);
  }
  return new Map(
    [...seen].flatMap(([value, [i, more]]) => (i !== undefined && more === undefined ? [[value, i]] : [])),
  );
}

/** Runs of unmatched cells of base, each with the unmatched cells between the same neighbors on the side. */
function gaps(base: number, side: number, found: ReadonlyMap<number, number>): [number[], number[]][] {
  const where = new Map([...found].map(([at, of]) => [of, at]));
  const result: [number[], number[]][] = [];
  for (let start = 0; start < base; start++) {
    if (where.has(start)) continue;
    let end = start;
    while (end < base && !where.has(end)) end++;
    const [before, after] = [start === 0 ? -1 : where.get(start - 1)!, where.get(end) ?? side];
    const between = Array.from({ length: Math.max(0, after - before - 1) }, (_, i) => before + 1 + i);
    result.push([
      Array.from({ length: end - start }, (_, i) => start + i),
      between.filter((i) => !found.has(i)),
    ]);
    start = end;
  }
  return result;
}

/** 0 to 1: the share of words that both have. */
function likeness(a: Words, b: Words): number {
  if (a.type !== b.type) return 0;
  if (a.source === b.source) return 1;
  const words = (text: string) => text.match(/\w+/g) ?? [];
  const [left, right] = [words(a.source), words(b.source)];
  const counts = new Map<string, number>();
  for (const word of left) counts.set(word, (counts.get(word) ?? 0) + 1);
  let both = 0;
  for (const word of right) {
    const count = counts.get(word) ?? 0;
    if (count > 0) both++;
    counts.set(word, count - 1);
  }
  return left.length + right.length === 0 ? 0 : (2 * both) / (left.length + right.length);
}
