import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Fate, Lift, MergeReport, MergeRequest, Move } from '../../../src/merge/types.js';
import { git, temporary } from '../../support/session.js';
import { type Changes, over, START, writeTree } from './trees.js';

export const LABELS = { ours: 'yours', base: 'level 1 template', theirs: 'level 2 template' };

/** Markers as the design words them. */
export const markers = (ours: string, base: string, theirs: string): string =>
  `<<<<<<< yours\n${ours}||||||| level 1 template\n${base}=======\n${theirs}>>>>>>> level 2 template\n`;

/** One scenario: the tree last rendered, the tree rendered now, what the team committed, what comes of it. */
export interface Row {
  readonly id: string;
  /** Changes to START. */
  readonly base?: Changes;
  /** Changes to base. */
  readonly theirs?: Changes;
  /** What the team committed on top of base. */
  readonly edit?: Changes;
  readonly moves?: readonly Move[];
  readonly lift?: Lift;
  /** Arguments of `git init`. */
  readonly init?: readonly string[];
  readonly config?: Readonly<Record<string, string>>;
  /** The project's folder in a larger repository. */
  readonly below?: string;
  /** What else happens after the team's commit; the folder of the project when that is another one then. */
  readonly then?: (dir: string) => string | void;
  /** What surrounds the calls of the engine, and only those; gives back how to end it. */
  readonly during?: (dir: string) => () => void;
  readonly expect: Expectation;
}

export interface Expectation {
  /** A refusal whose message holds all of these. */
  readonly refused?: readonly (string | RegExp)[];
  /** What stands on disk at these paths, byte and mode. */
  readonly work?: Changes;
  /** Lines, or parts of them, that a file holds. */
  readonly holds?: Readonly<Record<string, readonly string[]>>;
  readonly fates?: Readonly<Record<string, Fate>>;
  /** All paths in conflict; as patterns where the design leaves open which of a file and what is in its way is told. */
  readonly conflicts?: readonly (string | RegExp)[] | 'any';
  /** Stages of the index at a path. */
  readonly stages?: Readonly<Record<string, readonly number[]>>;
  readonly notes?: readonly string[];
  /** Not every file stands on disk (sparse checkout). */
  readonly sparse?: true;
  /** Notebook outputs and the like, which are no lines that a person wrote. */
  readonly losesOutputs?: true;
  readonly more?: (seen: Seen) => void | Promise<void>;
}

export interface Seen {
  readonly dir: string;
  readonly report: MergeReport;
  readonly request: MergeRequest;
}

/** A repository whose first commit is `base` and whose second is the team's. */
export function repository(row: Pick<Row, 'base' | 'edit' | 'init' | 'config' | 'below'>): string {
  const top = temporary('azmlops-scenario');
  const dir = row.below ? join(top, row.below) : top;
  const base = over(START, row.base);
  mkdirSync(dir, { recursive: true });
  git(top, 'init', '--quiet', '--initial-branch=main', ...(row.init ?? []));
  for (const [key, value] of Object.entries(row.config ?? {})) git(top, 'config', key, value);
  writeTree(dir, base);
  if (row.below) writeTree(top, over(new Map(), { 'other/work.txt': 'elsewhere\n', 'README.md': 'top\n' }));
  commit(top, 'as rendered');
  if (row.edit) change(dir, row.edit);
  commit(top, 'the team');
  return dir;
}

export function commit(dir: string, message: string): void {
  git(dir, 'add', '--all', '--force');
  git(dir, 'commit', '--quiet', '--allow-empty', `--message=${message}`);
}

/** First what goes away, so that a folder can take a file's place. */
export function change(dir: string, changes: Changes): void {
  for (const [path, content] of Object.entries(changes))
    if (content === null) rmSync(join(dir, path), { recursive: true });
  writeTree(dir, over(new Map(), changes));
}

export const requestOf = (row: Row): MergeRequest => {
  const base = over(START, row.base);
  return {
    base,
    theirs: over(base, row.theirs),
    labels: LABELS,
    ...(row.moves && { moves: row.moves }),
    ...(row.lift && { lift: row.lift }),
  };
};
