import { existsSync, readFileSync } from 'node:fs';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly bugs?: string | { readonly url?: string };
}

let found: Package | undefined;

/** Our own package.json: beside `src/` in the sources, two folders up when compiled. */
export function ownPackage(): Package {
  if (found) return found;
  const at = ['../package.json', '../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url));
  if (!at) throw new Error('package.json of azmlops is not where it was installed');
  return (found = JSON.parse(readFileSync(at, 'utf8')) as Package);
}

/** Whether a version comes after another; of equal numbers the one without a word behind them is the later. */
export function isNewer(version: string, than: string): boolean {
  const [numbers, word] = partsOf(version);
  const [otherNumbers, otherWord] = partsOf(than);
  for (let at = 0; at < 3; at++) {
    const difference = (numbers[at] ?? 0) - (otherNumbers[at] ?? 0);
    if (difference) return difference > 0;
  }
  if (word === '' || otherWord === '') return word === '' && otherWord !== '';
  return word.localeCompare(otherWord, 'en', { numeric: true }) > 0;
}

function partsOf(version: string): [number[], string] {
  const [numbers = '', ...word] = version.split('-');
  return [numbers.split('.').map(Number), word.join('-')];
}
