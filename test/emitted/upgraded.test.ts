import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { azmlops, home } from '../support/session.js';
import { git, have } from '../support/tools.js';
import { type Tree, treeOf } from '../support/trees.js';
import { Workspace } from '../support/workspace.js';

/** From where, to where, and what was answered; every way up with AZMLOPS_ALL. */
const covering: readonly [Tree['level'], Tree['level'], Tree['task'], Tree['endpoint']][] = [
  [0, 2, 'classification', 'batch'],
];
const every = ([0, 1, 2, 3] as const).flatMap((from) =>
  ([1, 2, 3, 4] as const)
    .filter((to) => to > from)
    .flatMap((to) =>
      (['classification', 'regression'] as const).map((task): (typeof covering)[number] => [
        from,
        to,
        task,
        'both',
      ]),
    ),
);

describe.skipIf(!have('python', 'uv')).each(process.env.AZMLOPS_ALL ? every : covering)(
  'a repository with edits of its team, moved from level %i to %i (%s, %s)',
  (from, to, task, endpoint) => {
    let workspace: Workspace;
    let said: { code: number; out: string; err: string };

    afterAll(() => workspace?.remove());

    it('is upgraded without a conflict', async () => {
      home();
      const source = treeOf(from, task, endpoint);
      const copy = mkdtempSync(join(tmpdir(), 'azmlops-upgraded-'));
      cpSync(source.dir, copy, { recursive: true });
      teamEdits(copy, from);
      git(copy, 'add', '--all');
      git(copy, 'commit', '--quiet', '--message', 'the team');
      said = await azmlops(copy, 'upgrade', '--to', String(to), '--yes');
      expect([said.code, said.err], said.out).toEqual([0, '']);
      workspace = new Workspace({ ...source, dir: copy, level: to });
      rmSync(copy, { recursive: true, force: true });
    });

    it('its Python is clean to ruff, and formatted', () => {
      for (const line of ['ruff check .', 'ruff format --check .']) {
        const ran = workspace.shell(`.venv/bin/${line}`);
        expect(ran.status, ran.said.slice(-4000)).toBe(0);
      }
    });

    it("its own tests pass, with the team's edit in effect", () => {
      // own-data.test.ts runs those of the pipeline, which take a minute, at the same level.
      const quick = process.env.AZMLOPS_ALL ? [] : ['--ignore=tests/test_pipeline.py'];
      const ran = workspace.py(
        ['-m', 'pytest', '-q', '-x', '-p', 'no:cacheprovider', 'tests', ...quick],
        900,
      );
      expect(ran.status, ran.said.slice(-4000)).toBe(0);
      const found = workspace.shell('grep -rl TEAM_FACTOR src');
      expect(found.stdout.trim(), 'where the edit of the training code is').not.toBe('');
    });
  },
);

interface Notebook {
  cells: { source: string[] }[];
}

/** A constant in the training code (a cell at level 0), a line in the README, a file of the team's, a deleted file. */
function teamEdits(dir: string, level: number): void {
  const read = (path: string) => readFileSync(join(dir, path), 'utf8');
  const write = (path: string, text: string) => writeFileSync(join(dir, path), text);
  if (level === 0) {
    const notebook = JSON.parse(read('notebooks/train.ipynb')) as Notebook;
    const cell = notebook.cells.find(({ source }) => source.some((line) => line.startsWith('def ')));
    cell?.source.splice(
      cell.source.findIndex((line) => line.startsWith('def ')),
      0,
      'TEAM_FACTOR = 17\n',
      '\n',
      '\n',
    );
    write('notebooks/train.ipynb', `${JSON.stringify(notebook, undefined, 1)}\n`);
  } else {
    const train = read('src/churn/train.py');
    write('src/churn/train.py', train.replace(/^def /m, 'TEAM_FACTOR = 17\n\n\ndef '));
  }
  write('docs/ours.md', '# Ours\n');
  rmSync(join(dir, 'docs/roles.md'));
}
