import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { look } from '../../src/merge/look.js';
import { inspectProject } from '../../src/merge/project.js';
import { readHead } from '../../src/merge/tree.js';
import { git, home, temporary, write } from '../support/session.js';
import { repository } from './scenarios/stage.js';
import { type Changes, entryOf } from './scenarios/trees.js';

beforeEach(() => void home());

/** Looks at what would become of these paths. */
async function lookedAt(dir: string, changes: Changes): Promise<void> {
  const project = await inspectProject(dir, { dryRun: true });
  const paths = Object.keys(changes);
  const head = await readHead(project, { paths, folders: [], known: [] });
  await look(
    project,
    Object.entries(changes).map(([path, content]) => {
      const before = head.get(path);
      return { path, ...(before && { before }), ...(content !== null && { after: entryOf(content) }) };
    }),
  );
}

const refusal = (dir: string, changes: Changes): Promise<string> =>
  lookedAt(dir, changes).then(
    () => 'no refusal',
    (error: Error & { exitCode?: number }) => `${error.exitCode} ${error.message}`,
  );

describe('a file that git does not track', () => {
  it.each([
    ['its bytes differ', 'mine\n', 0o644, '3 '],
    ['its bytes are those to be written', 'new\n', 0o644, 'no refusal'],
    ['its bytes are the same and its mode is not', 'new\n', 0o755, '3 '],
  ])('in the way: %s', async (_, text, mode, begins) => {
    const dir = repository({});
    write(dir, { 'deep/NEW.md': text });
    chmodSync(join(dir, 'deep/NEW.md'), mode);
    const said = await refusal(dir, { 'deep/NEW.md': 'new\n' });
    expect(said.startsWith(begins)).toBe(true);
    if (begins === '3 ') expect(said).toContain('deep/NEW.md');
  });

  it('in a folder whose place a file takes is named', async () => {
    const dir = repository({});
    write(dir, { 'docs/own/notes.txt': 'mine\n' });
    const said = await refusal(dir, { 'docs/guide.md': null, docs: 'now a file\n' });
    expect(said).toContain('docs/own/notes.txt');
  });

  it('where a folder has to be is named', async () => {
    const dir = repository({});
    write(dir, { tools: 'mine\n' });
    expect(await refusal(dir, { 'tools/deep/check.py': 'x\n' })).toMatch(/^3 .*\btools$/);
  });
});

it('a tracked file makes room for a folder of its name', async () => {
  const dir = repository({ base: { 'config/env': 'x\n' } });
  expect(await refusal(dir, { 'config/env': null, 'config/env/deep/y': 'y\n' })).toBe('no refusal');
});

it('a link out of the repository is never written through', async () => {
  const dir = repository({});
  symlinkSync(temporary(), join(dir, 'out'));
  expect(await refusal(dir, { 'out/x.txt': 'x\n' })).toMatch(/^3 .*\bout$/);
});

it('a repository of its own inside of the project is not written into', async () => {
  const dir = repository({});
  mkdirSync(join(dir, 'inner'));
  git(join(dir, 'inner'), 'init', '--quiet');
  expect(await refusal(dir, { 'inner/x.txt': 'x\n' })).toContain('inner/');
});

describe('a tracked file that git is told not to look at', () => {
  it.each(['--assume-unchanged', '--skip-worktree'])('and was edited, by %s, is named', async (flag) => {
    const dir = repository({});
    git(dir, 'update-index', flag, 'README.md');
    writeFileSync(join(dir, 'README.md'), 'local\n');
    expect(await refusal(dir, { 'README.md': 'new\n' })).toMatch(/^3 .*README\.md/);
    expect(await refusal(dir, { 'README.md': null })).toMatch(/^3 .*README\.md/);
    expect(await refusal(dir, { 'docs/guide.md': 'new\n' })).toBe('no refusal');
  });

  it('and has other line ends only, as the checkout gave it, is no edit', async () => {
    const dir = repository({ config: { 'core.autocrlf': 'true' } });
    git(dir, 'rm', '--quiet', '--cached', 'README.md');
    git(dir, 'reset', '--quiet', '--hard');
    git(dir, 'update-index', '--assume-unchanged', 'README.md');
    expect(await refusal(dir, { 'README.md': 'new\n' })).toBe('no refusal');
  });
});

it.skipIf(process.getuid?.() === 0)('a folder that may not be written in is named', async () => {
  const dir = repository({});
  chmodSync(join(dir, 'docs'), 0o555);
  const said = await refusal(dir, { 'docs/deep/x.md': 'x\n' });
  chmodSync(join(dir, 'docs'), 0o755);
  expect(said).toMatch(/^3 .*docs\//);
});

it('a filter of the team is asked before a file counts as edited', async () => {
  const dir = repository({
    base: { '.gitattributes': '*.up filter=up\n', 'a.up': 'text\n' },
    config: {
      'filter.up.clean': 'tr A-Z a-z',
      'filter.up.smudge': 'tr a-z A-Z',
      'filter.up.required': 'true',
    },
  });
  execFileSync('rm', ['a.up'], { cwd: dir });
  git(dir, 'checkout', '--', 'a.up');
  git(dir, 'update-index', '--skip-worktree', 'a.up');
  expect(await refusal(dir, { 'a.up': 'new\n' })).toBe('no refusal');
});
