import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { EXIT, UserError } from '../errors.js';
import { MANIFEST } from '../render/render.js';

/** Where a repository is to be written, as it is before. */
export interface Place {
  readonly dir: string;
  /** Not there; there and empty; a fresh clone; holding somebody's files (only with --force). */
  readonly kind: 'absent' | 'empty' | 'clone' | 'occupied';
  /** No git yet; the top of a work tree; a folder inside of a larger one. */
  readonly git: 'none' | 'top' | 'inside';
  /** Top of the work tree, when there is one. */
  readonly top?: string;
}

/** Files that a hosting service puts into a new repository. */
const OF_A_CLONE = /^(\.git|\.gitignore|readme(\.(md|rst|txt))?|licen[cs]e(\.(md|rst|txt))?)$/i;

/** @throws UserError (2) when nothing may be written there. */
export function inspect(dir: string, force: boolean): Place {
  if (dir.split(sep).includes('.git'))
    throw new UserError(`${dir} lies in a .git folder.`, 'Name another folder.', EXIT.usage);
  const kind = kindOf(dir, force);
  const top = topOfWorkTree(dir);
  if (top === undefined) return { dir, kind, git: 'none' };
  return { dir, kind, top, git: kind !== 'absent' && realpathSync(dir) === top ? 'top' : 'inside' };
}

function kindOf(dir: string, force: boolean): Place['kind'] {
  const there = lstatSync(dir, { throwIfNoEntry: false });
  if (!there) return 'absent';
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`${dir} is there and is no folder.`, 'Name another folder.', EXIT.usage);
  const names = readdirSync(dir);
  if (names.includes(MANIFEST) || names.includes('.azmlops'))
    throw new UserError(
      `${dir} is an azmlops repository already.`,
      'new writes new repositories only. Name another folder.',
      EXIT.usage,
    );
  if (!names.length) return 'empty';
  const others = names.filter((name) => !OF_A_CLONE.test(name));
  if (!others.length) return 'clone';
  if (force) return 'occupied';
  const some = others.slice(0, 3).join(', ') + (others.length > 3 ? ', …' : '');
  throw new UserError(
    `${dir} is not empty (${some}).`,
    'Name another folder: azmlops new DIR. With --force what is absent is written, and what is there stays as it is.',
    EXIT.usage,
  );
}

/** By the presence of `.git`, as git looks for it, but without starting git. */
function topOfWorkTree(dir: string): string | undefined {
  let at = dir;
  while (!existsSync(at)) at = dirname(at);
  for (at = realpathSync(at); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** What stands at a path, seen without following a link: nothing, a file's bytes, or something in the way. */
export function lookAt(dir: string, path: string): Uint8Array | 'absent' | { readonly inTheWay: string } {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth++) {
    const below = parts.slice(0, depth).join('/');
    const there = lstatSync(join(dir, below), { throwIfNoEntry: false });
    if (!there) return 'absent';
    const last = depth === parts.length;
    if (last && there.isFile()) return readFileSync(join(dir, below));
    // A link where a file should stand is the team's own; one in place of a folder would lead out of it.
    if (last && there.isSymbolicLink()) return new Uint8Array();
    if (last || !there.isDirectory()) return { inTheWay: below };
  }
  return 'absent';
}

/** The folder meant by `--dir` and DIR, absolute. */
export function targetOf(cwd: string, base: string | undefined, dir: string | undefined): string {
  return resolve(cwd, base ?? '.', dir ?? '.');
}

export const folderName = (dir: string): string => basename(dir);
