import { onceOf } from '../once.js';
import type { Files } from '../types.js';
import { followCall, isLookedAt } from './calls.js';
import { reachedFrom, type Unit } from './reach.js';
import { actAt, type Trail, type Where } from './trail.js';

/** Every call that a program reaches, in its file and in what it imports, and what those calls start. */
export function followPython(path: string, words: readonly string[], where: Where, trail: Trail): void {
  for (const unit of unitsOf(path, words, trail)) {
    const way = [...where.way, ...unit.way];
    for (const call of unit.calls) {
      const { text, starts } = meantBy(call, trail);
      if (text === undefined && !starts) continue;
      const inside: Where = {
        ...where,
        way,
        off: where.off ?? call.off,
        swallowed: where.swallowed ?? call.swallowed,
      };
      const at = { path: unit.path, line: call.line };
      if (text !== undefined) trail.add(actAt('call', text, at, inside));
      if (starts) followCall(call, at, inside, trail);
    }
  }
}

type Call = Unit['calls'][number];

interface Meant {
  /** When it is worth telling. */
  readonly text?: string;
  readonly starts: boolean;
}

/** Many programs reach the same calls. */
const meant = onceOf<Files, Map<Call, Meant>>(() => new Map());

function meantBy(call: Call, trail: Trail): Meant {
  const all = meant(trail.files);
  let one = all.get(call);
  if (!one) {
    const text = `${call.name}(${call.args})`;
    one = { starts: isLookedAt(call.name), ...(trail.matters('call', text) ? { text } : {}) };
    all.set(call, one);
  }
  return one;
}

const known = onceOf<Files, Map<string, readonly Unit[]>>(() => new Map());

function unitsOf(path: string, words: readonly string[], trail: Trail): readonly Unit[] {
  const all = known(trail.files);
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
