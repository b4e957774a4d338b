import { posix } from 'node:path';
import type { Files } from '../types.js';
import { from } from './paths.js';
import { baseName, isPython, option } from './programs.js';

/** What a command names that is not in the repository and that nothing before it wrote. */
export function missingFrom(
  words: readonly string[],
  dir: string | undefined,
  files: Files,
  written: ReadonlySet<string>,
): string | undefined {
  if (dir === undefined) return undefined;
  const [program = '', ...rest] = words;
  const name = baseName(program);
  let path: string | undefined;
  if (name === 'az' && rest[0] === 'ml') path = option(rest, '--file', '-f');
  else if (isPython(program)) {
    const first = rest.find((word) => !word.startsWith('-'));
    path = first && !rest.some((word) => /^-[mc]/.test(word)) && first.endsWith('.py') ? first : undefined;
  } else if (/^(?:ba|z|da)?sh$/.test(name))
    path = rest.find((word) => /\.sh$/.test(word) && !word.startsWith('-'));
  else if (/^\.{1,2}\/.*\.(?:sh|py|ps1)$/.test(program)) path = program;
  if (path === undefined || /[*?{}$]/.test(path)) return undefined;
  const whole = from(dir, path);
  if (whole === undefined || files.has(whole) || written.has(whole)) return undefined;
  if (files.skipped.has(whole)) return undefined;
  return posix.normalize(path);
}
