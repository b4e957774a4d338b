import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { committed, notebooks, teams } from '../adopt/repositories.js';
import { azmlops } from '../support/session.js';
import { have } from '../support/tools.js';
import { treeOf } from '../support/trees.js';
import { Workspace } from '../support/workspace.js';

describe.skipIf(!have('python', 'ruff', 'uv'))(
  'a notebook repository of a team, adopted and moved to level 1',
  () => {
    let workspace: Workspace;
    afterAll(() => workspace?.remove());

    it('comes there without a conflict', async () => {
      const dir = teams(notebooks());
      for (const words of [
        ['adopt', '--level', '0', '--name', 'churn'],
        ['upgrade', '--to', '1'],
      ]) {
        const said = await azmlops(dir, ...words, '--yes');
        expect([said.code, said.err], said.out).toEqual([0, '']);
        committed(dir);
      }
      const copy = mkdtempSync(join(tmpdir(), 'azmlops-adopted-'));
      cpSync(dir, copy, { recursive: true });
      workspace = new Workspace({ ...treeOf(1), id: 'adopted', dir: copy });
      rmSync(copy, { recursive: true, force: true });
    });

    it.each([
      ['ruff', '.venv/bin/ruff check --no-cache .'],
      ['its format', '.venv/bin/ruff format --no-cache --check .'],
      ['mypy', '.venv/bin/mypy --cache-dir=/dev/null'],
      ['the tests of the level', '.venv/bin/python -m pytest -q -x -p no:cacheprovider tests app'],
      [
        "the team's own notebook, which imports what was lifted",
        '.venv/bin/python -m nbconvert --to notebook --execute --stdout --log-level=ERROR analysis.ipynb',
      ],
      [
        'training on the rows of the team',
        'mkdir -p data/raw && cp data/customers.csv data/raw/ && .venv/bin/python -m churn.train',
      ],
    ])('passes: %s', (_, line) => {
      const ran = workspace.shell(line, 900);
      expect(ran.status, ran.said.slice(-3000)).toBe(0);
    });
  },
);
