import type { ChainRule } from '../../levels/rule.js';
import type { Act, Chain, Job, StartedBy } from '../types.js';
import type { Classed } from './classify.js';
import type { Context } from './context.js';

/** One act of a chain, with the classes that it belongs to. */
export interface Done {
  readonly act: Act;
  readonly job: Job;
  readonly classes: readonly Classed[];
}

/** Jobs that only clean up after a failure carry this at the end of their id; what they do is not what a chain is for. */
const ON_FAILURE = / \(on failure\)$/;

/** The acts of a chain that any class knows; those that never happen are told apart. */
export function doneIn(chain: Chain, context: Context): { done: readonly Done[]; off: readonly Done[] } {
  const known = context.done.get(chain);
  if (known) return known;
  const all: Done[] = [];
  for (const job of chain.jobs) {
    const cleansUp = ON_FAILURE.test(job.id);
    for (const act of job.acts) {
      const known = context.classify(act);
      const classes = known.filter(({ name }) => {
        const failure = context.acts[name]?.failure;
        return cleansUp ? failure !== undefined : failure !== 'only';
      });
      if (classes.length) all.push({ act, job, classes });
    }
  }
  const found = {
    done: all.filter(({ act }) => act.off === undefined),
    off: all.filter(({ act }) => act.off !== undefined),
  };
  context.done.set(chain, found);
  return found;
}

/** The starts of a chain that count: one that is switched off starts nothing. */
export const startsOf = (chain: Chain, by: readonly StartedBy[]) =>
  chain.started.filter((start) => start.off === undefined && by.includes(start.by));

/** Whether a rule speaks of a model that is made and of what is done with it. */
const MAKE = new Set(['train', 'fit', 'register']);
export const makes = ({ does }: ChainRule): boolean =>
  does.length > 1 && does.some(({ acts }) => acts.some((name) => MAKE.has(name)));
