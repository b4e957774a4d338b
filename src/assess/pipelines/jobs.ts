import type { Follow } from '../hops/follow.js';
import type { Job } from '../types.js';
import { bodyOf, listOf, type Surroundings } from './body.js';
import { expand } from './expand.js';
import { jobsBeside, offBy, stepsOf, WHATEVER } from './job.js';
import { entries, items, type Node, scalar, type Source, words } from './node.js';
import { parametersOf, type Reading, scopeOf, variablesOf } from './scope.js';

/** Where a job stands, and what it waits for. */
interface Placed {
  readonly id: string;
  readonly needs: readonly string[];
  readonly job: Job;
  /** Nothing waits for it. */
  readonly beside?: true;
}

/** The jobs of a pipeline in the order they are written, templates and all. */
export function jobsOf(source: Source, reading: Reading, follow: Follow): Job[] {
  const parameters = parametersOf(source, undefined, reading);
  const first = expand(
    source,
    (source.value as Record<string, unknown>).variables,
    ['variables'],
    scopeOf(reading, new Map(), parameters),
  );
  const around = { reading, follow, variables: variablesOf(first, new Map(), reading) };
  const body = bodyOf(source, parameters, around);
  const stages = [...body.stages];
  if (!stages.length && (body.jobs.length || body.steps.length))
    return finished(jobsOfStage(body.jobs, body.steps, '', body.around));
  const placed: { id: string; after: readonly string[]; jobs: Placed[] }[] = [];
  stages.forEach((stage, at) => {
    const of = entries(stage);
    const id = scalar(of.get('stage')) ?? `Stage${at + 1}`;
    // Without dependsOn a stage waits for the one above it.
    const before = placed.at(-1);
    const held = !WHATEVER.test(scalar(of.get('condition')) ?? '');
    const after = !held ? [] : of.has('dependsOn') ? words(of.get('dependsOn')) : before ? [before.id] : [];
    const variables = variablesOf(of.get('variables'), body.around.variables, reading);
    const inner: Surroundings = {
      ...body.around,
      variables,
      off: offBy(of.get('condition'), variables, reading),
    };
    placed.push({
      id,
      after,
      jobs: jobsOfStage(listOf(of.get('jobs'), 'jobs', inner), items(of.get('steps')), id, inner),
    });
  });
  const stage = (id: string) => placed.find((each) => each.id === id);
  return placed.flatMap(({ id, jobs }) => {
    const before = reached(id, (each) => stage(each)?.after ?? []);
    return finished(
      jobs,
      before.flatMap(
        (each) => stage(each)?.jobs.flatMap(({ job, beside }) => (beside ? [] : [job.id])) ?? [],
      ),
    );
  });
}

function jobsOfStage(
  jobs: readonly Node[],
  steps: readonly Node[],
  stage: string,
  around: Surroundings,
): Placed[] {
  const prefix = stage && `${stage}.`;
  if (!jobs.length && steps.length)
    return placedBeside(`${prefix}Job`, [], jobsBeside(`${prefix}Job`, undefined, steps, around));
  return jobs.flatMap((node, at): Placed[] => {
    const of = entries(node);
    const id = prefix + (scalar(of.get('job')) ?? scalar(of.get('deployment')) ?? `Job${at + 1}`);
    const needs = words(of.get('dependsOn')).map((need) => prefix + need);
    const variables = variablesOf(of.get('variables'), around.variables, around.reading);
    const legs = legsOf(of.get('strategy'));
    return legs.flatMap(([leg, values]): Placed[] => {
      const inner = { ...around, variables: variablesOf(values, variables, around.reading) };
      const named = leg ? `${id} ${leg}` : id;
      // A job that runs whatever happened before is held back by nothing.
      const held = WHATEVER.test(scalar(of.get('condition')) ?? '') ? [] : needs;
      return placedBeside(id, held, jobsBeside(named, node, stepsOf(of), inner));
    });
  });
}

/** Other jobs wait for the first; what only happens on failure, or whatever happens, holds nothing back. */
const placedBeside = (id: string, needs: readonly string[], [job, ...beside]: readonly Job[]): Placed[] => [
  ...(job ? [{ id, needs, job }] : []),
  ...beside.map((each) => ({ id: each.id, needs, job: each, beside: true as const })),
];

/** A job for each value of a matrix, as far as files say them. */
function legsOf(strategy: Node | undefined): readonly (readonly [string, Node | undefined])[] {
  const matrix = [...entries(entries(strategy).get('matrix'))].slice(0, 10);
  return matrix.length ? matrix : [['', undefined]];
}

/** With all that has ended before: of the stages before, and of the jobs it waits for. */
function finished(jobs: readonly Placed[], before: readonly string[] = []): Job[] {
  const named = (id: string) => jobs.filter((each) => each.id === id);
  return jobs.map(({ id, job }) => {
    const waited = reached(id, (each) => named(each).flatMap(({ needs }) => needs));
    const after = [...before, ...waited.flatMap((each) => named(each).map((other) => other.job.id))];
    return { ...job, after: [...new Set(after)] };
  });
}

/** All that one leads to, however far, but itself. */
function reached(from: string, next: (id: string) => readonly string[]): string[] {
  const found = new Set([from]);
  for (const id of found) for (const each of next(id)) found.add(each);
  found.delete(from);
  return [...found];
}
