import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { azmlops, git, home, temporary, write } from '../support/session.js';

interface Document {
  readonly kind: string;
  readonly path: string;
  readonly origin: { since: number; overlay: number; template: string; root: string; partials: string[] };
  readonly change: { kind: string; added?: number; deleted?: number; diff?: string; mode?: object };
}

async function repository(level = 3): Promise<string> {
  home();
  const dir = join(temporary(), 'churn');
  const { code, err } = await azmlops('/', 'new', dir, '--level', String(level), '--yes');
  if (code !== 0) throw new Error(err);
  return dir;
}

const documentOf = async (cwd: string, ...words: string[]): Promise<Document> => {
  const { code, out, err } = await azmlops(cwd, 'explain', ...words, '--json');
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as Document;
};

const edit = (file: string, change: (text: string) => string) =>
  writeFileSync(file, change(readFileSync(file, 'utf8')));

describe('explain', () => {
  it('names level, overlay, template and partials of a file that nobody changed', async () => {
    const dir = await repository();
    const { code, out } = await azmlops(dir, 'explain', 'scripts/setup.sh');
    expect(code).toBe(0);
    expect(out).toMatch(/Brought by level 1, replaced by level 3; this repository is at level 3\./);
    expect(out).toContain('templates/level-3/scripts/setup.sh');
    expect(out).toContain('templates/partials/setup_identity.sh');
    expect(out).toMatch(/has not changed it/);
    expect(await documentOf(dir, 'scripts/setup.sh')).toMatchObject({
      kind: 'template',
      path: 'scripts/setup.sh',
      origin: { root: 'azmlops', since: 1, overlay: 3, template: 'level-3/scripts/setup.sh' },
      change: { kind: 'none' },
    });
  });

  it.each([
    ['src/churn/train.py', /^level-\d\/src\/_package_\/train\.py$/, 'tasks/classification/partials/'],
    ['notebooks/train.ipynb', /^level-1\/notebooks\/train\.nb\.py$/, ''],
    ['.gitignore', /^level-0\/\.gitignore\.tpl$/, ''],
  ])('names the template of %s as it is called, and it is there', async (path, template, partial) => {
    const { origin } = await documentOf(await repository(), path);
    expect(origin.template).toMatch(template);
    for (const each of [origin.template, ...origin.partials])
      expect(readFileSync(new URL(`../../templates/${each}`, import.meta.url)).length).toBeGreaterThan(0);
    if (partial) expect(origin.partials.some((each) => each.startsWith(partial))).toBe(true);
  });

  it('shows what the team changed as a diff against what azmlops wrote, committed or not', async () => {
    const dir = await repository(1);
    edit(join(dir, 'Makefile'), (text) => `${text}\n# ours\n`);
    git(dir, 'commit', '-qam', 'Ours');
    edit(join(dir, 'Makefile'), (text) => text.replace(/^.*\n/, ''));
    const first = readFileSync(join(dir, 'Makefile'), 'utf8');
    const { out, code } = await azmlops(dir, 'explain', 'Makefile');
    expect(code).toBe(0);
    expect(out).toMatch(/changed it: 2 lines added, 1 line deleted/);
    expect(out).toMatch(/^\+# ours$/m);
    expect(out).toMatch(/^@@ /m);
    expect((await documentOf(dir, 'Makefile')).change).toMatchObject({
      kind: 'changed',
      added: 2,
      deleted: 1,
    });
    expect(readFileSync(join(dir, 'Makefile'), 'utf8')).toBe(first);
  });

  it('does not take other line ends for a change', async () => {
    const dir = await repository(1);
    edit(join(dir, 'Makefile'), (text) => text.replaceAll('\n', '\r\n'));
    expect((await documentOf(dir, 'Makefile')).change.kind).toBe('none');
  });

  it.runIf(process.platform !== 'win32')('sees a mode, a link and bytes that are no text', async () => {
    const dir = await repository(1);
    chmodSync(join(dir, 'scripts/setup.sh'), 0o644);
    expect((await documentOf(dir, 'scripts/setup.sh')).change).toEqual({
      kind: 'changed',
      mode: { before: '100755', after: '100644' },
    });
    rmSync(join(dir, 'Makefile'));
    symlinkSync('README.md', join(dir, 'Makefile'));
    expect((await documentOf(dir, 'Makefile')).change).toMatchObject({
      kind: 'changed',
      mode: { after: '120000' },
    });
    writeFileSync(join(dir, 'README.md'), Buffer.from([0, 1, 2, 255]));
    expect((await azmlops(dir, 'explain', 'README.md')).out).toMatch(/no text; the bytes differ/);
  });

  it('says that the team deleted a file', async () => {
    const dir = await repository(1);
    rmSync(join(dir, 'docs'), { recursive: true });
    const { code, out } = await azmlops(dir, 'explain', 'docs/runbook.md');
    expect(code).toBe(0);
    expect(out).toMatch(/team deleted it/);
    expect((await documentOf(dir, 'docs/runbook.md')).change).toEqual({ kind: 'deleted' });
  });

  it('says of a file of the team that azmlops did not write it', async () => {
    const dir = await repository(1);
    write(dir, { 'docs/mine.md': 'x' });
    const { code, out } = await azmlops(dir, 'explain', 'docs/mine.md');
    expect(code).toBe(0);
    expect(out).toMatch(/azmlops did not write this file/);
    const document = await documentOf(dir, 'docs/mine.md');
    expect([document.kind, document.origin, document.change]).toEqual(['own', undefined, undefined]);
  });

  it('explains the manifest, with an answer edited by hand, and the baseline', async () => {
    const dir = await repository(1);
    edit(join(dir, '.azmlops.yml'), (text) => text.replace('westeurope', 'northeurope'));
    const { out } = await azmlops(dir, 'explain', '.azmlops.yml');
    expect(out).toMatch(/from the answers: level 1/);
    expect(out).toMatch(/^\+.*northeurope/m);
    expect((await azmlops(dir, 'explain', '.azmlops/baseline.gz')).out).toMatch(/rendered last/);
  });

  it('takes the path from the folder one is in, from --dir, or from above', async () => {
    const dir = await repository(1);
    const expected = { path: 'src/churn/train.py', dir };
    expect(await documentOf(join(dir, 'src'), 'churn/train.py')).toMatchObject(expected);
    expect(await documentOf(join(dir, 'docs'), '../src/churn/train.py')).toMatchObject(expected);
    expect(await documentOf('/', 'train.py', '--dir', join(dir, 'src/churn'))).toMatchObject(expected);
    expect(await documentOf(join(dir, '..'), 'churn/src/churn/train.py')).toMatchObject(expected);
  });

  it('follows an upgrade that is written and not committed, and its undoing', async () => {
    const dir = await repository(1);
    edit(join(dir, 'Makefile'), (text) => `${text}\n# ours\n`);
    git(dir, 'commit', '-qam', 'Ours');
    await azmlops(dir, 'upgrade');
    expect(git(dir, 'diff', '--cached', '--name-only')).toContain('Makefile');
    for (const path of ['azureml/pipelines/train.yml', 'README.md'])
      expect(await documentOf(dir, path)).toMatchObject({
        kind: 'template',
        level: 2,
        change: { kind: 'none' },
      });
    expect((await documentOf(dir, 'Makefile')).change).toMatchObject({ added: 2, deleted: 0 });
    await azmlops(dir, 'upgrade', '--abort');
    expect(await documentOf(dir, 'README.md')).toMatchObject({ level: 1, change: { kind: 'none' } });
  });

  it('finds the repository in a subfolder of a larger one', async () => {
    home();
    const top = write(temporary(), { 'README.md': 'all of us' });
    git(top, 'init', '-q');
    const dir = join(top, 'services/ml');
    await azmlops(top, 'new', dir, '--level', '0', '--yes');
    git(top, 'add', '-A');
    git(top, 'commit', '-qm', 'Start');
    write(dir, { 'README.md': 'ours' });
    expect(await documentOf(join(dir, 'notebooks'), '../README.md')).toMatchObject({
      dir,
      change: { kind: 'changed' },
    });
    expect((await azmlops(join(dir, 'notebooks'), 'explain', '../../../README.md')).code).toBe(2);
  });

  it('refuses with exit 2 what it cannot explain', async () => {
    const dir = await repository(1);
    const cases: [string[], RegExp][] = [
      [[], /needs a path/],
      [['Makefiel'], /not there.*Did you mean Makefile\?/],
      [['../../etc/passwd'], /outside/],
      [['src'], /is a folder/],
      [['.'], /is a folder/],
      [['Makefile/x'], /not there/],
      [['\u001b[31mred\n'], /^azmlops: \\u\{1b\}\[31mred\\u\{a\} is not there/],
    ];
    for (const [words, message] of cases) {
      const { code, out, err } = await azmlops(dir, 'explain', ...words);
      expect([code, out], String(message)).toEqual([2, '']);
      expect(err).toMatch(message);
    }
  });

  it('refuses with exit 3 where azmlops wrote nothing, and where the baseline is damaged', async () => {
    home();
    const elsewhere = write(temporary(), { 'a.md': 'x' });
    expect((await azmlops(elsewhere, 'explain', 'a.md')).code).toBe(3);
    const dir = await repository(1);
    writeFileSync(join(dir, '.azmlops/baseline.gz'), 'x');
    git(dir, 'commit', '-qam', 'Damaged');
    const { code, err } = await azmlops(dir, 'explain', 'Makefile');
    expect(code).toBe(3);
    expect(err).toMatch(/baseline\.gz/);
  });

  it('lets nothing of a file or its name reach the terminal raw', async () => {
    const dir = await repository(1);
    edit(join(dir, 'Makefile'), (text) => `${text}\u001b[2J\u202e\n\tkept tab\n`);
    const name = 'x\u001b[2J.md';
    mkdirSync(join(dir, 'new'));
    write(dir, { [`new/${name}`]: 'x' });
    const { out } = await azmlops(dir, 'explain', 'Makefile');
    expect(out.replaceAll(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(out).toContain('+\tkept tab');
    expect((await azmlops(dir, 'explain', `new/${name}`)).out).toContain('new/x\\u{1b}[2J.md');
  });
});
