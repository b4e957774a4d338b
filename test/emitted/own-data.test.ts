import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type Known, type OwnFile, SECRET, writeFiles } from '../support/own-data.js';
import { azmlops, home, temporary } from '../support/session.js';
import { git, have } from '../support/tools.js';
import { type Tree, treeOf } from '../support/trees.js';
import { Workspace } from '../support/workspace.js';

// Repositories that `azmlops new --data` writes about real files, used as a person uses them.

const all = Boolean(process.env.AZMLOPS_ALL);
const everyFile: Known[] = [
  ...(['penguins', 'iris', 'wine', 'breastCancer', 'diabetes'] as const),
  ...(['european', 'zipped', 'customers', 'hostile', 'wide'] as const),
];
/** What `npm test` takes; every file at each of these levels with AZMLOPS_ALL. */
const covering: Record<0 | 2 | 4, Known[]> = {
  0: ['european'],
  2: ['customers'],
  4: ['hostile'],
};
const chosen = (level: 0 | 2 | 4): Known[] => (all ? everyFile : covering[level]);

const folder = mkdtempSync(join(tmpdir(), 'azmlops-own-data-'));
const open: Workspace[] = [];
let known: Record<Known, OwnFile>;

async function repository(file: OwnFile, level: Tree['level']): Promise<Workspace> {
  home();
  const dir = temporary();
  const words = ['--data', file.path, '--target', file.target, '--level', String(level), '--yes'];
  const made = await azmlops(dir, 'new', 'churn', ...words);
  expect(made.code, made.err).toBe(0);
  return workspaceOf(join(dir, 'churn'), level, file.task);
}

function workspaceOf(dir: string, level: Tree['level'], task: Tree['task']): Workspace {
  const workspace = new Workspace({ ...treeOf(level, task), dir });
  open.push(workspace);
  return workspace;
}

const succeeds = (workspace: Workspace, line: string, seconds = 900) => {
  const ran = workspace.shell(line, seconds);
  expect(ran.status, `${line}\n${ran.said.slice(-4000)}`).toBe(0);
  return ran;
};
/** The emitted tests that the data shape; the others are the same bytes and the same outcome as with the example. */
const aboutData = (workspace: Workspace): string =>
  readdirSync(join(workspace.dir, 'tests'))
    .filter((name) =>
      /^test_(data|features|scoring|entry_script|evaluate|fairness|model|drift|synthetic)\w*\.py$/.test(name),
    )
    .map((name) => `tests/${name}`)
    .join(' ');
const pytest = (workspace: Workspace, words = 'tests') =>
  succeeds(workspace, `.venv/bin/python -m pytest -q -x -p no:cacheprovider ${words}`);
/** Nothing of what was run is for git, and of the rows nothing either. */
const clean = (workspace: Workspace) => {
  expect(workspace.changed()).toEqual([]);
  const tracked = git(workspace.dir, 'ls-files').split('\n');
  expect(tracked.filter((path) => path.startsWith('data/raw/'))).toEqual([]);
  expect(tracked.filter((path) => /\.csv$/.test(path) && !path.startsWith('samples/'))).toEqual([]);
};

describe.skipIf(!have('python', 'uv'))('own data', () => {
  beforeAll(() => {
    known = writeFiles(folder);
  });
  afterAll(() => {
    open.forEach((workspace) => workspace.remove());
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(chosen(0))(
    '%s at level 0: the notebooks run, and leave a model and its hand-off note',
    async (name) => {
      const workspace = await repository(known[name], 0);
      const readme = readFileSync(join(workspace.dir, 'README.md'), 'utf8');
      const line =
        readme.split('\n').find((one) => one.startsWith('.venv/bin/python -m nbconvert')) ?? 'false';
      succeeds(workspace, line);
      expect(existsSync(join(workspace.dir, 'model/model.pkl'))).toBe(true);
      const note = readFileSync(join(workspace.dir, 'model/hand-off.md'), 'utf8');
      // Names of columns that look like what is left to be filled in are no such thing.
      if (name !== 'hostile') expect(note).not.toMatch(/<[a-z ]+>|\.\.\./);
      expect(note).not.toContain(SECRET);
      clean(workspace);
    },
  );

  it.each(chosen(2))('%s at level 2: data is gathered and a model is trained', async (name) => {
    const workspace = await repository(known[name], 2);
    // The tests that are about data run below, on hostile data.
    if (all) succeeds(workspace, 'make test');
    succeeds(workspace, 'make data');
    succeeds(workspace, 'make train');
    expect(existsSync(join(workspace.dir, 'model/MLmodel'))).toBe(true);
    clean(workspace);
  });

  it.each(chosen(4))('%s at level 4: the loop goes round, whatever the gate says', async (name) => {
    const workspace = await repository(known[name], 4);
    const ran = succeeds(workspace, 'make loop');
    expect(ran.stdout.trim().split('\n').at(-1)).toMatch(/^Loop finished in \d+ s: .*report\.html$/);
    const report = readFileSync(join(workspace.dir, 'outputs/loop/report.html'), 'utf8');
    expect(report).not.toContain(SECRET);
    // The tests of a clone without rows, below, have the same names.
    if (all) succeeds(workspace, 'make test');
    clean(workspace);
  });

  it('a clone without rows does what CI does: rows are made up from the contract', async () => {
    const from = await repository(known.hostile, 2);
    const dir = join(temporary(), 'clone');
    git(from.dir, 'clone', '--quiet', '.', dir);
    expect(existsSync(join(dir, 'data/raw/hostile.csv'))).toBe(false);
    const workspace = workspaceOf(dir, 2, 'classification');
    const steps = readFileSync(join(dir, '.github/workflows/ci.yml'), 'utf8');
    expect(steps.indexOf('make synthetic')).toBeGreaterThan(0);
    expect(steps.indexOf('make notebooks')).toBeGreaterThan(steps.indexOf('make synthetic'));
    for (const line of ['make synthetic', 'make notebooks', 'make data']) succeeds(workspace, line);
    pytest(workspace, aboutData(workspace));
    clean(workspace);
  });

  // What `set` writes is held against what `new` writes elsewhere, byte for byte.
  it.runIf(all)('from the example to own data, and to newer data: the tests go on passing', async () => {
    home();
    const dir = join(temporary(), 'churn');
    const made = await azmlops(join(dir, '..'), 'new', 'churn', '--level', '2', '--yes');
    expect(made.code, made.err).toBe(0);
    const becomes = async (...words: string[]) => {
      const said = await azmlops(dir, 'set', ...words);
      expect(said.code, said.out + said.err).toBe(0);
      git(dir, 'add', '--all');
      git(dir, 'commit', '--quiet', '--message', words.join(' '));
    };
    await becomes(`data=${known.iris.path}`, `target=${known.iris.target}`);
    await becomes(`data=${known.diabetes.path}`, `target=${known.diabetes.target}`, 'task=regression');
    const workspace = workspaceOf(dir, 2, 'regression');
    pytest(workspace, aboutData(workspace));
    clean(workspace);
  });
});
