import { expect } from 'vitest';
import { parse } from 'yaml';
import { parse as parseToml } from 'smol-toml';
import { onDisk } from './checks.js';
import { type Row, type Seen } from './stage.js';

const WORKFLOW = `# What runs on a pull request.
name: checks
on: [push]

jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4   # the code
      - run: make test
`;
const job = (name: string, why: string) => `  ${name}:
    # ${why}
    runs-on: ubuntu-latest
    steps:
      - run: make ${name}
`;
const PACKAGE = `{
  "name": "app",
  "dependencies": {
    "a": "1.0.0"
  }
}
`;
const PYPROJECT = `[project]
name = "churn"
dependencies = [
  "pandas==2.2",
]

[tool.ruff]
line-length = 110
`;
const PRINTED = `a:   {x: 1,  y: 2}\nlist:\n- 1\n- 2\nodd:    "kept"   # as it was\nend: 1\n`;

const text = ({ dir }: Seen, path: string): string => (onDisk(dir, path) ?? '').slice('100644 '.length);

/** Two additions at one place, which git calls a conflict. */
export const STRUCTURED: readonly Row[] = [
  {
    id: 'two new jobs at the end of a workflow are both there, with their comments',
    base: { 'ci.yml': WORKFLOW },
    edit: { 'ci.yml': WORKFLOW + job('audit', 'asked for by the team') },
    theirs: { 'ci.yml': WORKFLOW + job('types', 'new in the template') },
    expect: {
      holds: {
        'ci.yml': [WORKFLOW, job('audit', 'asked for by the team'), job('types', 'new in the template')],
      },
      fates: { 'ci.yml': 'merge' },
      more: (seen) =>
        expect(Object.keys((parse(text(seen, 'ci.yml')) as { jobs: object }).jobs).sort()).toEqual([
          'audit',
          'test',
          'types',
        ]),
    },
  },
  {
    id: 'two new steps at the end of a job are both there',
    base: { 'ci.yml': WORKFLOW },
    edit: { 'ci.yml': `${WORKFLOW}      - run: make audit # ours\n` },
    theirs: { 'ci.yml': `${WORKFLOW}      - run: make types # theirs\n` },
    expect: {
      holds: {
        'ci.yml': [WORKFLOW, '      - run: make audit # ours\n', '      - run: make types # theirs\n'],
      },
      more: (seen) =>
        expect(parse(text(seen, 'ci.yml'))).toMatchObject({ jobs: { test: { steps: { length: 4 } } } }),
    },
  },
  {
    id: 'one key with two values stays a conflict',
    base: { 'ci.yml': WORKFLOW },
    edit: { 'ci.yml': `${WORKFLOW}env: team\n` },
    theirs: { 'ci.yml': `${WORKFLOW}env: template\n` },
    expect: { holds: { 'ci.yml': ['env: team', 'env: template'] }, conflicts: ['ci.yml'] },
  },
  {
    id: 'new jobs of one name stay a conflict',
    base: { 'ci.yml': WORKFLOW },
    edit: { 'ci.yml': WORKFLOW + job('audit', 'team') },
    theirs: { 'ci.yml': WORKFLOW + job('audit', 'template').replace('make', 'make -B') },
    expect: { holds: { 'ci.yml': ['# team', '# template'] }, conflicts: ['ci.yml'] },
  },
  {
    id: 'two new keys in JSON are both there, and it parses',
    base: { 'package.json': PACKAGE },
    edit: { 'package.json': PACKAGE.replace('"1.0.0"', '"1.0.0",\n    "b": "2.0.0"') },
    theirs: { 'package.json': PACKAGE.replace('"1.0.0"', '"1.0.0",\n    "c": "3.0.0"') },
    expect: {
      more: (seen) =>
        expect(JSON.parse(text(seen, 'package.json'))).toEqual({
          name: 'app',
          dependencies: { a: '1.0.0', b: '2.0.0', c: '3.0.0' },
        }),
    },
  },
  {
    id: 'JSON with two values for one key stays a conflict',
    base: { 'package.json': PACKAGE },
    edit: { 'package.json': PACKAGE.replace('1.0.0', '1.1.0') },
    theirs: { 'package.json': PACKAGE.replace('1.0.0', '1.2.0') },
    expect: { holds: { 'package.json': ['1.1.0', '1.2.0'] }, conflicts: ['package.json'] },
  },
  {
    id: 'two new dependencies in pyproject.toml are both there',
    base: { 'pyproject.toml': PYPROJECT },
    edit: { 'pyproject.toml': PYPROJECT.replace('2.2",\n', '2.2",\n  "lightgbm==4.5",\n') },
    theirs: { 'pyproject.toml': PYPROJECT.replace('2.2",\n', '2.2",\n  "mlflow==3.1",\n') },
    expect: {
      more: (seen) => {
        const { project } = parseToml(text(seen, 'pyproject.toml')) as {
          project: { dependencies: string[] };
        };
        expect([...project.dependencies].sort()).toEqual(['lightgbm==4.5', 'mlflow==3.1', 'pandas==2.2']);
      },
    },
  },
  {
    id: 'other keys of TOML stay a conflict',
    base: { 'pyproject.toml': PYPROJECT },
    edit: { 'pyproject.toml': PYPROJECT.replace('110', '100') },
    theirs: { 'pyproject.toml': PYPROJECT.replace('110', '120') },
    expect: { holds: { 'pyproject.toml': ['100', '120'] }, conflicts: ['pyproject.toml'] },
  },
  {
    id: 'no line of YAML is printed anew',
    base: { 'odd.yml': PRINTED },
    edit: { 'odd.yml': PRINTED.replace('- 2\n', '- 2\n- 31   # team\n') },
    theirs: { 'odd.yml': PRINTED.replace('- 2\n', '- 2\n-   32 # template\n') },
    expect: {
      holds: {
        'odd.yml': [
          'a:   {x: 1,  y: 2}\nlist:\n- 1\n- 2\n',
          '- 31   # team\n',
          '-   32 # template\n',
          'odd:    "kept"   # as it was\nend: 1\n',
        ],
      },
    },
  },
  {
    id: 'YAML that does not parse is merged as text, or stays a conflict',
    base: { 'odd.yml': 'a: [1\n' },
    edit: { 'odd.yml': 'a: [1\nb: "team\n' },
    theirs: { 'odd.yml': 'a: [1\nc: "template\n' },
    expect: { holds: { 'odd.yml': ['b: "team\n', 'c: "template\n'] }, conflicts: ['odd.yml'] },
  },
];
