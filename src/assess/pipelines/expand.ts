import { textOf, truthOf, UNSURE, type Value, valueOf } from './expression.js';
import { type Is, isRecord, type Node, plain, type Source } from './node.js';

/** What template expressions may name. Names are kept in lower case: Azure Pipelines ignores it. */
export interface Scope {
  readonly parameters: ReadonlyMap<string, Node>;
  /** Of `${{ each one in … }}`. */
  readonly locals: ReadonlyMap<string, Node>;
  variable(name: string): Value;
  /** Shared by all of one pipeline: what may still be made, so that templates cannot grow without end. */
  readonly budget: { left: number };
}

/** A pipeline of 10 MB is refused by Azure Pipelines; this is well beyond one that people write. */
export const MOST_NODES = 50_000;

type Key = readonly (string | number)[];

/** A part of a file with its template expressions carried out, as far as files show their values. Never throws. */
export function expand(source: Source, raw: unknown, key: Key, scope: Scope): Node {
  scope.budget.left--;
  if (scope.budget.left < 0 || key.length > 60) return made(source, key, null);
  if (Array.isArray(raw)) return made(source, key, list(source, raw, key, scope));
  if (isRecord(raw)) return made(source, key, new Map(mapping(source, raw, key, scope)));
  if (typeof raw === 'string') return text(source, raw, key, scope);
  const scalar = typeof raw === 'number' || typeof raw === 'boolean' ? raw : null;
  return made(source, key, scalar);
}

const made = (source: Source, key: Key, is: Is, unsure = false): Node => ({
  is,
  path: source.path,
  way: source.way,
  get line() {
    return source.line(key);
  },
  ...(unsure ? { unsure: true as const } : {}),
});

const DIRECTIVE = /^\$\{\{\s{0,9}(if|elseif|else|each|insert)\b((?:(?!\}\}).){0,2000})\}\}$/s;

function list(source: Source, raw: readonly unknown[], key: Key, scope: Scope): Node[] {
  const branch = branches(scope);
  return raw.flatMap((item, at): readonly Node[] => {
    const here = [...key, at];
    if (isRecord(item)) {
      const keys = Object.keys(item);
      if (keys.length && keys.every((each) => DIRECTIVE.test(each)))
        return keys.flatMap((each) =>
          directed(source, each, item[each], [...here, each], scope, branch).flatMap((node) =>
            Array.isArray(node.is) ? (node.is as readonly Node[]) : [node],
          ),
        );
    }
    const node = expand(source, item, here, scope);
    // `- ${{ parameters.steps }}` stands for all of them.
    return typeof item === 'string' && Array.isArray(node.is) ? (node.is as readonly Node[]) : [node];
  });
}

function mapping(
  source: Source,
  raw: Readonly<Record<string, unknown>>,
  key: Key,
  scope: Scope,
): (readonly [string, Node])[] {
  const branch = branches(scope);
  return Object.entries(raw).flatMap(([name, value]): (readonly [string, Node])[] => {
    const here = [...key, name];
    if (DIRECTIVE.test(name))
      return directed(source, name, value, here, scope, branch).flatMap((node) =>
        node.is instanceof Map ? [...(node.is as ReadonlyMap<string, Node>)] : [],
      );
    const named = name.includes('${{') ? filledIn(name, scope, '').text : name;
    return [[named, expand(source, value, here, scope)]];
  });
}

/** Keeps, over the siblings of one list or mapping, whether an earlier branch was surely taken. */
function branches(scope: Scope): (word: string, test: string) => boolean {
  let taken = false;
  return (word, test) => {
    if (word === 'if') taken = false;
    if (taken) return false;
    const holds = word === 'else' ? true : truthOf(valueOf(test, namesIn(scope)));
    if (holds) taken = true;
    // What a run decides may happen.
    return holds !== false;
  };
}

function directed(
  source: Source,
  name: string,
  value: unknown,
  key: Key,
  scope: Scope,
  branch: (word: string, test: string) => boolean,
): Node[] {
  const [, word = '', rest = ''] = DIRECTIVE.exec(name) ?? [];
  if (word === 'insert') return [expand(source, value, key, scope)];
  if (word !== 'each') return branch(word, rest) ? [expand(source, value, key, scope)] : [];
  const [, local, path] = /^(\w+)\s+in\s+(\S.*)$/s.exec(rest.trim()) ?? [];
  const over = local === undefined || path === undefined ? undefined : nodeAt(path, scope);
  if (local === undefined || !over) return [];
  const each: readonly Node[] =
    over.is instanceof Map
      ? [...(over.is as ReadonlyMap<string, Node>)].map(([name, of]) => ({
          ...of,
          line: of.line,
          is: new Map([
            ['key', { ...of, line: of.line, is: name }],
            ['value', of],
          ]),
        }))
      : Array.isArray(over.is)
        ? (over.is as readonly Node[])
        : [];
  return each.map((one) =>
    expand(source, value, key, { ...scope, locals: new Map([...scope.locals, [local.toLowerCase(), one]]) }),
  );
}

/** A script that compares what a person chose must not be read as if the default were a constant. */
const SCRIPTS = /^(script|bash|pwsh|powershell|inlineScript|inline|arguments|scriptArguments|args)$/i;

function text(source: Source, raw: string, key: Key, scope: Scope): Node {
  if (!raw.includes('${{')) return made(source, key, raw);
  const last = String(key.at(-1));
  const [, whole] = /^\$\{\{((?:(?!\}\}).){0,2000})\}\}$/s.exec(raw.trim()) ?? [];
  if (whole !== undefined) {
    const node = nodeAt(whole, scope);
    // Steps and jobs stay where they are written; a text is read where it is used.
    if (node && typeof node.is === 'object' && node.is !== null) return node;
    if (node && last !== 'condition' && !(node.unsure && SCRIPTS.test(last)))
      return made(source, key, node.is, node.unsure);
  }
  const { text: filled, unsure } = filledIn(raw, scope, last);
  return made(source, key, filled, unsure);
}

function filledIn(raw: string, scope: Scope, key: string): { text: string; unsure: boolean } {
  let unsure = false;
  const names = namesIn(scope);
  const text = raw.replace(/\$\{\{((?:(?!\}\}).){0,2000})\}\}/gs, (_, expression: string) => {
    const value = valueOf(expression, names);
    if (value && 'is' in value) return textOf(value.is);
    unsure = true;
    if (key === 'condition') return UNSURE;
    const chosen = nodeAt(expression, scope);
    const usual = chosen && typeof chosen.is !== 'object' ? textOf(chosen.is) : '';
    // A path is mostly left as it is, and worth following.
    if (usual && (!SCRIPTS.test(key) || usual.includes('/'))) return usual;
    // One word that no shell takes for something else.
    return /^\s*[\w.]+\s*$/.test(expression) ? `\${{${expression.trim()}}}` : '${{…}}';
  });
  return { text, unsure };
}

const namesIn =
  (scope: Scope) =>
  (path: readonly string[]): Value => {
    const [context = '', ...rest] = path;
    if (context.toLowerCase() === 'variables') return scope.variable(rest.join('.'));
    const node = at(path, scope);
    if (!node) return context.toLowerCase() === 'parameters' ? { is: null } : undefined;
    return node.unsure ? undefined : { is: plain(node) };
  };

/** `parameters.env`, `parameters['env']`, `one.name`: what is passed on as it is. */
function nodeAt(expression: string, scope: Scope): Node | undefined {
  const path = expression
    .trim()
    .replace(/\[\s*'([^']*)'\s*\]/g, '.$1')
    .split('.');
  return path.every((part) => /^[\w-]+$/.test(part)) ? at(path, scope) : undefined;
}

function at([context = '', ...path]: readonly string[], scope: Scope): Node | undefined {
  const local = scope.locals.get(context.toLowerCase());
  const [first = '', ...rest] = path;
  const from =
    local ?? (context.toLowerCase() === 'parameters' ? scope.parameters.get(first.toLowerCase()) : undefined);
  return (local ? path : rest).reduce<Node | undefined>((node, part) => {
    const found = node?.is instanceof Map ? [...(node.is as ReadonlyMap<string, Node>)] : [];
    return found.find(([key]) => key.toLowerCase() === part.toLowerCase())?.[1];
  }, from);
}
