import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';

/** A job as it is written. */
export interface Written {
  name?: string;
  needs?: string | string[];
  if?: string | boolean;
  uses?: string;
  with?: Record<string, unknown>;
  environment?: string | { name: string };
  permissions?: Record<string, string>;
  concurrency?: string | Concurrency;
  env?: Record<string, unknown>;
  outputs?: Record<string, string>;
  'continue-on-error'?: unknown;
  steps?: Step[];
}

export interface Concurrency {
  group: string;
  'cancel-in-progress'?: boolean;
  queue?: string;
}

export interface Step {
  name?: string;
  id?: string;
  if?: string | boolean;
  run?: string;
  uses?: string;
  env?: Record<string, unknown>;
  'continue-on-error'?: unknown;
}

export interface Workflow {
  name: string;
  on: Record<string, { branches?: string[]; paths?: string[]; inputs?: Record<string, Input> } | null>;
  env?: Record<string, unknown>;
  concurrency?: Concurrency;
  jobs: Record<string, Written>;
}

export interface Input {
  required?: boolean;
  default?: string | boolean;
  type?: string;
  options?: string[];
}

/** A job of a run: those of a called workflow lie below the job that calls it. */
export interface Node extends Written {
  /** Ids from the outermost job to this one, such as `release.staging.deploy`. */
  path: string;
  /** Names in the same order, as written. */
  names: string[];
  /** Paths of the jobs of the same workflow that it waits for. */
  after: string[];
  /** Of the workflow that it is written in. */
  workflow: string;
  /** What the caller hands over, when the job is in a called workflow. */
  given: Record<string, unknown>;
  /** The callers' conditions and its own. */
  conditions: string[];
}

/** All workflows of a repository by the name of their file, without the ending. */
export function workflowsOf(dir: string): Record<string, Workflow> {
  const folder = join(dir, '.github/workflows');
  return Object.fromEntries(
    readdirSync(folder).map((file) => [
      basename(file, '.yml'),
      parse(readFileSync(join(folder, file), 'utf8')) as Workflow,
    ]),
  );
}

/** The jobs of a run of one workflow, those of called workflows included, callers before what they call. */
export function jobsOf(all: Readonly<Record<string, Workflow>>, workflow: string, above?: Node): Node[] {
  const jobs: Record<string, Written> = all[workflow]?.jobs ?? {};
  const at = (id: string): string => (above ? `${above.path}.${id}` : id);
  return Object.entries(jobs).flatMap(([id, job]) => {
    const node: Node = {
      ...job,
      path: at(id),
      names: [...(above?.names ?? []), job.name ?? id],
      after: [job.needs ?? []].flat().map(at),
      workflow,
      given: above?.with ?? {},
      conditions: [...(above?.conditions ?? []), ...(job.if === undefined ? [] : [String(job.if)])],
    };
    const called = calledBy(job);
    return called === undefined ? [node] : [node, ...jobsOf(all, called, node)];
  });
}

/** The workflow that a job calls, by the name of its file. */
export const calledBy = ({ uses }: Written): string | undefined =>
  /^\.\/\.github\/workflows\/([\w-]+)\.yml$/.exec(uses ?? '')?.[1];

/** The environment that a job names, with what its caller hands over filled in. */
export function environmentOf({ environment, given }: Node): string | undefined {
  const written = typeof environment === 'object' ? environment.name : environment;
  return written?.replace(/\$\{\{ *inputs\.([\w-]+) *\}\}/g, (_, name: string) => String(given[name]));
}
