import { textOfValue, unknown, type Value, known } from './values.js';

const LINE = /^echo\s+["']?([\w-]+)=([^"'$`\\]*)["']?\s*>>\s*["']?\$\{?(?:GITHUB_ENV|GITHUB_OUTPUT)\}?["']?$/;
const COMMAND = /^echo\s+["']?::set-output name=([\w-]+)::([^"'$`\\]*)["']?$/;

/**
 * What a script hands to later steps by `$GITHUB_ENV` or `$GITHUB_OUTPUT`: constants that its only, unconditional
 * line for that name writes, and everything else that it may write as unknown.
 */
export function writtenBy(text: string, where: 'GITHUB_ENV' | 'GITHUB_OUTPUT'): Map<string, Value> {
  const written = new Map<string, Value>();
  const outputs = where === 'GITHUB_OUTPUT' && text.includes('::set-output');
  if (!text.includes(where) && !outputs) return written;
  for (const line of text.split('\n')) {
    const [, name, value = ''] =
      (line.includes(where) ? LINE : COMMAND).exec(line.slice(0, 1000).trimEnd()) ?? [];
    if (name === undefined) for (const other of namesIn(line)) written.set(other, unknown);
    else written.set(name, written.has(name) ? unknown : known(value));
  }
  return written;
}

/** Names that a line gives a value, in a shell's own words or in the text that is written. */
function namesIn(line: string): string[] {
  return [...line.slice(0, 1000).matchAll(/(?<![\w-])([A-Za-z_][\w-]{0,100})(?==|<<)/g)].map(
    ([, name = '']) => name,
  );
}

/** The environment of later steps. */
export function withWritten(env: ReadonlyMap<string, Value>, text: string): ReadonlyMap<string, Value> {
  const written = writtenBy(text, 'GITHUB_ENV');
  return written.size ? new Map([...env, ...written]) : env;
}

/** The constants that a step gives as outputs, by name in small letters. */
export function outputsOf(text: string): [string, Value][] {
  return [...writtenBy(text, 'GITHUB_OUTPUT')]
    .filter(([, value]) => textOfValue(value) !== undefined)
    .map(([name, value]) => [name.toLowerCase(), value]);
}
