import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { azmlops, files, git } from '../support/session.js';
import { ANALYSIS, committed, notebooks, scripts, teams } from './repositories.js';

async function adopted(tree: Readonly<Record<string, string>>, level: number, ...words: string[]) {
  const dir = teams(tree);
  const said = await azmlops(dir, 'adopt', '--yes', '--level', String(level), ...words);
  expect(said.code, said.err).toBe(0);
  committed(dir);
  return dir;
}

interface Plan {
  entries: { path: string; fate: string; reason: string }[];
  conflicts: string[];
  notes: string[];
}
async function upgraded(dir: string, to: number, code: number, ...words: string[]): Promise<Plan> {
  const said = await azmlops(dir, 'upgrade', '--json', '--yes', '--to', String(to), ...words);
  expect([said.code, said.err], said.out.slice(-3000)).toEqual([code, '']);
  return JSON.parse(said.out) as Plan;
}
const read = (dir: string, path: string) => readFileSync(join(dir, path), 'utf8');
const fateOf = (plan: Plan, path: string) => plan.entries.find((entry) => entry.path === path)?.fate;

describe('from level 0 to 1, a notebook repository of another shape', () => {
  it('what it defines is a module that the notebook imports, and what runs stays where it was', async () => {
    const dir = await adopted(notebooks(), 0, '--name', 'churn');
    const { notes } = await upgraded(dir, 1, 0);
    expect(read(dir, 'src/churn/analysis.py')).toBe(
      `"""What analysis.ipynb defined."""

import numpy as np

# How long is long?
LONG = 300


def prepare(frame):
    """Adds what we think matters."""
    frame = frame.copy()
    frame['short'] = (frame['minutes'] < LONG).astype(int)
    frame['log_minutes'] = np.log1p(frame['minutes'])
    return frame


def accuracy(model, X, y):
    return float((model.predict(X) == y).mean())
`,
    );
    const { cells } = JSON.parse(read(dir, 'analysis.ipynb')) as {
      cells: { source: string[]; outputs?: unknown[] }[];
    };
    const sources = cells.map(({ source }) => source.join(''));
    expect(sources).toEqual([
      ...ANALYSIS.slice(0, 3),
      'from churn.analysis import LONG, prepare\n\n\ndef peek():\n    return df.describe()\n\ntable = prepare(df)',
      ANALYSIS[4],
      'from churn.analysis import accuracy\n\nprint(accuracy(model, X, y))',
      ANALYSIS[6],
    ]);
    expect(cells[4]?.outputs).toHaveLength(1);
    for (const said of [
      /code cell 3: peek stays, since it uses df/,
      /code cell 4 trains \(`model\.fit\(X, y\)`\) and stays/,
      /score\.py is what scores today, and stays/,
      /data\/raw\/.*azmlops set data=data\/customers\.csv/,
    ])
      expect(notes.join('\n')).toMatch(said);
  });

  it("all else of the team's stays letter for letter, and every file of the level is there", async () => {
    const tree = notebooks();
    const dir = await adopted(tree, 0, '--name', 'churn');
    const plan = await upgraded(dir, 1, 0);
    for (const path of ['README.md', 'requirements.txt', 'score.py', 'data/customers.csv'])
      expect(read(dir, path), path).toBe(tree[path]);
    for (const path of [
      'Makefile',
      'src/churn/train.py',
      'src/churn/scoring.py',
      'tests/test_model.py',
      'notebooks/train.ipynb',
    ])
      expect(fateOf(plan, path), path).toBe('add');
    expect(plan.conflicts).toEqual([]);
    const ignored = read(dir, '.gitignore').split('\n');
    for (const line of ['*.pkl', 'secret-notes/', 'data/raw/*', '.venv/']) expect(ignored).toContain(line);
    expect(ignored.filter((line) => line === '*.pkl')).toHaveLength(1);
    const project = read(dir, 'pyproject.toml');
    expect(project).toContain('"tabulate>=0.9"');
    expect(project).toContain('"pandas>=2.2,<3"');
    expect(plan.notes.join('\n')).toMatch(/requirements\.txt, which stays, asks for scikit-learn==1\.5\.1;/);
  });

  it('a file of another content at a path of the level is a conflict that holds both', async () => {
    const own = 'all:\n\tjupyter execute analysis.ipynb\n';
    const dir = await adopted(notebooks({ Makefile: own }), 0, '--name', 'churn');
    const { conflicts } = await upgraded(dir, 1, 1);
    expect(conflicts).toEqual(['Makefile']);
    const text = read(dir, 'Makefile');
    expect(text).toContain(`<<<<<<< yours\n${own}`);
    expect(text).toContain('PYTHON -m pytest tests'.replace('PYTHON', '$(PYTHON)'));
  });

  it('a notebook of the name of ours is lifted all the same, and ours left out', async () => {
    const { 'analysis.ipynb': book = '', ...rest } = notebooks();
    const dir = await adopted({ ...rest, 'notebooks/train.ipynb': book }, 0, '--name', 'churn');
    const { conflicts } = await upgraded(dir, 1, 0);
    expect(conflicts).toEqual([]);
    expect(read(dir, 'src/churn/train_notebook.py')).toContain('def prepare(frame):');
    expect(read(dir, 'src/churn/train.py')).not.toContain('def prepare(frame):');
    expect(read(dir, 'notebooks/train.ipynb')).toContain('from churn.train_notebook import LONG, prepare');
  });

  it('a dry run writes nothing, --abort takes all back, and a second run is possible', async () => {
    const dir = await adopted(notebooks(), 0, '--name', 'churn');
    const before = files(dir);
    await upgraded(dir, 1, 0, '--dry-run');
    expect(files(dir)).toEqual(before);
    await upgraded(dir, 1, 0);
    expect((await azmlops(dir, 'upgrade', '--abort')).code).toBe(0);
    expect(files(dir)).toEqual(before);
    await upgraded(dir, 1, 0);
    committed(dir);
    expect(git(dir, 'status', '--porcelain')).toBe('');
    const { entries } = await upgraded(dir, 2, 0);
    expect(entries.find(({ path }) => path === 'README.md')).toBeUndefined();
    expect(read(dir, 'analysis.ipynb')).toContain('from churn.analysis import');
    committed(dir);
    const again = await azmlops(dir, 'update', '--json');
    expect((JSON.parse(again.out) as { written: boolean }).written, again.out).toBe(false);
  });

  it('a file that is taken out of yours is offered as a conflict', async () => {
    const dir = await adopted(notebooks(), 0, '--name', 'churn');
    committed(dir, {
      '.azmlops/adopted.yml': read(dir, '.azmlops/adopted.yml').replace('  - "README.md"\n', ''),
    });
    expect((await upgraded(dir, 1, 1)).conflicts).toEqual(['README.md']);
  });

  it('a damaged record is refused by name', async () => {
    const dir = await adopted(notebooks(), 0, '--name', 'churn');
    for (const text of [
      '[',
      'version: 2\n',
      'version: 1\nlevel: 0\nyours: ["../x"]\n',
      'version: 1\nlevel: 9\n',
    ]) {
      committed(dir, { '.azmlops/adopted.yml': text });
      const said = await azmlops(dir, 'upgrade', '--yes');
      expect([said.code, said.err.includes('.azmlops/adopted.yml')], said.err).toEqual([3, true]);
    }
  });
});

describe('from level 2 to 3, scripts of the SDK and a workflow that trains', () => {
  it("the team's files stay, ours stand beside them, and clashes are conflicts with both sides", async () => {
    const dir = await adopted(scripts, 2);
    const dry = await upgraded(dir, 3, 1, '--dry-run');
    const plan = await upgraded(dir, 3, 1);
    expect(plan.entries).toEqual(dry.entries);
    expect([...plan.conflicts].sort()).toEqual(['.github/workflows/train.yml', 'pyproject.toml']);
    for (const [path, text] of Object.entries(scripts))
      if (plan.conflicts.includes(path)) {
        const now = read(dir, path).split('\n');
        for (const line of text.split('\n')) expect(now, path).toContain(line);
      } else expect(read(dir, path), path).toBe(text);
    for (const path of [
      '.github/workflows/release.yml',
      'delivery/release.py',
      'azureml/pipelines/train.yml',
    ])
      expect(fateOf(plan, path), path).toBe('add');
    expect(git(dir, 'ls-files', '--unmerged')).toContain('pyproject.toml');
    expect((await azmlops(dir, 'upgrade', '--abort')).code).toBe(0);
    expect(git(dir, 'status', '--porcelain')).toBe('');
  });
});

it('a repository of ours that lost its manifest and baseline is taken up again without a change', async () => {
  const { emitted } = await import('../upgrade/emitted.js');
  teams({ x: '' });
  const dir = await emitted(1);
  git(dir, 'rm', '--quiet', '-r', '.azmlops.yml', '.azmlops');
  committed(dir);
  const said = await azmlops(dir, 'adopt', '--level', '1', '--yes', '--name', 'churn', '--json');
  expect(said.code, said.out).toBe(0);
  const { standing, yours } = JSON.parse(said.out) as { standing: Record<string, string>; yours: string[] };
  expect(new Set(Object.values(standing))).toEqual(new Set(['same']));
  expect(yours).toEqual([]);
  committed(dir);
  expect((await upgraded(dir, 2, 0)).conflicts).toEqual([]);
});

it('a folder of a larger repository', async () => {
  const tree = Object.fromEntries(Object.entries(notebooks()).map(([path, text]) => [`ml/${path}`, text]));
  const dir = teams({ ...tree, 'README.md': '# All of it\n', 'web/app.py': 'x = 1\n' });
  const said = await azmlops(dir, 'adopt', 'ml', '--yes', '--level', '0', '--name', 'churn');
  expect(said.code, said.err).toBe(0);
  committed(dir);
  await upgraded(join(dir, 'ml'), 1, 0);
  expect(read(dir, 'ml/src/churn/analysis.py')).toContain('def prepare');
  expect(read(dir, 'README.md')).toBe('# All of it\n');
});
