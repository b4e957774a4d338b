/** Words that say nothing of what a name is about: "email de la cliente", "date of birth". */
const PARTICLES = new Set(
  'of the a an de des del della der die das du la le les el los las l d von di'.split(' '),
);

/**
 * The words of a column's name, small and without accents: `dateOfBirth`, `DATE_OF_BIRTH` and `date.of.birth2`
 * are all date, of, birth.
 */
export function wordsOf(name: string): string[] {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/ß/g, 'ss')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter(Boolean);
}

/** The words that carry meaning. */
export const meaning = (words: readonly string[]): string[] => words.filter((word) => !PARTICLES.has(word));

/** Where the words of a phrase stand together, or -1; the last place, as what a name is comes last. */
export function placeOf(phrase: readonly string[], words: readonly string[]): number {
  for (let at = words.length - phrase.length; at >= 0; at--) {
    if (phrase.every((word, i) => words[at + i] === word)) return at;
  }
  return -1;
}

/** The phrases of a table, between commas, as their words. */
export const list = (phrases: string): string[][] =>
  phrases.split(',').map((phrase) => phrase.trim().split(/\s+/));
