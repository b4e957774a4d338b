import { createRequire } from 'node:module';
import type * as Levenshtein from 'fastest-levenshtein';

/**
 * The candidate that looks most like `word`, upper case and blanks aside, or undefined when none is near.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (!candidates.length || word.length > 100) return undefined;
  const { distance } = createRequire(import.meta.url)('fastest-levenshtein') as typeof Levenshtein;
  const plain = (text: string) => text.toLowerCase().replace(/[\s_-]+/g, '');
  const wanted = plain(word);
  const near = candidates
    .map((candidate) => ({ candidate, steps: distance(wanted, plain(candidate)) }))
    .reduce((best, next) => (next.steps < best.steps ? next : best));
  return near.steps <= (wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3)))
    ? near.candidate
    : undefined;
}

/** ` Did you mean X?`, or nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  return near === undefined ? '' : ` Did you mean ${near}?`;
}
