import { describe, expect, test } from 'vitest';
import { merger } from './line-merge.js';

const merge = merger('pyproject.toml');

const project = ({ main = '', extra = '', group = '', name = 'churn' }) => `[build-system]
requires = ["uv_build>=0.11,<0.12"]

[project]
name = "${name}"
dependencies = [
    "pandas==3.0.1",
    # The model.
    'scikit-learn==1.8.0', # pinned
${main}]

[project.optional-dependencies]
azure = [
  "mlflow>=3",
${extra}]

[dependency-groups]
dev = [
    "pytest==9.0.2"${group}
]

[tool.ruff.lint]
select = [
    "E",
]
`;

describe('requirements added by both', () => {
  test('to the dependencies: the team first, comments along', async () => {
    const [mine, added] = ['    # Ours.\n    "xgboost==3.1", # fast\n', '    "lightgbm==4.6",\n'];
    const result = await merge(project({}), project({ main: mine }), project({ main: added }));
    expect(result).toBe(project({ main: mine + added }));
  });

  test('to an extra and to a group without a last comma, all at once, in CRLF', async () => {
    const crlf = (text: string) => text.replaceAll('\n', '\r\n');
    const sides = [
      { extra: '  "mine",\n', group: ',\n    "ruff"' },
      { extra: '  "new[all]>=2",\n', group: ',\n    "mypy"' },
    ];
    const [ours, theirs] = sides.map((side) => crlf(project(side))) as [string, string];
    const both = { extra: '  "mine",\n  "new[all]>=2",\n', group: ',\n    "ruff",\n    "mypy"' };
    expect(await merge(crlf(project({})), ours, theirs)).toBe(crlf(project(both)));
  });

  test('the same line added by both stands once', async () => {
    const ours = project({ main: '    "both>=1",\n    "mine",\n' });
    const theirs = project({ main: '    "both>=1",\n    "new",\n' });
    expect(await merge(project({}), ours, theirs)).toBe(
      project({ main: '    "both>=1",\n    "mine",\n    "new",\n' }),
    );
  });
});

describe('a pin that one side moved', () => {
  const moved = (text: string) =>
    text.replace("'scikit-learn==1.8.0', # pinned", "'scikit-learn==1.9.0', # checked by us");

  test.each([
    ['the team', moved(project({})), project({ main: '    "new",\n' })],
    ['the template', project({ main: '    "new",\n' }), moved(project({}))],
  ])('is taken over beside what the other added (%s)', async (_, ours, theirs) => {
    expect(await merge(project({}), ours, theirs)).toBe(moved(project({ main: '    "new",\n' })));
  });
});

describe('what stays a conflict', () => {
  test.each([
    ['one package with two specifiers', { main: '    "Some.Pkg==1",\n' }, { main: '    "some-pkg>=2",\n' }],
    ['one package with and without an extra', { main: '    "x[a]==1",\n' }, { main: '    "x==1",\n' }],
    ['a key that both set', { name: 'mine' }, { name: 'new' }],
    [
      'a key that both set, among additions',
      { name: 'mine', main: '    "m",\n' },
      { name: 'new', main: '    "n",\n' },
    ],
  ])('%s', async (_, ours, theirs) => {
    expect(await merge(project({}), project(ours), project(theirs))).toBeUndefined();
  });

  const both = (edit: (text: string, word: string) => string) =>
    merge(project({}), edit(project({}), 'one'), edit(project({}), 'two'));

  test.each([
    [
      'a pin moved by both',
      (text: string, word: string) => text.replace('3.0.1', `3.${word.length}.${word}`),
    ],
    [
      'a list that holds no requirements',
      (text: string, word: string) => text.replace('    "E",\n', `    "E",\n    "${word}",\n`),
    ],
    [
      'a requirement that one dropped and the other added to',
      (text: string, word: string) =>
        word === 'one'
          ? text.replace("    'scikit-learn==1.8.0', # pinned\n", '')
          : text.replace('# pinned\n', '# pinned\n    "new",\n'),
    ],
    ['a list in one line', (text: string, word: string) => text.replace('<0.12"]', `<0.12", "${word}"]`)],
    [
      'keys added to one table',
      (text: string, word: string) => text.replace('[tool.ruff.lint]\n', `[tool.ruff.lint]\n${word} = 1\n`),
    ],
    ['tables added at the end', (text: string, word: string) => `${text}\n[tool.${word}]\nx = 1\n`],
    ['broken TOML', (text: string, word: string) => text.replace('# pinned\n', `# pinned\n    "${word},\n`)],
    [
      'something that is no text in the list',
      (text: string, word: string) =>
        text.replace('# pinned\n', `# pinned\n    { include-group = "${word}" },\n`),
    ],
  ])('%s', async (_, edit) => expect(await both(edit)).toBeUndefined());
});

test('a list that is only text inside another value is left alone', async () => {
  const text = (line: string) => `[project]\nreadme = """\ndependencies = [\n  "a",\n${line}]\n"""\n`;
  expect(await merge(text(''), text('  "mine",\n'), text('  "new",\n'))).toBeUndefined();
});
