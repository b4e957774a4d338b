import { isDeepStrictEqual } from 'node:util';
import { mergeOrder } from './sequence.js';

/** The two sides did to one value what cannot both stand. */
export class Clash extends Error {}

type Three<T> = readonly [base: T, ours: T, theirs: T];

const same = isDeepStrictEqual;

/** Parsed values (maps as Map) merged by their structure alone, which a merged text must then parse to. */
export function mergeValues(base: unknown, ours: unknown, theirs: unknown): unknown {
  if (same(ours, theirs) || same(theirs, base)) return ours;
  if (same(ours, base)) return theirs;
  if (base instanceof Map && ours instanceof Map && theirs instanceof Map)
    return mergeMaps(base, ours, theirs);
  if (!Array.isArray(base) || !Array.isArray(ours) || !Array.isArray(theirs)) throw new Clash();

  const lists = [base, ours, theirs] as Three<unknown[]>;
  const keys = alignItems(...lists);
  const order = keys && mergeOrder(...keys);
  if (!order) throw new Clash();
  for (const key of keys[0]) {
    const [b, o, t] = lists.map((list, i) => list[keys[i]!.indexOf(key)]);
    const [here, there] = [keys[1].includes(key), keys[2].includes(key)];
    if ((here && !there && !same(o, b)) || (there && !here && !same(t, b))) throw new Clash();
  }
  return order.map((key) => {
    const at = keys.map((list) => list.indexOf(key));
    const [b, o, t] = lists.map((list, i) => list[at[i]!]);
    if (at.every((i) => i >= 0)) return mergeValues(b, o, t);
    return at[1]! >= 0 ? o : t;
  });
}

function mergeMaps(
  base: ReadonlyMap<unknown, unknown>,
  ours: ReadonlyMap<unknown, unknown>,
  theirs: ReadonlyMap<unknown, unknown>,
): Map<unknown, unknown> {
  const result = new Map<unknown, unknown>();
  for (const key of new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])) {
    const [b, o, t] = [base.get(key), ours.get(key), theirs.get(key)];
    const [was, here, there] = [base.has(key), ours.has(key), theirs.has(key)];
    if (here && there) {
      if (!was && !same(o, t)) throw new Clash();
      result.set(key, was ? mergeValues(b, o, t) : o);
    } else if (!was) result.set(key, here ? o : t);
    else if ((here && !same(o, b)) || (there && !same(t, b))) throw new Clash();
  }
  return result;
}

/**
 * A key for each item of three lists, the same for the same item: equal ones, or ones that are called the same.
 * Undefined when the sides did what cannot both stand: items moved, the same one replaced or added in two ways.
 */
export function alignItems(
  base: readonly unknown[],
  ours: readonly unknown[],
  theirs: readonly unknown[],
): Three<string[]> | undefined {
  const [here, there] = [matchItems(base, ours), matchItems(base, theirs)];
  const rising = (list: readonly (number | undefined)[]) =>
    list.filter((i) => i !== undefined).every((i, n, all) => n === 0 || all[n - 1]! < i);
  if (!rising(here) || !rising(there)) return undefined;
  const behind = (list: readonly (number | undefined)[], at: number) =>
    list.slice(0, at).reduce<number>((last, i) => i ?? last, -1);
  const added = (list: readonly (number | undefined)[]) =>
    list.flatMap((i, at) => (i === undefined ? [{ at, behind: behind(list, at) }] : []));
  const [team, template] = [added(here), added(there)];

  for (const gone of base.keys()) {
    if (here.includes(gone) || there.includes(gone)) continue;
    // Both took it out: where both also put something in its place, they replaced it, each in its own way.
    const left = (list: readonly (number | undefined)[]) =>
      list.reduce<number>((last, i) => (i !== undefined && i < gone && i > last ? i : last), -1);
    const fills = (items: typeof team, list: typeof here) => items.some((item) => item.behind === left(list));
    if (fills(team, here) && fills(template, there)) return undefined;
  }
  const keys = there.map((i, at) => (i === undefined ? `t${at}` : `b${i}`));
  const taken = new Set<number>();
  for (const item of template) {
    const value = theirs[item.at];
    const twin = team.find(({ at }) => !taken.has(at) && same(ours[at], value));
    if (twin) {
      // Of two options with values of their own (--depth 3, --depth 5) one name would be left with two values.
      const alone = value instanceof Map || namesOf(value).length > 0;
      if (twin.behind !== item.behind || !alone) return undefined;
      taken.add(twin.at);
      keys[item.at] = `o${twin.at}`;
      continue;
    }
    const names = namesOf(value);
    if (team.some(({ at }) => namesOf(ours[at]).some((name) => names.includes(name)))) return undefined;
  }
  return [base.map((_, i) => `b${i}`), here.map((i, at) => (i === undefined ? `o${at}` : `b${i}`)), keys];
}

/** For each item of a side the item of base that it is: an equal one, else the only one of its name. */
function matchItems(base: readonly unknown[], side: readonly unknown[]): (number | undefined)[] {
  const found = common(base, side);
  const taken = new Set(found);
  side.forEach((item, at) => {
    if (found[at] !== undefined) return;
    for (const name of namesOf(item, true)) {
      const of = [...base.keys()].filter((i) => namesOf(base[i], true).includes(name));
      const twins = side.filter((other) => namesOf(other, true).includes(name));
      if (of.length !== 1 || twins.length !== 1 || taken.has(of[0])) continue;
      found[at] = of[0];
      taken.add(of[0]);
      return;
    }
  });
  return found;
}

/** The longest run of equal items in the same order. */
function common(base: readonly unknown[], side: readonly unknown[]): (number | undefined)[] {
  let start = 0;
  while (start < Math.min(base.length, side.length) && same(base[start], side[start])) start++;
  if (start > 0) {
    const rest = common(base.slice(start), side.slice(start));
    return [...side.slice(0, start).keys(), ...rest.map((i) => (i === undefined ? undefined : i + start))];
  }
  // A list of data, not of settings: not worth the comparison of each with each.
  if (base.length * side.length > 250_000) throw new Clash();
  const equal = base.map((item) => side.map((other) => same(item, other)));
  const length = Array.from({ length: base.length + 1 }, () => new Array<number>(side.length + 1).fill(0));
  for (let i = base.length - 1; i >= 0; i--)
    for (let j = side.length - 1; j >= 0; j--)
      length[i]![j] = equal[i]![j]
        ? length[i + 1]![j + 1]! + 1
        : Math.max(length[i + 1]![j]!, length[i]![j + 1]!);
  const found = new Array<number | undefined>(side.length).fill(undefined);
  for (let i = 0, j = 0; i < base.length && j < side.length;)
    if (equal[i]![j]) found[j++] = i++;
    else if (length[i + 1]![j]! >= length[i]![j + 1]!) i++;
    else j++;
  return found;
}

const IDENTITY = ['id', 'name', 'uses', 'key', 'label', 'package-ecosystem', 'repo', 'path'];

/**
 * What an item is called: an id or its like, the package of a requirement, the only key. Sure: only what makes two
 * items the same one; else also what two different items must not share.
 */
function namesOf(item: unknown, sure = false): string[] {
  if (typeof item === 'string') {
    const name = /^([A-Za-z0-9][\w.-]*)\s*([<>=!~;[@(].*)?$/s.exec(item)?.[1];
    return sure || name === undefined ? [] : [`package ${name.toLowerCase().replace(/[-_.]+/g, '-')}`];
  }
  if (!(item instanceof Map)) return [];
  const names = IDENTITY.flatMap((key) => {
    const value: unknown = item.get(key);
    if (typeof value !== 'string') return [];
    if (key === 'package-ecosystem')
      return [`${key} ${value} ${JSON.stringify(item.get('directory') ?? null)}`];
    // Many steps use one action, and one path serves many: that alone makes no two items one that both added.
    if (!sure && (key === 'uses' || key === 'path')) return [];
    return [`${key} ${key === 'uses' ? value.replace(/@.*/s, '') : value}`];
  });
  const [only] = item.size === 1 ? item.keys() : [];
  return typeof only === 'string' && !IDENTITY.includes(only) && item.get(only) instanceof Object
    ? [...names, `only ${only}`]
    : names;
}
