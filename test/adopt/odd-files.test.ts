import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { azmlops, git } from '../support/session.js';
import { committed, customers, notebook, teams } from './repositories.js';

const crlf = (text: string): string => text.replaceAll('\n', '\r\n');

const BOOK = notebook(
  'import numpy as np\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression',
  "df = pd.read_csv('data/données.csv', sep=';')",
  "def prepare(frame):\n    return np.log1p(frame['minutes'])\n",
  "model = LogisticRegression()\nmodel.fit(prepare(df).to_frame(), df['churned'])",
);

/** A notebook as IPython 2 wrote them. */
const OLD = JSON.stringify(
  {
    metadata: { name: 'old' },
    nbformat: 3,
    nbformat_minor: 0,
    worksheets: [
      { cells: [{ cell_type: 'code', input: ['def old(x):\n', '    return x'], outputs: [] }], metadata: {} },
    ],
  },
  null,
  1,
);

const TREE = {
  'my notebook.ipynb': crlf(BOOK),
  'notes/old.ipynb': OLD,
  'notes/empty.ipynb': '',
  'notes/pictures.ipynb': notebook(`picture = '${'x'.repeat(11 * 1024 * 1024)}'`),
  'notes/étude numéro 2.ipynb': notebook('def mean(xs):\n    return sum(xs) / len(xs)\n'),
  'tools/plot it.py': crlf('import matplotlib\n\nprint("done")\n'),
  'requirements.txt': crlf('pandas\nscikit-learn==1.5.1\ntabulate>=0.9\n'),
  'README.md': crlf('# Churn\n\nOpen it.\n'),
  '.gitignore': crlf('*.pkl\nsecret-notes/\n'),
  'data/données.csv': crlf(customers().replaceAll(',', ';')),
};

const read = (dir: string, path: string): string => readFileSync(join(dir, path), 'utf8');

describe('files that are not as ours are', () => {
  it('are adopted and lifted as they are, or one line says of each why not', async () => {
    const dir = teams(TREE);
    const adopt = await azmlops(dir, 'adopt', '--yes', '--json', '--name', 'churn');
    expect([adopt.code, adopt.err]).toEqual([0, '']);
    const found = JSON.parse(adopt.out) as {
      level: number;
      doubts: string[];
      map: object;
      answers: Record<string, { value: unknown; from: string }>;
    };
    expect(found).toMatchObject({
      level: 0,
      map: { trains: 'my notebook.ipynb', data: 'data/données.csv' },
      answers: { target: { value: 'churned', from: 'my notebook.ipynb' } },
    });
    expect(found.doubts).toHaveLength(3);
    expect(found.doubts.find((each) => each.startsWith('notes/old.ipynb '))).toMatch(
      /format 3.*jupyter nbconvert --to notebook --inplace notes\/old\.ipynb/,
    );
    expect(found.doubts).toContain('notes/empty.ipynb is no notebook that can be read.');
    expect(found.doubts.find((each) => each.startsWith('notes/pictures.ipynb '))).toMatch(
      /larger than 10 MiB.*jupyter nbconvert --clear-output --inplace notes\/pictures\.ipynb/,
    );
    const profile = JSON.parse(read(dir, '.azmlops/profile.json')) as { columns: { name: string }[] };
    expect(profile.columns.map(({ name }) => name)).toEqual(['age', 'plan', 'minutes', 'region', 'churned']);
    committed(dir);

    const upgrade = await azmlops(dir, 'upgrade', '--yes', '--json', '--to', '1');
    expect([upgrade.code, upgrade.err], upgrade.out).toEqual([0, '']);
    const { notes } = JSON.parse(upgrade.out) as { notes: string[] };
    for (const path of ['notes/old.ipynb', 'notes/empty.ipynb'])
      expect(
        notes.filter((note) => note.startsWith(`${path} `)),
        path,
      ).toEqual([expect.stringMatching(/So nothing of it is lifted\.$/)]);
    expect(notes.join('\n')).toContain("azmlops set 'data=data/données.csv'");

    // What is lifted stands in modules that Python can import.
    expect(read(dir, 'src/churn/my_notebook.py')).toContain('def prepare(frame):\n    return np.log1p(');
    expect(read(dir, 'src/churn/etude_numero_2.py')).toContain('def mean(xs):');
    const book = read(dir, 'my notebook.ipynb');
    expect((JSON.parse(book) as { cells: { source: string[] }[] }).cells[2]?.source.join('')).toBe(
      'from churn.my_notebook import prepare',
    );
    for (const [path, text] of Object.entries({
      'my notebook.ipynb': book,
      '.gitignore': read(dir, '.gitignore'),
    }))
      expect(
        text.split('\n').filter((line) => line && !line.endsWith('\r')),
        path,
      ).toEqual([]);
    expect(read(dir, '.gitignore').split('\r\n')).toEqual(
      expect.arrayContaining(['*.pkl', 'secret-notes/', 'data/raw/*', '.venv/']),
    );
    expect(read(dir, 'pyproject.toml')).toContain('"tabulate>=0.9",\n');
    expect(read(dir, 'pyproject.toml')).toContain('"./tools",');
    const changed = ['my notebook.ipynb', 'notes/étude numéro 2.ipynb', '.gitignore'];
    for (const [path, text] of Object.entries(TREE))
      if (!changed.includes(path)) expect(read(dir, path), path).toBe(text);

    committed(dir);
    const data = await azmlops(dir, 'set', 'data=data/données.csv');
    expect(data.code, data.err).toBe(0);
    expect(readdirSync(join(dir, 'data/raw')).filter((name) => name.endsWith('.csv'))).toHaveLength(1);
    expect(git(dir, 'status', '--porcelain', '--untracked-files=all')).not.toMatch(/^\?\?/m);
    expect(read(dir, 'data/données.csv')).toBe(TREE['data/données.csv']);
  });

  it('a list of ignored files gets what it lacks beside the example too, whose rows git keeps', async () => {
    const own = '/models\n/prepared\n*.csv';
    const dir = teams({ 'train.py': 'import sklearn\nmodel.fit(x, y)\n', '.gitignore': own });
    expect((await azmlops(dir, 'adopt', '--yes', '--level', '0', '--name', 'churn')).code).toBe(0);
    committed(dir);
    const { code, out } = await azmlops(dir, 'upgrade', '--yes', '--to', '1');
    expect(code, out).toBe(0);
    expect(read(dir, '.gitignore').split('\n')).toEqual(
      expect.arrayContaining([...own.split('\n'), '.venv/']),
    );
    committed(dir);
    const ignored = git(dir, 'ls-files', '--cached', '--', 'data/raw/penguins.csv');
    expect(ignored).toBe('data/raw/penguins.csv');
    // The team's patterns have the last word.
    expect(git(dir, 'check-ignore', 'rows.csv', 'models')).toBe('rows.csv\nmodels');
  });
});
