import type { Act, Job } from '../types.js';
import { listOf, type Surroundings } from './body.js';
import { truthOf, UNSURE, valueOf } from './expression.js';
import { filled } from './macros.js';
import { entries, items, type Node, scalar } from './node.js';
import { isTrue, type Reading, variableIn, type Variables } from './scope.js';
import { actsOfStep } from './steps.js';

export const WHATEVER = /\b(always|succeededOrFailed)\s*\(/i;
const FAILURE = /\b(failed|canceled)\s*\(/i;

/** The steps of a job; of a deployment those of its strategy, in the order in which they happen. */
export function stepsOf(of: ReadonlyMap<string, Node>): readonly Node[] {
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
    ].flatMap((hook) => items(entries(hook).get('steps')));
  });
}

/** Of a deployment: what only happens when it fails. */
const rescueOf = (of: ReadonlyMap<string, Node>): readonly Node[] =>
  ['runOnce', 'rolling', 'canary'].flatMap((kind) => {
    const ends = entries(entries(entries(of.get('strategy')).get(kind)).get('on'));
    return items(entries(ends.get('failure')).get('steps'));
  });

/** A job, and beside it the steps that happen on failure, and those that happen whatever happens. */
export function jobsBeside(
  id: string,
  node: Node | undefined,
  steps: readonly Node[],
  around: Surroundings,
): Job[] {
  const of = entries(node);
  const { reading, variables } = around;
  const target = of.get('environment');
  const written = scalar(target) ?? scalar(entries(target).get('name')) ?? '';
  const environment = filled(written, variables, reading);
  const off = around.off ?? offBy(of.get('condition'), variables, reading);
  const swallowed = isTrue(of.get('continueOnError')) ? 'its job has continueOnError: true' : undefined;
  const actsIn = (list: readonly Node[]) =>
    listOf(node ? { ...node, line: node.line, is: list } : holding(list), 'steps', around).flatMap(
      (step, at) => {
        const condition = scalar(entries(step).get('condition')) ?? '';
        const kind = FAILURE.test(condition)
          ? 'on failure'
          : WHATEVER.test(condition)
            ? 'whatever happens'
            : '';
        return actsOf(step, at, { ...around, off }, swallowed).map((act) => ({ kind, act }));
      },
    );
  const missing = of.get('missing');
  const acts = missing ? [{ kind: '', act: absent(missing, 0) }] : actsIn(steps);
  acts.push(...actsIn(rescueOf(of)).map(({ act }) => ({ kind: 'on failure', act })));
  return ['', 'on failure', 'whatever happens'].flatMap((kind): Job[] => {
    const own = acts.filter((each) => each.kind === kind).map(({ act }) => act);
    if (kind !== '' && !own.length) return [];
    return [{ id: kind ? `${id} (${kind})` : id, environment, after: [], acts: own }];
  });
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

export function offBy(
  condition: Node | undefined,
  variables: Variables,
  reading: Reading,
): string | undefined {
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
