import { mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { answersFor } from '../../src/answers/resolve.js';
import { unpackBaseline } from '../../src/baseline/pack.js';
import { ownRoot } from '../../src/render/own.js';
import { BASELINE, render } from '../../src/render/render.js';
import { azmlops, files, git, home, temporary, write } from '../support/session.js';

const text = new TextDecoder();
const rendered = async (level: number, given: Record<string, string> = {}) =>
  render([await ownRoot()], level, answersFor(given, level));

beforeEach(() => void home());

describe('azmlops new', () => {
  it.each([0, 1, 2])(
    'writes at level %d what render gives, byte and mode, and nothing else',
    async (level) => {
      const dir = temporary();
      const { code, err } = await azmlops(dir, 'new', 'churn', '--level', String(level), '--yes');
      expect([code, err]).toEqual([0, '']);
      const tree = await rendered(level);
      expect(readdirSync(dir)).toEqual(['churn']);
      expect(Object.keys(files(join(dir, 'churn')))).toEqual([...tree.keys()].sort());
      const committed = git(join(dir, 'churn'), 'ls-tree', '-r', '-z', 'HEAD').split('\0').filter(Boolean);
      expect(Object.fromEntries(committed.map((line) => [line.split('\t')[1], line.slice(0, 6)]))).toEqual(
        Object.fromEntries([...tree].map(([path, { mode }]) => [path, mode])),
      );
      for (const [path, { content, mode }] of tree) {
        expect(files(join(dir, 'churn'))[path]).toBe(text.decode(content));
        expect(statSync(join(dir, 'churn', path)).mode & 0o100).toBe(mode === '100755' ? 0o100 : 0);
      }
    },
  );

  it('commits once, on main, a clean tree, with a baseline of all but itself', async () => {
    const dir = temporary();
    await azmlops(dir, 'new', 'churn', '--level', '1', '--yes');
    const churn = join(dir, 'churn');
    expect(git(churn, 'log', '--format=%an <%ae> %s')).toBe(
      'T. Ester <t@localhost> Start at level 1 of the MLOps maturity model',
    );
    expect(git(churn, 'branch', '--show-current')).toBe('main');
    expect(git(churn, 'status', '--porcelain', '--ignored')).toBe('');
    const tree = await rendered(1);
    const baseline = unpackBaseline(tree.get(BASELINE)?.content ?? new Uint8Array());
    expect([...baseline.keys()]).toEqual([...tree.keys()].filter((path) => path !== BASELINE));
  });

  it('ends with three commands to run next', async () => {
    const dir = temporary();
    const { out } = await azmlops(dir, 'new', "a b's", '--level', '1', '--yes', '--no-git');
    const lines = out.trimEnd().split('\n');
    expect(lines.slice(lines.indexOf('Next:') + 1).map((line) => line.trim())).toEqual([
      "cd 'a b'\\''s'",
      'make setup',
      'make test',
    ]);
  });

  it('takes the name from the folder, also from the one it stands in', async () => {
    const dir = join(temporary(), 'Customer Churn');
    mkdirSync(dir);
    await azmlops(dir, 'new', '--level', '0', '--yes', '--no-git');
    expect(files(dir)['.azmlops.yml']).toContain('name: "customer-churn"');
  });

  it('starts from --dir', async () => {
    const dir = temporary();
    await azmlops(dir, 'new', 'churn', '--dir', 'below/deep', '--level', '0', '--yes', '--no-git');
    expect(readdirSync(join(dir, 'below/deep'))).toEqual(['churn']);
  });

  it('takes answers from flags before the file, and from the file before defaults', async () => {
    const dir = write(temporary(), {
      'a.yml': 'title: From the file\ndescription: From the file\nteams:\n  data-science: o/ds\n',
    });
    await azmlops(
      dir,
      'new',
      'x-y-z',
      '--level',
      '1',
      '--yes',
      '--answers',
      'a.yml',
      '--title',
      'By flag',
      '--no-git',
    );
    const manifest = files(join(dir, 'x-y-z'))['.azmlops.yml'];
    expect(manifest).toContain('title: "By flag"');
    expect(manifest).toContain('description: "From the file"');
    expect(manifest).toContain('teams.data-science: "o/ds"');
    expect(manifest).toContain('endpoint: "online"');
  });

  it.each([
    [['--level', '5', '--yes'], '"5" is no level'],
    [['--level', '01', '--yes'], '"01" is no level'],
    [['--yes'], '--level is missing'],
    [[], '--level is missing'],
    [['--level', '1', '--yes', '--all'], '--yes asks nothing'],
    [['--level', '1', '--task', 'x'], '--task'],
    [['--level', '2', '--gate', 'typed', '--yes'], 'gate is an answer from level 3 on'],
    [['--level', '3', '--gate', 'none', '--yes'], 'pull-request'],
    [['--level', '1', '--answers', 'none.yml'], 'none.yml'],
  ])('with %j exits 2, says why, and writes nothing', async (words, says) => {
    const dir = temporary();
    const { code, out, err } = await azmlops(dir, 'new', 'churn', ...words);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(says);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('--dry-run says what would be written, and writes nothing', async () => {
    const dir = temporary();
    const { code, out } = await azmlops(dir, 'new', 'churn', '--level', '1', '--yes', '--dry-run');
    expect(code).toBe(0);
    for (const path of (await rendered(1)).keys()) expect(out).toContain(path);
    expect(out).toContain('Nothing was written');
    expect(readdirSync(dir)).toEqual([]);
  });

  it('--json is one document, --quiet is silent', async () => {
    const dir = temporary();
    const { out, err } = await azmlops(dir, 'new', 'churn', '--level', '1', '--yes', '--json');
    const document = JSON.parse(out) as { files: { path: string; fate: string }[] };
    expect(document).toMatchObject({
      command: 'new',
      level: 1,
      dir: join(dir, 'churn'),
      dryRun: false,
      answers: { name: 'churn', sensitive: ['sex'] },
      git: { state: 'committed', initialized: true, commit: git(join(dir, 'churn'), 'rev-parse', 'HEAD') },
      next: ['cd churn', 'make setup', 'make test'],
    });
    expect(document.files.map(({ path }) => path)).toEqual([...(await rendered(1)).keys()]);
    expect(err).toBe('');
    expect(await azmlops(dir, 'new', 'quiet', '--level', '0', '--yes', '--quiet')).toEqual({
      code: 0,
      out: '',
      err: '',
    });
  });
});

describe('a folder that is there', () => {
  it('and empty is written into, and keeps its identity', async () => {
    const dir = temporary();
    const before = statSync(dir).ino;
    expect((await azmlops(dir, 'new', '--level', '0', '--yes')).code).toBe(0);
    expect(statSync(dir).ino).toBe(before);
    expect(Object.keys(files(dir))).toEqual([...(await rendered(0)).keys()].sort());
    expect(git(dir, 'status', '--porcelain')).toBe('');
  });

  it.each([[{ 'notes.txt': 'mine' }], [{ 'src/x.py': 'mine', 'README.md': 'mine' }], [{ '.env': 'mine' }]])(
    'with %j is refused with exit 2, and stays as it was',
    async (tree) => {
      const dir = write(temporary(), tree);
      const { code, err } = await azmlops(dir, 'new', '.', '--level', '1', '--yes');
      expect(code).toBe(2);
      expect(err).toMatch(/is not empty \(\S+\)\.\n.*--force/);
      expect(files(dir)).toEqual(tree);
    },
  );

  it('with --force gets what is absent; what is there stays, and is listed', async () => {
    const tree = { 'notes.txt': 'mine', 'README.md': 'mine', 'src/churn/train.py': 'mine' };
    const dir = write(temporary(), tree);
    const { code, out } = await azmlops(dir, 'new', '--name', 'churn', '--level', '1', '--yes', '--force');
    expect(code).toBe(0);
    expect(files(dir)).toMatchObject(tree);
    expect(Object.keys(files(dir)).sort()).toEqual([...(await rendered(1)).keys(), 'notes.txt'].sort());
    expect(out).toMatch(/Yours, left as they are.*\n {2}README\.md\n {2}src\/churn\/train\.py\n/);
    expect(git(dir, 'status', '--porcelain').split('\n')).toEqual([
      '?? README.md',
      '?? notes.txt',
      '?? src/churn/train.py',
    ]);
  });

  it.each([
    ['a file where a folder must stand', { src: 'mine' }],
    ['a folder where a file must stand', { 'README.md/x': 'mine' }],
  ])('with %s is refused even with --force', async (_, tree) => {
    const dir = write(temporary(), tree);
    const { code, err } = await azmlops(dir, 'new', '--level', '1', '--yes', '--force');
    expect(code).toBe(2);
    expect(err).toContain(`In the way in ${dir}: ${Object.keys(tree)[0]?.split('/')[0]}`);
    expect(files(dir)).toEqual(tree);
  });

  it('with a link that leads out of it is refused, and nothing is written through the link', async () => {
    const [dir, outside] = [temporary(), temporary()];
    symlinkSync(outside, join(dir, 'src'));
    expect((await azmlops(dir, 'new', '--level', '1', '--yes', '--force')).code).toBe(2);
    expect(readdirSync(outside)).toEqual([]);
    expect(readdirSync(dir)).toEqual(['src']);
  });

  it('and is an azmlops repository already is refused, with --force too', async () => {
    const dir = temporary();
    await azmlops(dir, 'new', '--level', '0', '--yes');
    const before = files(dir);
    const { code, err } = await azmlops(dir, 'new', '--level', '1', '--yes', '--force');
    expect(code).toBe(2);
    expect(err).toContain('is an azmlops repository already');
    expect(files(dir)).toEqual(before);
  });

  it('and is a file is refused', async () => {
    const dir = write(temporary(), { churn: 'mine' });
    const { code, err } = await azmlops(dir, 'new', 'churn', '--level', '1', '--yes');
    expect(code).toBe(2);
    expect(err).toContain('is no folder');
    expect(basename(dir)).not.toBe('churn');
  });
});
