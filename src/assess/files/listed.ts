import { listWithGit } from '../../git/list.js';
import type { Listing } from './open.js';
import { MOST_PATHS, NOT_LOOKED_INTO, tooMany } from './walked.js';

const SUBMODULE = '160000';
const LINK = '120000';

/** What git lists of a work tree, or why it could not. Two calls side by side: what is tracked goes before what is not. */
export async function listed(root: string): Promise<Listing | string> {
  const excludes = [...NOT_LOOKED_INTO].map((name) => `--exclude=${name}/`);
  const [tracked, untracked] = await Promise.all([
    // The deleted are named a second time, by another tag: git looks for them faster than we could.
    listWithGit(root, ['ls-files', '-t', '-c', '-d', '-s', '-z'], MOST_PATHS * 2),
    listWithGit(root, ['ls-files', '-o', '--exclude-standard', ...excludes, '-z'], MOST_PATHS),
  ]);
  const failed = tracked.failed ?? untracked.failed;
  if (failed !== undefined) return failed;
  const paths = new Set<string>();
  const gone: string[] = [];
  let links = 0;
  let sparse = 0;
  const submodules: string[] = [];
  for (const record of tracked.records) {
    // `H 100644 <oid> 0\tpath`
    const tab = record.indexOf('\t');
    const path = record.slice(tab + 1);
    const mode = record.slice(2, 8);
    if (record.startsWith('R')) gone.push(path);
    else if (record.startsWith('S')) sparse++;
    else if (mode === SUBMODULE) submodules.push(path);
    else if (mode === LINK) links++;
    else paths.add(path);
  }
  for (const path of gone) paths.delete(path);
  const nested: string[] = [];
  for (const path of untracked.records)
    if (path.endsWith('/')) nested.push(path.slice(0, -1));
    else paths.add(path);
  const notUtf8 = tracked.notUtf8 + untracked.notUtf8;
  const all = [...paths];
  const cut = tracked.more || untracked.more || all.length > MOST_PATHS;
  return {
    paths: all.slice(0, MOST_PATHS).sort(),
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

function some(names: readonly string[], one: string, many: string): string[] {
  const [first] = names;
  if (first === undefined) return [];
  if (names.length === 1) return [`${first}, ${one}.`];
  return [
    `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}, ${many}.`,
  ];
}
