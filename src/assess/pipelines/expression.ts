/** Stands in a text for a value that only a run decides; an expression that meets it cannot be known. */
export const UNSURE = '\uFFFF';

/** What an expression of a pipeline comes to. `oneOf`: one of these, and a run decides which. */
export type Value =
  | { readonly is: unknown }
  | { readonly oneOf: readonly string[] }
  | undefined; /* cannot be known from files */

/** What a name means: `['parameters', 'env']` and the like; undefined when it cannot be known. */
export type Names = (path: readonly string[]) => Value;

/**
 * The value of an expression of Azure Pipelines, in three values: what it is, one of several, or unknown. Never throws.
 * Source: learn.microsoft.com/azure/devops/pipelines/process/expressions (comparisons of text ignore case).
 */
export function valueOf(expression: string, names: Names): Value {
  if (expression.length > 4_000) return undefined;
  const tokens = expression.match(TOKEN) ?? [];
  const reader = { tokens, at: 0, names };
  const value = read(reader, 0);
  return reader.at === tokens.length ? value : undefined;
}

/** true, false, or undefined when a run decides. */
export const truthOf = (value: Value): boolean | undefined => {
  if (!value || 'oneOf' in value) return undefined;
  return isTrue(value.is);
};

const TOKEN = /'(?:[^']|'')*'|[\w.*\uFFFF-]+|[()[\],]|\S/g;

interface Reader {
  readonly tokens: readonly string[];
  at: number;
  readonly names: Names;
}

function read(reader: Reader, depth: number): Value {
  const token = reader.tokens[reader.at++];
  if (token === undefined || depth > 40) return undefined;
  if (token.startsWith("'")) return sure(token.slice(1, -1).replaceAll("''", "'"));
  if (reader.tokens[reader.at] === '(') return call(reader, token.toLowerCase(), depth);
  if (/^-?\d+(\.\d+)?$/.test(token)) return { is: Number(token) };
  if (/^(true|false)$/i.test(token)) return { is: /^t/i.test(token) };
  if (/^null$/i.test(token)) return { is: null };
  if (!/^[A-Za-z_]/.test(token)) return undefined;
  const path = token.split('.');
  while (reader.tokens[reader.at] === '[') {
    reader.at++;
    const index = read(reader, depth + 1);
    if (reader.tokens[reader.at++] !== ']') return undefined;
    if (!index || 'oneOf' in index) return undefined;
    path.push(String(index.is));
    const rest = reader.tokens[reader.at];
    if (rest?.startsWith('.')) {
      reader.at++;
      path.push(...rest.slice(1).split('.'));
    }
  }
  return path.some((part) => part === '*') ? undefined : reader.names(path);
}

const sure = (text: string): Value => (text.includes(UNSURE) ? undefined : { is: text });

function call(reader: Reader, name: string, depth: number): Value {
  reader.at++;
  const args: Value[] = [];
  while (reader.at < reader.tokens.length && reader.tokens[reader.at] !== ')') {
    args.push(read(reader, depth + 1));
    if (reader.tokens[reader.at] === ',') reader.at++;
    else if (reader.tokens[reader.at] !== ')') return undefined;
  }
  reader.at++;
  return FUNCTIONS[name]?.(args);
}

const isTrue = (value: unknown): boolean =>
  !(value === false || value === null || value === undefined || value === 0 || value === '');

/** As Azure Pipelines writes a value into a text. */
export const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : value === true
      ? 'True'
      : value === false
        ? 'False'
        : typeof value === 'number'
          ? String(value)
          : '';

function equal(left: Value, right: Value): boolean | undefined {
  if (!left || !right) return undefined;
  if ('oneOf' in left) {
    if ('oneOf' in right) return undefined;
    if (!left.oneOf.some((one) => same(one, right.is))) return false;
    return left.oneOf.length === 1 ? true : undefined;
  }
  return 'oneOf' in right ? equal(right, left) : same(left.is, right.is);
}

const same = (left: unknown, right: unknown): boolean =>
  typeof left === 'boolean' && typeof right !== 'string'
    ? left === isTrue(right)
    : textOf(left).toLowerCase() === textOf(right).toLowerCase();

const truth = (value: boolean | undefined): Value => (value === undefined ? undefined : { is: value });

const and = (args: readonly Value[]): boolean | undefined => {
  const all = args.map(truthOf);
  return all.includes(false) ? false : all.includes(undefined) ? undefined : true;
};

const not = (value: boolean | undefined): boolean | undefined => (value === undefined ? undefined : !value);

const or = (args: readonly Value[]): boolean | undefined => {
  const all = args.map(truthOf);
  return all.includes(true) ? true : all.includes(undefined) ? undefined : false;
};

/** Of two texts; of one that is one of several, when it holds for all or none of them. */
const texts =
  (holds: (one: string, other: string) => boolean) =>
  ([left, right]: readonly Value[]): Value => {
    if (!left || !right || 'oneOf' in right) return undefined;
    const of = 'oneOf' in left ? left.oneOf : [textOf(left.is)];
    const each = new Set(of.map((one) => holds(one.toLowerCase(), textOf(right.is).toLowerCase())));
    return each.size === 1 ? { is: [...each][0] } : undefined;
  };

const known = (args: readonly Value[], give: (values: unknown[]) => unknown): Value => {
  const values = args.map((arg) => (arg && 'is' in arg ? [arg.is] : undefined));
  return values.every((value) => value !== undefined) ? { is: give(values.flat(1)) } : undefined;
};

const FUNCTIONS: Readonly<Record<string, (args: readonly Value[]) => Value>> = {
  // What happened before is a run's to say, but that is no reason for a job never to run.
  always: () => ({ is: true }),
  succeeded: () => ({ is: true }),
  succeededorfailed: () => ({ is: true }),
  failed: () => undefined,
  canceled: () => undefined,
  and: (args) => truth(and(args)),
  or: (args) => truth(or(args)),
  not: ([one]) => truth(not(truthOf(one))),
  xor: ([a, b]) => {
    const [left, right] = [truthOf(a), truthOf(b)];
    return left === undefined || right === undefined ? undefined : { is: left !== right };
  },
  eq: ([a, b]) => truth(equal(a, b)),
  ne: ([a, b]) => truth(not(equal(a, b))),
  in: ([one, ...rest]) => truth(or(rest.map((each) => truth(equal(one, each))))),
  notin: ([one, ...rest]) => truth(not(or(rest.map((each) => truth(equal(one, each)))))),
  gt: (args) => known(args, ([a, b]) => Number(a) > Number(b)),
  ge: (args) => known(args, ([a, b]) => Number(a) >= Number(b)),
  lt: (args) => known(args, ([a, b]) => Number(a) < Number(b)),
  le: (args) => known(args, ([a, b]) => Number(a) <= Number(b)),
  startswith: texts((one, other) => one.startsWith(other)),
  endswith: texts((one, other) => one.endsWith(other)),
  contains: texts((one, other) => one.includes(other)),
  coalesce: (args) => args.find((arg) => !arg || 'oneOf' in arg || isTrue(arg.is)) ?? { is: null },
  iif: ([test, yes, no]) => {
    const holds = truthOf(test);
    return holds === undefined ? undefined : holds ? yes : no;
  },
  format: (args) =>
    known(args, ([form, ...rest]) =>
      textOf(form).replace(/\{(\d+)\}/g, (_, at: string) => textOf(rest[Number(at)])),
    ),
  lower: (args) => known(args, ([text]) => textOf(text).toLowerCase()),
  upper: (args) => known(args, ([text]) => textOf(text).toUpperCase()),
  trim: (args) => known(args, ([text]) => textOf(text).trim()),
  replace: (args) => known(args, ([text, from, to]) => textOf(text).replaceAll(textOf(from), textOf(to))),
  length: (args) =>
    known(args, ([of]) =>
      typeof of === 'object' && of !== null ? Object.keys(of).length : textOf(of).length,
    ),
};
