import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { abort } from '../../src/merge/abort.js';
import { mergeInto } from '../../src/merge/index.js';
import type { FileEntry, FileTree, MergeReport } from '../../src/merge/types.js';
import { LABELS } from '../merge/scenarios/stage.js';
import { said } from '../merge/scenarios/trees.js';
import { git, home } from '../support/session.js';
import { type Edit, edited, edits, isBinary, linesOf, start } from './random/edits.js';
import { become, committed, told, treeOnDisk } from './random/repository.js';

// The same edits each time, unless all is asked for: what fails then is told with its seed.
const runs = (numRuns: number): fc.Parameters<unknown> =>
  process.env.AZMLOPS_ALL ? { numRuns: numRuns * 10 } : { numRuns, seed: Number(process.env.SEED ?? 5) };
const LINES: readonly Edit['kind'][] = ['insert', 'replace', 'delete', 'append'];

beforeEach(() => void home());

const everyLine = (tree: FileTree): Set<string> =>
  new Set([...tree.values()].flatMap(({ content }) => linesOf(content)));
const same = (a?: FileEntry, b?: FileEntry): boolean => (a && said(a)) === (b && said(b));
const fateOf = (report: MergeReport, path: string) =>
  report.entries.find((entry) => entry.path === path)?.fate;
/** Something of the team's stands above or below this path, so that it can't be what it was to be. */
const blocked = (path: string, tree: FileTree): boolean =>
  [...tree.keys()].some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`));

describe('whatever both sides did', () => {
  it('nothing of the team is lost, what it left alone is the new template, and the dry run said so', async () => {
    await fc.assert(
      fc.asyncProperty(edits(), edits(), async (byTeam, byTemplate) => {
        const base = start();
        const [ours, theirs] = [edited(base, byTeam, 'team'), edited(base, byTemplate, 'template')];
        const dir = committed(base, ours);
        const request = { base, theirs, labels: LABELS };
        const dry = await mergeInto(dir, { ...request, dryRun: true });
        expect(told(treeOnDisk(dir))).toEqual(told(ours));
        const report = await mergeInto(dir, request);
        expect(report).toEqual(dry);
        const result = treeOnDisk(dir);
        nothingLost(base, ours, theirs, result, report);
        nothingComesBack(base, ours, theirs, result, report);
        leftAloneIsNew(base, ours, theirs, result);
        toldAsItIs(ours, result, report);
        expect(report.conflicts.length > 0).toBe(
          git(dir, 'ls-files', '--unmerged') !== '' || besides(result),
        );
        if (byTeam.length % 2) {
          await abort(dir, { force: false }).catch((error: Error) =>
            expect(told(result), error.message).toEqual(told(ours)),
          );
          expect(told(treeOnDisk(dir))).toEqual(told(ours));
          expect(git(dir, 'status', '--porcelain')).toBe('');
        } else await secondRunIsEmpty(dir, theirs, ours, report);
      }),
      runs(40),
    );
  }, 900_000);
});

const besides = (tree: FileTree): boolean => [...tree.keys()].some((path) => path.includes('.azmlops-new'));

function nothingLost(
  base: FileTree,
  ours: FileTree,
  theirs: FileTree,
  result: FileTree,
  report: MergeReport,
): void {
  const [known, there] = [everyLine(base), everyLine(result)];
  for (const [path, { content }] of ours)
    expect(
      linesOf(content).filter((line) => !known.has(line) && !there.has(line)),
      `the team's, from ${path}`,
    ).toEqual([]);
  for (const [path, { content }] of theirs)
    if (fateOf(report, path) !== 'keep-deleted')
      expect(
        linesOf(content).filter((line) => !known.has(line) && !there.has(line)),
        `the template's, from ${path}`,
      ).toEqual([]);
  for (const [path, { content }] of base) {
    const [own, target] = [ours.get(path), theirs.get(path)];
    if (!own || !target) continue;
    const both = new Set(linesOf(own.content).filter((line) => linesOf(target.content).includes(line)));
    const left = new Set(linesOf(result.get(path)?.content ?? new Uint8Array()));
    expect(
      linesOf(content).filter((line) => both.has(line) && !left.has(line)),
      `what both kept, from ${path}`,
    ).toEqual([]);
  }
  for (const path of base.keys())
    if (!ours.has(path) && !blocked(path, ours)) expect(result.has(path), `${path} was deleted`).toBe(false);
}

/** A line that one side took away is not in a file that was merged without a conflict. */
function nothingComesBack(
  base: FileTree,
  ours: FileTree,
  theirs: FileTree,
  result: FileTree,
  report: MergeReport,
): void {
  for (const [path, { content }] of base) {
    const [own, target, merged] = [ours.get(path), theirs.get(path), result.get(path)];
    if (!own || !target || !merged || report.conflicts.includes(path) || isBinary(own) || isBinary(target))
      continue;
    const [inOurs, inTheirs, left] = [own, target, merged].map((entry) => new Set(linesOf(entry.content)));
    expect(
      linesOf(content).filter((line) => left?.has(line) && !(inOurs?.has(line) && inTheirs?.has(line))),
      `taken away from ${path}`,
    ).toEqual([]);
  }
}

function leftAloneIsNew(base: FileTree, ours: FileTree, theirs: FileTree, result: FileTree): void {
  for (const path of new Set([...base.keys(), ...theirs.keys()]))
    if (same(base.get(path), ours.get(path)) && !blocked(path, ours))
      expect(result.get(path) && said(result.get(path)!), path).toBe(
        theirs.get(path) && said(theirs.get(path)!),
      );
  for (const [path, entry] of ours)
    if (!base.has(path) && !theirs.has(path)) expect(same(entry, result.get(path)), path).toBe(true);
}

/** Each path that changed on disk has a fate that says so, and the others have one that says not. */
function toldAsItIs(ours: FileTree, result: FileTree, report: MergeReport): void {
  const still = ['unchanged', 'keep', 'keep-deleted'];
  for (const path of new Set([...ours.keys(), ...result.keys()])) {
    if (path.includes('.azmlops-new')) continue;
    const changed = !same(ours.get(path), result.get(path));
    const fate = fateOf(report, path) ?? 'unchanged';
    if (fate !== 'conflict') expect([path, still.includes(fate)]).toEqual([path, !changed]);
  }
}

async function secondRunIsEmpty(
  dir: string,
  theirs: FileTree,
  ours: FileTree,
  report: MergeReport,
): Promise<void> {
  // The team takes its own side wherever there was a conflict.
  const solved = treeOnDisk(dir);
  for (const path of solved.keys()) if (path.includes('.azmlops-new')) solved.delete(path);
  for (const path of report.conflicts) {
    const own = ours.get(path);
    if (own) solved.set(path, own);
    else solved.delete(path);
  }
  become(dir, solved);
  git(dir, 'add', '--all', '--force');
  git(dir, 'commit', '--quiet', '--allow-empty', '--message=upgraded');
  const again = await mergeInto(dir, { base: theirs, theirs, labels: LABELS });
  expect(again.entries.filter(({ fate }) => !['unchanged', 'keep', 'keep-deleted'].includes(fate))).toEqual(
    [],
  );
  expect(git(dir, 'status', '--porcelain')).toBe('');
}

describe('level by level or in one jump', () => {
  const upgraded = async (from: FileTree, ours: FileTree, trees: readonly FileTree[]): Promise<FileTree> => {
    const dir = committed(from, ours);
    let base = from;
    for (const theirs of trees) {
      expect((await mergeInto(dir, { base, theirs, labels: LABELS })).conflicts).toEqual([]);
      git(dir, 'add', '--all', '--force');
      git(dir, 'commit', '--quiet', '--allow-empty', '--message=upgraded');
      base = theirs;
    }
    return treeOnDisk(dir);
  };

  it('an untouched repository becomes the last tree, byte and mode', async () => {
    await fc.assert(
      fc.asyncProperty(edits(), edits(), async (one, two) => {
        const first = start();
        const second = edited(first, one, 'template');
        const third = edited(second, two, 'team');
        const expected = told(third);
        expect(told(await upgraded(first, first, [second, third]))).toEqual(expected);
        expect(told(await upgraded(first, first, [third]))).toEqual(expected);
      }),
      runs(8),
    );
  }, 900_000);

  it('edits of files that no template changes, and of lines far from what it changes, come out the same', async () => {
    await fc.assert(
      fc.asyncProperty(edits(LINES, 5), edits(LINES, 5), edits(undefined, 6), async (one, two, byTeam) => {
        const [templates, teams] = halves(start());
        const second = edited(templates, one, 'template');
        const third = edited(second, two, 'template');
        const ours = edited(teams, byTeam, 'team');
        const both = (tree: FileTree) => new Map([...teams, ...tree]);
        const mine = new Map([...ours, ...templates]);
        const readme = mine.get('README.md');
        expect(readme).toBeDefined();
        const steps = await upgraded(both(templates), mine, [both(second), both(third)]);
        expect(told(await upgraded(both(templates), mine, [both(third)]))).toEqual(told(steps));
      }),
      runs(8),
    );
  }, 900_000);
});

/** The files that templates change, and those that only the team does. */
function halves(tree: FileTree): [FileTree, FileTree] {
  const isTemplates = (path: string) => /^(README|src)/.test(path);
  return [
    new Map([...tree].filter(([path]) => isTemplates(path))),
    new Map([...tree].filter(([path]) => !isTemplates(path))),
  ];
}
