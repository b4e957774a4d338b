import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { azmlops, files, git } from '../support/session.js';
import { atTerminal } from '../support/terminal.js';
import { customers, notebook, notebooks, scripts, teams } from './repositories.js';

interface Document {
  level: number;
  levelFrom: string;
  answers: Record<string, { value: unknown; from: string | null }>;
  map: Record<string, unknown>;
  doubts: string[];
  files: string[];
  yours: string[];
  standing: Record<string, string>;
  next: string[];
  written: boolean;
}

const adopted = async (dir: string, ...words: string[]): Promise<Document> => {
  const said = await azmlops(dir, 'adopt', '--json', '--yes', ...words);
  expect(said.err).toBe('');
  expect(said.code, said.out).toBe(0);
  return JSON.parse(said.out) as Document;
};
const values = ({ answers }: Document) =>
  Object.fromEntries(Object.entries(answers).map(([key, { value }]) => [key, value]));

describe('adopt', () => {
  it('writes manifest, baseline, profile and record, and nothing else', async () => {
    const dir = teams(notebooks());
    const before = files(dir);
    const [head, refs, index] = [
      git(dir, 'rev-parse', 'HEAD'),
      git(dir, 'for-each-ref'),
      git(dir, 'ls-files', '--stage'),
    ];
    await adopted(dir, '--level', '0');
    const {
      '.azmlops.yml': _m,
      '.azmlops/baseline.gz': _b,
      '.azmlops/profile.json': _p,
      '.azmlops/adopted.yml': _a,
      ...rest
    } = files(dir);
    expect([_m, _b, _p, _a].map((text) => typeof text)).toEqual(['string', 'string', 'string', 'string']);
    expect(rest).toEqual(before);
    expect([
      git(dir, 'rev-parse', 'HEAD'),
      git(dir, 'for-each-ref'),
      git(dir, 'ls-files', '--stage'),
    ]).toEqual([head, refs, index]);
  });

  it('a dry run says the same and writes nothing', async () => {
    const dir = teams(notebooks());
    const before = files(dir);
    const { written, files: planned } = await adopted(dir, '--level', '0', '--dry-run');
    expect(files(dir)).toEqual(before);
    expect([written, planned]).toEqual([
      false,
      ['.azmlops.yml', '.azmlops/adopted.yml', '.azmlops/baseline.gz', '.azmlops/profile.json'],
    ]);
  });

  it('sees what trains, what scores and the data of a notebook repository, and what it predicts', async () => {
    const found = await adopted(teams(notebooks()), '--level', '0', '--name', 'churn');
    expect(found.map).toEqual({
      trains: 'analysis.ipynb',
      scores: 'score.py',
      data: 'data/customers.csv',
      notebooks: ['analysis.ipynb'],
    });
    expect(values(found)).toMatchObject({
      target: 'churned',
      task: 'classification',
      endpoint: 'online',
      name: 'churn',
    });
    expect(found.answers.target?.from).toBe('analysis.ipynb');
    expect(found.answers.location?.from).toBeNull();
    expect(found.doubts).toEqual([]);
  });

  it('sees names, versions and owner in the files of a level 2 repository', async () => {
    const found = await adopted(teams(scripts), '--level', '2');
    expect(found.map).toMatchObject({ trains: 'demand/train.py', tests: '.github/workflows/train.yml' });
    expect(values(found)).toMatchObject({
      name: 'demand-forecast',
      task: 'regression',
      python: '3.11',
      workspace: 'mlw-forecast',
      'resource-group': 'rg-forecast',
      owner: 'kim',
    });
    expect(found.answers.workspace?.from).toBe('pipelines/submit.py');
    expect(found.standing).toMatchObject({
      '.github/workflows/train.yml': 'clash',
      'pyproject.toml': 'clash',
    });
    expect(found.yours).toEqual(['.github/CODEOWNERS', 'README.md']);
  });

  it.each([
    ['notebooks', notebooks()],
    ['scripts and a workflow that trains', scripts],
  ])('the level of %s is the one that assess sees', async (_, tree) => {
    const dir = teams(tree);
    const said = await azmlops(dir, 'assess', '--json');
    const { level } = JSON.parse(said.out) as { level: number };
    const found = await adopted(dir);
    expect([found.level, found.levelFrom]).toEqual([level, 'azmlops assess']);
  });

  it('without machine learning it has no level, and says how to give one', async () => {
    const dir = teams({ 'app.py': 'print(1)\n' });
    const said = await azmlops(dir, 'adopt', '--yes');
    expect([said.code, said.err], said.out).toEqual([2, expect.stringContaining('--level N')]);
  });

  it('takes another package than one of the team whose modules templates would write', async () => {
    const own = { 'src/churn/__init__.py': '', 'src/churn/train.py': 'print("ours")\n' };
    const beside = await adopted(teams(notebooks(own)), '--level', '1', '--name', 'churn');
    expect(values(beside).package).toBe('churn_ops');
    const free = { 'src/clients/__init__.py': '', 'src/clients/rates.py': 'RATE = 2\n' };
    expect(values(await adopted(teams(notebooks(free)), '--level', '1', '--name', 'churn')).package).toBe(
      'clients',
    );
  });

  it('a flag wins over what files say', async () => {
    const found = await adopted(
      teams(notebooks()),
      '--level',
      '0',
      '--target',
      'region',
      '--endpoint',
      'batch',
    );
    expect(values(found)).toMatchObject({ target: 'region', endpoint: 'batch' });
    expect(found.answers.target?.from).toBe('--target');
  });

  it.each([
    "m.fit(d.drop(columns=['churned']), d['churned'])",
    "m.fit(d[['age', 'minutes']], y=d['churned'])",
  ])('sees what is predicted in %s', async (line) => {
    const code = `import pandas as pd\nd = pd.read_csv('data/customers.csv')\n${line}`;
    const found = await adopted(teams(notebooks({ 'analysis.ipynb': notebook(code) })), '--level', '0');
    expect(found.answers.target).toEqual({ value: 'churned', from: 'analysis.ipynb' });
  });

  it('with --yes the first of two alike is taken, and said; at a terminal it is asked for', async () => {
    const two = () => {
      const rest = Object.fromEntries(Object.entries(notebooks()).filter(([path]) => !path.endsWith('.csv')));
      return teams({
        ...rest,
        'analysis.ipynb': notebook(
          "import pandas as pd\na = pd.read_csv('data/a.csv')\nb = pd.read_csv('data/b.csv')\ny = b['churned']\nmodel.fit(b, y)",
        ),
        'data/a.csv': customers(60),
        'data/b.csv': customers(80),
      });
    };
    const said = await adopted(two(), '--level', '0');
    expect(said.map.data).toBe('data/a.csv');
    expect(said.doubts).toEqual(['data/a.csv is the data, as was taken; as likely: data/b.csv.']);
    const dir = two();
    const asked = await atTerminal(
      dir,
      ['adopt', '--level', '0'],
      [['Which file is the data', '\u001b[B', '\r']],
    );
    expect([asked.code, asked.err.includes('b.csv')], asked.err).toEqual([0, true]);
    expect(readFileSync(join(dir, '.azmlops/adopted.yml'), 'utf8')).toContain('data: "data/b.csv"');
  });

  it('a CSV that cannot be the data is said to be none, and the example stands in', async () => {
    const dir = teams(notebooks({ 'data/customers.csv': 'a,b\n1,2\n' }));
    const { doubts, files: written, answers } = await adopted(dir, '--level', '0');
    expect(doubts.join()).toMatch(/^data\/customers\.csv:.*So it is not taken as the data\.$/s);
    expect(written).not.toContain('.azmlops/profile.json');
    expect(answers.target?.value).toBe('species');
  });

  it('nothing of a hostile repository is obeyed by the terminal', async () => {
    const dir = teams(
      notebooks({ 'no\u001b[2Jtes.ipynb': notebook('import x\nx.fit(1)'), 'README.md': '\u001b[31m' }),
    );
    const said = await azmlops(dir, 'adopt', '--level', '0', '--yes');
    expect(said.code, said.err).toBe(0);
    expect(said.out + said.err).not.toContain('\u001b');
  });
});
