import { expect, it } from 'vitest';
import type { FileTree } from '../../src/render/tree.js';
import { cells, editCell, lifted, put, read } from './lifted.js';

const inCell = (id: string, edit: (source: string) => string) => (team: FileTree) => editCell(team, id, edit);
const inFile = (path: string, edit: (text: string) => string) => (team: FileTree) => {
  expect(edit(read(team, path)), path).not.toBe(read(team, path));
  put(team, path, edit(read(team, path)));
};
const scoring = (edit: (text: string) => string) => inFile('src/scoring.py', edit);

it.each([
  [
    'about an import of a cell',
    inCell('train', (source) => `# Boosting.\nimport lightgbm as lgb  # noqa: F401\n\n${source}`),
    ['# Boosting.', 'import lightgbm as lgb  # noqa: F401'],
  ],
  ['at the top of a cell', inCell('train', (source) => `# Ours\n\n${source}`), ['# Ours']],
  ['at the end of a cell', inCell('train', (source) => `${source}\n\n# the end`), ['# the end']],
  ['in quotes', inCell('train', (source) => `"""Our training."""\n\n${source}`), ['"""Our training."""']],
  [
    'about an import that may fail',
    inCell(
      'train',
      (source) => `try:\n    import xgboost  # fast\nexcept ImportError:\n    xgboost = None\n\n${source}`,
    ),
    ['    import xgboost  # fast', '    xgboost = None'],
  ],
  [
    'about an import of the set-up',
    inCell('setup', (source) => source.replace('import json\n', '# dumps\nimport json  # ours\n')),
    ['# dumps', 'import json  # ours'],
  ],
  [
    'about a line of the set-up',
    inCell('setup', (source) => source.replace('sys.path', '# find it\nsys.path')),
    ['# find it'],
  ],
  [
    'about an import of the scoring code',
    scoring((text) => text.replace('import joblib', '# the model\nimport joblib  # pinned')),
    ['# the model', '# pinned'],
  ],
  [
    'alone in the scoring code',
    scoring((text) => text.replace('\n\ndef columns(', '\n\n# alone\n\n\ndef columns(')),
    ['# alone'],
  ],
  [
    'in the docstring of the scoring code',
    scoring((text) => text.replace('"""From a', '"""Ours: from a')),
    ['"""Ours: from a request'],
  ],
  [
    'about a requirement',
    inFile('requirements.txt', (text) =>
      text.replace('joblib>=1.4,<2', '# as in production\njoblib>=1.4,<2 # ok'),
    ),
    ['  # as in production', '"joblib>=1.4,<2", # ok'],
  ],
])('what the team says %s is not lost', async (_, edit, lines) => {
  const { tree, notes } = await lifted(edit);
  const all = [...tree.values()].map(({ content }) => Buffer.from(content).toString());
  const text = [...all, ...Object.values(cells(tree))].join('\n');
  expect(notes).toEqual([]);
  for (const line of lines) expect(text).toContain(line);
});
