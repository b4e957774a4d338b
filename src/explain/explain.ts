import { lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { contextOf } from '../render/context.js';
import { type Origin, originsOf } from '../render/overlays.js';
import { tryGit } from '../git/git.js';
import { BASELINE, MANIFEST, PROFILE } from '../render/render.js';
import type { Root } from '../render/root.js';
import type { FileEntry, Mode } from '../render/tree.js';
import type { Baseline } from '../repository/open.js';
import { RAW } from '../data/copy.js';
import { compare, type Difference } from './difference.js';

/** What azmlops knows about one path of a repository that it wrote. */
export interface Explanation {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  /**
   * `own`: azmlops did not write it. `rows`: nor this, and git does not track it: the team's data. `guard`: what keeps
   * those out of git. `other`: it did, but templates of this version have no such file.
   */
  readonly kind: 'template' | 'manifest' | 'profile' | 'baseline' | 'other' | 'own' | 'rows' | 'guard';
  /** Level of the repository, and the version of azmlops that rendered it. */
  readonly level: number;
  readonly version: string;
  readonly origin?: {
    readonly root: string;
    /** The level that brought the path, and the one whose overlay made what stands there. */
    readonly since: number;
    readonly overlay: number;
    /** Below the root's folder. */
    readonly template: string;
    readonly partials: readonly string[];
  };
  /** What the team did to it; absent when azmlops did not write it, or writes it anew each time. */
  readonly change?: Difference;
}

/** Explains one path; undefined when neither the baseline nor the disk has it, or when it is a folder. */
export async function explain(
  roots: readonly Root[],
  dir: string,
  { tree, recorded }: Baseline,
  path: string,
): Promise<Explanation | undefined> {
  const { level, version, answers } = recorded;
  const about = { path, level, version };
  const before = tree.get(path);
  if (path === BASELINE) return { ...about, kind: 'baseline' };
  if (!before) return isThere(dir, path) ? { ...about, kind: await kindOfOwn(dir, path) } : undefined;
  const change = await compare(before, onDisk(join(dir, path)));
  if (path === MANIFEST) return { ...about, kind: 'manifest', change };
  if (path === PROFILE) return { ...about, kind: 'profile', change };
  const origin = originsOf(roots, level, contextOf(level, answers)).get(path);
  if (!origin) return { ...about, kind: 'other', change };
  return { ...about, kind: 'template', origin: wordsOf(origin), change };
}

function wordsOf({ root, since, template, partials }: Origin): NonNullable<Explanation['origin']> {
  return {
    root,
    since,
    overlay: template.level,
    template: `level-${template.level}/${sourceOf(template.path, template.notebook)}`,
    partials: partials()
      .map((name) => {
        const [, task, rest] = /^(classification|regression)\/(.+)$/.exec(name) ?? [];
        return task ? `tasks/${task}/partials/${rest}` : `partials/${name}`;
      })
      .sort(),
  };
}

/** A template's own name: notebooks are scripts there, and names that npm would drop carry a suffix. */
function sourceOf(path: string, notebook: boolean): string {
  if (notebook) return path.replace(/\.ipynb$/, '.nb.py');
  return /(^|\/)\.(gitignore|npmrc)$/.test(path) ? `${path}.tpl` : path;
}

const isThere = (dir: string, path: string): boolean => {
  const found = statOf(join(dir, path));
  return found?.isSymbolicLink() === true || found?.isFile() === true;
};

/** What the team has in the folder of the rows and keeps out of git are rows. */
async function kindOfOwn(dir: string, path: string): Promise<'own' | 'rows' | 'guard'> {
  if (path === `${RAW}/.gitignore`) return 'guard';
  if (!path.startsWith(`${RAW}/`) || !/\.csv$/i.test(path)) return 'own';
  const { stdout } = await tryGit(dir, ['ls-files', '-z', '--', path]);
  return stdout ? 'own' : 'rows';
}

function onDisk(file: string): FileEntry | undefined {
  const found = statOf(file);
  if (found?.isSymbolicLink()) return { mode: '120000', content: Buffer.from(readlinkSync(file)) };
  if (!found?.isFile()) return undefined;
  const mode: Mode = found.mode & 0o100 ? '100755' : '100644';
  return { mode, content: readFileSync(file) };
}

/** The path itself, no link followed; undefined also where a file stands in place of one of its folders. */
export function statOf(file: string): Stats | undefined {
  try {
    return lstatSync(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
