import { resolve } from 'node:path';
import { expect } from 'vitest';
import { abort } from '../../../src/merge/abort.js';
import { mergeInto, UserError } from '../../../src/merge/index.js';
import type { MergeReport, MergeRequest } from '../../../src/merge/types.js';
import { git } from '../../support/session.js';
import { fatesHold, intact, meets, prefixed, wellFormed } from './checks.js';
import { repository, requestOf, type Row } from './stage.js';
import { gitBytes, workOf } from './trees.js';

/** Stages a row, dry and for real, with everything that must hold whatever the row is about. */
export async function play(row: Row): Promise<void> {
  const made = repository(row);
  const dir = row.then?.(made) ?? made;
  const request = requestOf(row);
  const folders = gitFolders(dir);
  const top = git(dir, 'rev-parse', '--show-toplevel');
  const before = workOf(top);
  const index = git(dir, 'ls-files', '--stage', '-v', '--full-name', top);
  const whole = bytesOf(folders, () => true);

  const dry = await outcome(dir, { ...request, dryRun: true }, row);
  expect(
    bytesOf(folders, () => true),
    'a dry run writes nothing into .git',
  ).toEqual(whole);
  expect(workOf(top), 'a dry run writes no file').toEqual(before);

  const settled = bytesOf(folders, settledPath);
  const real = await outcome(dir, request, row);
  expect(real, 'the run says what the dry run said').toEqual(dry);
  expect(bytesOf(folders, settledPath), 'refs, logs, hooks and configuration').toEqual(settled);
  const leftover = [...bytesOf(folders, (path) => !path.startsWith('objects')).keys()];
  expect(leftover.filter((path) => path.endsWith('.lock'))).toEqual([]);

  const { expect: expected } = row;
  if (expected.refused) {
    if (!('refused' in real)) expect.fail(`not refused: ${JSON.stringify(real.report, undefined, 1)}`);
    expect(real.refused.exitCode, real.refused.message).toBe(3);
    for (const words of expected.refused) expect(real.refused.message).toMatch(words);
    expect(workOf(top)).toEqual(before);
    expect(git(dir, 'ls-files', '--stage', '-v', '--full-name', top)).toBe(index);
    const without = (bytes: Map<string, string>) =>
      new Map([...bytes].filter(([path]) => path !== '0/index'));
    expect(without(bytesOf(folders, () => true))).toEqual(without(whole));
    return;
  }
  if ('refused' in real) throw new Error(`refused: ${real.refused.message}`);
  const { report } = real;
  wellFormed(report);
  meets(dir, report, expected, row);
  intact(dir, report);
  if (!expected.sparse) fatesHold(dir, report, prefixed(before, top, dir), row);
  await expected.more?.({ dir, report, request });
  await undone(dir, top, { before, index }, row);
}

type Outcome = { report: MergeReport } | { refused: { message: string; exitCode: number; hint: string } };

async function outcome(dir: string, request: MergeRequest, { during }: Row): Promise<Outcome> {
  const end = during?.(dir);
  try {
    return { report: await mergeInto(dir, request) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { refused: { message: error.message, exitCode: error.exitCode, hint: error.hint } };
  } finally {
    end?.();
  }
}

/** git's folder of this work tree, and the common one when that is another. */
export function gitFolders(dir: string): string[] {
  // --path-format=absolute came with git 2.31.
  const [own, common] = ['--git-dir', '--git-common-dir'].map((which) =>
    resolve(dir, git(dir, 'rev-parse', which)),
  ) as [string, string];
  return own === common ? [own] : [own, common];
}

export const bytesOf = (folders: readonly string[], fits: (path: string) => boolean): Map<string, string> =>
  new Map(
    folders.flatMap((folder, number) =>
      [...gitBytes(folder, fits)].map(([path, text]): [string, string] => [`${number}/${path}`, text]),
    ),
  );

/** All that a merge leaves alone in git's folder: everything but objects, the index and our journal. */
export const settledPath = (path: string): boolean =>
  !/^(objects(\/(?!info).*)?|index|sharedindex\..*|azmlops.*|worktrees.*)$/.test(path);

/** `--abort` gives back what was there. */
async function undone(
  dir: string,
  top: string,
  was: { before: Map<string, string>; index: string },
  { during }: Row,
): Promise<void> {
  if (JSON.stringify([...workOf(top)]) === JSON.stringify([...was.before])) return;
  const end = during?.(dir);
  try {
    await abort(dir, { force: false });
  } finally {
    end?.();
  }
  expect(workOf(top)).toEqual(was.before);
  expect(git(dir, 'ls-files', '--stage', '-v', '--full-name', top)).toBe(was.index);
}
