import { onceIn } from '../once.js';
import type { Files } from '../types.js';

/** `**` crosses folders, `*` does not, `{a,b}` is either. */
export function globToRegex(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*\*|\*|\{[^}]*\}|[.+?^$()|[\]\\]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part.startsWith('{')) return `(?:${part.slice(1, -1).split(',').map(literal).join('|')})`;
    return `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}

const literal = (text: string) =>
  text.replace(/[.+*?^$()|[\]\\]/g, (char) => (char === '*' ? '[^/]*' : `\\${char}`));

/** The paths of the part that is assessed which fit one of the globs; these are relative to that part, and one that begins with `!` takes away. */
export const pathsOf = (files: Files, globs: string | readonly string[]): readonly string[] =>
  search([globs].flat().join('\n'), files);

const search = onceIn((list: string, { paths, within }: Files): readonly string[] => {
  const globs = list.split('\n');
  const wanted = globs.filter((glob) => !glob.startsWith('!')).map(globToRegex);
  const unwanted = globs.filter((glob) => glob.startsWith('!')).map((glob) => globToRegex(glob.slice(1)));
  return paths.filter((path) => {
    if (!path.startsWith(within)) return false;
    const own = path.slice(within.length);
    return wanted.some((glob) => glob.test(own)) && !unwanted.some((glob) => glob.test(own));
  });
});
