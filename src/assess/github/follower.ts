import type { Follow, Reached, Script } from '../hops/follow.js';
import type { Act, Hop } from '../types.js';

/** What one step does: the same object whenever it does the same. */
export interface Answer {
  readonly acts: readonly Act[];
  readonly number: number;
}

/**
 * Asks what a script leads to once, however many starts and callers lead to it: what it leads to does not hang on how
 * it was come to, so the way, and whether all of it is off, are put in front of the answer.
 */
export class Follower {
  private readonly reached = new Map<string, { acts: readonly Reached[]; number: number }>();
  /** Other constants may well lead to the same. */
  private readonly numbers = new Map<string, number>();
  private readonly answers = new Map<string, Answer>();
  constructor(private readonly follow: Follow) {}

  script({ way, off, swallowed, ...script }: Script, step: number): Answer {
    const { text, language, at, dir, env, pipefail } = script;
    const key = JSON.stringify([at.path, at.line, language, dir, pipefail, env, text]);
    let reached = this.reached.get(key);
    if (!reached) {
      const acts = this.follow.script({ ...script, way: [] });
      const same = JSON.stringify(acts);
      const number = this.numbers.get(same) ?? this.numbers.size;
      this.numbers.set(same, number);
      reached = { acts, number };
      this.reached.set(key, reached);
    }
    return this.come(reached.acts, `${reached.number}`, way, step, off, swallowed);
  }

  /** An act that no script is needed for. */
  uses(
    text: string,
    path: string,
    line: number,
    way: readonly Hop[],
    step: number,
    off?: string,
    swallowed?: string,
  ): Answer {
    return this.come(
      [{ kind: 'uses', text, path, line, way: [] }],
      `${path}:${line}:${text}`,
      way,
      step,
      off,
      swallowed,
    );
  }

  private come(
    acts: readonly Reached[],
    what: string,
    way: readonly Hop[],
    step: number,
    off: string | undefined,
    swallowed: string | undefined,
  ): Answer {
    const key = JSON.stringify([what, step, off, swallowed, way]);
    let answer = this.answers.get(key);
    if (!answer) {
      answer = {
        acts: acts.map((act) => comeTo({ ...act, step }, way, off, swallowed)),
        number: this.answers.size,
      };
      this.answers.set(key, answer);
    }
    return answer;
  }
}

/** The same act at the end of a way that begins earlier. */
export function comeTo(
  act: Act,
  way: readonly Hop[],
  off: string | undefined,
  swallowed: string | undefined,
): Act {
  const offBecause = off ?? act.off;
  const swallowedBecause = act.swallowed ?? swallowed;
  return {
    ...act,
    way: [...way, ...act.way],
    ...(offBecause === undefined ? {} : { off: offBecause }),
    ...(swallowedBecause === undefined ? {} : { swallowed: swallowedBecause }),
  };
}
