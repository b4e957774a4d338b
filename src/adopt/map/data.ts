import { posix } from 'node:path';
import type { Candidate } from './roles.js';
import type { Code } from './code.js';

const CSV = /\.(csv|tsv)(\.gz)?$/i;
const NO_DATA = /(^|\/)(tests?|samples?|fixtures?|node_modules|\.venv)\//;

/**
 * CSV files of the team that code names, those that the code which trains names first; then those that only lie there.
 *
 * @param isFile whether a path is a file here, tracked or not
 */
export function dataFiles(
  code: readonly Code[],
  trains: string | undefined,
  tracked: Iterable<string>,
  isFile: (path: string) => boolean,
): Candidate[] {
  const lying = [...tracked].filter((path) => CSV.test(path) && !NO_DATA.test(path));
  const weights = new Map<string, number>(lying.map((path) => [path, 1]));
  for (const one of code)
    for (const name of namedIn(one.source)) {
      const place = [posix.join(posix.dirname(one.path), name), posix.normalize(name)].find(
        (path) => !path.startsWith('../') && !path.startsWith('/') && (weights.has(path) || isFile(path)),
      );
      // A path that is put together says at least the name.
      const alike = lying.filter((path) => posix.basename(path) === posix.basename(name));
      const found = place ?? (alike.length === 1 ? alike[0] : undefined);
      if (found === undefined) continue;
      const weight = one.path === trains ? 3 : 2;
      weights.set(found, Math.max(weight, weights.get(found) ?? 0));
    }
  return [...weights]
    .map(([path, weight]) => ({ path, weight }))
    .sort((a, b) => b.weight - a.weight || (a.path < b.path ? -1 : 1));
}

/** Names of CSV files in quotes, of lines that are no comment; what is written is not what is read. */
function* namedIn(source: string): Generator<string> {
  for (const line of source.split('\n')) {
    if (/^\s*#/.test(line) || /\bto_csv\b/.test(line)) continue;
    for (const [, name = ''] of line.matchAll(/["']([^"'\n]{1,300})["']/g)) if (CSV.test(name)) yield name;
  }
}
