import { execFileSync } from 'node:child_process';
import { expect } from 'vitest';
import type { FileTree, MergeReport } from '../../../src/merge/types.js';
import { git } from '../../support/session.js';
import type { Expectation, Row } from './stage.js';
import { entryOf, fileAt, over, said, START, workOf } from './trees.js';

export function wellFormed(report: MergeReport): void {
  const paths = report.entries.map(({ path }) => path);
  expect(paths).toEqual([...new Set(paths)].sort());
  const inConflict = report.entries.filter(({ fate }) => fate === 'conflict').map(({ path }) => path);
  expect(report.conflicts).toEqual(inConflict);
  for (const { path, reason } of report.entries) {
    expect(reason.trim(), path).not.toBe('');
    expect(reason, path).not.toMatch(/\n|undefined|\[object/);
  }
}

export function meets(dir: string, report: MergeReport, expected: Expectation, row: Row): void {
  const told = JSON.stringify(report.entries.filter(({ fate }) => fate !== 'unchanged'));
  if (expected.conflicts !== 'any') inConflict(report.conflicts, expected.conflicts ?? [], told);
  for (const [path, content] of Object.entries(expected.work ?? {}))
    expect(onDisk(dir, path), path).toBe(content === null ? undefined : said(entryOf(content)));
  for (const [path, words] of Object.entries(expected.holds ?? {}))
    for (const word of words) expect(onDisk(dir, path) ?? `${path} is not there`).toContain(word);
  for (const [path, fate] of Object.entries(expected.fates ?? {}))
    expect(report.entries.find((entry) => entry.path === path)?.fate, `${path} in ${told}`).toBe(fate);
  for (const [path, stages] of Object.entries(expected.stages ?? {}))
    expect(
      indexOf(dir)
        .filter((entry) => entry.path === path)
        .map(({ stage }) => stage),
      path,
    ).toEqual(stages);
  if (!expected.conflicts) expect(indexOf(dir).filter(({ stage }) => stage > 0)).toEqual([]);
  expect(report.notes).toEqual(expected.notes ?? []);
  for (const path of report.conflicts) {
    const surfaced = indexOf(dir).some((entry) => entry.path === path && entry.stage > 0);
    expect(
      surfaced || besideOf(dir, path),
      `${path} is in conflict and git does not show it (${row.id})`,
    ).toBe(true);
  }
}

function inConflict(paths: readonly string[], expected: readonly (string | RegExp)[], told: string): void {
  const fits = (path: string, one: string | RegExp) =>
    one instanceof RegExp ? one.test(path) : one === path;
  expect(
    paths.filter((path) => !expected.some((one) => fits(path, one))),
    told,
  ).toEqual([]);
  expect(
    expected.filter((one) => !paths.some((path) => fits(path, one))),
    told,
  ).toEqual([]);
}

const besideOf = (dir: string, path: string): boolean =>
  [...workOf(dir).keys()].some(
    (other) =>
      other.includes('.azmlops-new') && `${other.replace('.azmlops-new', '')}/`.startsWith(`${path}/`),
  );

export const onDisk = (dir: string, path: string): string | undefined => {
  try {
    return said(fileAt(dir, path));
  } catch {
    return undefined;
  }
};

export interface Indexed {
  readonly path: string;
  readonly mode: string;
  readonly oid: string;
  readonly stage: number;
}

export const indexOf = (dir: string): Indexed[] =>
  git(dir, 'ls-files', '--stage', '-z')
    .split('\0')
    .filter(Boolean)
    .map((entry) => {
      const [, mode = '', oid = '', stage = '', path = ''] = /^(\d+) (\w+) (\d)\t([^]*)$/.exec(entry) ?? [];
      return { path, mode, oid, stage: Number(stage) };
    });

/** Every blob of the index exists, and what is in no conflict stands on disk as it stands in the index. */
export function intact(dir: string, report: MergeReport): void {
  const blobs = indexOf(dir).filter(({ mode }) => mode !== '160000');
  const known = execFileSync('git', ['cat-file', '--batch-check=%(objecttype)'], {
    cwd: dir,
    input: blobs.map(({ oid }) => `${oid}\n`).join(''),
    encoding: 'utf8',
  });
  expect(new Set(known.trimEnd().split('\n'))).toEqual(new Set(['blob']));
  const differing = git(dir, 'diff', '--name-only', '--relative', '-z', '--ignore-submodules=all')
    .split('\0')
    .filter(Boolean);
  const settled = (path: string) => !report.conflicts.includes(path) && !path.includes('.azmlops-new');
  expect(differing.filter(settled)).toEqual([]);
}

export const prefixed = (work: Map<string, string>, top: string, dir: string): Map<string, string> => {
  const prefix = git(dir, 'rev-parse', '--show-prefix');
  if (top === '') return work;
  return new Map(
    [...work]
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, text]) => [path.slice(prefix.length), text]),
  );
};

/** The report tells all that changed on disk, and nothing else; and no line of the team's is gone. */
export function fatesHold(dir: string, report: MergeReport, before: Map<string, string>, row: Row): void {
  const after = workOf(dir);
  const fates = new Map(report.entries.map(({ path, fate }) => [path, fate]));
  for (const [path, fate] of fates) {
    const [was, is] = [before.get(path), after.get(path)];
    const why = `${path}: ${fate}`;
    if (fate === 'add') expect(is, why).toBeDefined();
    if (fate === 'remove') expect([was === undefined, is], why).toEqual([false, undefined]);
    if (fate === 'unchanged' || fate === 'keep') expect(is, why).toBe(was);
    if (fate === 'keep-deleted') expect([was, is], why).toEqual([undefined, undefined]);
    if (fate === 'update') expect(was, why).toBeDefined();
    if (fate === 'update' || fate === 'merge') expect(is, why).not.toBe(was);
  }
  const moved = (path: string) =>
    (row.moves ?? []).some(({ from }) => path === from || (from.endsWith('/') && path.startsWith(from)));
  for (const path of new Set([...before.keys(), ...after.keys()]))
    if (before.get(path) !== after.get(path) && !path.includes('.azmlops-new'))
      expect(fates.has(path) || moved(path), `${path} changed and the report does not say so`).toBe(true);
  if (!row.expect.losesOutputs) nothingLost(over(START, row.base), before, after);
}

/** Each line, but for a comma that JSON needs at its end, that is in a file of the team's and not in the template's is in some file afterwards. */
export function nothingLost(base: FileTree, before: Map<string, string>, after: Map<string, string>): void {
  const linesOf = (text: string) =>
    text
      .slice(7)
      .split('\n')
      .map((line) => line.replace(/,?\r?$/, ''));
  const rendered = new Set([...base.values()].flatMap((entry) => linesOf(said(entry))));
  const present = new Set([...after.values()].flatMap(linesOf));
  for (const [path, text] of before)
    expect(
      linesOf(text).filter((line) => !rendered.has(line) && !present.has(line)),
      `lost from ${path}`,
    ).toEqual([]);
}
