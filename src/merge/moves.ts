import type { FileTree } from '../render/tree.js';
import type { HeadEntry, Move } from './types.js';

export interface Moved {
  readonly base: FileTree;
  readonly ours: FileTree;
  /** A path of ours to where HEAD has it. */
  readonly origin: ReadonlyMap<string, string>;
  /** The same of base. */
  readonly baseOrigin: ReadonlyMap<string, string>;
  /** A path of ours that could not be moved, to the path where something stands already. */
  readonly blocked: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/**
 * The declared moves, one after the other, in base and in ours alike. A file's move is that of the template's file; a
 * folder's takes along what the team has in it. Where something stands at the target, both stay where they are.
 */
export function applyMoves(
  moves: readonly Move[],
  base: FileTree,
  head: ReadonlyMap<string, HeadEntry>,
): Moved {
  const sides = { base: new Map(base), ours: filesOf(head) };
  const submodules = [...head].filter(([, { mode }]) => mode === '160000').map(([path]) => path);
  const origins = { base: new Map<string, string>(), ours: new Map<string, string>() };
  const blocked = new Map<string, string>();
  const notes: string[] = [];
  for (const move of moves) {
    const sources = sourcesOf(move, sides.base, sides.ours);
    const takenIn = {
      base: placesTaken([...sides.base.keys()].filter((path) => !sources.has(path))),
      ours: placesTaken([...[...sides.ours.keys()].filter((path) => !sources.has(path)), ...submodules]),
    };
    for (const [from, to] of sources) {
      if (!sides.ours.has(from) || !(takenIn.ours(to) || takenIn.base(to))) continue;
      blocked.set(from, to);
      sources.delete(from);
    }
    // What the team moved there itself is its own move: base follows.
    for (const side of ['base', 'ours'] as const)
      for (const [from, to] of shift(sides[side], sources)) {
        origins[side].set(to, origins[side].get(from) ?? from);
        origins[side].delete(from);
      }
    for (const path of submodules)
      if (move.from.endsWith('/') && path.startsWith(move.from))
        notes.push(`${path} is a submodule: it stays where it is, although ${move.from} becomes ${move.to}.`);
  }
  return { ...sides, origin: origins.ours, baseOrigin: origins.base, blocked, notes };
}

/** The files of HEAD, links among them; neither folders nor submodules. */
export function filesOf(head: ReadonlyMap<string, HeadEntry>): FileTree {
  const tree: FileTree = new Map();
  for (const [path, { mode, content }] of head)
    if (content && mode !== '040000' && mode !== '160000') tree.set(path, { mode, content });
  return tree;
}

function sourcesOf({ from, to }: Move, base: FileTree, ours: FileTree): Map<string, string> {
  if (from.endsWith('/') !== to.endsWith('/'))
    throw new TypeError(`A move is of a file or of a folder on both sides: ${from} and ${to} are not alike.`);
  if (from === to) return new Map();
  if (!from.endsWith('/')) return new Map(base.has(from) ? [[from, to]] : []);
  const inside = [...base.keys(), ...ours.keys()].filter((path) => path.startsWith(from));
  return new Map(inside.map((path) => [path, to + path.slice(from.length)]));
}

/** Tells whether a file can't come to stand at a path: one is there, or below it, or in place of one of its folders. */
function placesTaken(paths: readonly string[]): (path: string) => boolean {
  const files = new Set(paths);
  const folders = new Set(paths.flatMap(foldersOf));
  return (path) =>
    files.has(path) || folders.has(path) || foldersOf(path).some((folder) => files.has(folder));
}

/** `a/b/c` is in `a/b` and `a`. */
export function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
    folders.push(path.slice(0, at));
  return folders;
}

/** All at once, so that a folder can move into itself. Returns what did move. */
function shift(tree: FileTree, pairs: ReadonlyMap<string, string>): [string, string][] {
  const moving = [...pairs].flatMap(([from, to]) => {
    const entry = tree.get(from);
    return entry ? [{ from, to, entry }] : [];
  });
  for (const { from } of moving) tree.delete(from);
  for (const { to, entry } of moving) tree.set(to, entry);
  return moving.map(({ from, to }) => [from, to]);
}
