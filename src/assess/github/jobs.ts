import { posix } from 'node:path';
import type { Act, Hop, Job } from '../types.js';
import { type Event, givenInputs } from './events.js';
import type { Follower } from './follower.js';
import { signed } from './alike.js';
import { runsOf } from './matrix.js';
import { orderOf } from './order.js';
import type { Request } from './requests.js';
import { envOf, type Scope, valueIn } from './scope.js';
import type { When } from './endings.js';
import { fateOf, type Known, needsOf } from './fate.js';
import { optional } from './optional.js';
import type { Units } from './units.js';
import { triggersOf } from './triggers.js';
import { bare, known, nothing, object, textOfValue, truthOf, unknown, type Value } from './values.js';
import { type Document, type Documents, type Mapping, mapping } from './workflow.js';

export interface World {
  readonly documents: Documents;
  readonly follower: Follower;
  readonly units: Units;
  /** How many jobs may still be looked at, so that workflows that call each other many times over come to an end. */
  budget: number;
  /** The same for the start that is looked at. */
  left: number;
  /** Workflows that some other one calls. */
  readonly called: Set<string>;
}

/** One workflow and how it came to run. */
export interface Called {
  readonly document: Document;
  readonly event: Event;
  readonly way: readonly Hop[];
  /** Before the ids of its jobs. */
  readonly prefix: string;
  /** What has ended well before it begins. */
  readonly after: readonly string[];
  readonly off?: string;
  readonly swallowed?: string;
  /** Workflows on the way, so that circles end. */
  readonly via: readonly string[];
  /** Another workflow came to an end, well or not: each job decides whether it asks for that. */
  readonly onEnd?: true;
}

export interface Asked {
  readonly request: Request;
  readonly act: Act;
  /** What has ended before it, and the job that asks. */
  readonly after: readonly string[];
  readonly job: string;
}

export interface Expanded {
  readonly jobs: Job[];
  /** Ids of the jobs that have ended when all of it has ended well. */
  readonly ended: string[];
  readonly asked: Asked[];
  readonly dirs: Set<string>;
  /** A job of it begins however the workflow before it ended. */
  open: boolean;
}

const DEEPEST = 10;
const MOST_ACTS = 20_000;

/** The jobs that one start of a workflow leads to, those of the workflows that it calls too. */
export function jobsOfWorkflow(called: Called, world: World): Expanded {
  const all: Expanded = { jobs: [], ended: [], asked: [], dirs: new Set(), open: false };
  const workflow = called.document.value;
  const base: Scope = {
    files: world.documents.files,
    event: called.event,
    contexts: { vars: unknown, secrets: unknown },
    env: new Map(),
    dir: '',
  };
  const scope = { ...base, env: envOf(workflow.env, base) };
  const earlier = new Map<string, Known>();
  for (const { id, job, needs, ancestors } of orderOf(called.document)) {
    world.budget -= 1;
    world.left -= 1;
    if (world.budget < 0 || world.left < 0) break;
    const needed = { ...scope, contexts: { ...scope.contexts, needs: needsOf(needs, earlier) } };
    const before = [...ancestors].flatMap((ancestor) => earlier.get(ancestor) ?? []);
    const fate = fateOf(job, needed, before, called);
    if (fate.open) all.open = true;
    const one = new OneJob({ ...called, ...optional({ off: fate.off }) }, id, job, fate.after, world);
    one.expand(needed, all);
    earlier.set(id, {
      id,
      off: fate.off,
      gated: fate.gated,
      ended: fate.when === 'failure' ? [] : one.ended,
    });
    if (fate.when !== 'failure') all.ended.push(...one.ended);
  }
  return all;
}

/** A job in all runs of its matrix. */
class OneJob {
  readonly ended: string[] = [];

  constructor(
    private readonly called: Called,
    private readonly id: string,
    private readonly job: Mapping,
    private readonly after: readonly string[],
    private readonly world: World,
  ) {}

  expand(scope: Scope, all: Expanded): void {
    const strategy = mapping(this.job.strategy);
    const oneByOne = strategy['max-parallel'] === 1 && strategy['fail-fast'] !== false;
    for (const run of runsOf(this.job, scope)) {
      const id = `${this.called.prefix}${this.id}${run.label ? ` (${run.label})` : ''}`;
      const after = oneByOne ? [...this.after, ...this.ended] : this.after;
      const inRun = {
        ...scope,
        contexts: { ...scope.contexts, matrix: run.matrix, runner: runnerOf(this.job) },
      };
      this.expandRun(id, after, { ...inRun, env: envOf(this.job.env, inRun) }, all);
    }
  }

  private expandRun(id: string, after: readonly string[], scope: Scope, all: Expanded): void {
    const { uses } = this.job;
    if (typeof uses === 'string') return this.callOther(id, uses, after, scope, all);
    const { called, job } = this;
    const defaults = {
      ...mapping(mapping(called.document.value.defaults).run),
      ...mapping(mapping(job.defaults).run),
    };
    const unit = this.world.units.of(
      job,
      {
        document: called.document,
        key: ['jobs', this.id, 'steps'],
        steps: job.steps,
        scope,
        way: [],
        usual: {
          dir: textOr(defaults['working-directory']),
          shell: textOr(defaults.shell) || usualShell(job),
        },
        via: [],
      },
      called.way,
      called.off,
      this.swallowed(scope),
    );
    for (const dir of unit.dirs) all.dirs.add(dir);
    const environment = environmentOf(job, scope);
    const parts: Record<When, string> = {
      well: id,
      anyway: `${id} (whatever happens)`,
      failure: `${id} (on failure)`,
    };
    for (const when of ['well', 'anyway', 'failure'] as const) {
      const done = unit.done[when].slice(0, MOST_ACTS);
      if (!done.length && when !== 'well') continue;
      const part = parts[when];
      const acts = done.map(({ act }) => act);
      all.jobs.push(signed({ id: part, environment, after, acts }, unit.signatures[when]));
      if (when !== 'failure') this.ended.push(part);
      for (const { act, request } of done) {
        if (request) all.asked.push({ request, act, job: part, after: [...after, part] });
      }
    }
  }

  /** A job that is a workflow of its own: of this repository it is followed. */
  private callOther(id: string, uses: string, after: readonly string[], scope: Scope, all: Expanded): void {
    const { called, job, world } = this;
    const line = called.document.line(['jobs', this.id, 'uses']);
    const place = { path: called.document.path, line };
    const act = (off?: string) => {
      const { acts, number } = world.follower.uses(
        uses,
        place.path,
        line,
        called.way,
        1,
        called.off ?? off,
        called.swallowed,
      );
      all.jobs.push(signed({ id, environment: '', after, acts }, `${number}`));
      this.ended.push(id);
    };
    if (!/^(?:\.\/|\$\/)/.test(uses)) return act();
    const path = posix.normalize(uses.slice(2));
    const document = world.documents.at(path);
    if (!document) return act(`${path} is not there`);
    if (document.error !== undefined) return act(`${path} cannot be read: ${document.error}`);
    world.called.add(path);
    const declared = triggersOf(document).get('workflow_call');
    if (!declared) return act(`${path} has no workflow_call`);
    if (called.via.includes(path) || called.via.length >= DEEPEST) return act(`${path} calls itself`);
    const given = Object.entries(mapping(job.with)).map(
      ([name, value]) => [name.toLowerCase(), valueIn(value, scope)] as const,
    );
    const inputs = givenInputs(mapping(declared.said).inputs, new Map(given));
    const inner = jobsOfWorkflow(
      {
        ...this.calledHere(),
        document,
        event: { ...called.event, inputs },
        way: [...called.way, { ...place, as: `uses ${uses}` }],
        prefix: `${id}/`,
        after,
        via: [...called.via, path],
      },
      world,
    );
    all.jobs.push(...inner.jobs);
    all.asked.push(...inner.asked);
    for (const dir of inner.dirs) all.dirs.add(dir);
    this.ended.push(...inner.ended);
  }

  /** A workflow that a job calls begins when the job does. */
  private calledHere(): Omit<Called, 'onEnd'> {
    const { document, event, way, prefix, after, via, off, swallowed } = this.called;
    return { document, event, way, prefix, after, via, ...optional({ off, swallowed }) };
  }

  private swallowed(scope: Scope): string | undefined {
    const said = this.job['continue-on-error'];
    if (said !== undefined && truthOf(valueIn(said, scope)) === true) return 'continue-on-error';
    return this.called.swallowed;
  }
}

function environmentOf(job: Mapping, scope: Scope): string {
  const said = typeof job.environment === 'string' ? job.environment : mapping(job.environment).name;
  const value = said === undefined ? nothing : valueIn(said, scope);
  const usual = value.is === 'unknown' ? value.usual : undefined;
  return textOfValue(value) ?? (usual === undefined ? '' : String(usual));
}

function runnerOf(job: Mapping): Value {
  const label = JSON.stringify(job['runs-on'] ?? '').toLowerCase();
  const os = /ubuntu|linux/.test(label) ? 'Linux' : label.includes('windows') ? 'Windows' : '';
  return object(bare(os && !label.includes('${{') ? [['os', known(os)]] : []), unknown);
}

/** What GitHub takes when nobody names a shell. */
const usualShell = (job: Mapping) =>
  JSON.stringify(job['runs-on'] ?? '').includes('windows') ? 'pwsh' : 'bash -e {0}';

const textOr = (said: unknown) => (typeof said === 'string' ? said : '');
