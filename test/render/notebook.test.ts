import { describe, expect, it } from 'vitest';
import { toNotebook } from '../../src/render/notebook.js';

const script = [
  '# %% [markdown] id=intro',
  '# # Train',
  '#',
  '# Says *why*.',
  '',
  '# %% id=train tags=azmlops:train,slow',
  '',
  'import os',
  '',
  '# %% is no cell when it stands in a line: x',
  'print("é")',
  '',
].join('\n');

describe('notebooks', () => {
  it('hold the cells of the script, without outputs', () => {
    const notebook = JSON.parse(toNotebook(script)) as { cells: unknown[]; nbformat: number };
    expect(notebook.cells).toEqual([
      { cell_type: 'markdown', id: 'intro', metadata: {}, source: ['# Train\n', '\n', 'Says *why*.'] },
      {
        cell_type: 'code',
        execution_count: null,
        id: 'train',
        metadata: { tags: ['azmlops:train', 'slow'] },
        outputs: [],
        source: ['import os\n', '\n', '# %% is no cell when it stands in a line: x\n', 'print("é")'],
      },
    ]);
  });

  it.each([
    ['a cell without an id', '# %%\nx = 1\n', /without id/],
    ['one id twice', '# %% id=a\n# %% id=a\n', /one id/],
    ['text before the first cell', 'x = 1\n# %% id=a\n', /before the first cell/],
  ])('refuse %s', (_, text, message) => {
    expect(() => toNotebook(text)).toThrow(message);
  });
});
