import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { inspectProject } from '../../src/merge/project.js';
import { readHead } from '../../src/merge/tree.js';
import { git, home, temporary, write } from '../support/session.js';
import { commit, repository } from './scenarios/stage.js';
import { bytes, link } from './scenarios/trees.js';

beforeEach(() => void home());

const nothing = { paths: [], folders: [], known: [] };

async function head(dir: string, wanted: Partial<Parameters<typeof readHead>[1]>) {
  const entries = await readHead(await inspectProject(dir, { dryRun: true }), { ...nothing, ...wanted });
  return Object.fromEntries(
    [...entries]
      .sort()
      .map(([path, { mode, content }]) => [path, [mode, content && Buffer.from(content).toString()]]),
  );
}

it.each(['', 'services/ml'])('the files at the paths, their modes and bytes, below %j', async (below) => {
  const dir = repository({ below, base: { 'a b.txt': 'a b\n', '-x': '', 'to.txt': link('README.md') } });
  expect(await head(dir, { paths: ['a b.txt', '-x', 'to.txt', 'absent.txt', 'no/such/f'] })).toEqual({
    'a b.txt': ['100644', 'a b\n'],
    '-x': ['100644', ''],
    'to.txt': ['120000', 'README.md'],
  });
});

it('a folder or a submodule where a file is looked for, and a file above a path, are told', async () => {
  const dir = repository({ base: { 'f/g.txt': 'g\n' } });
  git(dir, 'update-index', '--add', '--cacheinfo', `160000,${git(dir, 'rev-parse', 'HEAD')},lib`);
  git(dir, 'commit', '--quiet', '--message=lib');
  expect(await head(dir, { paths: ['f', 'f/g.txt/below/it', 'lib/x/y'] })).toEqual({
    f: ['040000', undefined],
    'f/g.txt': ['100644', 'g\n'],
    lib: ['160000', undefined],
  });
});

it("everything below a folder that moves, the team's own files too", async () => {
  const dir = repository({ edit: { 'src/deep/own [1].txt': 'own\n' } });
  const found = await head(dir, { folders: ['src/'] });
  expect(Object.keys(found)).toEqual(['src', 'src/deep/own [1].txt', 'src/train.py']);
  expect(found['src/deep/own [1].txt']).toEqual(['100644', 'own\n']);
});

it('a content that is known already is not read again', async () => {
  const dir = repository({ base: { 'k.txt': 'known\n' } });
  const known = bytes('known\n');
  const project = await inspectProject(dir, { dryRun: true });
  const entries = await readHead(project, { paths: ['k.txt'], folders: [], known: [known] });
  expect(entries.get('k.txt')?.content).toBe(known);
});

it('a name that is not UTF-8 is refused only where its folder is to move', async () => {
  const dir = temporary();
  git(dir, 'init', '--quiet');
  write(dir, { 'old/f.txt': '1', 'keep.txt': '2' });
  mkdirSync(join(dir, 'latin'));
  const name = Buffer.concat([Buffer.from(join(dir, 'latin/')), Buffer.from([0xe9])]);
  writeFileSync(name, 'x');
  commit(dir, 'one');
  expect(Object.keys(await head(dir, { paths: ['keep.txt'], folders: ['old/'] }))).toContain('old/f.txt');
  await expect(head(dir, { folders: ['latin/'] })).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('latin/') as string,
  });
});
