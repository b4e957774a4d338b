import { git } from '../git/git.js';
import { readObjects } from '../git/objects.js';
import type { FileTree, Mode } from '../render/tree.js';

/** Every file of HEAD in a folder, links too, paths relative to it; submodules are no files. */
export async function teamPaths(
  dir: string,
): Promise<Map<string, { readonly mode: Mode; readonly oid: string }>> {
  const out = await git(dir, ['ls-tree', '-r', '-z', 'HEAD', '--', '.']);
  const found = new Map<string, { mode: Mode; oid: string }>();
  for (const line of out.split('\0')) {
    const [, mode, oid, path] = /^(100644|100755|120000) blob (\w+)\t(.*)$/s.exec(line) ?? [];
    if (mode && oid && path) found.set(path, { mode: mode as Mode, oid });
  }
  return found;
}

/** Those of the paths that HEAD has, with what it has there. */
export async function readTeam(
  dir: string,
  team: Awaited<ReturnType<typeof teamPaths>>,
  paths: Iterable<string>,
): Promise<FileTree> {
  const wanted = [...new Set(paths)].flatMap((path) => {
    const there = team.get(path);
    return there ? [{ path, ...there }] : [];
  });
  const objects = await readObjects(
    dir,
    wanted.map(({ oid }) => oid),
  );
  return new Map(
    wanted.flatMap(({ path, mode }, at) => {
      const content = objects[at]?.content;
      return content ? [[path, { mode, content: new Uint8Array(content) }]] : [];
    }),
  );
}
