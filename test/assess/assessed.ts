import { assess, type Assessed } from '../../src/assess/evaluate/assess.js';
import { factsOf } from '../../src/assess/facts.js';
import { filesOf } from '../../src/assess/files/index.js';
import { answersFor } from '../../src/answers/resolve.js';
import { loadModel } from '../../src/levels/load.js';
import { ownRoot } from '../../src/render/own.js';
import { render } from '../../src/render/render.js';
import type { FileTree } from '../../src/render/tree.js';

export const model = await loadModel();
const templates = [await ownRoot()];

/** What `azmlops new` writes, in memory. */
export const emitted = (
  level: number,
  endpoint = 'both',
  more: Readonly<Record<string, string>> = {},
): FileTree => render(templates, level, answersFor({ name: 'churn', endpoint, ...more }, level));

export const assessed = (tree: FileTree, within = ''): Assessed =>
  assess(factsOf(filesOf(tree, within)), model);

/** Row to what it holds. */
export const holdsOf = ({ rows }: Assessed): Record<string, number | null> =>
  Object.fromEntries(rows.map(({ id, holds }) => [id, holds]));
