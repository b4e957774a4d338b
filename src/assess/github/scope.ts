import { posix } from 'node:path';
import { onceIn, onceOf } from '../once.js';
import type { Files } from '../types.js';
import { type Contexts, evaluate } from './evaluate.js';
import { type Event, githubContext } from './events.js';
import { somePasses } from './filters.js';
import { type Expression, parseExpression } from './parse.js';
import {
  bare,
  known,
  nothing,
  object,
  oneOf,
  textOfValue,
  truthOf,
  unknown,
  type Value,
  valueOf,
} from './values.js';
import { mapping } from './workflow.js';

/**
 * What has happened before, as a condition asks for it: `open` is what files tell, the others are what would be so if
 * all went well, something failed, or something needed was passed over.
 */
export type Before = 'open' | 'well' | 'failed' | 'passed over';

/** Where an expression stands. */
export interface Scope {
  readonly files: Files;
  readonly event: Event;
  /** `matrix`, `needs`, `steps`, `runner`, …; `github`, `inputs` and `env` are made of the rest. */
  readonly contexts: Readonly<Record<string, Value>>;
  readonly env: ReadonlyMap<string, Value>;
  /** The folder that commands run in, '' or `app`. */
  readonly dir: string;
  /** The folder of the composite action that the expression stands in. */
  readonly action?: string;
}

const STATUS = new Set(['success', 'failure', 'always', 'cancelled']);

/** What a text of a workflow stands for; a lone `${{ }}` keeps its type. */
export function valueIn(said: unknown, scope: Scope): Value {
  if (typeof said !== 'string') return valueOf(said);
  const parts = partsOf(said);
  const [first] = parts;
  if (!first) return known('');
  if (parts.length === 1) return typeof first === 'string' ? known(first) : expressionIn(first.code, scope);
  const values = parts.map((part) =>
    typeof part === 'string' ? known(part) : expressionIn(part.code, scope),
  );
  const texts = values.map(textOfValue);
  if (!texts.includes(undefined)) return known(texts.join(''));
  const prefix = texts.slice(0, texts.indexOf(undefined)).join('');
  return prefix ? { is: 'unknown', prefix } : unknown;
}

/**
 * A text with what is known filled in. What is not known stays one word without quotes, `${{inputs.version}}` or
 * `${{…}}`, so that whoever reads the text as shell is not led astray by GitHub's operators.
 */
export function fill(text: string, scope: Scope): string {
  return partsOf(text)
    .map((part) => {
      if (typeof part === 'string') return part;
      const value = textOfValue(expressionIn(part.code, scope));
      if (value !== undefined) return value.replace(/\s*\n\s*/g, ' ');
      const name = part.code.trim();
      return /^[\w.-]{1,100}$/.test(name) ? `\${{${name}}}` : '${{…}}';
    })
    .join('');
}

/** The environment of a level, over that of the level above: what is not known hides what was. */
export function envOf(said: unknown, scope: Scope): ReadonlyMap<string, Value> {
  const entries = Object.entries(mapping(said));
  if (!entries.length) return scope.env;
  const env = new Map(scope.env);
  for (const [name, value] of entries) env.set(name, valueIn(value, scope));
  return env;
}

/** What of the environment is known, for whoever reads commands. */
export function constantsOf(env: ReadonlyMap<string, Value>): Record<string, string> {
  return bare(
    [...env].flatMap(([name, value]) => {
      const text = textOfValue(value);
      return text === undefined ? [] : [[name, text] as const];
    }),
  );
}

/** Whether an `if` holds; undefined when files do not tell. Without a status function of its own it asks success() too. */
export function holds(said: unknown, scope: Scope, before: Before, people = true): boolean | undefined {
  if (said === undefined || said === null) return before === 'open' || before === 'well';
  const { code, always } = conditionOf(said);
  if (always) return true;
  const tree = parsed(code);
  // GitHub refuses what it cannot parse.
  if (!tree) return code.trim() ? undefined : before === 'open' || before === 'well';
  const contexts = contextsOf(scope, before, people);
  const truth = truthOf(evaluate(tree, contexts));
  if (asksStatus(tree)) return truth;
  return before === 'open' || before === 'well' ? truth : false;
}

/** Text beside `${{ }}` makes any condition a text that is not empty, which is true. */
function conditionOf(said: unknown): { code: string; always?: true } {
  if (said === undefined || said === null) return { code: '' };
  if (typeof said !== 'string') return { code: String(valueText(said)) };
  const parts = partsOf(said.trim());
  if (parts.length > 1) return { code: '', always: true };
  const [part] = parts;
  return { code: part === undefined ? '' : typeof part === 'string' ? part : part.code };
}

const valueText = (said: unknown) => (typeof said === 'boolean' || typeof said === 'number' ? said : 'true');

/** Why a condition never holds, undefined when it may. */
export function neverBecause(what: 'job' | 'step', said: unknown, scope: Scope): string | undefined {
  if (said === undefined || holds(said, scope, 'open') !== false) return undefined;
  const text = `\`if: ${shortened(typeof said === 'string' ? said : String(valueText(said)))}\``;
  if (/^(?:\$\{\{)?\s*false\s*(?:\}\})?$/.test(conditionOf(said).code.trim())) {
    return `the ${what} is switched off (${text})`;
  }
  if (holds(said, scope, 'open', false) !== false) return `the ${what} runs for a bot only (${text})`;
  return `the ${what}'s condition never holds here (${text})`;
}

export function shortened(text: string): string {
  const line = text.slice(0, 400).replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

function expressionIn(code: string, scope: Scope): Value {
  const tree = parsed(code);
  return tree ? evaluate(tree, contextsOf(scope, 'open', true)) : unknown;
}

function contextsOf(scope: Scope, before: Before, people: boolean): Contexts {
  return {
    context(name) {
      if (name === 'github') return github(scope, people);
      if (name === 'inputs') return scope.event.inputs;
      if (name === 'env') {
        return envContext(scope.env);
      }
      if (name === 'steps' && before === 'failed') return failed(scope.contexts.steps);
      if (name === 'needs' && before === 'failed') return failed(scope.contexts.needs);
      return scope.contexts[name] ?? unknown;
    },
    call(name, args) {
      if (name === 'hashfiles') return hashed(args, scope.files);
      if (name === 'always') return known(true);
      if (!STATUS.has(name)) return unknown;
      if (before === 'open') return name === 'success' ? known(true) : oneOf([true, false]);
      return known(name === (before === 'well' ? 'success' : before === 'failed' ? 'failure' : ''));
    },
  };
}

/** Asked for by every expression of the levels below. */
const envContext = onceOf((env: ReadonlyMap<string, Value>) =>
  object(bare([...env].map(([key, value]) => [key.toLowerCase(), value])), unknown),
);

const contextFor = onceIn((people: boolean, event: Event) => githubContext(event, people));

function github(scope: Scope, people: boolean): Value {
  const context = contextFor(people, scope.event);
  if (context.is !== 'object') return context;
  const to = (folder: string) => known(posix.relative(`/${scope.dir}`, `/${folder}`) || '.');
  const entries: Record<string, Value> = {
    workspace: to(''),
    ...(scope.action === undefined ? {} : { action_path: to(scope.action) }),
  };
  return object(
    Object.assign(Object.create(context.entries), entries) as Record<string, Value>,
    context.rest,
  );
}

/** Steps and jobs as they are when all of them failed. */
function failed(all: Value = nothing): Value {
  if (all.is !== 'object') return all;
  const entries = Object.entries(all.entries).map(([id, value]): readonly [string, Value] => {
    if (value.is !== 'object') return [id, value];
    const ended = bare(Object.entries(value.entries));
    for (const key of ['result', 'outcome', 'conclusion']) if (ended[key]) ended[key] = known('failure');
    return [id, object(ended, value.rest)];
  });
  return object(bare(entries), all.rest);
}

function hashed(patterns: readonly Value[], files: Files): Value {
  const texts = patterns.map(textOfValue);
  const there = texts.includes(undefined) ? undefined : somePasses(files.paths, texts.map(String));
  return there === false ? known('') : { is: 'unknown', ...(there ? { truth: true } : {}) };
}

/** A text in pieces: plain ones, and the code within `${{ }}`. */
function partsOf(text: string): (string | { readonly code: string })[] {
  if (!text.includes('${{')) return text ? [text] : [];
  const parts: (string | { code: string })[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf('${{', at);
    const end = start === -1 ? -1 : text.indexOf('}}', start);
    if (end === -1) break;
    if (start > at) parts.push(text.slice(at, start));
    parts.push({ code: text.slice(start + 3, end) });
    at = end + 2;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}

function asksStatus(tree: Expression): boolean {
  if (tree.is === 'call') return STATUS.has(tree.name) || tree.args.some(asksStatus);
  if (tree.is === 'not') return asksStatus(tree.of);
  if (tree.is === 'binary') return asksStatus(tree.left) || asksStatus(tree.right);
  return tree.is === 'index' && (asksStatus(tree.of) || (tree.by !== '*' && asksStatus(tree.by)));
}

/** The same few conditions are asked for every start. */
const trees = new Map<string, Expression | undefined>();

function parsed(code: string): Expression | undefined {
  if (!trees.has(code)) {
    if (trees.size > 2000) trees.clear();
    trees.set(code, parseExpression(code));
  }
  return trees.get(code);
}
