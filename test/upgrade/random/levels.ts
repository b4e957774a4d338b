import { mkdirSync } from 'node:fs';
import { expect } from 'vitest';
import { answersFor } from '../../../src/answers/resolve.js';
import type { FileTree } from '../../../src/merge/types.js';
import { ownRoot } from '../../../src/render/own.js';
import { render } from '../../../src/render/render.js';
import { commit } from '../../merge/scenarios/stage.js';
import { writeTree } from '../../merge/scenarios/trees.js';
import { azmlops, git, type Said, temporary } from '../../support/session.js';
import { told, treeOnDisk } from './repository.js';

export const PAIRS = [0, 1, 2, 3, 4].flatMap((from) =>
  [1, 2, 3, 4].filter((to) => to > from).map((to): [number, number] => [from, to]),
);

export interface Chosen {
  readonly task?: string;
  readonly endpoint?: string;
  readonly gate?: string;
}

/** What azmlops writes at a level for these answers; the gate is one from level 3 on. */
export async function levelTree(
  level: number,
  { gate, ...chosen }: Chosen = { endpoint: 'both' },
): Promise<FileTree> {
  const given = { name: 'churn', ...chosen, ...(gate && level > 2 && { gate }) };
  return render([await ownRoot()], level, answersFor(given, level));
}

/** A repository of one commit that holds a tree. */
export function holding(tree: FileTree, dir = temporary('azmlops-level')): string {
  mkdirSync(dir, { recursive: true });
  git(dir, 'init', '--quiet', '--initial-branch=main');
  writeTree(dir, tree);
  commit(dir, 'as emitted');
  return dir;
}

/** `azmlops upgrade --to`, with the gate as a flag where the level brings it. */
export const upgraded = (dir: string, from: number, to: number, { gate }: Chosen = {}): Promise<Said> =>
  azmlops(
    dir,
    'upgrade',
    ...['--to', String(to), '--yes'],
    ...(gate && from < 3 && to > 2 ? ['--gate', gate] : []),
  );

export function isTree(dir: string, tree: FileTree): void {
  const [there, expected] = [told(treeOnDisk(dir)), told(tree)];
  expect(Object.keys(there)).toEqual(Object.keys(expected));
  for (const [path, text] of Object.entries(expected)) expect(there[path], path).toBe(text);
}
