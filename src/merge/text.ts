import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryGit } from '../git/git.js';
import type { Labels, Merged, Sides } from './types.js';

/** Merges text line by line; a conflict's content has diff3 markers. */
export type MergeLines = (sides: Sides) => Promise<Merged>;

/** merge-file's exit code counts conflicts up to here; above, it did not run. */
const MOST_CONFLICTS = 127;

/** Anything that holds a NUL: merge-file refuses it, and lines mean nothing in it. */
export function isBinary(content: Uint8Array): boolean {
  return content.includes(0);
}

/** git's own merge of lines, on files outside of every repository; bytes that are not UTF-8 stay as they are. */
export function textMerger(labels: Labels): MergeLines {
  return async (sides) => {
    const dir = await mkdtemp(join(tmpdir(), 'azmlops-merge-'));
    try {
      await writeFile(join(dir, 'base'), sides.base ?? new Uint8Array());
      await writeFile(join(dir, 'theirs'), sides.theirs);
      const plain = await mergeFile(dir, sides.ours, labels, []);
      if (plain.conflicts === 0)
        return { kind: 'clean', content: plain.content, reason: sides.base ? DIFFERENT_LINES : BOTH_ADDED };
      const marked = await mergeFile(dir, sides.ours, labels, ['--diff3']);
      return { kind: 'conflict', content: marked.content, reason: sameLines(sides, plain.conflicts) };
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  };
}

const DIFFERENT_LINES = 'Both you and the template changed it, in different lines.';
const BOTH_ADDED = 'You and the template each added it; it holds both.';

function sameLines(sides: Sides, places: number): string {
  if (!sides.base) return 'You and the template each added this file, and the two differ.';
  const where = places === 1 ? 'in one place' : `in ${places} places`;
  return `Both you and the template changed the same lines, ${where}.`;
}

/** The result is read from the file: standard output would have to be decoded. */
async function mergeFile(dir: string, ours: Uint8Array, labels: Labels, options: readonly string[]) {
  await writeFile(join(dir, 'ours'), ours);
  const names = [labels.ours, labels.base, labels.theirs].flatMap((label) => ['-L', oneLine(label)]);
  const args = ['merge-file', '--quiet', ...options, ...names, 'ours', 'base', 'theirs'];
  const { exitCode, stderr } = await tryGit(dir, args);
  if (exitCode < 0 || exitCode > MOST_CONFLICTS)
    throw new Error(`git merge-file: exit ${exitCode} ${stderr.trim()}`);
  return { conflicts: exitCode, content: await readFile(join(dir, 'ours')) };
}

function oneLine(label: string): string {
  return label.replace(/\s+/g, ' ');
}
