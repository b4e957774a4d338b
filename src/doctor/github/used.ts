import { parse } from 'yaml';
import type { Files } from '../repository/files.js';

/** A variable that a workflow reads: one of these names is enough. */
export interface Use {
  readonly names: readonly string[];
  /** The workflow. */
  readonly path: string;
}

export interface Used {
  /** By the environment of the job; `''` for jobs without one. */
  readonly by: ReadonlyMap<string, readonly Use[]>;
  /** Workflows that are no YAML. */
  readonly unread: readonly string[];
}

type Mapping = Readonly<Record<string, unknown>>;
type Inputs = ReadonlyMap<string, string>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPlain = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** Which variables the jobs of the workflows read, each in the environment it runs in; calls are followed. */
export function variablesUsed({ paths, text }: Files): Used {
  const unread: string[] = [];
  const workflows = new Map<string, Mapping>();
  for (const path of paths) {
    if (!/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) continue;
    const found = read(text(path) ?? '');
    if (found) workflows.set(path, found);
    else unread.push(path);
  }
  const by = new Map<string, Use[]>();
  const add = (environment: string, use: Use) => {
    const list = by.get(environment) ?? [];
    if (!list.some(({ names }) => names.join() === use.names.join())) list.push(use);
    by.set(environment, list);
  };
  const follow = (path: string, inputs: Inputs, depth: number) => {
    const workflow = workflows.get(path);
    if (!workflow || depth > 5) return;
    for (const job of Object.values(isMapping(workflow.jobs) ? workflow.jobs : {})) {
      if (!isMapping(job) || isOff(job, inputs)) continue;
      const environment = environmentOf(job, inputs);
      // In which environment a job runs that an expression names is not known.
      if (environment !== undefined)
        for (const names of namesIn([workflow.env, { ...job, if: undefined }], inputs))
          add(environment, { names, path });
      const called = /^\.\/(\.github\/workflows\/[^/@]+)$/.exec(
        typeof job.uses === 'string' ? job.uses : '',
      )?.[1];
      if (called !== undefined) follow(called, given(workflows.get(called), job.with, inputs), depth + 1);
    }
  };
  for (const [path, workflow] of workflows)
    if (!onlyCalled(workflow)) follow(path, given(undefined, undefined, new Map()), 0);
  return { by, unread };
}

function read(text: string): Mapping | undefined {
  try {
    const found: unknown = parse(text, { maxAliasCount: 100 });
    return isMapping(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function onlyCalled({ on }: Mapping): boolean {
  const events =
    typeof on === 'string' ? [on] : Array.isArray(on) ? on.map(String) : Object.keys(isMapping(on) ? on : {});
  return events.length > 0 && events.every((event) => event === 'workflow_call');
}

/** Inputs of a call: what is given, filled in, else the default. */
function given(called: Mapping | undefined, handed: unknown, outer: Inputs): Inputs {
  const on = isMapping(called?.on) ? called.on : {};
  const call = isMapping(on.workflow_call) ? on.workflow_call : {};
  const inputs = new Map<string, string>();
  for (const [name, input] of Object.entries(isMapping(call.inputs) ? call.inputs : {}))
    if (isMapping(input) && isPlain(input.default)) inputs.set(name, String(input.default));
  for (const [name, value] of Object.entries(isMapping(handed) ? handed : {})) {
    const filled = isPlain(value) ? fill(String(value), outer) : undefined;
    if (filled !== undefined) inputs.set(name, filled);
    else inputs.delete(name);
  }
  return inputs;
}

/** Text with its expressions filled in where they are plain inputs; undefined where that is not known. */
function fill(text: string, inputs: Inputs): string | undefined {
  let known = true;
  const filled = text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = inputs.get(/^inputs\.([\w-]+)$/.exec(expression)?.[1] ?? '');
    if (value === undefined) known = false;
    return value ?? '';
  });
  return known ? filled : undefined;
}

function environmentOf({ environment }: Mapping, inputs: Inputs): string | undefined {
  const name = isMapping(environment) ? environment.name : environment;
  if (name === undefined || name === null) return '';
  return typeof name === 'string' ? fill(name, inputs) : undefined;
}

/** For each expression that cannot do without a variable, the names of which one is enough. */
function namesIn(value: unknown, inputs: Inputs): string[][] {
  if (typeof value === 'string')
    return [...value.matchAll(/\$\{\{(.*?)\}\}/gs)].flatMap(([, expression = '']) => {
      const names = needed(expression, inputs);
      return names.length ? [names] : [];
    });
  if (typeof value !== 'object' || value === null || (isMapping(value) && isOff(value, inputs))) return [];
  return Object.values(value).flatMap((each: unknown) => namesIn(each, inputs));
}

/** `inputs.a == 'x' && vars.X || vars.Y`: a condition that is known to fail takes its side out. */
function needed(expression: string, inputs: Inputs): string[] {
  const names: string[] = [];
  for (const side of expression.split('||')) {
    const parts = side.split('&&').map((part) => part.trim());
    const value = parts.pop() ?? '';
    if (parts.some((part) => fails(part, inputs))) continue;
    const name = /^vars\.(\w+)$/.exec(value)?.[1];
    // What is no variable stands in for one that is not set; what is computed with one is not understood.
    if (name === undefined) return [];
    names.push(name.toUpperCase());
  }
  return names;
}

/** A job or step whose condition is known to fail. */
function isOff({ if: condition }: Mapping, inputs: Inputs): boolean {
  if (condition === false) return true;
  if (typeof condition !== 'string') return false;
  const bare = condition
    .trim()
    .replace(/^\$\{\{(.*)\}\}$/s, '$1')
    .trim();
  return bare === 'false' || conjuncts(bare).some((part) => fails(part, inputs));
}

/** What all must hold: the sides of `&&`, brackets left whole; nothing where one side of `||` would do. */
function conjuncts(text: string): string[] {
  const parts: string[] = [];
  let [depth, from] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')') depth--;
    else if (depth === 0 && text.startsWith('||', at)) return [];
    else if (depth === 0 && text.startsWith('&&', at)) {
      parts.push(text.slice(from, at).trim());
      from = at + 2;
    }
  }
  return [...parts, text.slice(from).trim()];
}

function fails(condition: string, inputs: Inputs): boolean {
  const [, name = '', sign, text] = /^inputs\.([\w-]+)\s*(==|!=)\s*'([^']*)'$/.exec(condition) ?? [];
  const value = inputs.get(name);
  return value !== undefined && (value === text) !== (sign === '==');
}
