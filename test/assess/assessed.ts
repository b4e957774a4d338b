import { assess, type Assessed } from '../../src/assess/evaluate/assess.js';
import { factsOf } from '../../src/assess/facts.js';
import { filesOf } from '../../src/assess/files/index.js';
import { onceOf } from '../../src/assess/once.js';
import { mattersTo } from '../../src/assess/rules/classify.js';
import type { Facts } from '../../src/assess/types.js';
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

const matters = mattersTo(model.acts);

/** What its files show, as `azmlops assess` looks at them: what no rule speaks of is passed over. */
export const factsOfTree = (tree: FileTree, within = ''): Facts =>
  within ? factsOf(filesOf(tree, within), matters) : factsOfAll(tree);

/** Level and rules are asked of the same tree, which nobody changes once it is made. */
const factsOfAll = onceOf((tree: FileTree) => factsOf(filesOf(tree), matters));

export const assessed = (tree: FileTree): Assessed => assess(factsOfTree(tree), model);

/** Row to what it holds. */
export const holdsOf = ({ rows }: Assessed): Record<string, number | null> =>
  Object.fromEntries(rows.map(({ id, holds }) => [id, holds]));
