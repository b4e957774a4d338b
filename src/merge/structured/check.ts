import type { Resolved } from './markers.js';

/** Whether all that a side has, and the other did not take out, is in the result; and nothing more often than they have it. */
export function holdsAll(
  result: readonly string[],
  base: readonly string[],
  ours: readonly string[],
  theirs: readonly string[],
) {
  const [r, b, o, t] = [result, base, ours, theirs].map(countsOf) as [Counts, Counts, Counts, Counts];
  return [...new Set([...b.keys(), ...o.keys(), ...t.keys(), ...r.keys()])].every((key) => {
    const [now, was, here, there] = [r, b, o, t].map((counts) => counts.get(key) ?? 0) as [
      number,
      number,
      number,
      number,
    ];
    const least = Math.max(here - Math.max(0, was - there), there - Math.max(0, was - here));
    return now >= least && now <= here + Math.max(0, there - was);
  });
}

/** The same for the lines of a text; commas and the dashes that an entry stands behind are no part of its line. */
export function holdsLines(result: string, { base, ours, theirs }: Resolved): boolean {
  return holdsAll(wordsOf(result), wordsOf(base), wordsOf(ours), wordsOf(theirs));
}

type Counts = ReadonlyMap<string, number>;

function countsOf(words: readonly string[]): Counts {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

const wordsOf = (text: string) =>
  text
    .split('\n')
    .map((line) =>
      line
        .replace(/^[\s-]+/, '')
        .replaceAll(',', '')
        .trim(),
    )
    .filter((line) => line !== '');
