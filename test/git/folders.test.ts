import { beforeEach, expect, it } from 'vitest';
import { folderContent, parseFolder, rawName, readFolders } from '../../src/git/folders.js';
import { oidOf, readObjects } from '../../src/git/objects.js';
import { git, home, temporary, write } from '../support/session.js';

beforeEach(() => void home());

function committed(tree: Readonly<Record<string, string>>): { dir: string; head: string } {
  const dir = temporary();
  git(dir, 'init', '--quiet');
  write(dir, tree);
  git(dir, 'add', '--all');
  git(dir, 'commit', '--quiet', '--message=one');
  return { dir, head: git(dir, 'rev-parse', 'HEAD') };
}

it('a folder written again is the object it was, in the order that git wants', async () => {
  // A folder sorts as if its name ended in a slash: after `a.b`, before `a0`.
  const { dir, head } = committed({ 'a/x': '1', 'a.b': '2', a0: '3', é: '4', '"q"': '5' });
  git(dir, 'update-index', '--add', '--cacheinfo', `120000,${git(dir, 'rev-parse', 'HEAD:a.b')},link`);
  git(dir, 'commit', '--quiet', '--message=two');
  const [object] = await readObjects(dir, ['HEAD^{tree}']);
  const content = folderContent(new Map([...parseFolder(object!.content, head.length / 2)].reverse()));
  expect(oidOf('sha1', { type: 'tree', content })).toBe(git(dir, 'rev-parse', 'HEAD^{tree}'));
});

it('only the folders that were asked for, and those above them, are read', async () => {
  const { dir, head } = committed({ 'a/b/c.txt': '1', 'a/other/x.txt': '2', 'z/y.txt': '3' });
  const folders = await readFolders(dir, head, ['a/b', 'not/there', 'a/b/c.txt/below']);
  expect([...folders.keys()].sort()).toEqual(['', 'a', 'a/b']);
});

it('everything below a folder is read, however it is named', async () => {
  const names = ['plain', 'with space', '-dash', '[x]*', 'line\nbreak', 'tab\tin', 'HEAD:x', 'é'];
  const tree = Object.fromEntries(names.map((name) => [`top/${name}/deep/f.txt`, name]));
  const { dir, head } = committed({ ...tree, 'beside/f.txt': 'not asked for' });
  const folders = await readFolders(dir, head, [], ['top']);
  for (const name of names) expect([...folders.get(`top/${name}/deep`)!.keys()]).toEqual([rawName('f.txt')]);
  expect(folders.has('beside')).toBe(false);
});

it('a folder with a line break in its name is read by its path too', async () => {
  const { dir, head } = committed({ 'a\nb/c/f.txt': '1' });
  expect([...(await readFolders(dir, head, ['a\nb/c'])).keys()].sort()).toEqual(['', 'a\nb', 'a\nb/c']);
});
