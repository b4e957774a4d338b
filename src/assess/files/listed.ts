import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Listed, listWithGit } from '../../git/list.js';
import type { Listing } from './open.js';
import { MOST_PATHS, NOT_LOOKED_INTO, tooMany } from './walked.js';

const SUBMODULE = '160000';
const LINK = '120000';

/** What git lists of a work tree, or why it could not. Two calls side by side: what is tracked goes before what is not. */
export async function listed(root: string): Promise<Listing | string> {
  const excludes = [...NOT_LOOKED_INTO].map((name) => `--exclude=${name}/`);
  const [tracked, untracked] = await Promise.all([
    // Git's own `-d` would take longer than all the rest; here it is done while git still looks for what is untracked.
    listWithGit(root, ['ls-files', '-t', '-c', '-s', '-z'], MOST_PATHS).then((list) => ofIndex(root, list)),
    listWithGit(root, ['ls-files', '-o', '--exclude-standard', ...excludes, '-z'], MOST_PATHS),
  ]);
  const failed = tracked.failed ?? untracked.failed;
  if (failed !== undefined) return failed;
  const { paths, submodules, links, sparse } = tracked;
  const nested: string[] = [];
  for (const path of untracked.records)
    if (path.endsWith('/')) nested.push(path.slice(0, -1));
    else paths.push(path);
  const notUtf8 = tracked.notUtf8 + untracked.notUtf8;
  const cut = tracked.more || untracked.more || paths.length > MOST_PATHS;
  return {
    paths: paths.slice(0, MOST_PATHS).sort(),
    notes: [
      ...(cut ? [tooMany] : []),
      ...some(submodules, 'a submodule, was not looked into', 'submodules, were not looked into'),
      ...some(
        nested,
        'a repository of its own, was not looked into',
        'repositories of their own, were not looked into',
      ),
      ...(links ? [`${links} ${links === 1 ? 'link was' : 'links were'} not followed.`] : []),
      ...(sparse
        ? [`${sparse} ${sparse === 1 ? 'file is' : 'files are'} not checked out (sparse checkout).`]
        : []),
      ...(notUtf8 ? [`${notUtf8} ${notUtf8 === 1 ? 'name is' : 'names are'} not UTF-8, and left out.`] : []),
    ],
  };
}

function ofIndex(root: string, { records, ...listed }: Listed) {
  const paths: string[] = [];
  const submodules: string[] = [];
  let links = 0;
  let sparse = 0;
  const isThere = presence(root);
  for (const record of records) {
    // `H 100644 <oid> 0\tpath`
    const path = record.slice(record.indexOf('\t') + 1);
    const mode = record.slice(2, 8);
    if (record.startsWith('S')) sparse++;
    else if (mode === SUBMODULE) submodules.push(path);
    else if (mode === LINK) links++;
    // What is not merged yet stands there up to three times, one after the other.
    else if (path !== paths.at(-1) && isThere(path)) paths.push(path);
  }
  return { ...listed, paths, submodules, links, sparse };
}

/** Whether a path is there: folders are read whole, which is much faster than asking for each file. */
function presence(root: string): (path: string) => boolean {
  const folders = new Map<string, ReadonlySet<string>>();
  return (path) => {
    const slash = path.lastIndexOf('/');
    const dir = path.slice(0, Math.max(0, slash));
    let names = folders.get(dir);
    if (!names) folders.set(dir, (names = new Set(namesIn(join(root, dir)))));
    // Some file systems write a name otherwise than git does, and mean the same.
    return names.has(path.slice(slash + 1)) || (names.size > 0 && isFile(join(root, path)));
  };
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  try {
    return lstatSync(path).isFile();
  } catch {
    return false;
  }
}

function some(names: readonly string[], one: string, many: string): string[] {
  const [first] = names;
  if (first === undefined) return [];
  if (names.length === 1) return [`${first}, ${one}.`];
  return [
    `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}, ${many}.`,
  ];
}
