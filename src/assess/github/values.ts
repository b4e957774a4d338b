export type Scalar = string | number | boolean | null;

/** A value of GitHub's expressions as far as files tell it. */
export type Value =
  | { readonly is: 'known'; readonly value: Scalar }
  | { readonly is: 'array'; readonly items: readonly Value[] }
  /** Keys in small letters, as GitHub does not tell them apart; `rest` is what any other key gives. */
  | { readonly is: 'object'; readonly entries: Readonly<Record<string, Value>>; readonly rest: Value }
  | Unknown;

export interface Unknown {
  readonly is: 'unknown';
  /** Whether it counts as true, where at least that is known. */
  readonly truth?: boolean;
  /** It is one of these. */
  readonly oneOf?: readonly Scalar[];
  /** It is a text that begins so. */
  readonly prefix?: string;
  /** What it is when nobody says otherwise: the default of an input that a person may change. */
  readonly usual?: Scalar;
  /** Who did something, taken for a person: what only happens for a bot is no part of a team's own work. */
  readonly person?: true;
}

export const unknown: Unknown = { is: 'unknown' };
export const nothing = known(null);

export function known(value: Scalar): Value {
  return { is: 'known', value };
}

export function object(entries: Readonly<Record<string, Value>>, rest: Value = nothing): Value {
  return { is: 'object', entries, rest };
}

export function oneOf(values: readonly Scalar[]): Value {
  const [first] = values;
  return values.length === 1 && first !== undefined ? known(first) : { is: 'unknown', oneOf: values };
}

/** A value of a YAML or JSON document; what is nested deeper than a hundred levels is unknown. */
export function valueOf(data: unknown, depth = 0): Value {
  if (depth > 100) return unknown;
  if (data === undefined || data === null) return nothing;
  if (typeof data === 'string' || typeof data === 'number' || typeof data === 'boolean') return known(data);
  if (Array.isArray(data)) return { is: 'array', items: data.map((item) => valueOf(item, depth + 1)) };
  if (typeof data !== 'object') return unknown;
  return object(
    bare(Object.entries(data).map(([key, value]) => [key.toLowerCase(), valueOf(value, depth + 1)])),
  );
}

/** Without a prototype, so that a key called `constructor` is only what a file says it is. */
export function bare<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  const record = Object.create(null) as Record<string, T>;
  for (const [key, value] of entries) record[key] = value;
  return record;
}

export function truthOf(value: Value): boolean | undefined {
  if (value.is === 'known') return isTrue(value.value);
  if (value.is !== 'unknown') return true;
  if (value.truth !== undefined) return value.truth;
  if (value.prefix) return true;
  const truths = new Set(value.oneOf?.map(isTrue));
  return truths.size === 1 ? truths.has(true) : undefined;
}

const isTrue = (value: Scalar) => Boolean(value) && !Number.isNaN(value);

/** `==` of GitHub: loose between types, small and capital letters alike; undefined when files do not tell. */
export function areEqual(a: Value, b: Value): boolean | undefined {
  if (a.is === 'known' && b.is === 'known') return sameScalar(a.value, b.value);
  const [open, other] = a.is === 'unknown' ? [a, b] : [b, a];
  if (open.is !== 'unknown' || other.is !== 'known') return undefined;
  if (open.oneOf) {
    const answers = new Set(open.oneOf.map((value) => sameScalar(value, other.value)));
    return answers.size === 1 ? answers.has(true) : undefined;
  }
  if (open.truth !== undefined && open.truth !== isTrue(other.value) && typeof other.value !== 'number') {
    return false;
  }
  if (open.person && typeof other.value === 'string') return isBot(other.value) ? false : undefined;
  if (open.prefix && typeof other.value === 'string' && !begins(other.value, open.prefix)) return false;
  return undefined;
}

/** Whether a text names a program that acts on GitHub, or a part of such a name. */
export function isBot(text: string): boolean {
  return /bot\]?$|^renovate|^dependabot|^web-flow$/i.test(text);
}

export function begins(text: string, start: string): boolean {
  return text.toLowerCase().startsWith(start.toLowerCase());
}

function sameScalar(a: Scalar, b: Scalar): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a.toLowerCase() === b.toLowerCase();
  if (typeof a === typeof b) return a === b;
  return numberOf(a) === numberOf(b);
}

/** As GitHub makes a number of it; NaN equals nothing. */
export function numberOf(value: Scalar): number {
  if (value === null) return 0;
  return typeof value === 'string' && !value.trim() ? 0 : Number(value);
}

/** How GitHub writes it into a text; undefined for what is not known or no scalar. */
export function textOfValue(value: Value): string | undefined {
  return value.is === 'known' ? String(value.value ?? '') : undefined;
}
