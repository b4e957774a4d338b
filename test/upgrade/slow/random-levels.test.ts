import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import type { FileTree } from '../../../src/merge/types.js';
import { commit } from '../../merge/scenarios/stage.js';
import { said } from '../../merge/scenarios/trees.js';
import { azmlops, git, home } from '../../support/session.js';
import { edited, edits, linesOf } from '../random/edits.js';
import { holding, levelTree, PAIRS } from '../random/levels.js';
import { become, told, treeOnDisk } from '../random/repository.js';

const runs: fc.Parameters<unknown> = process.env.AZMLOPS_ALL
  ? { numRuns: 60 }
  : { numRuns: 8, seed: Number(process.env.SEED ?? 5) };

beforeEach(() => void home());

const isOurs = (path: string): boolean => /^\.azmlops/.test(path);
const part = (tree: FileTree, fits: (path: string) => boolean): FileTree =>
  new Map([...tree].filter(([path]) => fits(path)));

interface Document {
  readonly exitCode: number;
  readonly entries: readonly { path: string; fate: string }[];
  readonly conflicts: readonly string[];
}

it('whatever a team did to a repository, its lines are there at the next level, and what it left alone is new', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...PAIRS), edits(), async ([from, to], byTeam) => {
      const [base, target] = [await levelTree(from), await levelTree(to)];
      const ours = new Map([
        ...edited(
          part(base, (path) => !isOurs(path)),
          byTeam,
          'team',
        ),
        ...part(base, isOurs),
      ]);
      const dir = holding(base);
      become(dir, ours);
      commit(dir, 'the team');
      const words = ['upgrade', '--to', String(to), '--yes', '--json'];
      const dry = await azmlops(dir, ...words, '--dry-run');
      expect(told(treeOnDisk(dir))).toEqual(told(ours));
      const run = await azmlops(dir, ...words);
      expect(run.code, run.err).toBe(dry.code);
      expect([0, 1], run.err).toContain(run.code);
      const [report, planned] = [run, dry].map(({ out }) => JSON.parse(out) as Document);
      expect(report?.entries).toEqual(planned?.entries);
      expect(run.code).toBe(report?.conflicts.length ? 1 : 0);

      const result = treeOnDisk(dir);
      const there = new Set([...result.values()].flatMap(({ content }) => linesOf(content)));
      const inNotebooks = [...result]
        .filter(([path]) => path.endsWith('.ipynb'))
        .map(([, entry]) => said(entry))
        .join('');
      for (const [path, { content }] of ours)
        for (const line of linesOf(content).filter((line) => line.startsWith('team wrote')))
          expect(there.has(line) || inNotebooks.includes(line), `${line} of ${path}`).toBe(true);
      for (const path of base.keys())
        if (!ours.has(path) && ![...ours.keys()].some((other) => other.startsWith(`${path}/`)))
          expect(result.has(path), `${path} was deleted`).toBe(false);
      // Above level 0 no code travels from file to file.
      if (from > 0)
        for (const [path, entry] of target)
          if (base.has(path) && said(base.get(path)!) === (ours.has(path) && said(ours.get(path)!)))
            expect(result.get(path) && said(result.get(path)!), path).toBe(said(entry));

      if (result.size === ours.size && JSON.stringify(told(result)) === JSON.stringify(told(ours))) return;
      const aborted = await azmlops(dir, 'upgrade', '--abort');
      expect([aborted.code, aborted.err]).toEqual([0, '']);
      expect(told(treeOnDisk(dir))).toEqual(told(ours));
      expect(git(dir, 'status', '--porcelain')).toBe('');
    }),
    runs,
  );
}, 300_000);
