import { posix } from 'node:path';
import { onceOf } from '../once.js';
import type { Act, Hop, Job } from '../types.js';
import { branchRef, type Event, givenInputs, noInputs } from './events.js';
import { somePasses } from './filters.js';
import { type Asked, type Expanded, jobsOfWorkflow, type World } from './jobs.js';
import { refusalOf } from './order.js';
import { shortened } from './scope.js';
import { triggersOf } from './triggers.js';
import { bare, known, object, textOfValue, unknown, type Value } from './values.js';
import { type Document, mapping, nameOf, texts } from './workflow.js';

/** A workflow as it ran, and the workflows that led to it, itself among them, so that circles end. */
export interface Ran {
  readonly document: Document;
  readonly event: Event;
  readonly expanded: Expanded;
  readonly stack: readonly string[];
}

/** What a start leads to: `main`, and besides it the same seen from a workflow that begins however another one ended. */
export interface Joined {
  readonly main: Job[];
  readonly others: Job[][];
  readonly dirs: Set<string>;
}

const MOST_IN_A_ROW = 6;

/** All that a workflow leads to: its own jobs, what those start, and what waits for its end. */
export function joinedTo(ran: Ran, world: World): Joined {
  const joined: Joined = { main: [...ran.expanded.jobs], others: [], dirs: new Set(ran.expanded.dirs) };
  const add = (next: Ran) => {
    const more = joinedTo(next, world);
    joined.main.push(...more.main);
    joined.others.push(...more.others.map((jobs) => [...ran.expanded.jobs, ...jobs]));
    for (const dir of more.dirs) joined.dirs.add(dir);
  };
  if (ran.stack.length >= MOST_IN_A_ROW || world.left <= 0) return joined;
  ran.expanded.asked.forEach((asked, index) => {
    const targets = targetsOf(asked, world);
    if (typeof targets === 'string') switchOff(joined.main, asked, targets);
    else
      for (const target of targets)
        if (!ran.stack.includes(target.path)) add(started(asked, index, target, ran, world));
  });
  for (const { path, line, document } of listenersOf(ran, world)) {
    if (world.left <= 0) break;
    const hop: Hop = { path, line, as: `workflow_run of ${nameOf(ran.document)}` };
    const next = ended(document, hop, ran, true, world);
    add(next);
    if (next.expanded.open)
      joined.others.push(howeverItEnds(ran, ended(document, hop, ran, false, world), world));
  }
  return joined;
}

/** Workflows that a request starts, or why it starts none. */
function targetsOf({ request }: Asked, world: World): Document[] | string {
  const workflows = world.documents.workflows();
  if (request.is === 'event') {
    return workflows.filter((document) => {
      const trigger = triggersOf(document).get('repository_dispatch');
      const types = texts(mapping(trigger?.said).types);
      return trigger && (!types.length || types.includes(request.type));
    });
  }
  const wanted = posix.basename(request.name);
  const target = workflows.find((one) => posix.basename(one.path) === wanted || nameOf(one) === request.name);
  if (!target) {
    // A number is the id that GitHub gave a workflow, which files do not tell.
    return /^\d+$/.test(request.name) ? [] : `the workflow ${shortened(request.name)} is not there`;
  }
  if (target.error !== undefined) return `${target.path} cannot be read: ${target.error}`;
  return triggersOf(target).has('workflow_dispatch') ? [target] : `${target.path} has no workflow_dispatch`;
}

function switchOff(jobs: Job[], { act, job }: Asked, off: string): void {
  const at = jobs.findIndex(({ id }) => id === job);
  const found = jobs[at];
  if (!found || act.off !== undefined) return;
  jobs[at] = { ...found, acts: found.acts.map((other) => (other === act ? { ...act, off } : other)) };
}

function started(asked: Asked, index: number, document: Document, ran: Ran, world: World): Ran {
  const { act, request, job } = asked;
  const off = act.off ?? refusalOf(document);
  const event =
    request.is === 'event' ? dispatchedEvent(request.type) : dispatchedRun(request, document, ran.event);
  const expanded = jobsOfWorkflow(
    {
      document,
      event,
      way: [...act.way, { path: act.path, line: act.line, as: shortened(act.text) }],
      prefix: `${job}/${posix.basename(document.path)}#${index + 1}/`.replace('#1/', '/'),
      after: asked.after,
      via: [document.path],
      ...(off === undefined ? {} : { off }),
    },
    world,
  );
  return { document, event, expanded, stack: [...ran.stack, document.path] };
}

function dispatchedEvent(type: string): Event {
  return { name: 'repository_dispatch', ref: branchRef, inputs: noInputs, payload: { action: known(type) } };
}

function dispatchedRun(
  { inputs: given, ref }: Extract<Asked['request'], { is: 'workflow' }>,
  document: Document,
  from: Event,
): Event {
  const declared = mapping(triggersOf(document).get('workflow_dispatch')?.said).inputs;
  const values = [...given].map(([name, text]): [string, Value] => {
    const { type } = mapping(mapping(declared)[name]);
    const flag = type === 'boolean' && (text === 'true' || text === 'false');
    return [name, text === undefined ? unknown : known(flag ? text === 'true' : text)];
  });
  const inputs = givenInputs(declared, new Map(values));
  const payload = givenInputs(
    declared,
    new Map([...given].map(([name, text]) => [name, text === undefined ? unknown : known(text)])),
  );
  const branch = ref && known(ref.startsWith('refs/') ? ref : `refs/heads/${ref}`);
  const inherited = from.ref.is === 'known' || from.ref.is === 'unknown' ? branchRef : from.ref;
  return { name: 'workflow_dispatch', ref: branch || inherited, inputs, payload: { inputs: payload } };
}

/** Workflows by the names of those whose end they wait for. */
const waitingIn = onceOf((world: World): ReadonlyMap<string, Document[]> => {
  const byName = new Map<string, Document[]>();
  for (const document of world.documents.workflows()) {
    for (const name of new Set(texts(mapping(triggersOf(document).get('workflow_run')?.said).workflows))) {
      byName.set(name, [...(byName.get(name) ?? []), document]);
    }
  }
  return byName;
});

/** Workflows that wait for the end of one. */
function listenersOf(
  { document, event, stack }: Ran,
  world: World,
): { path: string; line: number; document: Document }[] {
  return (waitingIn(world).get(nameOf(document)) ?? []).flatMap((listener) => {
    const trigger = triggersOf(listener).get('workflow_run');
    const said = mapping(trigger?.said);
    if (!trigger || stack.includes(listener.path)) return [];
    const types = texts(said.types);
    if (types.length && !types.includes('completed')) return [];
    const branches = texts(said.branches);
    const branch = textOfValue(event.ref)?.replace(/^refs\/(?:heads|tags)\//, '');
    if (branches.length && branch !== undefined && somePasses([branch], branches) === false) return [];
    // The branch of a pull request is not the one that it is merged into.
    if (branches.length && event.name === 'pull_request' && branches.every((one) => !one.includes('*')))
      return [];
    return [{ path: listener.path, line: trigger.line, document: listener }];
  });
}

function ended(document: Document, hop: Hop, ran: Ran, onEnd: boolean, world: World): Ran {
  const branch = textOfValue(ran.event.ref)?.replace(/^refs\/(?:heads|tags)\//, '');
  const entries: [string, Value][] = [
    ['name', known(nameOf(ran.document))],
    ['event', known(ran.event.name)],
    ['path', known(ran.document.path)],
    ['status', known('completed')],
    ...(branch === undefined ? [] : [['head_branch', known(branch)] satisfies [string, Value]]),
  ];
  const event: Event = {
    name: 'workflow_run',
    ref: branchRef,
    inputs: noInputs,
    payload: { workflow_run: object(bare(entries), unknown), action: known('completed') },
  };
  const off = refusalOf(document);
  const expanded = jobsOfWorkflow(
    {
      document,
      event,
      way: [hop],
      prefix: `${posix.basename(document.path)}/`,
      after: ran.expanded.ended,
      via: [document.path],
      ...(onEnd ? { onEnd } : {}),
      ...(off === undefined ? {} : { off }),
    },
    world,
  );
  return { document, event, expanded, stack: [...ran.stack, document.path] };
}

/**
 * `workflow_run` without a look at the conclusion: what ran before did run before, but its failure stops nothing of
 * what comes now.
 */
function howeverItEnds(ran: Ran, next: Ran, world: World): Job[] {
  const because = `${next.document.path} begins however ${nameOf(ran.document)} ends`;
  const before = ran.expanded.jobs.map((job) => ({
    ...job,
    acts: job.acts.map((act): Act => ({ ...act, swallowed: act.swallowed ?? because })),
  }));
  return [...before, ...joinedTo(next, world).main];
}
