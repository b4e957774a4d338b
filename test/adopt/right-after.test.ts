import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { azmlops, files, git } from '../support/session.js';
import { committed, labelledFiles, teams } from './repositories.js';

/** At level 1: its names meet those of templates twice, and it scores in batches. */
const { tree } = labelledFiles('scheduled-lookalikes');
const CLASHES = ['.github/workflows/data.yml', 'scripts/register.sh'];

interface Plan {
  code: number;
  entries: { path: string; fate: string }[];
  conflicts: string[];
  notes: string[];
  written: boolean;
}
async function planned(dir: string, ...words: string[]): Promise<Plan> {
  const { out, err, code } = await azmlops(dir, ...words, '--json');
  expect(err).toBe('');
  return { ...(JSON.parse(out) as Omit<Plan, 'code'>), code };
}
const pathsOf = ({ entries }: Plan, fate: string): string[] =>
  entries.filter((entry) => entry.fate === fate).map(({ path }) => path);

/** Every file of the team's is there letter for letter; those in conflict between markers. */
function expectTheirs(dir: string, conflicts: readonly string[] = []): void {
  const now = files(dir);
  for (const [path, text] of Object.entries(tree))
    if (conflicts.includes(path))
      expect(now[path]?.startsWith(`<<<<<<< yours\n${text}|||||||`), path).toBe(true);
    else expect(now[path], path).toBe(text);
}

it('set, update and --rebase right after adopt do what they say, and nothing of the team is lost', async () => {
  const dir = teams(tree);
  const adopt = await azmlops(dir, 'adopt', '--yes', '--level', '1', '--name', 'churn');
  expect(adopt.code, adopt.err).toBe(0);

  // Not committed yet: refused, with words that commit nothing else.
  for (const words of [['set', 'owner=kim'], ['update'], ['upgrade', '--rebase']]) {
    const said = await azmlops(dir, ...words);
    expect([said.code, said.err], said.out).toEqual([3, expect.stringContaining('is not committed')]);
    expect(said.err).toContain('git add .azmlops.yml .azmlops && git commit');
  }
  committed(dir);
  const before = files(dir);
  const upgrade = await planned(dir, 'upgrade', '--yes', '--dry-run');

  // An answer changes the answer.
  const set = await planned(dir, 'set', 'owner=kim');
  expect([set.code, set.conflicts]).toEqual([0, []]);
  expect(
    set.entries
      .filter(({ fate }) => fate !== 'unchanged')
      .map(({ path }) => path)
      .sort(),
  ).toEqual(['.azmlops.yml', '.azmlops/baseline.gz']);
  expect(set.notes.join()).toMatch(
    /\d+ files that templates write at level 1 are not here yet.*azmlops update/,
  );
  expect(files(dir)['.azmlops.yml']).toContain('owner: "kim"');
  expectTheirs(dir);
  committed(dir);
  expect(await planned(dir, 'set', 'owner=kim')).toMatchObject({ code: 0, written: false });
  const later = await planned(dir, 'upgrade', '--yes', '--dry-run');
  expect(later.entries).toEqual(upgrade.entries);
  git(dir, 'reset', '--quiet', '--hard', 'HEAD~1');

  // So does one that brings files of its own, where the files beside them are not there.
  const both = await planned(dir, 'set', 'endpoint=both');
  expect([both.code, pathsOf(both, 'add'), both.conflicts]).toEqual([0, [], []]);
  expect((await azmlops(dir, 'set', '--abort')).code).toBe(0);
  expect(files(dir)).toEqual(before);

  // The templates of the level come around the team's code, which checks leave out.
  const update = await planned(dir, 'update');
  expect([update.code, [...update.conflicts].sort()]).toEqual([1, CLASHES]);
  expect(pathsOf(update, 'add')).toEqual(expect.arrayContaining(['Makefile', 'src/churn/train.py']));
  expectTheirs(dir, CLASHES);
  expect(files(dir)['pyproject.toml']).toMatch(/extend-exclude = \[[^\]]*"\.\/noshow",/);
  expect(update.notes.join()).toContain('leave out your own Python (desk, noshow');
  expect((await azmlops(dir, 'update', '--abort')).code).toBe(0);
  expect([files(dir), git(dir, 'status', '--porcelain')]).toEqual([before, '']);
  await planned(dir, 'update');
  git(dir, 'checkout', '--quiet', '--ours', '--', ...CLASHES);
  committed(dir);
  expect(await planned(dir, 'update')).toMatchObject({ code: 0, written: false });
  expectTheirs(dir);
  // Now that they are there, an answer brings what goes with it.
  expect(pathsOf(await planned(dir, 'set', 'endpoint=both', '--dry-run'), 'add')).toContain(
    'azureml/endpoints/online/deployment.yml',
  );
  git(dir, 'reset', '--quiet', '--hard', 'HEAD~1');

  // A lost baseline is made again as adopt made it.
  await planned(dir, 'upgrade', '--yes');
  const wanted = files(dir);
  expect((await azmlops(dir, 'upgrade', '--abort')).code).toBe(0);
  rmSync(join(dir, '.azmlops/baseline.gz'));
  committed(dir);
  for (const words of [['upgrade', '--yes'], ['update'], ['set', 'owner=kim']]) {
    const said = await azmlops(dir, ...words);
    expect([said.code, said.err], said.out).toEqual([3, expect.stringContaining('--rebase')]);
  }
  const alone = await planned(dir, 'set', 'owner=kim', '--rebase', '--dry-run');
  expect(pathsOf(alone, 'add')).toEqual(['.azmlops/baseline.gz']);
  const rebased = await planned(dir, 'upgrade', '--yes', '--rebase');
  expect(rebased).toMatchObject({ code: 1, rebased: true, conflicts: upgrade.conflicts });
  expect(files(dir)).toEqual(wanted);
  expectTheirs(dir, upgrade.conflicts);
});
