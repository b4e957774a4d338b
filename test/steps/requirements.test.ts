import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parse as parseToml } from 'smol-toml';
import { requirementOf } from '../../src/steps/requirements.js';
import type { FileTree } from '../../src/render/tree.js';
import { fresh, lifted, put, read } from './lifted.js';

const REQUIREMENTS = 'requirements.txt';
const TRAINING = 'azureml/environments/training-conda.yml';
const INFERENCE = 'azureml/environments/inference-conda.yml';

const edit = (path: string, change: (text: string) => string) => (team: FileTree) => {
  const before = read(team, path);
  expect(change(before), path).not.toBe(before);
  put(team, path, change(before));
};

/** Lines that one text has and the other has not. */
const beyond = (is: string, was: string) => is.split('\n').filter((line) => !was.split('\n').includes(line));

describe('requirements.txt on the way to level 1', () => {
  it('an added entry arrives as written, with its comment, in its sorted place', async () => {
    const { tree, notes } = await lifted(
      edit(
        REQUIREMENTS,
        (text) => `${text}LightGBM[dask]~=4.5 ; python_version < "3.13"  # trees\nseaborn\n`,
      ),
    );
    const project = read(tree, 'pyproject.toml');
    expect(notes).toEqual([]);
    expect(beyond(project, read(fresh(1), 'pyproject.toml'))).toEqual([
      String.raw`  "LightGBM[dask]~=4.5 ; python_version < \"3.13\"", # trees`,
      '  "seaborn",',
    ]);
    expect(project).toContain(`"joblib>=1.4,<2",\n  "LightGBM`);
    expect(project).toMatch(/ {2}"scipy[^\n]*\n {2}"seaborn",\n\]/);
    expect((parseToml(project).project as { dependencies: string[] }).dependencies).toContain(
      'LightGBM[dask]~=4.5 ; python_version < "3.13"',
    );
    expect(tree.has(REQUIREMENTS)).toBe(false);
  });

  it('a changed version takes the place of the template version, wherever that stands', async () => {
    const { tree } = await lifted(
      edit(REQUIREMENTS, (text) =>
        text
          .replace('pandas>=2.2,<3', 'pandas>=2.2.3,<3')
          .replace('matplotlib>=3.9,<4', 'matplotlib==3.10.1 # as in the paper'),
      ),
    );
    const { project } = parseToml(read(tree, 'pyproject.toml')) as {
      project: { dependencies: string[]; 'optional-dependencies': Record<string, string[]> };
    };
    expect(project.dependencies).toContain('pandas>=2.2.3,<3');
    expect(project.dependencies.filter((one) => one.startsWith('pandas'))).toHaveLength(1);
    expect(project['optional-dependencies'].notebooks).toEqual([
      'ipykernel>=6.29,<8',
      'matplotlib==3.10.1',
      'nbconvert>=7.16,<8',
    ]);
    expect(read(tree, 'pyproject.toml')).toContain('"matplotlib==3.10.1", # as in the paper\n');
  });

  it('what only pip can say stays there, said in a note', async () => {
    const lines = [
      '--extra-index-url https://pypi.example',
      '-e ../library',
      'tool @ https://host.example/tool.whl',
    ];
    const { tree, notes } = await lifted(
      edit(REQUIREMENTS, (text) => `${text}# ours\n${lines.join('\n')}\n`),
    );
    expect(read(tree, REQUIREMENTS)).toBe(['# ours', ...lines, ''].join('\n'));
    expect(notes).toHaveLength(1);
    for (const line of lines) expect(notes[0]).toContain(line);
    expect(read(tree, 'pyproject.toml')).toBe(read(fresh(1), 'pyproject.toml'));
  });

  it('a removed entry stays as the template has it, said in a note', async () => {
    const { tree, notes } = await lifted(edit(REQUIREMENTS, (text) => text.replace(/scipy.*\n/, '')));
    expect(notes).toEqual([expect.stringContaining('scipy')]);
    expect(read(tree, 'pyproject.toml')).toBe(read(fresh(1), 'pyproject.toml'));
  });

  it('a comment above an entry goes with it', async () => {
    const { tree } = await lifted(edit(REQUIREMENTS, (text) => `${text}# For the baseline.\nprophet>=1.1\n`));
    expect(read(tree, 'pyproject.toml')).toContain('  # For the baseline.\n  "prophet>=1.1",\n');
  });

  it('with CRLF line ends is read the same', async () => {
    const { tree } = await lifted(
      edit(REQUIREMENTS, (text) => `${text}prophet>=1.1\n`.replaceAll('\n', '\r\n')),
    );
    expect(beyond(read(tree, 'pyproject.toml'), read(fresh(1), 'pyproject.toml'))).toEqual([
      '  "prophet>=1.1",',
    ]);
  });
});

describe('dependencies on the way to level 2', () => {
  const project = edit('pyproject.toml', (text) =>
    text.replace('  "joblib>=1.4,<2",\n', '  "joblib>=1.4,<2",\n  "lightgbm==4.5.0", # trees\n'),
  );
  const pips = (text: string) =>
    (parse(text) as { dependencies: (string | { pip: string[] })[] }).dependencies.flatMap((one) =>
      typeof one === 'string' ? [] : one.pip,
    );

  it('nothing changes in an untouched repository', async () => {
    const { tree, notes } = await lifted(() => undefined, 2, {}, 1);
    expect(notes).toEqual([]);
    for (const path of [TRAINING, INFERENCE]) expect(read(tree, path)).toBe(read(fresh(2), path));
  });

  it('what the team added is in both environments, sorted, above the comment of the next', async () => {
    const { tree } = await lifted(project, 2, {}, 1);
    for (const path of [TRAINING, INFERENCE]) {
      expect(beyond(read(tree, path), read(fresh(2), path)), path).toEqual([
        '      - lightgbm==4.5.0 # trees',
      ]);
      expect(pips(read(tree, path))).toEqual([...pips(read(tree, path))].sort());
    }
    expect(read(tree, TRAINING)).toContain('lightgbm==4.5.0 # trees\n      # Azure ML does not answer');
  });

  it('a changed version is changed there too, unless the team has pinned it itself', async () => {
    const { tree } = await lifted(
      (team) => {
        edit('pyproject.toml', (text) => text.replace('pandas>=2.2,<3', 'pandas>=2.2,<2.3'))(team);
        edit(INFERENCE, (text) => text.replace('pandas==2.3.3', 'pandas==2.2.3'))(team);
        project(team);
        edit(INFERENCE, (text) => `${text}      - lightgbm==4.5.0.post1\n`)(team);
      },
      2,
      {},
      1,
    );
    expect(pips(read(tree, TRAINING))).toEqual(
      expect.arrayContaining(['pandas>=2.2,<2.3', 'lightgbm==4.5.0']),
    );
    expect(pips(read(tree, TRAINING)).filter((one) => one.startsWith('pandas'))).toHaveLength(1);
    expect(pips(read(tree, INFERENCE)).filter((one) => /pandas|lightgbm/.test(one))).toEqual([
      'pandas==2.2.3',
      'lightgbm==4.5.0.post1',
    ]);
  });

  it('come from requirements.txt in a jump from level 0', async () => {
    const { tree } = await lifted(
      edit(REQUIREMENTS, (text) => `${text}lightgbm==4.5.0 # trees\n`),
      2,
    );
    for (const path of ['pyproject.toml', TRAINING, INFERENCE])
      expect(
        beyond(read(tree, path), read(fresh(path === 'pyproject.toml' ? 1 : 2), path)),
        path,
      ).toHaveLength(1);
  });
});

it.each([
  ['numpy>=2', 'numpy'],
  ['Zope.Interface', 'zope-interface'],
  ['a[b,c] (>=1,<2) ; sys_platform == "win32"', 'a'],
  ['x===1', 'x'],
  ['-r other.txt', undefined],
  ['--no-binary :all:', undefined],
  ['./local', undefined],
  ['git+https://host.example/a.git', undefined],
  ['a @ https://host.example/a.whl', undefined],
  ['a==1 --hash=sha256:00', undefined],
  ['a==1 \\', undefined],
  ['# a comment', undefined],
  ['', undefined],
])('%s is the requirement of %s', (line, name) => {
  expect(requirementOf(line)?.name).toBe(name);
});
