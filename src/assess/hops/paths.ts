import { posix } from 'node:path';
import type { Files } from '../types.js';

/** A path of the repository as seen from a folder of it; undefined when it leads out, or is not known. */
export function from(dir: string | undefined, path: string): string | undefined {
  const plain = path
    .replace(
      /^\$\{?(?:GITHUB_WORKSPACE|BUILD_SOURCESDIRECTORY|SYSTEM_DEFAULTWORKINGDIRECTORY|CI_PROJECT_DIR)\}?\//,
      '/.root/',
    )
    .replace(/^\$\((?:Build\.SourcesDirectory|System\.DefaultWorkingDirectory)\)\//i, '/.root/')
    .replaceAll('\\', '/');
  const rooted = plain.startsWith('/.root/');
  const local = rooted ? plain.slice(7) : plain.replace(/^\$\{?PWD\}?\//, '');
  if (
    local === '' ||
    /[${`]/.test(local) ||
    (!rooted && /^[/~]|^[A-Za-z]:/.test(local)) ||
    local.includes('://')
  )
    return undefined;
  if (dir === undefined && !rooted) return undefined;
  const joined = posix.normalize(posix.join(rooted ? '' : (dir ?? ''), local)).replace(/\/$/, '');
  if (joined === '..' || joined.startsWith('../')) return undefined;
  return joined === '.' ? '' : joined;
}

/** The folder of a path, '' at the root. */
export const folderOf = (path: string): string => {
  const dir = posix.dirname(path);
  return dir === '.' ? '' : dir;
};

/** A folder and those above it, the root last. */
export function ancestors(dir: string): string[] {
  const out = [dir];
  for (let at = dir; at !== '';) {
    at = folderOf(at);
    out.push(at);
  }
  return out;
}

/** Files that a pattern of the shell stands for, as seen from a folder. */
export function globbed(files: Files, pattern: string, dir: string): string[] {
  const whole = from(dir, pattern);
  if (whole === undefined || whole.length > 300) return [];
  const matcher = matcherOf(whole);
  const base = dir === '' ? '' : `${dir}/`;
  return files.paths.filter(matcher).map((path) => (path.startsWith(base) ? path.slice(base.length) : path));
}

/** Whether a path fits a pattern with `*`, `?` and `**`. */
export function matcherOf(pattern: string): (path: string) => boolean {
  const source = pattern
    .split(/(\*\*\/?|\*|\?)/)
    .map((part) => {
      if (part === '**/') return '(?:.*/)?';
      if (part === '**') return '.*';
      if (part === '*') return '[^/]*';
      if (part === '?') return '[^/]';
      return part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    })
    .join('')
    // Several stars side by side would take a hostile path many ways.
    .replace(/(?:\[\^\/\]\*){2,}/g, '[^/]*');
  const stars = pattern.split('*').length;
  if (stars > 8) return () => false;
  const regex = new RegExp(`^${source}$`);
  return (path) => regex.test(path);
}
