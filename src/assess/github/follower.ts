import type { Follow, Reached, Script } from '../hops/follow.js';
import type { Hop } from '../types.js';

/**
 * Asks what a script leads to once, however many starts and callers lead to it: what it leads to does not hang on how
 * it was come to, so the way, and whether all of it is off, are put in front of the answer.
 */
export class Follower {
  private readonly answers = new Map<string, readonly Reached[]>();
  constructor(private readonly follow: Follow) {}

  script({ way, off, swallowed, ...script }: Script): Reached[] {
    const { text, language, at, dir, env } = script;
    const key = JSON.stringify([text, language, at.path, at.line, dir, env]);
    let answer = this.answers.get(key);
    if (!answer) this.answers.set(key, (answer = this.follow.script({ ...script, way: [] })));
    return answer.map((act) => comeTo(act, way, off, swallowed));
  }
}

/** The same act at the end of a way that begins earlier. */
export function comeTo<T extends Reached>(act: T, way: readonly Hop[], off?: string, swallowed?: string): T {
  const offBecause = off ?? act.off;
  const swallowedBecause = act.swallowed ?? swallowed;
  return {
    ...act,
    way: [...way, ...act.way],
    ...(offBecause === undefined ? {} : { off: offBecause }),
    ...(swallowedBecause === undefined ? {} : { swallowed: swallowedBecause }),
  };
}
