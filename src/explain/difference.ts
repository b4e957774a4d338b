import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryGit } from '../git/git.js';
import type { FileEntry, Mode } from '../render/tree.js';

/** How a file on disk differs from what azmlops wrote; line ends aside. */
export interface Difference {
  readonly kind: 'none' | 'changed' | 'deleted';
  readonly mode?: { readonly before: Mode; readonly after: Mode };
  /** Lines; both are absent for what is no text. */
  readonly added?: number;
  readonly deleted?: number;
  /** Hunks of a unified diff, or git's sentence that binary files differ. */
  readonly diff?: string;
}

export async function compare(before: FileEntry, after: FileEntry | undefined): Promise<Difference> {
  if (!after) return { kind: 'deleted' };
  // On Windows the mode on disk says nothing.
  const sameMode = before.mode === after.mode || process.platform === 'win32';
  const mode = sameMode ? {} : { mode: { before: before.mode, after: after.mode } };
  const diff = Buffer.compare(before.content, after.content) === 0 ? '' : await hunks(before, after);
  if (!diff) return { kind: sameMode ? 'none' : 'changed', ...mode };
  if (!diff.startsWith('@@')) return { kind: 'changed', ...mode, diff };
  const lines = diff.split('\n');
  const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
  return { kind: 'changed', ...mode, added: count('+'), deleted: count('-'), diff };
}

/** Without git's header, which would name the temporary files. */
async function hunks(before: FileEntry, after: FileEntry): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'azmlops-explain-'));
  try {
    await writeFile(join(dir, 'before'), before.content);
    await writeFile(join(dir, 'after'), after.content);
    const args = ['diff', '--no-index', '--no-ext-diff', '--no-textconv', '--no-color', '--ignore-cr-at-eol'];
    const { exitCode, stdout, stderr } = await tryGit(dir, [...args, '--', 'before', 'after']);
    if (exitCode > 1) throw new Error(`git diff: ${stderr}`);
    if (/^Binary files .* differ$/m.test(stdout) && !stdout.includes('\n@@ '))
      return 'It is no text; the bytes differ.';
    const start = stdout.indexOf('\n@@ ');
    return start === -1 ? '' : stdout.slice(start + 1).trimEnd();
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
