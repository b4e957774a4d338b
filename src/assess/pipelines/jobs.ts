import type { Follow } from '../hops/follow.js';
import type { Act, Job } from '../types.js';
import { expand } from './expand.js';
import { truthOf, UNSURE, valueOf } from './expression.js';
import { filled } from './macros.js';
import { entries, items, type Node, scalar, type Source, words } from './node.js';
import {
  isTrue,
  parametersOf,
  type Reading,
  scopeOf,
  templateOf,
  variableIn,
  type Variables,
  variablesOf,
} from './scope.js';
import { actsOfStep } from './steps.js';

/** Where a job stands, and what it waits for. */
interface Placed {
  readonly id: string;
  readonly needs: readonly string[];
  readonly job: Job;
}

interface Surroundings {
  readonly reading: Reading;
  readonly variables: Variables;
  readonly follow: Follow;
  readonly off?: string | undefined;
}

type Part = 'stages' | 'jobs' | 'steps';

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
    const after = of.has('dependsOn') ? words(of.get('dependsOn')) : before ? [before.id] : [];
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
      before.flatMap((each) => stage(each)?.jobs.map(({ job }) => job.id) ?? []),
    );
  });
}

/** What a file holds at its top, or the file that it extends. */
function bodyOf(
  source: Source,
  parameters: ReadonlyMap<string, Node>,
  around: Surroundings,
): Readonly<Record<Part, readonly Node[]>> & { readonly around: Surroundings } {
  const { reading, variables } = around;
  const scope = scopeOf(reading, variables, parameters);
  const value = source.value as Record<string, unknown>;
  const extending = entries(expand(source, value.extends, ['extends'], scope));
  const template = extending.get('template');
  const named = scalar(template);
  if (template && named !== undefined) {
    const found = templateOf(template, named, reading, 'extends');
    if (typeof found !== 'object') return { stages: [], jobs: [], steps: [], around };
    const given = parametersOf(found, extending.get('parameters'), reading);
    const own = expand(
      found,
      (found.value as Record<string, unknown>).variables,
      ['variables'],
      scopeOf(reading, variables, given),
    );
    return bodyOf(found, given, { ...around, variables: variablesOf(own, variables, reading) });
  }
  const part = (key: Part) => listOf(expand(source, value[key], [key], scope), key, around);
  return { stages: part('stages'), jobs: part('jobs'), steps: part('steps'), around };
}

/** A list with the templates in it put in their place; one that is not there is a node that says so. */
function listOf(node: Node | undefined, key: Part, around: Surroundings): Node[] {
  return items(node).flatMap((each): Node[] => {
    const template = entries(each).get('template');
    const named = scalar(template);
    if (!template || named === undefined) return [each];
    const found = templateOf(template, named, around.reading);
    if (found === undefined) return [];
    if (typeof found === 'string')
      return [{ ...each, line: each.line, is: new Map([['missing', template]]) }];
    const given = parametersOf(found, entries(each).get('parameters'), around.reading);
    const scope = scopeOf(around.reading, around.variables, given);
    return listOf(expand(found, (found.value as Record<string, unknown>)[key], [key], scope), key, around);
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
    return [{ id: `${prefix}Job`, needs: [], job: jobOf(`${prefix}Job`, undefined, steps, around) }];
  return jobs.flatMap((node, at): Placed[] => {
    const of = entries(node);
    const id = prefix + (scalar(of.get('job')) ?? scalar(of.get('deployment')) ?? `Job${at + 1}`);
    const needs = words(of.get('dependsOn')).map((need) => prefix + need);
    const variables = variablesOf(of.get('variables'), around.variables, around.reading);
    const legs = legsOf(of.get('strategy'));
    return legs.map(([leg, values]): Placed => {
      const inner = { ...around, variables: variablesOf(values, variables, around.reading) };
      return { id, needs, job: jobOf(leg ? `${id} ${leg}` : id, node, stepsOf(of), inner) };
    });
  });
}

/** A job for each value of a matrix, as far as files say them. */
function legsOf(strategy: Node | undefined): readonly (readonly [string, Node | undefined])[] {
  const matrix = [...entries(entries(strategy).get('matrix'))].slice(0, 10);
  return matrix.length ? matrix : [['', undefined]];
}

/** The steps of a job; of a deployment those of its strategy, in the order in which they happen. */
function stepsOf(of: ReadonlyMap<string, Node>): readonly Node[] {
  const own = of.get('steps');
  if (own) return [own].flatMap(items);
  const strategy = entries(of.get('strategy'));
  const ways = ['runOnce', 'rolling', 'canary'].flatMap((kind) => strategy.get(kind) ?? []);
  return ways.flatMap((way) => {
    const hooks = entries(way);
    const ends = entries(hooks.get('on'));
    return [
      ...['preDeploy', 'deploy', 'routeTraffic', 'postRouteTraffic'].map((hook) => hooks.get(hook)),
      ends.get('success'),
      ends.get('failure'),
    ].flatMap((hook) => items(entries(hook).get('steps')));
  });
}

function jobOf(id: string, node: Node | undefined, steps: readonly Node[], around: Surroundings): Job {
  const of = entries(node);
  const { reading, variables } = around;
  const where = of.get('environment');
  const environment = scalar(where) ?? scalar(entries(where).get('name')) ?? '';
  const off = around.off ?? offBy(of.get('condition'), variables, reading);
  const swallowed = isTrue(of.get('continueOnError')) ? 'its job has continueOnError: true' : undefined;
  const list = listOf(node ? { ...node, line: node.line, is: steps } : holding(steps), 'steps', around);
  const acts = list.flatMap((step, at) => actsOf(step, at, { ...around, off }, swallowed));
  const missing = of.get('missing');
  return {
    id,
    environment: filled(environment, variables, reading),
    after: [],
    acts: missing ? [absent(missing, 0)] : acts,
  };
}

const holding = (steps: readonly Node[]): Node => ({
  is: steps,
  path: steps[0]?.path ?? '',
  line: steps[0]?.line ?? 1,
  way: steps[0]?.way ?? [],
});

/** A template that is not there: Azure Pipelines refuses to run the pipeline. */
const absent = (template: Node, step: number): Act => ({
  kind: 'uses',
  text: `template: ${scalar(template) ?? ''}`,
  path: template.path,
  line: template.line,
  way: template.way,
  step,
  off: `${scalar(template) ?? ''} is not there`,
});

function actsOf(step: Node, at: number, around: Surroundings, job: string | undefined): Act[] {
  const of = entries(step);
  const missing = of.get('missing');
  if (missing) return [absent(missing, at)];
  const off =
    around.off ??
    (scalar(of.get('enabled'))?.toLowerCase() === 'false'
      ? 'the step is switched off (`enabled: false`)'
      : offBy(of.get('condition'), around.variables, around.reading));
  const swallowed = isTrue(of.get('continueOnError')) ? 'its step has continueOnError: true' : job;
  const { reading, variables, follow } = around;
  const told = { ...(off === undefined ? {} : { off }), ...(swallowed === undefined ? {} : { swallowed }) };
  return actsOfStep(step, { reading, variables, follow, ...told }).map((act) => ({ ...act, step: at }));
}

function offBy(condition: Node | undefined, variables: Variables, reading: Reading): string | undefined {
  const text = scalar(condition)?.trim();
  if (!text || condition?.unsure) return undefined;
  const variable = variableIn(reading, variables);
  const value = valueOf(text, ([context = '', ...name]) =>
    context.toLowerCase() === 'variables' ? variable(name.join('.')) : undefined,
  );
  return truthOf(value) === false
    ? `switched off (\`condition: ${text.replaceAll(UNSURE, '…').slice(0, 120)}\`)`
    : undefined;
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
