import { answersFor } from '../../src/answers/resolve.js';
import type { Answers } from '../../src/answers/schema.js';
import type { Fate, MergeEntry } from '../../src/merge/types.js';
import type { Outcome } from '../../src/upgrade/outcome.js';

type Given = Readonly<Partial<Record<'task' | 'endpoint' | 'gate' | 'name', string>>>;

/** Answers of a level, without those that it does not have yet. */
export const answersAt = (level: number, { gate, ...given }: Given = {}): Answers =>
  answersFor({ name: 'churn', ...given, ...(gate && level > 2 ? { gate } : {}) }, level);

export interface Wish extends Partial<Omit<Outcome, 'from' | 'to' | 'answers'>> {
  readonly from?: number;
  readonly to?: number;
  readonly given?: Given;
  /** `path: fate`, or `path: [fate, reason]`. */
  readonly fates?: Readonly<Record<string, Fate | readonly [Fate, string]>>;
  readonly notes?: readonly string[];
}

/** An outcome as the verbs would give it, made up. */
export function outcomeOf({ from = 1, to = 2, given, fates = {}, notes = [], ...more }: Wish = {}): Outcome {
  const entries = Object.entries(fates).map(([path, told]): MergeEntry => {
    const [fate, reason] = typeof told === 'string' ? [told, `It is ${told}.`] : told;
    return { path, fate, reason };
  });
  const conflicts = entries.filter(({ fate }) => fate === 'conflict').map(({ path }) => path);
  return {
    command: 'upgrade',
    dir: '/nowhere/churn',
    from: { level: from, version: '0.1.0' },
    to: { level: to, version: '0.1.0' },
    changedAnswers: [],
    dryRun: false,
    rebased: false,
    written: true,
    merge: { entries, conflicts, notes },
    answers: answersAt(to, given),
    exitCode: conflicts.length ? 1 : 0,
    ...more,
  };
}
