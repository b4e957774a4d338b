import type { ChainRule } from '../../levels/rule.js';
import type { Chain, Job } from '../types.js';
import { type Classed, ofOne } from './classify.js';
import type { Context, Verdict } from './context.js';
import { countsFor, type Done, doneIn, startsOf } from './done.js';
import { actEvidence, named, startEvidence } from './found.js';
import { nearly } from './nearly.js';

interface Link {
  readonly done: Done;
  readonly as: Classed;
  readonly before?: Link;
}

type Step = ChainRule['does'][number];

export function chainMeets(rule: ChainRule, context: Context): Verdict {
  const started = context.facts.chains.flatMap((chain) => {
    const [start] = startsOf(chain, rule.started, rule.outside);
    return start ? [{ chain, start }] : [];
  });
  const found = started.flatMap(({ chain, start }) => {
    const links = sequence(rule, chain, context);
    return links ? [{ chain, start, links }] : [];
  });
  if (rule.every && found.length) {
    const first = { ...rule, does: rule.does.slice(0, 1) };
    const missing = started.find(
      ({ chain }) => sequence(first, chain, context) && !found.some((one) => one.chain === chain),
    );
    if (missing)
      return {
        met: false,
        evidence: [],
        nearly: [
          {
            ...startEvidence(missing.chain, missing.start),
            found: `${named(missing.chain, missing.start.path)}does not do it all`,
          },
        ],
      };
  }
  // What people look for first: what starts by itself, on the shortest way.
  const [best] = found.sort((a, b) => rank(a) - rank(b));
  if (!best) return { met: false, evidence: [], nearly: nearly(rule, context) };
  return {
    met: true,
    evidence: [
      startEvidence(best.chain, best.start),
      ...best.links.map(({ done, as }) => actEvidence(done.act, as.name, context.acts)),
    ],
    nearly: [],
  };
}

function rank({ start, links }: { start: Chain['started'][number]; links: readonly Link[] }): number {
  const byHand = start.by === 'hand' || start.by === 'person' ? 1000 : 0;
  return byHand + links.reduce((sum, { done }) => sum + done.act.way.length, 0);
}

/**
 * Acts in the order of the rule, each before the next: in an earlier job, or in the same job in no later step. Per job
 * only the earliest step of each stage matters, so this is exact and takes one pass per stage.
 */
function sequence(rule: ChainRule, chain: Chain, context: Context): Link[] | undefined {
  const done = countsFor(rule, doneIn(chain, context));
  const { unless, without, ...rest } = rule;
  if (without?.some((step) => done.some((one) => asStep(step, one, context)))) return undefined;
  if (unless) {
    const { apart: none, ...plain } = rest;
    void none;
    if (links({ ...plain, does: [{ acts: unless }, ...rule.does] }, context, done)) return undefined;
  }
  const told = (found: Link[] | undefined) => found && plainest(found, rule, context, done);
  if (rule.apart === undefined) return told(links(rule, context, done));
  // The place of the one that the last must stand apart from is tried for each job that has it.
  const jobs = new Set(done.map(({ job }) => job));
  for (const job of jobs) {
    const found = links(rule, context, done, job);
    if (found) return told(found);
  }
  return undefined;
}

function links(rule: ChainRule, context: Context, done: readonly Done[], from?: Job): Link[] | undefined {
  let reached: Map<Job, Link> | undefined;
  for (const [n, step] of rule.does.entries()) {
    const next = new Map<Job, Link>();
    for (const one of done) {
      const as = asStep(step, one, context);
      if (!as) continue;
      if (from && n === rule.apart! - 1 && one.job !== from) continue;
      if (from && n === rule.does.length - 1 && !apart(from, one.job)) continue;
      const before = reached && earlier(reached, one, rule, context);
      if (reached && !before) continue;
      const link = { done: one, as, ...(before ? { before } : {}) };
      const known = next.get(one.job);
      if (!known || one.act.step < known.done.act.step) next.set(one.job, link);
    }
    if (!next.size) return undefined;
    reached = next;
  }
  const [last] = reached?.values() ?? [];
  const path: Link[] = [];
  for (let link = last; link; link = link.before) path.unshift(link);
  return path;
}

/** The class of a step that an act is of. */
function asStep({ acts: wanted, environment }: Step, { act, job, classes }: Done, { acts }: Context) {
  const as = ofOne(classes, wanted);
  if (!as || (acts[as.name]?.judges && act.swallowed !== undefined)) return undefined;
  return environment === undefined || environmentIs(environment).test(job.environment) ? as : undefined;
}

const compiled = new Map<string, RegExp>();
function environmentIs(pattern: string): RegExp {
  const known = compiled.get(pattern) ?? new RegExp(pattern, 'i');
  compiled.set(pattern, known);
  return known;
}

/** Hops that a more telling shape is worth. */
const TELLING = 3;

/**
 * How far an act is from what a person would point at: who judges in a step of its own before an error that what
 * comes before throws itself, the shape that tells most, a short way before a long one.
 */
const cost = ({ done, as }: Link, { acts }: Context, ...beside: readonly (Done | undefined)[]): number =>
  done.act.way.length +
  TELLING * as.shape +
  (acts[as.name]?.judges && beside.some((other) => other && other.act !== done.act && isOneStep(done, other))
    ? 100
    : 0);

/** Of what may stand between the same two, what costs least; in the same job where the rule speaks of jobs. */
function plainest(path: readonly Link[], rule: ChainRule, context: Context, done: readonly Done[]): Link[] {
  const chosen: Link[] = [];
  const sameJob = rule.together === true || rule.apart !== undefined;
  for (const [n, link] of path.entries()) {
    const step = rule.does[n];
    const [before, next] = [chosen[n - 1]?.done, path[n + 1]?.done];
    let best = link;
    for (const one of done) {
      const as = step && (!sameJob || one.job === link.done.job) ? asStep(step, one, context) : undefined;
      if (!as || cost({ done: one, as }, context, before, next) >= cost(best, context, before, next))
        continue;
      if (!inOrder(before, one) || !inOrder(one, next)) continue;
      if (rule.separate && [before, next].some((other) => other?.act.path === one.act.path)) continue;
      best = { done: one, as };
    }
    chosen.push(best);
  }
  return chosen;
}

const isOneStep = (one: Done, other: Done): boolean =>
  one.job === other.job && one.act.step === other.act.step;

/** In one job: in no later step; else in a job that has ended before. */
const inOrder = (one: Done | undefined, other: Done | undefined): boolean =>
  !one ||
  !other ||
  (one.job === other.job ? one.act.step <= other.act.step : other.job.after.includes(one.job.id));

/** The link that comes before an act: of those in earlier jobs and in its own, the one to point at. */
function earlier(
  reached: ReadonlyMap<Job, Link>,
  one: Done,
  rule: ChainRule,
  context: Context,
): Link | undefined {
  let best: Link | undefined;
  for (const link of reached.values()) {
    const { act, job } = link.done;
    if (!inOrder(link.done, one) || (rule.together && job !== one.job)) continue;
    if (rule.separate && act.path === one.act.path) continue;
    const costs = cost(link, context, link.before?.done, one);
    if (!best || costs < cost(best, context, best.before?.done, one)) best = link;
  }
  return best;
}

const apart = (a: Job, b: Job) =>
  a.environment || b.environment ? a.environment !== b.environment : a.id !== b.id;
