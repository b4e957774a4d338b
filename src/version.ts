import { existsSync, readFileSync } from 'node:fs';

interface Package {
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
