import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { inject } from 'vitest';

export const LEVELS = [0, 1, 2, 3, 4] as const;
export const TASKS = ['classification', 'regression'] as const;
export const ENDPOINTS = ['online', 'batch', 'both'] as const;
/** What guards production, from level 3 on. */
export const GATES = ['reviewers', 'pull-request', 'typed'] as const;
/** At most so many files at each level. */
export const MOST_FILES = [25, 60, 85, 115, 140] as const;

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
  /** The answer's default below level 3, which has no such answer. */
  gate: (typeof GATES)[number];
  length: keyof typeof NAMES;
  package: string;
  name: string;
  /** Whether it is about the file of test/support/own-data.ts that has every hostile name and kind of column. */
  own?: boolean;
}

declare module 'vitest' {
  interface ProvidedContext {
    trees: string;
  }
}

/** Every combination, as a folder below `root`. */
export const combinations = (root: string): Tree[] => [
  ...aboutTheExample(root),
  ...LEVELS.map((level): Tree => {
    const id = `${level}-classification-both-own-short`;
    const answers = { task: 'classification', endpoint: 'both', gate: 'reviewers' } as const;
    return { id, dir: join(root, id), level, ...answers, length: 'short', ...NAMES.short, own: true };
  }),
];

const aboutTheExample = (root: string): Tree[] =>
  LEVELS.flatMap((level) =>
    TASKS.flatMap((task) =>
      ENDPOINTS.flatMap((endpoint) =>
        GATES.slice(0, level < 3 ? 1 : undefined).flatMap((gate) =>
          (['short', 'long', 'usual'] as const)
            // Names meet the gate in the short and the long one; the usual one is for what is run.
            .filter((length) => gate === 'reviewers' || endpoint === 'both' || length !== 'usual')
            .map((length) => {
              const id = `${level}-${task}-${endpoint}${gate === 'reviewers' ? '' : `-${gate}`}-${length}`;
              return { id, dir: join(root, id), level, task, endpoint, gate, length, ...NAMES[length] };
            }),
        ),
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
  gate: Tree['gate'] = 'reviewers',
): Tree => {
  const [found] = trees(
    (t) =>
      t.level === level &&
      t.task === task &&
      t.endpoint === endpoint &&
      t.gate === gate &&
      t.length === 'usual',
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

/**
 * The files that fit, for a tool that looks at one file alone: each content once with AZMLOPS_ALL, else as many as hold
 * each line that any of them has, at its path.
 */
export function distinctFiles(from: readonly Tree[], fits: (path: string) => boolean): [Tree, string][] {
  const all = from.flatMap((tree) =>
    filesOf(tree.dir)
      .filter(fits)
      .map((path) => ({ of: [tree, path] as [Tree, string], lines: linesOf(tree, [path]) })),
  );
  return distinct(all);
}

/** The same for a tool that reads some files of a repository together: trees. */
export function distinctTrees(from: readonly Tree[], fits: (path: string) => boolean): Tree[] {
  return distinct(from.map((tree) => ({ of: tree, lines: linesOf(tree, filesOf(tree.dir).filter(fits)) })));
}

interface Lines<Of> {
  readonly of: Of;
  /** Each with its path. */
  readonly lines: readonly string[];
}

function distinct<Of>(all: readonly Lines<Of>[]): Of[] {
  const seen = new Set<string>();
  const brings = process.env.AZMLOPS_ALL
    ? ({ lines }: Lines<Of>) => [lines.join('\n')]
    : ({ lines }: Lines<Of>) => lines;
  // The longest first: most others bring nothing after them.
  return [...all]
    .sort((a, b) => b.lines.length - a.lines.length)
    .filter((one) => {
      const fresh = brings(one).filter((line) => !seen.has(line));
      for (const line of fresh) seen.add(line);
      return fresh.length > 0;
    })
    .map(({ of }) => of);
}

const linesOf = (tree: Tree, paths: readonly string[]): string[] =>
  paths.flatMap((path) =>
    read(tree, path)
      .split('\n')
      .map((line) => `${path}\0${line}`),
  );

/** Findings about many trees with one cause, told once: the tree's folder becomes its level. */
export const digest = (findings: readonly string[]): string[] => {
  const root = inject('trees');
  return [
    ...new Set(
      findings.map((line) => line.replaceAll(root, '').replaceAll(/\/(\d)-[\w-]+\//g, 'level $1: ')),
    ),
  ];
};
