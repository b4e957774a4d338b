import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WANTED } from '../../src/doctor/machine/wanted.js';
import { azmlops } from '../support/session.js';
import { ask, bench, doctor, named, type Machine, repositoryOn, type Reply, WELL } from './stubs.js';

const OFFLINE =
  'error connecting to api.github.com\ncheck your internet connection or https://githubstatus.com\n';

interface Row {
  readonly it: string;
  /** No repository without it. */
  readonly level?: number;
  /** Programs other than WELL's; undefined takes one away. */
  readonly with: Readonly<Record<string, Machine[string] | undefined>>;
  readonly id: string;
  readonly label: 'ok' | 'warning' | 'wrong';
  readonly says: RegExp;
  readonly mend?: RegExp;
}

const gh = (more: Record<string, Reply>) => ({ gh: { ...WELL.gh, ...more } });
const az = (more: Record<string, Reply>) => ({ az: { ...WELL.az, ...more } });
const extensions = (all: object) =>
  az({ version: JSON.stringify({ 'azure-cli': '2.91.0', extensions: all }) });

const ROWS: readonly Row[] = [
  { it: 'git of today', with: {}, id: 'git', label: 'ok', says: /^git \d+\.\d+/ },
  {
    it: 'git that is too old',
    with: { git: { '--version': 'git version 2.29.3\n' } },
    id: 'git',
    label: 'wrong',
    says: /2\.29\.3 is too old: 2\.30/,
    mend: /git/,
  },
  {
    it: 'the oldest git that will do',
    with: { git: { '--version': 'git version 2.30.0\n' } },
    id: 'git',
    label: 'ok',
    says: /2\.30\.0/,
  },
  {
    it: 'no git',
    with: { git: undefined },
    id: 'git',
    label: 'wrong',
    says: /git is not there/,
    mend: /git/,
  },
  { it: 'Python', level: 1, with: {}, id: 'python', label: 'ok', says: /Python 3\.12\.4 \(python3\)/ },
  {
    it: 'a Python too new beside one that fits',
    level: 1,
    with: { python3: { '--version': 'Python 3.14.0\n' }, 'python3.13': { '--version': 'Python 3.13.1\n' } },
    id: 'python',
    label: 'ok',
    says: /3\.13\.1 \(python3\.13\)/,
  },
  {
    it: 'a Python too old, and uv, which brings another',
    level: 1,
    with: { python3: { '--version': 'Python 3.9.2\n' } },
    id: 'python',
    label: 'warning',
    says: /python3 is 3\.9\.2; uv brings one/,
    mend: /^uv python install 3\.12$/,
  },
  {
    it: 'a Python too old, and no uv',
    level: 0,
    with: { python3: { '--version': 'Python 3.9.2\n' }, uv: undefined },
    id: 'python',
    label: 'wrong',
    says: /Python 3\.10 to 3\.13 is not there: python3 is 3\.9\.2/,
    mend: /python/i,
  },
  {
    it: 'no Python where there is no repository',
    with: { python3: undefined, uv: undefined },
    id: 'python',
    label: 'warning',
    says: /is not there/,
    mend: /python/i,
  },
  {
    it: 'no uv at level 0',
    level: 0,
    with: { uv: undefined },
    id: 'uv',
    label: 'ok',
    says: /level 0 does not use it/,
  },
  {
    it: 'no uv at level 1',
    level: 1,
    with: { uv: undefined },
    id: 'uv',
    label: 'warning',
    says: /pip/,
    mend: /uv/,
  },
  { it: 'Node', with: {}, id: 'node', label: 'ok', says: new RegExp(process.version.slice(1)) },
  { it: 'az', level: 1, with: {}, id: 'az', label: 'ok', says: /az 2\.91\.0/ },
  {
    it: 'no az at level 0',
    level: 0,
    with: { az: undefined },
    id: 'az',
    label: 'warning',
    says: /deploying needs it/,
    mend: /az/,
  },
  {
    it: 'no az, so no extension',
    level: 0,
    with: { az: undefined },
    id: 'az-ml',
    label: 'warning',
    says: /not asked: the extension ml of az; az is not there/,
  },
  {
    it: 'az that says nonsense',
    with: az({ version: 'Traceback\n' }),
    id: 'az',
    label: 'warning',
    says: /not asked/,
  },
  { it: 'the extension', with: {}, id: 'az-ml', label: 'ok', says: /2\.44\.1$/ },
  {
    it: 'no extension',
    with: extensions({}),
    id: 'az-ml',
    label: 'warning',
    says: /no extension ml/,
    mend: /^az extension add --name ml --version 2\.44\.1 --yes$/,
  },
  {
    it: 'an older extension',
    with: extensions({ ml: '2.9.0' }),
    id: 'az-ml',
    label: 'warning',
    says: /2\.9\.0/,
    mend: /--upgrade$/,
  },
  {
    it: 'a newer extension',
    with: extensions({ ml: '2.45.0' }),
    id: 'az-ml',
    label: 'ok',
    says: /2\.45\.0, newer than the 2\.44\.1/,
  },
  {
    it: 'the sign-in to Azure',
    with: {},
    id: 'az-login',
    label: 'ok',
    says: /as ada@contoso\.com, subscription Research/,
  },
  {
    it: 'no sign-in to Azure',
    with: az({ 'account show': { exit: 1, err: "ERROR: Please run 'az login' to setup account.\n" } }),
    id: 'az-login',
    label: 'warning',
    says: /^not signed in to Azure$/,
    mend: /^az login$/,
  },
  {
    it: 'no gh at level 0',
    level: 0,
    with: { gh: undefined },
    id: 'gh',
    label: 'ok',
    says: /level 0 does not use it/,
  },
  {
    it: 'no sign-in to GitHub at level 0',
    level: 0,
    with: { gh: undefined },
    id: 'gh-login',
    label: 'ok',
    says: /level 0 needs none/,
  },
  {
    it: 'no gh at level 1',
    level: 1,
    with: { gh: undefined },
    id: 'gh',
    label: 'warning',
    says: /gh is not there/,
    mend: /gh|cli\.github/i,
  },
  { it: 'gh', level: 1, with: {}, id: 'gh', label: 'ok', says: /gh 2\.80\.0/ },
  {
    it: 'gh of Debian 12',
    with: gh({ '--version': 'gh version 2.23.0 (2023-02-27)\n' }),
    id: 'gh',
    label: 'warning',
    says: /2\.23\.0: scripts\/setup\.sh needs 2\.43/,
  },
  {
    it: 'the sign-in to GitHub',
    with: {},
    id: 'gh-login',
    label: 'ok',
    says: /signed in to github\.com as ada/,
  },
  {
    it: 'the sign-in as older versions tell it, on standard error',
    with: gh({ 'auth status': { err: 'github.com\n  ✓ Logged in to github.com as ada (oauth_token)\n' } }),
    id: 'gh-login',
    label: 'ok',
    says: /as ada/,
  },
  {
    it: 'a token that GitHub refuses, which some versions call no failure',
    with: gh({
      'auth status': 'github.com\n  X Failed to log in to github.com account ada (hosts.yml)\n',
      'api rate_limit': { exit: 1, err: 'gh: Bad credentials (HTTP 401)\n' },
    }),
    id: 'gh-login',
    label: 'warning',
    says: /^not signed in to GitHub$/,
    mend: /^gh auth login$/,
  },
  {
    it: 'a token that is only called invalid since nobody can be reached',
    with: gh({
      'auth status': {
        exit: 1,
        err: 'github.com\n  X github.com: authentication failed\n  - The token is no longer valid.\n',
      },
      'api rate_limit': { exit: 1, err: OFFLINE },
    }),
    id: 'gh-login',
    label: 'warning',
    says: /not asked: the sign-in to GitHub; GitHub cannot be reached/,
  },
];

describe('the machine', () => {
  it.each(named(ROWS))('%s: %s', async (_, label, { level, with: programs, id, says, mend }) => {
    const stage = bench(WELL);
    const dir = level === undefined ? stage.dir : await repositoryOn(stage, level);
    stage.set(programs);
    const found = (await ask(dir, id)).of(id);
    expect(found).toMatchObject({ group: 'machine', label });
    expect(found.says).toMatch(says);
    expect(found.mend ?? '').toMatch(mend ?? /^/);
    if (label !== 'ok') expect(found.mend).toBeTruthy();
  });

  it('is all that is asked about where there is no repository, and that is said', async () => {
    const stage = bench(WELL);
    const { checks, code } = await doctor(stage.dir);
    expect(new Set(checks.map(({ group }) => group))).toEqual(new Set(['machine']));
    expect(code).toBe(0);
    const { out } = await azmlops(stage.dir, 'doctor');
    expect(out).toMatch(/is no repository that azmlops wrote: only this machine is looked at/);
    expect(stage.calls().some(({ words }) => /repo view|federated/.test(words))).toBe(false);
  });
});

describe('what is wanted', () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

  it('is the extension that the templates name', () => {
    for (const path of ['templates/partials/setup_extension.sh', 'templates/level-0/README.md'])
      expect(read(path)).toContain(`az extension add --name ml --version ${WANTED.ml} `);
  });

  it('is the Python that the emitted project asks for', () => {
    const [, oldest, below] =
      /requires-python = ">=([\d.]+),<([\d.]+)"/.exec(read('templates/level-1/pyproject.toml')) ?? [];
    expect(oldest).toBe(WANTED.python.oldest.join('.'));
    expect(below).toBe(`3.${WANTED.python.newest[1] + 1}`);
  });

  it('is the Node that package.json asks for', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const [first, second] = WANTED.node;
    expect(engines.node).toBe(`^${first.from.join('.')}.0 || >=${second.from.join('.')}.0`);
  });
});
