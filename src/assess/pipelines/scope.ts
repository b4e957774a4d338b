import type { Files, Hop } from '../types.js';
import { expand, type Scope } from './expand.js';
import type { Value } from './expression.js';
import { entries, items, type Node, plain, scalar, type Source, sourceOf } from './node.js';

/** A variable by its name in lower case; without a value it is set in Azure DevOps, or by a run. */
export type Variables = ReadonlyMap<string, { readonly name: string; readonly value?: string }>;

/** One pipeline being read, for one kind of start. */
export interface Reading {
  readonly files: Files;
  /** What the run itself says, by name in lower case: `build.reason`. */
  readonly run: ReadonlyMap<string, Value>;
  /** A person starts it, who may choose other parameters than the defaults. */
  readonly hand: boolean;
  readonly budget: { left: number };
  /** Grows: artifacts that it publishes, by name, with the folder of the repository they are made of. */
  readonly artifacts: Map<string, string>;
  /** Grows: whether anything asked what only the kind of start says. */
  readonly asked: { of: boolean };
}

export const variableIn =
  (reading: Reading, variables: Variables) =>
  (name: string): Value => {
    const key = name.toLowerCase();
    if (/^(build\.(reason|sourcebranch(name)?)|system\.pullrequest\..*)$/.test(key)) {
      reading.asked.of = true;
      return reading.run.get(key);
    }
    const value = variables.get(key)?.value;
    return value === undefined || /\$[([]/.test(value) ? undefined : { is: value };
  };

export const scopeOf = (
  reading: Reading,
  variables: Variables,
  parameters: ReadonlyMap<string, Node>,
): Scope => ({
  parameters,
  locals: new Map(),
  budget: reading.budget,
  variable: variableIn(reading, variables),
});

/** What a file declares as its parameters, with what it is given filled in; in a pipeline itself all are defaults. */
export function parametersOf(
  source: Source,
  given: Node | undefined,
  reading: Reading,
): ReadonlyMap<string, Node> {
  const declared = (source.value as Record<string, unknown>).parameters;
  const node = expand(source, declared, ['parameters'], scopeOf(reading, new Map(), new Map()));
  const found = new Map<string, Node>();
  for (const each of items(node)) {
    const name = scalar(entries(each).get('name'));
    const value = entries(each).get('default');
    if (name !== undefined) found.set(name.toLowerCase(), value ?? { ...each, line: each.line, is: '' });
  }
  // The older form: a mapping of defaults.
  for (const [name, value] of entries(node)) found.set(name.toLowerCase(), value);
  if (!given && reading.hand && source.way.length === 0)
    for (const [name, value] of found) found.set(name, { ...value, line: value.line, unsure: true });
  for (const [name, value] of entries(given)) found.set(name.toLowerCase(), value);
  return found;
}

/** A template that a node names, as a file of this repository; a path is relative to the file that names it. */
export function templateOf(
  node: Node,
  named: string,
  reading: Reading,
  word = 'template',
): Source | string | undefined {
  const path = templatePath(node.path, named);
  if (path === undefined) return undefined;
  // Azure Pipelines allows 100 files and 20 levels.
  if (path === node.path || node.way.length >= 20 || node.way.some((hop) => hop.path === path))
    return undefined;
  const way: Hop[] = [...node.way, { path: node.path, line: node.line, as: `${word}: ${named}` }];
  return sourceOf(reading.files, path, way) ?? path;
}

/** undefined: it is in another repository. */
export function templatePath(from: string, named: string): string | undefined {
  const [path = '', at] = named.replaceAll('\\', '/').split('@');
  if (at !== undefined && at !== 'self') return undefined;
  const parts = path.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** Variables of a pipeline, stage or job, over those around it. */
export function variablesOf(node: Node | undefined, around: Variables, reading: Reading): Variables {
  const found = new Map(around);
  const set = (name: string, value: Node | undefined) => {
    const text = value?.unsure ? undefined : scalar(value);
    found.set(name.toLowerCase(), { name, ...(text === undefined ? {} : { value: text }) });
  };
  for (const [name, value] of entries(node)) set(name, value);
  for (const each of items(node)) {
    const of = entries(each);
    const [name, template] = [scalar(of.get('name')), scalar(of.get('template'))];
    if (name !== undefined) set(name, of.get('value'));
    else if (template !== undefined) {
      const source = templateOf(each, template, reading);
      if (typeof source !== 'object') continue;
      const scope = scopeOf(reading, found, parametersOf(source, of.get('parameters'), reading));
      const inner = expand(source, (source.value as Record<string, unknown>).variables, ['variables'], scope);
      for (const [key, value] of variablesOf(inner, new Map(), reading)) found.set(key, value);
    }
  }
  return found;
}

export const isTrue = (node: Node | undefined): boolean =>
  node !== undefined && String(plain(node)).toLowerCase() === 'true';
