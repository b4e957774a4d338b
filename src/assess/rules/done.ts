import type { ChainRule } from '../../levels/rule.js';
import type { Act, Chain, Job, StartedBy } from '../types.js';
import type { Classed } from './classify.js';
import type { Context } from './context.js';
import { ofOwnModels } from './model-names.js';

/** One act of a chain, with the classes that it belongs to. */
export interface Done {
  readonly act: Act;
  readonly job: Job;
  readonly classes: readonly Classed[];
}

/** Jobs that only clean up after a failure carry this at the end of their id; what they do is not what a chain is for. */
const ON_FAILURE = / \(on failure\)$/;

/** What a chain does. */
export interface AllDone {
  /** The acts that any class knows. */
  readonly done: readonly Done[];
  /** Of these, without deployments of models that the chain does not make. */
  readonly own: readonly Done[];
  /** Those that never happen. */
  readonly off: readonly Done[];
}

/** Sorted out once for a chain, however many rules ask. */
export function doneIn(chain: Chain, context: Context): AllDone {
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
  const done = all.filter(({ act }) => act.off === undefined);
  const found = {
    done,
    own: ofOwnModels(done, context.facts.assets),
    off: all.filter(({ act }) => act.off !== undefined),
  };
  context.done.set(chain, found);
  return found;
}

/** The starts of a chain that count: one that is switched off starts nothing. */
export const startsOf = (chain: Chain, by: readonly StartedBy[], outside?: true) =>
  chain.started.filter(
    (start) => start.off === undefined && by.includes(start.by) && (!outside || start.outside),
  );

const MAKES = new Set(['train', 'fit', 'register']);

/** What a rule may count: when it speaks of a model that is made, what is deployed has to be that one. */
export function countsFor({ does }: ChainRule, { done, own }: AllDone): readonly Done[] {
  return does.length > 1 && does.some(({ acts }) => acts.some((name) => MAKES.has(name))) ? own : done;
}
