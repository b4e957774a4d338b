import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { inject } from 'vitest';

export const LEVELS = [0, 1, 2] as const;
export const TASKS = ['classification', 'regression'] as const;
export const ENDPOINTS = ['online', 'batch', 'both'] as const;

/** Names at the ends of what is legal: lines wrap, and sort, differently with them. */
export const NAMES = {
  short: { name: 'abc', package: 'q' },
  long: { name: 'customer-churn-forecasts', package: 'customer_churn_forecasts' },
  usual: { name: 'churn', package: 'churn' },
} as const;

export interface Tree {
  id: string;
  dir: string;
  level: (typeof LEVELS)[number];
  task: (typeof TASKS)[number];
  endpoint: (typeof ENDPOINTS)[number];
  length: keyof typeof NAMES;
  package: string;
  name: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    trees: string;
  }
}

/** Every combination, as a folder below `root`. */
export const combinations = (root: string): Tree[] =>
  LEVELS.flatMap((level) =>
    TASKS.flatMap((task) =>
      ENDPOINTS.flatMap((endpoint) =>
        (['short', 'long', 'usual'] as const).map((length) => {
          const id = `${level}-${task}-${endpoint}-${length}`;
          return { id, dir: join(root, id), level, task, endpoint, length, ...NAMES[length] };
        }),
      ),
    ),
  );

/** The rendered trees (see test/emitted/render-all.ts) that fit. */
export const trees = (fits: (tree: Tree) => boolean = () => true): Tree[] =>
  combinations(inject('trees')).filter(fits);

/** The one tree that holds every file of its level: both kinds of endpoint. */
export const treeOf = (
  level: Tree['level'],
  task: Tree['task'] = 'classification',
  endpoint: Tree['endpoint'] = 'both',
): Tree => {
  const [found] = trees(
    (t) => t.level === level && t.task === task && t.endpoint === endpoint && t.length === 'usual',
  );
  if (!found) throw new Error(`no tree of level ${level}`);
  return found;
};

/** Paths of the files below `dir`, with `/`, sorted; the git folder is not the tree's. */
export function filesOf(dir: string, below = ''): string[] {
  return readdirSync(join(dir, below), { withFileTypes: true })
    .filter((entry) => !(below === '' && entry.name === '.git'))
    .flatMap((entry) => {
      const path = posix.join(below, entry.name);
      return entry.isDirectory() ? filesOf(dir, path) : [path];
    })
    .sort();
}

export const read = (tree: Tree, path: string): string => readFileSync(join(tree.dir, path), 'utf8');

export const isExecutable = (tree: Tree, path: string): boolean =>
  (statSync(join(tree.dir, path)).mode & 0o100) !== 0;

/** Findings about many trees with one cause, told once: the tree's folder becomes its level. */
export const digest = (findings: readonly string[]): string[] => {
  const root = inject('trees');
  return [
    ...new Set(
      findings.map((line) => line.replaceAll(root, '').replaceAll(/\/(\d)-\w+-\w+-\w+\//g, 'level $1: ')),
    ),
  ];
};
