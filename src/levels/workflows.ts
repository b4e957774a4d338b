import { posix } from 'node:path';
import { parse } from 'yaml';
import { type FileTree, textOf } from '../render/tree.js';
import { pythonOf } from './python.js';

/** A GitHub workflow as far as evidence is concerned: what starts it, and what its jobs run. */
export interface Workflow {
  readonly on: readonly string[];
  readonly jobs: readonly { readonly environment: string; readonly runs: string }[];
}

type Mapping = Record<string, unknown>;

/**
 * The workflows that start by an event of their own. What a job runs is followed into local actions, local reusable
 * workflows, workflows that it starts, make targets, scripts and Python; comments, and steps and jobs that are
 * switched off, are left out.
 */
export function workflowsOf(tree: FileTree): readonly Workflow[] {
  const known = seen.get(tree) ?? readAll(tree);
  seen.set(tree, known);
  return known;
}

/** Every rule asks anew, and a tree that was loaded is not changed. */
const seen = new WeakMap<FileTree, readonly Workflow[]>();

function readAll(tree: FileTree): Workflow[] {
  const paths = [...tree.keys()].filter((path) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path));
  return paths.flatMap((path) => {
    const document = mapping(read(tree, path));
    const on = triggersOf(document.on);
    return on.length ? [{ on, jobs: jobsOf(tree, document, [path]) }] : [];
  });
}

function triggersOf(on: unknown): string[] {
  if (typeof on === 'string') return [on];
  if (Array.isArray(on)) return on.map(String);
  return Object.keys(mapping(on));
}

function jobsOf(tree: FileTree, document: Mapping, via: readonly string[]): Workflow['jobs'] {
  return Object.values(mapping(document.jobs))
    .map(mapping)
    .filter(isOn)
    .flatMap((job) => {
      const called = localPath(job.uses);
      if (called && !via.includes(called)) {
        return jobsOf(tree, filledIn(mapping(read(tree, called)), mapping(job.with)), [...via, called]);
      }
      const { environment } = job;
      const name = typeof environment === 'string' ? environment : mapping(environment).name;
      return [
        { environment: typeof name === 'string' ? name : '', runs: stepsOf(tree, job.steps, via).join('\n') },
      ];
    });
}

/** A called workflow with the inputs that it is given, so that one for every environment says which it is. */
function filledIn(document: Mapping, inputs: Mapping): Mapping {
  const text = JSON.stringify(document).replace(/\$\{\{\s*inputs\.([\w-]+)\s*\}\}/g, (whole, name: string) =>
    typeof inputs[name] === 'string' ? JSON.stringify(inputs[name]).slice(1, -1) : whole,
  );
  return mapping(JSON.parse(text));
}

function stepsOf(tree: FileTree, steps: unknown, via: readonly string[]): string[] {
  if (!Array.isArray(steps)) return [];
  return steps
    .map(mapping)
    .filter(isOn)
    .flatMap((step) => {
      if (typeof step.run === 'string') return [commandsOf(tree, step.run, via)];
      const action = localPath(step.uses);
      const file = action && [`${action}/action.yml`, `${action}/action.yaml`].find((path) => tree.has(path));
      if (!file || via.includes(file)) return [];
      return stepsOf(tree, mapping(mapping(read(tree, file)).runs).steps, [...via, file]);
    });
}

/** A shell text with what it starts: scripts of the repository and make targets. */
function commandsOf(tree: FileTree, text: string, via: readonly string[]): string {
  const code = text
    .replace(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, ''))
    .join('\n');
  const scripts = [...code.matchAll(/(?:^|[\s;&|(])(?:\.\/)?([\w./-]+\.(?:sh|py))\b/gm)].map(
    (match) => match[1],
  );
  const targets = [...code.matchAll(/(?:^|[;&|]\s*)make\s+([\w -]+)/gm)].flatMap((match) =>
    (match[1] ?? '').trim().split(/\s+/),
  );
  const followed = scripts.flatMap((path) => {
    if (!path || via.includes(path) || !path.endsWith('.sh') || !tree.has(path)) return [];
    return [commandsOf(tree, contentOf(tree, path), [...via, path])];
  });
  const recipes = targets.flatMap((target) => {
    const key = `make ${target}`;
    const recipe = recipeOf(contentOf(tree, 'Makefile'), target);
    return recipe && !via.includes(key) ? [commandsOf(tree, recipe, [...via, key])] : [];
  });
  const started = [...code.matchAll(/\bgh workflow run\s+([\w.-]+\.ya?ml)\b/g)].flatMap(([, name = '']) => {
    const path = `.github/workflows/${name}`;
    if (via.includes(path)) return [];
    return jobsOf(tree, mapping(read(tree, path)), [...via, path]).map(({ runs }) => runs);
  });
  return [code, ...followed, ...recipes, ...started, ...pythonOf(tree, code)].join('\n');
}

function recipeOf(makefile: string, target: string): string {
  const lines = makefile.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`${target}:`));
  if (start === -1) return '';
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => !line.startsWith('\t'));
  const variables = new Map<string, string>();
  for (const [, name = '', value = ''] of makefile.matchAll(/^(\w+)\s*[:?]?=\s*(.*)$/gm)) {
    variables.set(name, value);
  }
  const recipe = rest.slice(0, end === -1 ? rest.length : end).join('\n');
  return recipe.replace(/\$[({](\w+)[)}]/g, (whole, name: string) => variables.get(name) ?? whole);
}

const isOn = (part: Mapping) =>
  part.if !== false &&
  !/^\s*(?:\$\{\{\s*)?false(?:\s*\}\})?\s*$/.test(typeof part.if === 'string' ? part.if : '');

function localPath(uses: unknown): string | undefined {
  return typeof uses === 'string' && uses.startsWith('./') ? posix.normalize(uses) : undefined;
}

function read(tree: FileTree, path: string): unknown {
  try {
    return parse(contentOf(tree, path));
  } catch {
    return undefined; // GitHub would not run it either.
  }
}

function contentOf(tree: FileTree, path: string): string {
  const entry = tree.get(path);
  return entry ? (textOf(entry.content) ?? '') : '';
}

function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
