import { textOf } from '../render/tree.js';

const MARK = /^(<{7}|\|{7}|={7}|>{7})(?= |\r?\n|$)/;

/**
 * A file of patterns (`.gitignore`) with the lines of both sides, where git left diff3 markers only since both added at one
 * place. Undefined when a line was changed, or when an order matters, as it does for the team's patterns with `!`.
 */
export function mergePatterns(withMarkers: Uint8Array): Uint8Array | undefined {
  const text = textOf(withMarkers);
  if (text === undefined) return undefined;
  const sides: Record<string, string[]> = {};
  const result: string[] = [];
  let side = '';
  for (const line of text.split(/(?<=\n)/)) {
    const mark = MARK.exec(line)?.[1]?.[0];
    if (mark === undefined) {
      (side === '' ? result : (sides[side] ??= [])).push(line);
      continue;
    }
    if (mark !== '>') {
      side = mark;
      continue;
    }
    const { '<': ours = [], '|': base = [], '=': theirs = [] } = sides;
    const negates = (lines: readonly string[]) => lines.some((one) => one.startsWith('!'));
    if (base.length || negates(ours)) return undefined;
    const add = theirs.filter((one) => !one.trim() || !ours.includes(one));
    // What the team ignores stays ignored, since of several patterns the last one counts.
    result.push(...(negates(theirs) ? [...add, ...ours] : [...ours, ...add]));
    for (const key of Object.keys(sides)) delete sides[key];
    side = '';
  }
  return Buffer.from(result.join(''));
}
