import type { Files } from '../types.js';
import { followCall } from './calls.js';
import { reachedFrom, type Unit } from './reach.js';
import { actAt, type Trail, type Where } from './trail.js';

/** Every call that a program reaches, in its file and in what it imports, and what those calls start. */
export function followPython(path: string, words: readonly string[], where: Where, trail: Trail): void {
  for (const unit of unitsOf(path, words, trail)) {
    const way = [...where.way, ...unit.way];
    for (const call of unit.calls) {
      const inside: Where = {
        ...where,
        way,
        off: where.off ?? call.off,
        swallowed: where.swallowed ?? call.swallowed,
      };
      const at = { path: unit.path, line: call.line };
      const text = worthTelling(call, trail);
      if (text !== undefined) trail.add(actAt('call', text, at, inside));
      followCall(call, at, inside, trail);
    }
  }
}

type Call = Unit['calls'][number];

/** Many programs reach the same calls. */
const judged = new WeakMap<Files, Map<Call, string | undefined>>();

function worthTelling(call: Call, trail: Trail): string | undefined {
  let all = judged.get(trail.files);
  if (!all) judged.set(trail.files, (all = new Map<Call, string | undefined>()));
  if (all.has(call)) return all.get(call);
  const text = `${call.name}(${call.args})`;
  const told = trail.matters(text) ? text : undefined;
  all.set(call, told);
  return told;
}

const known = new WeakMap<Files, Map<string, readonly Unit[]>>();

function unitsOf(path: string, words: readonly string[], trail: Trail): readonly Unit[] {
  const all = known.get(trail.files) ?? new Map<string, readonly Unit[]>();
  known.set(trail.files, all);
  const key = [path, ...words].join('\0');
  const units = all.get(key) ?? reachedFrom(path, words, trail);
  all.set(key, units);
  return units;
}

/** The words of a command line that may choose what a program does; none where it looks nothing up by name. */
export function choosing(path: string, words: readonly string[], files: Files): readonly string[] {
  if (!words.length || !(files.text(path) ?? '').includes('getattr(')) return [];
  return words.filter((word) => /^[a-z][\w-]{0,60}$/i.test(word)).slice(0, 3);
}
