import { type Scope, valueIn } from './scope.js';
import { areEqual, bare, object, textOfValue, unknown, type Value } from './values.js';
import { list, type Mapping, mapping } from './workflow.js';

/** One run of a job of a matrix: what `matrix` is there, and how GitHub names it, '' for a job that runs once. */
export interface Run {
  readonly matrix: Value;
  readonly label: string;
}

const MOST_RUNS = 10;
/** GitHub refuses more. */
const MOST_COMBINATIONS = 256;

type Combination = Readonly<Record<string, Value>>;

/**
 * The runs of a job as far as they differ in what the job says of `matrix`: Python 3.11 and 3.12 are one, staging and
 * production are two. One run with a matrix that is not known when there are too many; none when the matrix is empty.
 */
export function runsOf(job: Mapping, scope: Scope): Run[] {
  const strategy = mapping(job.strategy);
  if (!('matrix' in strategy)) return [{ matrix: object(bare([])), label: '' }];
  const said = strategy.matrix;
  const all = typeof said === 'string' ? dynamic(valueIn(said, scope)) : combinationsOf(mapping(said), scope);
  const open = [{ matrix: unknown, label: '' }];
  if (!all) return open;
  const used = usedKeys(job);
  const runs = new Map<string, Combination>();
  for (const combination of all) {
    const kept = Object.entries(combination).filter(([key]) => used === 'all' || used.has(key));
    const key = JSON.stringify(kept);
    if (!runs.has(key)) runs.set(key, combination);
  }
  if (runs.size > MOST_RUNS) return open;
  const several = runs.size > 1;
  // Of what is not used in the job, one value of many stands here: that is not known.
  const alone = all.length === runs.size;
  return [...runs.values()].map((combination) => {
    const entries = Object.entries(combination).map(([key, value]): readonly [string, Value] => [
      key,
      alone || used === 'all' || used.has(key) || same(all, key, value) ? value : unknown,
    ]);
    const shown = entries.flatMap(([key, value]) =>
      used === 'all' || used.has(key) ? (textOfValue(value) ?? []) : [],
    );
    return { matrix: object(bare(entries)), label: several ? shown.join(', ').slice(0, 100) : '' };
  });
}

function same(all: readonly Combination[], key: string, value: Value): boolean {
  return all.every((other) => other[key] && areEqual(other[key], value) === true);
}

/** What of the matrix the job speaks of, but for where it runs and what it is called. */
function usedKeys(job: Mapping): ReadonlySet<string> | 'all' {
  const said = { ...job, steps: list(job.steps).map(withoutSetup) };
  const rest = JSON.stringify({ ...said, strategy: undefined, name: undefined, 'runs-on': undefined });
  const keys = new Set<string>();
  for (const [, key] of rest.matchAll(/matrix(?:\.([\w-]+))?/gi)) {
    if (key === undefined) {
      if (/matrix\s*(?:\[|\))/i.test(rest)) return 'all';
    } else keys.add(key.toLowerCase());
  }
  return keys;
}

/** The version of Python that is set up changes nothing of what is done. */
function withoutSetup(step: unknown): unknown {
  const { uses } = mapping(step);
  return typeof uses === 'string' && uses.startsWith('actions/') ? { uses } : step;
}

function dynamic(value: Value): Combination[] | undefined {
  if (value.is !== 'object') return undefined;
  const { include, ...rest } = value.entries;
  const lists = Object.entries(rest).map(([key, list]) => [key, list] as const);
  if (lists.some(([, list]) => list.is !== 'array')) return undefined;
  const product = productOf(lists.map(([key, list]) => [key, list.is === 'array' ? list.items : []]));
  return product && including(product, include?.is === 'array' ? include.items : []);
}

function combinationsOf(matrix: Mapping, scope: Scope): Combination[] | undefined {
  const lists: [string, readonly Value[]][] = [];
  for (const [key, said] of Object.entries(matrix)) {
    if (key === 'include' || key === 'exclude') continue;
    const value = Array.isArray(said)
      ? { is: 'array' as const, items: said.slice(0, 2000).map((item) => valueIn(item, scope)) }
      : valueIn(said, scope);
    if (value.is !== 'array') return undefined;
    lists.push([key.toLowerCase(), value.items]);
  }
  const product = productOf(lists);
  const exclude = valueIn(matrix.exclude ?? [], scope);
  const include = valueIn(matrix.include ?? [], scope);
  if (!product || exclude.is !== 'array' || include.is !== 'array') return undefined;
  const kept = product.filter((one) => !exclude.items.some((item) => agrees(one, item)));
  return including(
    kept,
    include.items.map((item) => filledIn(item, scope)),
  );
}

/** `include` may hold expressions in its values. */
function filledIn(item: Value, scope: Scope): Value {
  if (item.is !== 'object') return item;
  return object(
    bare(
      Object.entries(item.entries).map(([key, value]) => [
        key,
        value.is === 'known' ? valueIn(value.value, scope) : value,
      ]),
    ),
  );
}

function productOf(lists: readonly (readonly [string, readonly Value[]])[]): Combination[] | undefined {
  const count = lists.reduce((all, [, values]) => all * values.length, 1);
  if (count > MOST_COMBINATIONS) return undefined;
  if (!lists.length) return [];
  return lists.reduce<Combination[]>(
    (all, [key, values]) =>
      all.flatMap((one) => values.map((value) => bare([...Object.entries(one), [key, value]]))),
    [bare([])],
  );
}

function agrees(one: Combination, item: Value): boolean {
  if (item.is !== 'object') return false;
  return Object.entries(item.entries).every(([key, value]) => one[key] && areEqual(one[key], value) === true);
}

/** Each goes to the combinations whose values it does not change; to none of them, then it is one of its own. */
function including(product: readonly Combination[], include: readonly Value[]): Combination[] | undefined {
  if (include.length > MOST_COMBINATIONS) return undefined;
  const all = product.map((one) => ({ first: one, now: one }));
  const added: Combination[] = [];
  for (const item of include) {
    if (item.is !== 'object') continue;
    const fits = all.filter(({ first }) =>
      Object.entries(item.entries).every(
        ([key, value]) => !first[key] || areEqual(first[key], value) === true,
      ),
    );
    for (const one of fits) one.now = bare([...Object.entries(one.now), ...Object.entries(item.entries)]);
    if (!fits.length) added.push(bare(Object.entries(item.entries)));
  }
  return [...all.map(({ now }) => now), ...added];
}
