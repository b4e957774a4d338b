import { resolve } from 'node:path';
import { git, requireGit, tryGit } from '../git/git.js';
import { refuseOpenOperation } from '../git/open-operations.js';
import type { FileTree } from '../render/tree.js';
import { lookAt, type Place } from './inspect.js';
import { REPLACEABLE } from './plan.js';

export interface GitResult {
  /** No git asked for or possible; files staged only; committed. */
  readonly state: 'none' | 'staged' | 'committed';
  readonly initialized: boolean;
  readonly commit?: string;
  /** Why the files are staged and not committed. */
  readonly because?: 'identity' | 'failure';
  readonly said?: string;
}

/** @throws UserError (3) when git is missing or too old, or something is open in the repository that is there. */
export async function checkGit(place: Place): Promise<void> {
  const dir = place.top ?? process.cwd();
  await requireGit(dir);
  if (place.git !== 'top') return;
  const folder = resolve(place.dir, (await git(place.dir, ['rev-parse', '--git-dir'])).trimEnd());
  refuseOpenOperation(folder, place.dir);
}

/** Those of the clone's README.md and .gitignore whose text stands in HEAD as it is on disk. */
export async function unchangedIn(place: Place, tree: FileTree): Promise<Set<string>> {
  const there = REPLACEABLE.filter((path) => tree.has(path) && lookAt(place.dir, path) instanceof Uint8Array);
  const unchanged = new Set<string>();
  if (place.kind !== 'clone' || place.git !== 'top') return unchanged;
  for (const path of there) {
    const inHead = await tryGit(place.dir, ['ls-tree', '--name-only', 'HEAD', '--', path]);
    if (inHead.exitCode !== 0 || !inHead.stdout) continue;
    const onDisk = await tryGit(place.dir, ['diff', '--quiet', '--no-ext-diff', 'HEAD', '--', path]);
    const staged = await tryGit(place.dir, [
      'diff',
      '--quiet',
      '--no-ext-diff',
      '--cached',
      'HEAD',
      '--',
      path,
    ]);
    if (onDisk.exitCode === 0 && staged.exitCode === 0) unchanged.add(path);
  }
  return unchanged;
}

/**
 * Stages the files and commits them, them only, on the branch that is current; in a folder without git, on a new `main`.
 * Without an identity the files stay staged.
 */
export async function firstCommit(
  dir: string,
  place: Place,
  files: FileTree,
  message: string,
): Promise<GitResult> {
  const initialized = place.git === 'none';
  if (initialized) await git(dir, ['init', '--quiet', '--initial-branch=main']);
  const plain = [...files].filter(([, { mode }]) => mode !== '100755').map(([path]) => path);
  const executable = [...files.keys()].filter((path) => !plain.includes(path));
  const fromInput = ['--pathspec-from-file=-', '--pathspec-file-nul'];
  // Forced: neither the user's list of ignored files nor the clone's says what belongs to this repository.
  if (plain.length) await git(dir, ['add', '--force', ...fromInput], plain.join('\0'));
  // File systems without such a mode would lose it.
  if (executable.length)
    await git(dir, ['add', '--force', '--chmod=+x', ...fromInput], executable.join('\0'));
  for (const who of ['GIT_AUTHOR_IDENT', 'GIT_COMMITTER_IDENT'])
    if ((await tryGit(dir, ['var', who])).exitCode !== 0)
      return { state: 'staged', initialized, because: 'identity' };
  const outcome = await tryGit(
    dir,
    [
      'commit',
      '--quiet',
      '--no-verify',
      '--cleanup=verbatim',
      `--message=${message}`,
      '--only',
      ...fromInput,
    ],
    [...files.keys()].join('\0'),
  );
  if (outcome.exitCode !== 0)
    return { state: 'staged', initialized, because: 'failure', said: outcome.stderr.trim() };
  const commit = (await git(dir, ['rev-parse', 'HEAD'])).trim();
  return { state: 'committed', initialized, commit };
}
