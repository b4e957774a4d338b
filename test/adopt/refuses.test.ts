import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { azmlops, files, git, home, temporary, write } from '../support/session.js';
import { committed, notebook, notebooks, teams } from './repositories.js';

describe('adopt refuses, and writes nothing', () => {
  interface Row {
    readonly it: string;
    readonly make?: () => string;
    readonly words?: readonly string[];
    readonly code: number;
    readonly says: RegExp;
  }
  const ROWS: readonly Row[] = [
    {
      it: 'no work tree of git',
      make: () => (home(), write(temporary(), notebooks())),
      code: 3,
      says: /no git repository/,
    },
    {
      it: 'no commit',
      make: () => {
        home();
        const dir = write(temporary(), notebooks());
        git(dir, 'init', '--quiet');
        return dir;
      },
      code: 3,
      says: /no commit yet/,
    },
    {
      it: 'a manifest',
      make: () => teams(notebooks({ '.azmlops.yml': 'version: "0.1.0"\n' })),
      code: 3,
      says: /already/,
    },
    {
      it: 'a manifest that is not committed',
      make: () => write(teams(notebooks()), { '.azmlops.yml': '' }),
      code: 3,
      says: /already/,
    },
    {
      it: 'a manifest that was deleted and not committed',
      make: () => {
        const dir = teams(notebooks({ '.azmlops.yml': '' }));
        rmSync(join(dir, '.azmlops.yml'));
        return dir;
      },
      code: 3,
      says: /already/,
    },
    {
      it: 'a folder of a repository that is under care',
      make: () => join(teams({ '.azmlops.yml': '', 'ml/a.py': 'x = 1\n' }), 'ml'),
      code: 3,
      says: /lies in .*under the care/,
    },
    {
      it: 'a baseline in the way',
      make: () => write(teams(notebooks()), { '.azmlops/baseline.gz': 'x' }),
      code: 3,
      says: /In the way in .*: \.azmlops\/baseline\.gz/,
    },
    {
      it: 'a file where its folder must be',
      make: () => teams(notebooks({ '.azmlops': 'x' })),
      code: 3,
      says: /In the way/,
    },
    {
      it: 'a .gitignore that hides what it writes',
      make: () => teams(notebooks({ '.gitignore': '.azmlops*\n' })),
      code: 3,
      says: /git ignores what adopt writes/,
    },
    { it: 'a level that there is not', words: ['--level', '7'], code: 2, says: /"7" is no level/ },
    {
      it: 'an answer of a later level',
      words: ['--level', '0', '--gate', 'typed'],
      code: 2,
      says: /from level 3 on/,
    },
    { it: 'a target that is no column', words: ['--level', '0', '--target', 'moon'], code: 2, says: /moon/ },
    { it: 'an unknown flag', words: ['--levle', '0'], code: 2, says: /Did you mean --level/ },
    { it: 'data that is not there', words: ['--level', '0', '--data', 'no.csv'], code: 2, says: /no\.csv/ },
    {
      it: 'a target that nobody says',
      make: () =>
        teams(
          notebooks({
            'analysis.ipynb': notebook(
              "import pandas as pd\nd = pd.read_csv('data/customers.csv')\nm.fit(d)",
            ),
          }),
        ),
      code: 2,
      says: /--target is missing/,
    },
  ];

  it.each(ROWS)('$it', async ({ make, words = ['--level', '0'], code, says }) => {
    const dir = make?.() ?? teams(notebooks());
    const before = files(dir);
    const said = await azmlops(dir, 'adopt', '--yes', ...words);
    expect([said.code, said.err], said.out).toEqual([code, expect.stringMatching(says)]);
    expect(files(dir)).toEqual(before);
  });

  it('other work that is not committed is in nobody’s way', async () => {
    const dir = teams(notebooks());
    writeFileSync(join(dir, 'score.py'), 'x = 1\n');
    write(dir, { 'new.py': 'y = 2\n', '.azmlops/told.yml': 'version: 1\n' });
    expect((await azmlops(dir, 'adopt', '--level', '0', '--yes')).code).toBe(0);
  });

  it('twice', async () => {
    const dir = teams(notebooks());
    expect((await azmlops(dir, 'adopt', '--level', '0', '--yes')).code).toBe(0);
    committed(dir);
    expect((await azmlops(dir, 'adopt', '--level', '0', '--yes')).code).toBe(3);
  });
});
