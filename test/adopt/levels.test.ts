import { expect, it } from 'vitest';
import { azmlops, files, git } from '../support/session.js';
import { committed, labelledFiles, teams } from './repositories.js';

const WRITTEN = ['.azmlops.yml', '.azmlops/adopted.yml', '.azmlops/baseline.gz'];

async function json<T>(dir: string, ...words: string[]): Promise<T & { code: number }> {
  const { out, err, code } = await azmlops(dir, ...words, '--json');
  expect(err).toBe('');
  return { ...(JSON.parse(out) as T), code };
}

interface Row {
  readonly id: string;
  readonly trains: string;
  readonly tests: string;
  /** Names that templates have for something else. */
  readonly conflicts: readonly string[];
}

/** Repositories whose level a person has said, none of them of our shape, by what adopt must see in them. */
const ROWS: readonly Row[] = [
  {
    id: 'scheduled-lookalikes',
    trains: 'noshow/train.py',
    tests: '.github/workflows/checks.yml',
    conflicts: ['.github/workflows/data.yml'],
  },
  {
    id: 'make-tox',
    trains: 'src/claims/train.py',
    tests: '.github/workflows/ci.yml',
    conflicts: ['.github/workflows/ci.yml', 'Makefile', 'scripts/setup.sh', 'tests/test_model.py'],
  },
  { id: 'sdk-v1-legacy', trains: 'aml/steps/train.py', tests: '.pipelines/ci.yml', conflicts: [] },
];

it.each(ROWS)(
  '$id is adopted at the level that it has, and its upgrade leads to the next one',
  async (row) => {
    const { tree, level } = labelledFiles(row.id);
    const dir = teams(tree);
    const adopted = await json<{ level: number; map: object; standing: Record<string, string> }>(
      dir,
      ...['adopt', '--yes', '--name', 'churn'],
    );
    expect(adopted).toMatchObject({ code: 0, level, map: { trains: row.trains, tests: row.tests } });
    const status = git(dir, 'status', '--porcelain', '--untracked-files=all').split('\n');
    expect(status.sort()).toEqual(WRITTEN.map((path) => `?? ${path}`));
    // Adopting changes nothing of what assess sees.
    expect(await json(dir, 'assess')).toMatchObject({ level });
    committed(dir);

    const plan = await json<{ conflicts: string[] }>(dir, 'upgrade', '--yes');
    expect(plan).toMatchObject({
      code: row.conflicts.length ? 1 : 0,
      from: { level },
      to: { level: level + 1 },
    });
    expect([...plan.conflicts].sort()).toEqual(row.conflicts);
    const clashes = Object.entries(adopted.standing).filter(([, is]) => is === 'clash');
    expect(
      clashes.map(([path]) => path),
      'adopt said which',
    ).toEqual(row.conflicts);
    const now = files(dir);
    for (const [path, text] of Object.entries(tree))
      if (!row.conflicts.includes(path)) expect(now[path], path).toBe(text);
      else expect(now[path]?.startsWith(`<<<<<<< yours\n${text}|||||||`), path).toBe(true);
    if (row.conflicts.length) git(dir, 'checkout', '--quiet', '--theirs', '--', ...row.conflicts);
    committed(dir);
    const { level: reached } = await json<{ level: number }>(dir, 'assess');
    expect(reached).toBe(level + 1);
  },
);

it('names of workspace and group are taken from words in quotes, never from code that makes them', async () => {
  const { tree } = labelledFiles('sdk-v1-legacy');
  const said = (text: string) =>
    json<{ answers: Record<string, { value: string; from: string | null }> }>(
      teams({ ...tree, 'aml/settings.py': text }),
      ...['adopt', '--yes', '--dry-run', '--name', 'churn'],
    );
  // aml/common.py has resource_group=os.environ["GROUP"].
  const made = await said('workspace = Workspace.from_config()\nconnect(workspace=ws)\n');
  expect(made.answers['resource-group']).toEqual({ value: 'rg-churn', from: null });
  expect(made.answers.workspace).toEqual({ value: 'mlw-churn', from: null });
  const plain = await said('WORKSPACE = "mlw-meters"\nclient(resource_group_name=\'rg-meters\')\n');
  expect(plain.answers['resource-group']).toEqual({ value: 'rg-meters', from: 'aml/settings.py' });
  expect(plain.answers.workspace).toEqual({ value: 'mlw-meters', from: 'aml/settings.py' });
});
