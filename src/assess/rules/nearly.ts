import type { ChainRule } from '../../levels/rule.js';
import type { Act, Chain, Evidence, Facts, StartedBy } from '../types.js';
import { ofOne } from './classify.js';
import type { Context } from './context.js';
import { countsFor, doneIn, startsOf } from './done.js';
import { actEvidence, startedOtherwise } from './found.js';

/** What looks like it and is none, with the reason; acts of the last things that the rule wants come first. */
export function nearly(rule: ChainRule, context: Context): Evidence[] {
  const found: Evidence[] = [];
  for (const { acts } of [...rule.does].reverse())
    for (const chain of context.facts.chains) {
      const all = doneIn(chain, context);
      const counted = new Set(countsFor(rule, all));
      const counts = startsOf(chain, rule.started, rule.outside).length > 0;
      for (const one of [...all.off, ...all.done]) {
        if (found.length >= 4) return found;
        const { act, classes } = one;
        const as = ofOne(classes, acts);
        if (!as) continue;
        const why =
          whyNot(chain, act, counts, context.acts[as.name]?.judges === true, rule.started, context.facts) ??
          (counted.has(one) ? undefined : 'the model that is registered before it has another name');
        if (why === undefined) continue;
        const { path, line, found: what } = actEvidence(act, as.name, context.acts);
        found.push({ path, line, found: `${what}, but ${why}` });
      }
    }
  return found;
}

function whyNot(
  chain: Chain,
  act: Act,
  counts: boolean,
  judges: boolean,
  by: readonly StartedBy[],
  facts: Facts,
): string | undefined {
  if (act.off !== undefined) return act.off;
  if (judges && act.swallowed !== undefined) return `its failure stops nothing: ${act.swallowed}`;
  if (counts) return undefined;
  const off = chain.started.find((start) => start.off !== undefined && by.includes(start.by));
  if (off?.off !== undefined) return `its start is switched off: ${off.off}`;
  return startedOtherwise(chain, facts);
}
