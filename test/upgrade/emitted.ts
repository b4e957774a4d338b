import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { answersFor } from '../../src/answers/resolve.js';
import { inspect } from '../../src/new/inspect.js';
import { createRepository } from '../../src/new/new.js';
import { ownRoot } from '../../src/render/own.js';
import { render } from '../../src/render/render.js';
import type { Root } from '../../src/render/root.js';
import { azmlops, files, git, temporary, write } from '../support/session.js';

const made = new Map<string, string>();
process.once('exit', () => {
  for (const dir of made.values()) rmSync(dir, { recursive: true, force: true });
});

/** A repository as `new` writes it, with its first commit. Made once for each test file, and copied. */
export async function emitted(level: number, ...words: string[]): Promise<string> {
  const key = [level, ...words].join(' ');
  let from = made.get(key);
  if (from === undefined) {
    from = mkdtempSync(join(tmpdir(), 'azmlops-emitted-'));
    made.set(key, from);
    const said = await azmlops(from, 'new', '--level', String(level), '--yes', '--name', 'churn', ...words);
    expect([said.code, said.err]).toEqual([0, '']);
  }
  const dir = temporary();
  cpSync(from, dir, { recursive: true, preserveTimestamps: true });
  return dir;
}

/** The same, from other templates than ours. */
export async function emittedFrom(
  roots: readonly Root[],
  level: number,
  answers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const dir = temporary();
  const given = answersFor({ name: 'churn', ...answers }, level);
  await createRepository(roots, level, given, inspect(dir, false), { dryRun: false, git: true });
  return dir;
}

/** Edits files and commits them: a text, a function of the text that is there, or null for a file that goes. */
export function commit(
  dir: string,
  edits: Readonly<Record<string, string | null | ((text: string) => string)>>,
): string {
  for (const [path, edit] of Object.entries(edits)) {
    if (edit === null) rmSync(join(dir, path));
    else if (typeof edit === 'string') write(dir, { [path]: edit });
    else {
      const before = readFileSync(join(dir, path), 'utf8');
      const after = edit(before);
      expect(after, `${path} has what the test changes`).not.toBe(before);
      write(dir, { [path]: after });
    }
  }
  git(dir, 'add', '--all');
  git(dir, 'commit', '--quiet', '--message=edits');
  return git(dir, 'rev-parse', 'HEAD');
}

/** Puts a line of one's own at the end. */
export const append = (line: string) => (text: string) => `${text}${line}\n`;

/** Everything a person could notice: files and modes, index, HEAD, refs, stash. */
export function state(dir: string): object {
  const there = files(dir);
  return {
    files: there,
    modes: Object.fromEntries(
      Object.keys(there).map((path) => [path, statSync(join(dir, path)).mode & 0o777]),
    ),
    index: git(dir, 'ls-files', '--stage'),
    status: git(dir, 'status', '--porcelain'),
    refs: git(dir, 'for-each-ref'),
    head: git(dir, 'rev-parse', 'HEAD'),
    on: git(dir, 'rev-parse', '--abbrev-ref', 'HEAD'),
  };
}

export const executable = (dir: string, path: string, text: string): void => {
  write(dir, { [path]: text });
  chmodSync(join(dir, path), 0o755);
};

/** The first line of a file that our templates change on the way from one level to another. */
export async function changingLine(path: string, from: number, to: number): Promise<string> {
  const [before, after] = await Promise.all(
    [from, to].map(async (level) => {
      const tree = render([await ownRoot()], level, answersFor({}, level));
      return Buffer.from(tree.get(path)?.content ?? [])
        .toString()
        .split('\n');
    }),
  );
  const line = before?.find((each) => each.length > 20 && !after?.includes(each));
  if (line === undefined) throw new Error(`${path} is the same at levels ${from} and ${to}`);
  return line;
}
