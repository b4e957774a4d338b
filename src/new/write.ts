import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FileTree } from '../render/tree.js';
import type { Place } from './inspect.js';
import { refusalOf } from '../refusal.js';

/** Where files are laid in a folder that is there, before each is moved to its place. */
export const STAGING = /^\.azmlops-[0-9a-f]{8}$/;
const stagingName = (): string => `.azmlops-${randomBytes(4).toString('hex')}`;

/** Takes one step back. */
export type Undo = () => void;

/**
 * Writes the files and then does `finish` in their folder (rows, git's part); when anything fails, or the program is told to
 * stop, the disk is as it was. A folder that is not there yet appears whole, by one rename.
 */
export async function writeWhole<T>(
  place: Place,
  files: FileTree,
  finish: (dir: string, undo: Undo[]) => Promise<T>,
): Promise<T> {
  const undo: Undo[] = [];
  const undoAll = (): string[] => {
    const left: string[] = [];
    for (const step of undo.splice(0).reverse())
      try {
        step();
      } catch (error) {
        left.push((error as Error).message);
      }
    return left;
  };
  const stop = (signal: NodeJS.Signals) => {
    undoAll();
    process.kill(process.pid, signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, stop);
  try {
    return await (place.kind === 'absent' ? writeNew : writeInto)(place, files, finish, undo);
  } catch (error) {
    const left = undoAll();
    const refusal = refusalOf(error, place.dir);
    if (left.length && refusal instanceof Error)
      refusal.message += `\nNot all of it could be undone: ${left.join('; ')}`;
    throw refusal;
  } finally {
    for (const signal of signals) process.removeListener(signal, stop);
  }
}

async function writeNew<T>(
  { dir }: Place,
  files: FileTree,
  finish: (dir: string, undo: Undo[]) => Promise<T>,
  undo: Undo[],
): Promise<T> {
  makeFolder(dirname(dir), undo);
  const staging = join(dirname(dir), `.${basename(dir)}${stagingName()}`);
  mkdirSync(staging);
  undo.push(() => rmSync(staging, { recursive: true, force: true }));
  fill(staging, files);
  const result = await finish(staging, undo);
  renameSync(staging, dir);
  return result;
}

async function writeInto<T>(
  { dir, git }: Place,
  files: FileTree,
  finish: (dir: string, undo: Undo[]) => Promise<T>,
  undo: Undo[],
): Promise<T> {
  const staging = join(dir, stagingName());
  const [fresh, former] = [join(staging, 'new'), join(staging, 'old')];
  mkdirSync(staging);
  undo.push(() => rmSync(staging, { recursive: true, force: true }));
  mkdirSync(fresh);
  mkdirSync(former);
  fill(fresh, files);
  let count = 0;
  for (const path of files.keys()) {
    const to = join(dir, path);
    makeFolder(dirname(to), undo);
    if (existsSync(to)) {
      const aside = join(former, String(count++));
      renameSync(to, aside);
      undo.push(() => renameSync(aside, to));
    }
    renameSync(join(fresh, path), to);
    undo.push(() => rmSync(to, { force: true }));
  }
  // Out of the way of `git add`, but the former files must outlive a failure of git.
  if (git === 'none') undo.push(() => rmSync(join(dir, '.git'), { recursive: true, force: true }));
  const result = await finish(dir, undo);
  rmSync(staging, { recursive: true, force: true });
  return result;
}

function fill(dir: string, files: FileTree): void {
  const made = new Set<string>();
  for (const [path, { content, mode }] of files) {
    const file = join(dir, path);
    if (!made.has(dirname(file))) mkdirSync(dirname(file), { recursive: true });
    made.add(dirname(file));
    writeFileSync(file, content, { mode: mode === '100755' ? 0o777 : 0o666 });
  }
}

export function makeFolder(dir: string, undo: Undo[]): void {
  const missing: string[] = [];
  for (let at = dir; !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const folder of missing) {
    mkdirSync(folder);
    // Not recursive: what somebody else put there meanwhile is theirs.
    undo.push(() => {
      try {
        rmdirSync(folder);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
      }
    });
  }
}
