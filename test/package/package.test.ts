import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answersFor } from '../../src/answers/resolve.js';
import { loadRoot } from '../../src/render/load.js';
import type { Root } from '../../src/render/root.js';
import { render } from '../../src/render/render.js';
import { project, run } from '../support/tools.js';
import { filesOf, LEVELS } from '../support/trees.js';

// yo, run as root, becomes another user: that user has to read and write all of it.
const open = (dir: string): string => {
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o777);
  return dir;
};
const folder = open(mkdtempSync(join(tmpdir(), 'azmlops-package-')));
const home = open(join(folder, 'home'));
const installed = open(join(folder, 'installed'));
const env = { HOME: home, NO_UPDATE_NOTIFIER: '1', npm_config_update_notifier: 'false' };
let tarball = '';
let packed: string[] = [];
let templates: Root;

const npm = (args: string[], cwd: string) => {
  const result = spawnSync('npm', args, {
    cwd,
    encoding: 'utf8',
    // The caller's HOME: its npm settings stay in force.
    env: { ...process.env, NO_UPDATE_NOTIFIER: '1' },
    shell: process.platform === 'win32',
  });
  expect(result.status, `npm ${args.join(' ')}\n${result.stderr}`).toBe(0);
  return result.stdout;
};

beforeAll(() => {
  templates = loadRoot(join(project, 'templates'));
  const [report] = JSON.parse(npm([...PACK, '--pack-destination', folder], project)) as Packed[];
  tarball = join(folder, report?.filename ?? '');
  packed = (report?.files ?? []).map(({ path }) => path).sort();
  npm(['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', tarball], installed);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Packed {
  filename: string;
  files: { path: string }[];
}

/** What tells two files apart, short enough to read in a failure. */
const print = (content: Uint8Array, executable: boolean) =>
  `${executable ? '100755' : '100644'} ${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;

const written = (dir: string) =>
  Object.fromEntries(
    filesOf(dir).map((path) => {
      const file = join(dir, path);
      return [path, print(readFileSync(file), (statSync(file).mode & 0o100) !== 0)];
    }),
  );

const expected = (level: number, name: string) =>
  Object.fromEntries(
    [...render([templates], level, answersFor({ name }, level))].map(([path, { content, mode }]) => [
      path,
      print(content, mode === '100755'),
    ]),
  );

/** Packing builds dist/ anew, which tests beside this one run; who starts them all has just built it. */
const PACK = ['pack', '--json', ...(process.env.AZMLOPS_BUILT ? ['--ignore-scripts'] : [])];

describe('the tarball', () => {
  it('holds the compiled program and its data, whole, and nothing else', () => {
    const dist = filesOf(join(project, 'dist'))
      .filter((path) => !path.endsWith('.map'))
      .map((path) => `dist/${path}`);
    const rest = packed.filter((path) => !path.startsWith('dist/'));
    expect(packed.filter((path) => path.startsWith('dist/'))).toEqual(dist);
    expect(rest).toEqual(
      ['LICENSE', 'README.md', 'maturity.yml', 'package.json'].filter((path) =>
        existsSync(join(project, path)),
      ),
    );
    for (const path of ['dist/src/cli/main.js', 'dist/generators/app/index.js', 'dist/templates.js'])
      expect(packed).toContain(path);
  });

  it('satisfies publint', async () => {
    const { messages } = await publint({ pkgDir: project, strict: true });
    expect(messages).toEqual([]);
  });

  it('brings few packages of its own choosing', () => {
    const { dependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    // Yeoman, prompts and what they are made of, processes, templates, and a parser each for YAML, JSON, TOML and Python.
    expect(Object.keys(dependencies).length).toBeLessThanOrEqual(12);
    expect(dependencies).toHaveProperty('yeoman-generator');
  });

  it('package-lock.json is committed, holds no address of a download, and fits package.json', () => {
    const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { resolved?: string; integrity?: string; link?: boolean; version?: string }>;
    };
    for (const [name, entry] of Object.entries(lock.packages)) {
      expect(entry, name).not.toHaveProperty('resolved');
      if (name !== '' && !entry.link) expect(entry.integrity ?? entry.version, name).toBeTruthy();
    }
    expect(run('git', ['ls-files', 'package-lock.json'], { cwd: project }).stdout.trim()).toBe(
      'package-lock.json',
    );
  });
});

describe('from the installed package', () => {
  it('`generator-azmlops/merge` merges two trees into a repository that azmlops knows nothing of', () => {
    const script = `
      import { execFileSync } from 'node:child_process';
      import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
      import { join } from 'node:path';
      import { mergeInto, UserError } from 'generator-azmlops/merge';
      const dir = mkdtempSync(join(process.cwd(), 'merged-'));
      const git = (...args) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@localhost', ...args], { cwd: dir });
      const tree = (text) => new Map([['a.txt', { content: Buffer.from(text), mode: '100644' }]]);
      writeFileSync(join(dir, 'a.txt'), 'ours\\n2\\n3\\n4\\n5\\n');
      git('init', '--quiet'); git('add', '.'); git('commit', '--quiet', '--message', 'one');
      const request = { base: tree('1\\n2\\n3\\n4\\n5\\n'), theirs: tree('1\\n2\\n3\\n4\\ntheirs\\n'), moves: [], labels: { ours: 'a', base: 'b', theirs: 'c' } };
      const report = await mergeInto(dir, request);
      const refused = await mergeInto(dir, request).catch((error) => error);
      console.log(JSON.stringify({ report, text: readFileSync(join(dir, 'a.txt'), 'utf8'), refused: refused instanceof UserError && refused.exitCode }));
    `;
    writeFileSync(join(installed, 'merge.mjs'), script);
    const result = run(process.execPath, ['merge.mjs'], { cwd: installed, env });
    expect(result.status, result.said).toBe(0);
    expect(JSON.parse(result.stdout)).toMatchObject({
      report: { entries: [{ path: 'a.txt', fate: 'merge' }], conflicts: [], notes: [] },
      text: 'ours\n2\n3\n4\ntheirs\n',
      refused: 3,
    });
  });

  const bin = (name: string) => join(installed, 'node_modules/.bin', name);
  const yo = createRequire(import.meta.url).resolve('yo/lib/cli.js');

  // The lowest and the highest; the levels between go the same way.
  const ends = process.env.AZMLOPS_ALL ? LEVELS : ([0, 4] as const);
  it.each(ends)('`azmlops new` and `yo azmlops` write what render gives, at level %d', (level) => {
    const options = ['--level', String(level), '--name', 'churn', '--yes', '--no-git'];
    const fast = run(bin('azmlops'), ['new', `fast-${level}`, ...options], { cwd: installed, env });
    expect(fast.status, fast.said).toBe(0);
    const slow = run(
      process.execPath,
      [yo, 'azmlops', `slow-${level}`, ...options, '--no-insight', '--skip-install'],
      { cwd: installed, env },
    );
    expect(slow.status, slow.said).toBe(0);
    expect(slow.said).not.toMatch(/npm install|skip-?install/i);
    const want = expected(level, 'churn');
    expect(written(join(installed, `fast-${level}`))).toEqual(want);
    expect(written(join(installed, `slow-${level}`))).toEqual(want);
  });

  it('`yo azmlops:upgrade`, `:set`, `:update` and `:explain` do what `azmlops` does', () => {
    const person = { ...env };
    for (const who of ['AUTHOR', 'COMMITTER'])
      Object.assign(person, { [`GIT_${who}_NAME`]: 'T. Ester', [`GIT_${who}_EMAIL`]: 't@localhost' });
    const [fast, slow] = ['fast-verbs', 'slow-verbs'].map((name) => join(installed, name)) as [
      string,
      string,
    ];
    const make = ['--level', '1', '--name', 'churn', '--yes'];
    // Each makes its own: as root, yo goes on as somebody else, and git trusts no folder of others.
    for (const [command, words] of [
      [bin('azmlops'), ['new', fast, ...make]],
      [process.execPath, [yo, 'azmlops', slow, ...make, '--no-insight']],
    ] as const) {
      const made = run(command, [...words], { cwd: installed, env: person });
      expect(made.status, made.said).toBe(0);
    }
    const work = (dir: string) =>
      Object.fromEntries(Object.entries(written(dir)).filter(([path]) => !path.startsWith('.git/')));
    for (const [verb, ...words] of [
      ['upgrade', '--to', '3', '--gate', 'typed', '--commit', '--yes'],
      ['set', 'endpoint=both', '--commit'],
      ['update'],
      ['explain', 'Makefile'],
      ['upgrade', '--to', '2'],
    ] as const) {
      const one = run(bin('azmlops'), [verb, ...words], { cwd: fast, env: person });
      const other = run(process.execPath, [yo, `azmlops:${verb}`, ...words, '--no-insight'], {
        cwd: slow,
        env: person,
      });
      expect(other.status, other.said).toBe(one.status);
      expect(work(slow)).toEqual(work(fast));
      if (verb === 'explain') expect(other.stdout).toBe(one.stdout);
    }
    expect(readFileSync(join(slow, '.azmlops.yml'), 'utf8')).toMatch(/level: 3\n[^]*endpoint: "both"/);
  });

  it('`azmlops assess` remembers what it saw, and sees what has changed since', () => {
    const cache = join(folder, 'cache');
    const own = { ...env, XDG_CACHE_HOME: cache, LOCALAPPDATA: cache };
    const azmlops = (...words: string[]) => {
      const result = run(bin('azmlops'), words, { cwd: installed, env: own });
      expect(result.status, result.said).toBe(0);
      return result.stdout;
    };
    azmlops('new', 'seen', '--level', '1', '--name', 'churn', '--yes', '--no-git');
    const first = azmlops('assess', 'seen');
    expect(azmlops('assess', 'seen', '--json', '--no-cache')).toBe(azmlops('assess', 'seen', '--json'));
    const workflow = join(installed, 'seen/.github/workflows/ci.yml');
    writeFileSync(workflow, readFileSync(workflow, 'utf8').replaceAll('runs-on:', 'if: false\n    runs-on:'));
    const after = azmlops('assess', 'seen');
    expect(after).not.toBe(first);
    expect(after).toBe(azmlops('assess', 'seen', '--no-cache'));
    if (process.platform === 'linux') expect(filesOf(join(cache, 'azmlops/assess'))).toHaveLength(1);
  });

  it('`yo azmlops` ends with the exit code that `azmlops` has', () => {
    const options = ['--level', '1', '--endpoint', 'bach', '--yes'];
    const fast = run(bin('azmlops'), ['new', 'bad', ...options], { cwd: installed, env });
    const slow = run(process.execPath, [yo, 'azmlops', 'bad', ...options, '--no-insight'], {
      cwd: installed,
      env,
    });
    expect([fast.status, slow.status]).toEqual([2, 2]);
    expect(fast.said).toMatch(/batch/);
    expect(slow.said).toMatch(/batch/);
    expect(existsSync(join(installed, 'bad'))).toBe(false);
  });

  it('`npx generator-azmlops new churn`, the first command of README, works from the tarball', () => {
    const empty = open(join(folder, 'empty'));
    const readme = readFileSync(join(project, 'README.md'), 'utf8');
    expect(/npx [^\n`]*/.exec(readme)?.[0]).toMatch(/^npx generator-azmlops new churn\b/);
    npm(
      [
        'exec',
        '--yes',
        '--prefer-offline',
        '--package',
        tarball,
        '--',
        'generator-azmlops',
        'new',
        'churn',
        '--level',
        '2',
        '--yes',
        '--no-git',
      ],
      empty,
    );
    expect(written(join(empty, 'churn'))).toEqual(expected(2, 'churn'));
  });

  it('the sources are not needed: nothing in the package names this folder', () => {
    const base = basename(project.replace(/\/$/, ''));
    expect(base).not.toBe('');
    for (const path of packed.filter((file) => /\.(js|json)$/.test(file)))
      expect(
        readFileSync(join(installed, 'node_modules/generator-azmlops', path), 'utf8'),
        path,
      ).not.toContain(project);
  });
});
