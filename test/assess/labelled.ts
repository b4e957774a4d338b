import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { FileTree } from '../../src/render/tree.js';
import { filesOf as pathsOf } from '../support/trees.js';
import type { Label } from '../../src/assess/types.js';

/** `path: text` of the one line that is meant, or a path alone for its first line. */
type Place = string;

export interface LabelledRow {
  holds: number | null;
  label: Label;
  why: string;
  /** Places that the evidence must have; of a list within it one is enough, where they are equally good. */
  shows?: (Place | Place[])[];
}

/** What a person says of a repository by levels.md alone, written before the program ever read it. */
export interface Labels {
  about: string;
  within?: string;
  ml: boolean;
  level: number | null;
  dimensions: Record<'creation' | 'release' | 'app', number | null>;
  rows: Record<string, LabelledRow>;
  /** Words that the notes must have, e.g. of a CI system that is not followed. */
  notes?: string[];
  /** At least these; `matches` is asked of id and sentence. */
  findings: { matches: string; path: string }[];
}

export interface Labelled {
  id: string;
  dir: string;
  labels: Labels;
}

const root = fileURLToPath(new URL('repositories', import.meta.url));

export const labelled: readonly Labelled[] = readdirSync(root)
  .sort()
  .map((id) => {
    const dir = join(root, id);
    return { id, dir, labels: parse(readFileSync(join(dir, 'labels.yml'), 'utf8')) as Labels };
  });

/** The repository without its labels, which are not part of it. */
export function treeOf({ dir }: Labelled): FileTree {
  return new Map(
    pathsOf(dir)
      .filter((path) => path !== 'labels.yml')
      .map((path) => [path, { content: readFileSync(join(dir, path)), mode: '100644' }]),
  );
}

/** `path:line` of a label; it must be one line, or the label is wrong. */
export function placeOf({ id, dir }: Labelled, place: Place): { path: string; line: number } {
  const [path = '', text] = place.split(/: (.*)/s);
  const lines = readFileSync(join(dir, path), 'utf8').split('\n');
  if (text === undefined) return { path, line: 1 };
  const found = lines.flatMap((line, n) => (line.includes(text) ? [n + 1] : []));
  if (found.length !== 1) throw new Error(`${id}: "${text}" is on ${found.length} lines of ${path}`);
  return { path, line: found[0]! };
}
