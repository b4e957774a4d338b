import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { namedIn } from '../../src/doctor/repository/named-versions.js';
import { requirementsIn } from '../../src/doctor/repository/requirement-lines.js';
import { RETIRED } from '../../src/doctor/repository/retired-versions.js';
import { azmlops, git, write } from '../support/session.js';
import { ask, bench, doctor, named, repositoryOn, WELL } from './stubs.js';

interface Row {
  readonly it: string;
  /** 1 without it. */
  readonly level?: number;
  readonly edit?: (dir: string) => void;
  readonly id: string;
  readonly label: 'ok' | 'warning' | 'wrong';
  readonly says: RegExp;
  readonly mend?: string | RegExp;
}

const change = (path: string, how: (text: string) => string) => (dir: string) => {
  const before = readFileSync(join(dir, path), 'utf8');
  const after = how(before);
  if (after === before) throw new Error(`${path} is as it was`);
  writeFileSync(join(dir, path), after);
};
const committed = (edit: (dir: string) => void) => (dir: string) => {
  edit(dir);
  git(dir, 'commit', '--quiet', '--all', '--message', 'Edit');
};
const files = (tree: Record<string, string>) => (dir: string) => void write(dir, tree);

const ROWS: readonly Row[] = [
  { it: 'the manifest', id: 'manifest', label: 'ok', says: /^level 1, written by azmlops \d/ },
  {
    it: 'a manifest that is damaged',
    edit: committed(
      change('.azmlops.yml', (text) => text.replace('location: "westeurope"', 'location: "atlantis"')),
    ),
    id: 'manifest',
    label: 'wrong',
    says: /\.azmlops\.yml:\d+.*atlantis/s,
    mend: /Restore|correct/,
  },
  {
    it: 'a level that was edited by hand',
    edit: committed(change('.azmlops.yml', (text) => text.replace('level: 1', 'level: 3'))),
    id: 'manifest',
    label: 'wrong',
    says: /edited by hand/,
    mend: /upgrade --to 3/,
  },
  {
    it: 'an answer that the files do not follow yet',
    edit: committed(change('.azmlops.yml', (text) => text.replace('westeurope', 'northeurope'))),
    id: 'manifest',
    label: 'warning',
    says: /^location was edited in \.azmlops\.yml/,
    mend: 'azmlops update',
  },
  {
    it: 'a manifest that is in no commit',
    edit: (dir) => rmSync(join(dir, '.git'), { recursive: true }),
    id: 'manifest',
    label: 'wrong',
    says: /not under git/,
    mend: /git init/,
  },
  { it: 'the baseline', id: 'baseline', label: 'ok', says: /whole: \d\d files/ },
  {
    it: 'a baseline that is damaged',
    edit: committed((dir) => writeFileSync(join(dir, '.azmlops/baseline.gz'), 'no gzip')),
    id: 'baseline',
    label: 'wrong',
    says: /baseline\.gz is no whole gzip file/,
    mend: /git log -- \.azmlops\/baseline\.gz.*--rebase/,
  },
  {
    it: 'a baseline that is gone',
    edit: committed((dir) => git(dir, 'rm', '--quiet', '.azmlops/baseline.gz')),
    id: 'baseline',
    label: 'wrong',
    says: /is missing/,
    mend: /--rebase/,
  },
  { it: 'no edits', id: 'edited', label: 'ok', says: /^no file of azmlops was edited$/ },
  {
    it: 'an edit, a mode and a deletion; line ends are none',
    edit: (dir) => {
      appendFileSync(join(dir, 'README.md'), 'Ours.\n');
      chmodSync(join(dir, 'scripts/setup.sh'), 0o644);
      rmSync(join(dir, 'Makefile'));
      change('docs/runbook.md', (text) => text.replaceAll('\n', '\r\n'))(dir);
    },
    id: 'edited',
    label: 'ok',
    says: /^2 of \d+ files edited since azmlops wrote them: README\.md, scripts\/setup\.sh; 1 deleted: Makefile\. azmlops explain PATH/,
  },
  {
    it: 'what only people can fill in',
    id: 'placeholders',
    label: 'warning',
    says: /^5 places left .*docs\/model-card\.md \(5\)/,
    mend: 'git grep --line-number --ignore-case "to fill in" -- docs/model-card.md',
  },
  {
    it: 'one place fewer',
    edit: change('docs/model-card.md', (text) => text.replace('to fill in, a person or a team', 'Ada')),
    id: 'placeholders',
    label: 'warning',
    says: /^4 places/,
  },
  {
    it: 'all places filled in, where the mark stands in quotes only',
    edit: change('docs/model-card.md', (text) => text.replace(/(?<!")to fill in/gi, 'Ada')),
    id: 'placeholders',
    label: 'ok',
    says: /no place is left/,
  },
  {
    it: 'nobody who owns code',
    id: 'placeholders:owners',
    label: 'warning',
    says: /names nobody/,
    mend: 'azmlops set owner=LOGIN',
  },
  {
    it: 'somebody who owns code',
    edit: files({ '.github/CODEOWNERS': '# who\n* @ada\n' }),
    id: 'placeholders:owners',
    label: 'ok',
    says: /names who/,
  },
  {
    it: 'requirements as they are written',
    level: 4,
    id: 'requirements',
    label: 'ok',
    says: /every requirement has a bound \(4\d\)/,
  },
  {
    it: 'requirements of level 0',
    level: 0,
    id: 'requirements',
    label: 'ok',
    says: /every requirement has a bound/,
  },
  {
    it: 'a requirement without a bound',
    level: 0,
    edit: change('requirements.txt', (text) => `${text}\nlightgbm>=4 # no upper one\n`),
    id: 'requirements',
    label: 'warning',
    says: /^1 requirement without a bound.*: requirements\.txt:\d+ lightgbm>=4$/,
    mend: 'uv pip freeze',
  },
  {
    it: 'a conda file that names a range',
    edit: change('azureml/environments/inference-conda.yml', (text) =>
      text.replace('pandas==2.3.3', 'pandas>=2,<3'),
    ),
    id: 'requirements',
    label: 'warning',
    says: /inference-conda\.yml:\d+ pandas>=2,<3$/,
  },
  { it: 'names as they are written', level: 4, id: 'names', label: 'ok', says: /every name/ },
  {
    it: 'an endpoint whose name is too long',
    edit: change('azureml/endpoints/online/endpoint.yml', (text) =>
      text.replace(/^name: .*/m, `name: ${'a'.repeat(33)}`),
    ),
    id: 'names',
    label: 'wrong',
    says: /endpoint\.yml: online endpoint "a+" has 33 characters, not 3 to 32/,
    mend: 'azmlops explain azureml/endpoints/online/endpoint.yml',
  },
  {
    it: 'a component with a hyphen',
    level: 2,
    edit: change('azureml/components/train.yml', (text) => text.replace(/^name: .*/m, 'name: train-model')),
    id: 'names',
    label: 'wrong',
    says: /component "train-model" is not lower-case/,
  },
  {
    it: 'a target that leaves no room for the suffix',
    level: 3,
    edit: change('config/targets.yml', (text) => text.replace('name: churn', `name: ${'b'.repeat(27)}`)),
    id: 'names',
    label: 'wrong',
    says: /targets\.yml: target "b+" has 27 characters, not 3 to 26/,
  },
  {
    it: 'an image that is gone',
    level: 2,
    edit: change('azureml/environments/training.yml', (text) =>
      text.replace(/^image: .*/m, 'image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04:20240101.v1'),
    ),
    id: 'retired:ubuntu20.04-image',
    label: 'wrong',
    says: /gone since 2025-02-04 \(azureml\/environments\/training\.yml:\d+ /,
    mend: /ubuntu24\.04/,
  },
  {
    it: 'an action that GitHub refuses, behind a commit',
    edit: files({
      '.github/workflows/x.yml': `jobs:\n  a:\n    runs-on: [ubuntu-24.04]\n    steps:\n      - uses: actions/upload-artifact@${'a'.repeat(40)} # v3.1.0\n`,
    }),
    id: 'retired:actions/upload-artifact',
    label: 'wrong',
    says: /upload-artifact@v3\.1\.0/,
    mend: /^gh api repos\/actions\/upload-artifact\//,
  },
  {
    it: 'a machine of GitHub that is gone',
    edit: files({ '.github/workflows/x.yml': 'jobs:\n  a:\n    runs-on: ubuntu-20.04\n' }),
    id: 'retired:ubuntu-20.04',
    label: 'wrong',
    says: /x\.yml:3/,
  },
  {
    it: 'the SDK v1',
    edit: files({ 'requirements.txt': 'azureml-core==1.57\n' }),
    id: 'retired:sdk-v1',
    label: 'wrong',
    says: /SDK v1 .*since 2026-06-30/,
  },
  {
    it: 'a Python that is no longer mended',
    edit: files({ 'job/conda.yml': 'channels: [x]\ndependencies:\n  - python=3.9\n' }),
    id: 'retired:python3.9',
    label: 'warning',
    says: /no longer mended since 2025-10-31 \(job\/conda\.yml:3 3\.9\)/,
    mend: 'azmlops set python=3.12',
  },
  {
    it: 'a machine size whose end is announced',
    edit: files({ 'azureml/x.yml': 'instance_type: Standard_DS3_v2 # every example\n' }),
    id: 'retired:sizes-d',
    label: 'warning',
    says: /announced to end on 2028-05-01/,
  },
  {
    it: 'what only stands in a comment',
    edit: files({
      'azureml/x.yml': '# instance_type: Standard_DS3_v2\n',
      'requirements.txt': '# azureml-core\n',
    }),
    id: 'retired',
    label: 'ok',
    says: /no version that is named here is retired/,
  },
];

describe('the repository', () => {
  it.each(named(ROWS))('%s: %s', async (_, label, { level = 1, edit, id, says, mend }) => {
    const stage = bench(WELL);
    const dir = await repositoryOn(stage, level);
    edit?.(dir);
    const [check = ''] = id.split(':');
    const found = (await ask(dir, check)).of(id);
    expect(found).toMatchObject({ group: 'repository', label });
    expect(found.says).toMatch(says);
    if (typeof mend === 'string') expect(found.mend).toBe(mend);
    else if (mend) expect(found.mend).toMatch(mend);
    if (label !== 'ok') expect(found.mend).toBeTruthy();
  });

  it.each([0, 1, 2, 3, 4])(
    'as written at level %i has nothing wrong in it, and nothing retired',
    async (level) => {
      const stage = bench(WELL);
      const dir = await repositoryOn(stage, level);
      const { checks, of } = await ask(
        dir,
        'manifest',
        'baseline',
        'edited',
        'placeholders',
        'requirements',
        'names',
        'retired',
      );
      expect(checks.filter(({ label }) => label === 'wrong')).toEqual([]);
      // Images age while the clock runs: the tags are renewed with the templates.
      const aged = checks.filter(({ id }) => id.startsWith('retired:') && id !== 'retired:image-age');
      expect(aged).toEqual([]);
      expect(of('requirements').label).toBe('ok');
    },
  );

  it('is found from a folder in it, by DIR and by --dir', async () => {
    const stage = bench(WELL);
    const dir = await repositoryOn(stage, 1);
    for (const words of [
      [join(dir, 'docs')],
      ['--dir', join(dir, 'docs')],
      ['churn/docs', '--dir', stage.dir],
    ]) {
      const { of } = await doctor('/', ...words);
      expect(of('manifest').label).toBe('ok');
    }
  });

  it('of an old Python names each line that says so, and each once', async () => {
    const dir = await repositoryOn(bench(WELL), 1);
    committed(change('.azmlops.yml', (text) => text.replace(/^( *python:).*/m, '$1 "3.10"')))(dir);
    const { says } = (await ask(dir, 'retired')).of('retired:python3.10');
    expect(says.match(/\.azmlops\.yml:\d+ 3\.10/g)).toHaveLength(1);
    expect(says.match(/\.azmlops\.yml/g)).toHaveLength(1);
  });

  it('that was adopted with one file of ours is told of one file', async () => {
    const { dir } = bench(WELL);
    writeFileSync(join(dir, 'train.py'), 'import mlflow\nmlflow.autolog()\n');
    git(dir, 'init', '--quiet');
    git(dir, 'add', '--all');
    git(dir, 'commit', '--quiet', '--message', 'Work');
    await azmlops(dir, 'adopt', '--level', '0', '--yes');
    const { of } = await doctor(dir);
    expect(of('manifest').label).toBe('wrong');
    expect(of('manifest').says).toMatch(/is not committed\.$/);
    // To be copied as it stands, from anywhere.
    execFileSync('/bin/sh', ['-c', of('manifest').mend ?? ''], { cwd: '/' });
    const after = await doctor(dir);
    expect(after.of('manifest').label).toBe('ok');
    expect(after.of('baseline').says).toBe('the baseline is whole: 1 file as azmlops wrote it');
  });

  it('with a damaged manifest is told so, and what depends on it is not asked; exit 1', async () => {
    const stage = bench(WELL);
    const dir = await repositoryOn(stage, 1);
    committed(change('.azmlops.yml', () => 'level: [\n'))(dir);
    const { code, checks, of } = await doctor(dir);
    expect(code).toBe(1);
    expect(of('manifest').label).toBe('wrong');
    expect(of('names')).toMatchObject({
      label: 'warning',
      says: 'not asked: whether Azure takes the names; the manifest cannot be read',
    });
    expect(of('git').label).toBe('ok');
    expect(checks.some(({ group }) => group === 'github')).toBe(false);
  });

  it('is left as it is, its index too', async () => {
    const stage = bench(WELL);
    const dir = await repositoryOn(stage, 2);
    const before = readFileSync(join(dir, '.git/index'));
    await doctor(dir);
    expect(readFileSync(join(dir, '.git/index')).equals(before)).toBe(true);
    expect(git(dir, 'status', '--porcelain')).toBe('');
  });

  it('of hostile names reaches no terminal as such', async () => {
    const stage = bench(WELL);
    const dir = await repositoryOn(stage, 1);
    write(dir, {
      'evil\u001b[31m/requirements.txt': 'left\u001b]0;x\u0007pad\n',
      'azureml/\u202eevil.yml':
        '$schema: https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json\nname: "a\\e[2Jb"\n',
    });
    const odd = join(stage.dir, 'chu\u001b[31mrn');
    renameSync(dir, odd);
    const { out } = await azmlops(odd, 'doctor');
    expect(out).toMatch(/evil/);
    rmSync(join(odd, '.git'), { recursive: true });
    const without = await azmlops(odd, 'doctor');
    expect(without.out).toMatch(/not under git/);
    for (const text of [out, without.out])
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
  });
});

describe('requirements', () => {
  const pinnedIn = async (path: string, text: string) =>
    (await requirementsIn({ paths: [path], text: () => text, entry: () => undefined })).map(
      ({ name, pinned }) => [name, pinned],
    );

  it.each<[string, string, [string, boolean][]]>([
    [
      'requirements.txt',
      'a==1 \\\n  --hash=sha256:00\nb~=2.1; python_version<"3.12"\nc\n-r other.txt\n',
      [
        ['a', true],
        ['b', true],
        ['c', false],
      ],
    ],
    [
      'requirements-dev.txt',
      'a[x]<3\nb @ git+https://x/y@main\nc @ git+https://x/y@' + 'a'.repeat(40),
      [
        ['a', true],
        ['b', false],
        ['c', true],
      ],
    ],
    [
      'pyproject.toml',
      '[project]\ndependencies = ["a>=1", "b>=1,<2"]\n[dependency-groups]\ndev = ["c"]\n',
      [
        ['a', false],
        ['b', true],
        ['c', false],
      ],
    ],
    ['pyproject.toml', 'no [ toml', []],
    [
      'conda.yml',
      'dependencies:\n  - python=3.12\n  - numpy\n  - conda-forge::scipy=1.1\n  - pip:\n      - a==1.*\n      - b==1\n',
      [
        ['python', true],
        ['numpy', false],
        ['conda-forge::scipy', true],
        ['a', false],
        ['b', true],
      ],
    ],
    ['conda.yml', 'dependencies: &a [*a]\n', []],
  ])('of %s', async (path, text, expected) => {
    expect(await pinnedIn(path, text)).toEqual(expected);
  });

  it('are always pinned with == and a version, and never without any bound, whatever the name', async () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,20}[A-Za-z0-9]$/);
    await fc.assert(
      fc.asyncProperty(name, fc.nat(99), fc.boolean(), async (package_, major, spaced) => {
        const gap = spaced ? ' ' : '';
        const text = `${package_}${gap}==${gap}${major}.0\n${package_}\n${package_}${gap}>=${major}\n`;
        expect((await pinnedIn('requirements.txt', text)).map(([, pinned]) => pinned)).toEqual([
          true,
          false,
          false,
        ]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the table of what is retired', () => {
  it('names each thing once, and every date is one', () => {
    expect(new Set(RETIRED.map(({ id }) => id)).size).toBe(RETIRED.length);
    for (const { from } of RETIRED)
      if (from !== undefined) expect(new Date(from).toISOString().slice(0, 10)).toBe(from);
  });

  it('reads any text without a crash, and finds nothing in a comment', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const files = { paths: ['a.yml', 'Dockerfile'], text: () => text, entry: () => undefined };
        namedIn(files, []);
        const commented = {
          ...files,
          text: () =>
            text
              .split(/\r?\n/)
              .map((line) => `# ${line}`)
              .join('\n'),
        };
        expect(namedIn(commented, [])).toEqual([]);
      }),
    );
  });
});
