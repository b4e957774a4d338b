import type { Expression } from './parse.js';
import {
  areEqual,
  bare,
  begins,
  isBot,
  known,
  nothing,
  numberOf,
  object,
  oneOf,
  type Scalar,
  textOfValue,
  truthOf,
  unknown,
  type Value,
  valueOf,
} from './values.js';

/** What an expression may speak of where it stands. */
export interface Contexts {
  /** A context by its name in small letters: `github`, `inputs`, `needs`, … */
  context(name: string): Value;
  /** The functions whose answer hangs on the place: `success()`, `failure()`, `always()`, `cancelled()`, `hashFiles()`. */
  call(name: string, args: readonly Value[]): Value;
}

/** What files tell of the value: never throws, and what they do not tell is unknown. */
export function evaluate(tree: Expression, contexts: Contexts): Value {
  switch (tree.is) {
    case 'literal':
      return known(tree.value);
    case 'context':
      return contexts.context(tree.name);
    case 'index': {
      const of = evaluate(tree.of, contexts);
      return tree.by === '*' ? eachOf(of) : indexed(of, evaluate(tree.by, contexts));
    }
    case 'not': {
      const truth = truthOf(evaluate(tree.of, contexts));
      return truth === undefined ? oneOf([true, false]) : known(!truth);
    }
    case 'call': {
      const args = tree.args.map((arg) => evaluate(arg, contexts));
      return Object.hasOwn(FUNCTIONS, tree.name)
        ? (FUNCTIONS[tree.name]?.(args) ?? unknown)
        : contexts.call(tree.name, args);
    }
    case 'binary':
      return binary(tree.by, evaluate(tree.left, contexts), () => evaluate(tree.right, contexts));
  }
}

function binary(by: string, left: Value, rest: () => Value): Value {
  if (by === '&&' || by === '||') return logical(by === '||', left, rest);
  const right = rest();
  const equal = by === '==' || by === '!=' ? areEqual(left, right) : undefined;
  if (equal !== undefined) return known(by === '==' ? equal : !equal);
  if (left.is !== 'known' || right.is !== 'known' || by === '==' || by === '!=') return oneOf([true, false]);
  const [a, b] = [numberOf(left.value), numberOf(right.value)];
  return known(by === '<' ? a < b : by === '<=' ? a <= b : by === '>' ? a > b : a >= b);
}

/** `a || b` is a when that is true, else b; `a && b` the other way round. */
function logical(or: boolean, left: Value, rest: () => Value): Value {
  const truth = truthOf(left);
  if (truth !== undefined) return truth === or ? left : rest();
  const right = rest();
  const kept = left.is === 'unknown' ? left.oneOf?.filter((value) => Boolean(value) === or) : undefined;
  const choices = scalarsOf(right);
  // Of an unknown left side only its truth is sure when it is taken: for `&&` it then is a false one.
  const own = kept ?? (or ? undefined : [false]);
  if (own && choices) return oneOf([...new Set([...own, ...choices])]);
  return truthOf(right) === or ? { is: 'unknown', truth: or } : unknown;
}

function scalarsOf(value: Value): readonly Scalar[] | undefined {
  if (value.is === 'known') return [value.value];
  return value.is === 'unknown' ? value.oneOf : undefined;
}

function indexed(of: Value, by: Value): Value {
  if (of.is === 'known') return nothing;
  if (of.is === 'unknown' || by.is !== 'known') return unknown;
  if (of.is === 'array') return of.items[numberOf(by.value)] ?? nothing;
  return of.entries[String(by.value ?? '').toLowerCase()] ?? of.rest;
}

function eachOf(of: Value): Value {
  if (of.is === 'array') return of;
  if (of.is === 'object' && of.rest.is === 'known') return { is: 'array', items: Object.values(of.entries) };
  return unknown;
}

const FUNCTIONS: Readonly<Record<string, (args: readonly Value[]) => Value>> = {
  contains: ([where = nothing, what = nothing]) => contains(where, what),
  startswith: ([text = nothing, start = nothing]) => edges(text, start, true),
  endswith: ([text = nothing, end = nothing]) => edges(text, end, false),
  format: ([pattern = nothing, ...args]) => formatted(pattern, args),
  join: ([list = nothing, by = known(',')]) => {
    const texts = list.is === 'array' ? list.items.map(textOfValue) : [textOfValue(list)];
    const separator = textOfValue(by);
    if (separator === undefined || texts.includes(undefined)) return unknown;
    return known(texts.join(separator));
  },
  tojson: () => ({ is: 'unknown', truth: true }),
  fromjson: ([text = nothing]) => {
    if (text.is === 'unknown' && text.oneOf) return flagsOf(text.oneOf);
    try {
      return text.is === 'known' ? valueOf(JSON.parse(String(text.value))) : unknown;
    } catch {
      return unknown;
    }
  },
};

/** `fromJSON(inputs.flag)`, the usual way from a text to a truth. */
function flagsOf(values: readonly Scalar[]): Value {
  const words = new Map([
    ['true', true],
    ['false', false],
  ]);
  const flags = values.map((value) => words.get(String(value)));
  return flags.every((flag) => flag !== undefined) ? oneOf(flags) : unknown;
}

function contains(where: Value, what: Value): Value {
  if (where.is === 'array') {
    const answers = where.items.map((item) => areEqual(item, what));
    if (answers.includes(true)) return known(true);
    return answers.includes(undefined) ? unknown : known(false);
  }
  const part = textOfValue(what);
  const text = textOfValue(where);
  if (part === undefined) return unknown;
  if (text !== undefined) return known(text.toLowerCase().includes(part.toLowerCase()));
  return where.is === 'unknown' && where.person && isBot(part) ? known(false) : unknown;
}

function edges(text: Value, edge: Value, start: boolean): Value {
  const part = textOfValue(edge)?.toLowerCase();
  if (part === undefined) return unknown;
  const whole = textOfValue(text)?.toLowerCase();
  if (whole !== undefined) return known(start ? whole.startsWith(part) : whole.endsWith(part));
  if (text.is !== 'unknown') return unknown;
  if (text.person && isBot(part)) return known(false);
  if (text.oneOf) {
    const answers = text.oneOf.map((value) => edges(known(value), edge, start));
    return answers.every((answer) => truthOf(answer) === truthOf(answers[0] ?? nothing))
      ? (answers[0] ?? unknown)
      : unknown;
  }
  if (!start || !text.prefix) return unknown;
  if (begins(text.prefix, part)) return known(true);
  return begins(part, text.prefix) ? unknown : known(false);
}

function formatted(pattern: Value, args: readonly Value[]): Value {
  const text = textOfValue(pattern);
  const texts = args.map(textOfValue);
  if (text === undefined || texts.includes(undefined)) return unknown;
  return known(
    text.replace(/\{\{|\}\}|\{(\d+)\}/g, (whole, index?: string) =>
      index === undefined ? whole.charAt(0) : (texts[Number(index)] ?? ''),
    ),
  );
}

/** An object of which only some keys are known. */
export function partly(entries: Readonly<Record<string, Value>>): Value {
  return object(bare(Object.entries(entries)), unknown);
}
