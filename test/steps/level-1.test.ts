import { describe, expect, it } from 'vitest';
import { answersFor } from '../../src/answers/resolve.js';
import { applyMoves } from '../../src/merge/moves.js';
import { readNotebook } from '../../src/notebook/notebook.js';
import { ownRoot } from '../../src/render/own.js';
import { render } from '../../src/render/render.js';
import { type FileTree, textOf } from '../../src/render/tree.js';
import { stepsBetween } from '../../src/steps/index.js';

const roots = [await ownRoot()];
const answers = (task: string, endpoint: string) =>
  answersFor({ name: 'churn', package: 'churn', task, endpoint }, 4);

const text = (tree: FileTree, path: string) => textOf(tree.get(path)?.content ?? new Uint8Array()) ?? '';
const cells = (tree: FileTree) =>
  new Map(readNotebook(text(tree, 'notebooks/train.ipynb'))?.cells.map(({ id, source }) => [id, source]));

describe.each(['classification', 'regression'])('an untouched repository of %s', (task) => {
  it.each(['online', 'batch', 'both'])('with endpoint %s becomes what level 1 renders', async (endpoint) => {
    const given = answers(task, endpoint);
    const [before, after] = [render(roots, 0, given), render(roots, 1, given)];
    const { moves, lift } = await stepsBetween(roots, 0, 1, given);
    const moved = applyMoves(moves, before, new Map());
    const { tree, notes } = lift!(moved.base);
    expect(notes).toEqual([]);
    for (const name of ['data', 'features', 'evaluate', 'train', 'scoring'])
      expect(text(tree, `src/churn/${name}.py`), name).toBe(text(after, `src/churn/${name}.py`));
    for (const id of ['setup', 'data', 'features', 'evaluate', 'train'])
      expect(cells(tree).get(id), id).toBe(cells(after).get(id));
  });
});
