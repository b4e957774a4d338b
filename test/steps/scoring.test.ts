import { describe, expect, it } from 'vitest';
import type { FileTree } from '../../src/render/tree.js';
import { difference, editCell, fresh, lifted, put, read } from './lifted.js';

describe('the scoring code', () => {
  const SCORING = 'src/scoring.py';
  const edit = (team: FileTree, change: (text: string) => string) =>
    put(team, SCORING, change(read(team, SCORING)));

  it('brings its own edits and imports, and drops the copies that the package has', async () => {
    const { added, gone, notes } = await difference('src/churn/scoring.py', (team) =>
      edit(team, (text) =>
        text
          .replace('MAX_ROWS = 1000', 'MAX_ROWS = 500')
          .replace('import json\n', 'import json\nimport logging\n')
          .replace('    found = sorted(', '    logging.info("%s", columns)\n    found = sorted('),
      ),
    );
    expect(notes).toEqual([]);
    expect(gone).toEqual(
      ['MAX_ROWS = 1000', 'from .data import CONTRACT, Contract, inputs, load_contract, read_csv'].reverse(),
    );
    expect(added).toEqual([
      'import logging',
      'from .data import CONTRACT, Contract, columns, inputs, load_contract, read_csv',
      'MAX_ROWS = 500',
      '    logging.info("%s", columns)',
    ]);
  });

  it('drops a copy that the team edited in both places alike', async () => {
    const change = (text: string) =>
      text.replace('errors="coerce").astype(float)', 'errors="coerce").astype("float64")');
    const { tree, notes } = await lifted((team) => {
      editCell(team, 'data', change);
      edit(team, change);
    });
    expect(notes).toEqual([]);
    expect(read(tree, 'src/churn/data.py')).toContain('astype("float64")');
    expect(read(tree, 'src/churn/scoring.py')).toBe(read(fresh(1), 'src/churn/scoring.py'));
  });

  it('is left as it is, and named, when a copy differs from the notebook', async () => {
    let own = '';
    const { tree, notes } = await lifted((team) => {
      edit(team, (text) => text.replace('text.fillna("")', 'text.fillna("none")'));
      own = read(team, SCORING);
    });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^src\/churn\/scoring\.py keeps its own copies .*\(convert\)/);
    expect(read(tree, 'src/churn/scoring.py')).toBe(own);
  });
});
