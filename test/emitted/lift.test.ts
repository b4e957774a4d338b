import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { azmlops } from '../support/session.js';
import { git, have, programs, run } from '../support/tools.js';
import { treeOf } from '../support/trees.js';
import { Workspace } from '../support/workspace.js';

interface Cell {
  id: string;
  source: string[];
}

const open: Workspace[] = [];
afterAll(() => open.forEach((workspace) => workspace.remove()));

/** Edits of a notebook, as a team makes and commits them at level 0. */
class Team {
  constructor(readonly workspace: Workspace) {}

  edit(path: string, change: (text: string) => string): void {
    const file = join(this.workspace.dir, path);
    const before = readFileSync(file, 'utf8');
    const after = change(before);
    expect(after, path).not.toBe(before);
    writeFileSync(file, after);
  }

  cell(id: string, change: (source: string) => string): void {
    this.edit('notebooks/train.ipynb', (text) => {
      const book = JSON.parse(text) as { cells: Cell[] };
      for (const cell of book.cells)
        if (cell.id === id) cell.source = change(cell.source.join('')).split(/(?<=\n)/);
      return JSON.stringify(book, null, 1) + '\n';
    });
  }

  addCell(after: string, source: string): void {
    this.edit('notebooks/train.ipynb', (text) => {
      const book = JSON.parse(text) as { cells: Cell[] };
      const own = { cell_type: 'code', execution_count: null, id: 'own', metadata: {}, outputs: [], source };
      book.cells.splice(book.cells.findIndex(({ id }) => id === after) + 1, 0, {
        ...own,
        source: source.split(/(?<=\n)/),
      });
      return JSON.stringify(book, null, 1) + '\n';
    });
  }
}

/** Upgrades what a team has made of level 0, and lets the level's own tools look at the result. */
async function upgraded(
  to: number,
  task: 'classification' | 'regression',
  edit: (team: Team) => void,
  tests = ['tests'],
) {
  const workspace = new Workspace(treeOf(0, task));
  open.push(workspace);
  edit(new Team(workspace));
  git(workspace.dir, 'commit', '--quiet', '--all', '--message', 'ours');
  const said = await azmlops(workspace.dir, 'upgrade', '--to', String(to), '--package=churn', '--yes');
  expect(said.code, said.out + said.err).toBe(0);
  for (const words of [['check'], ['format', '--check']]) {
    const { status, said: report } = run(programs.ruff, [...words, '--no-cache', '.'], {
      cwd: workspace.dir,
    });
    expect(status, report).toBe(0);
  }
  const ran = workspace.py(['-m', 'pytest', '-q', '-x', '-p', 'no:cacheprovider', ...tests], 1200);
  expect(ran.status, ran.said).toBe(0);
  return { workspace, said, read: (path: string) => readFileSync(join(workspace.dir, path), 'utf8') };
}

const executed = (workspace: Workspace, path = 'notebooks/train.ipynb') => {
  const words = ['-m', 'nbconvert', '--to', 'notebook', '--execute', '--stdout', '--log-level=ERROR', path];
  return workspace.py(words, 600);
};

describe.skipIf(!have('python', 'ruff', 'uv'))('what a team made of its notebook at level 0', () => {
  it('is tested code of the package at level 1, and the notebook still runs', async () => {
    const { workspace, read } = await upgraded(1, 'classification', (team) => {
      team.cell('setup', (source) =>
        source.replace('import joblib\n', 'import joblib\nimport numpy as np\n'),
      );
      team.cell('data', (source) =>
        source.replace('MISSING_SLACK = 0.1', 'MISSING_SLACK = 0.15\nSPREAD = 2'),
      );
      team.cell('features', (source) =>
        source.replace(
          '    number = make_pipeline(\n',
          '    if not np.isfinite(MAX_TERMS):\n        raise ValueError("no end of terms")\n    number = make_pipeline(\n',
        ),
      );
      team.cell('evaluate', (source) => source.replace('MIN_GROUP = 10', 'MIN_GROUP = 5 * SPREAD'));
      team.cell(
        'train',
        (source) =>
          'import itertools\n\nfrom sklearn.ensemble import ExtraTreesClassifier\n\n' +
          source.replace(
            / {8}"linear": .*\n/,
            '        "linear": ExtraTreesClassifier(9, random_state=seed),\n',
          ) +
          '\n\n\ndef pairs(names: list[str]) -> list[tuple[str, str]]:\n    """Pair the names."""\n    return list(itertools.combinations(names, 2))\n',
      );
      team.addCell('use-train', 'print(json.dumps(pairs(sorted(candidates(contract)))))');
    });
    expect(read('src/churn/train.py')).toContain('"linear": ExtraTreesClassifier(9, random_state=seed),');
    expect(read('src/churn/train.py')).not.toContain('LogisticRegression');
    expect(read('src/churn/evaluate.py')).toContain('MIN_GROUP = 5 * SPREAD');
    const { status, stdout, said } = executed(workspace);
    expect(status, said).toBe(0);
    expect(stdout).toContain('[[\\"constant\\", \\"forest\\"]');
  });

  it('comes along to level 3 in one jump', async () => {
    const change = (team: Team) => {
      team.cell('train', (source) => source.replace('FOLDS = 5', 'FOLDS = 4'));
      team.cell('evaluate', (source) => source.replace('MIN_GROUP = 10', 'MIN_GROUP = 12'));
      team.edit('requirements.txt', (text) => text + 'tabulate>=0.9,<1 # tables in print\n');
    };
    const { read } = await upgraded(3, 'regression', change, ['tests/test_model.py', 'tests/test_data.py']);
    expect(read('src/churn/train.py')).toContain('FOLDS = 4');
    expect(read('src/churn/evaluate.py')).toContain('MIN_GROUP = 12');
    expect(read('pyproject.toml')).toContain('"tabulate>=0.9,<1", # tables in print');
    expect(read('azureml/environments/training-conda.yml')).toContain('- tabulate>=0.9,<1 # tables in print');
  });
});
