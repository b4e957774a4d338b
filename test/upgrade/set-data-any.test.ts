import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Journal, readJournal } from '../../src/merge/journal.js';
import type { Project } from '../../src/merge/project.js';
import { bringAlong, recordOf, type Untracked, untrackedSince } from '../../src/merge/untracked.js';
import { files, temporary, write } from '../support/session.js';

const name = fc.constantFrom('a.csv', 'b.csv', 'c d.csv', 'ä.csv', '.e.csv');
const text = fc.string({ maxLength: 20 });
const tables = fc.dictionary(name, text, { maxKeys: 4 });

/** A folder with tables, those of it that are to make room, and new ones, the last of which may fail to be made. */
const scene = fc.record({ there: tables, fresh: tables, fails: fc.boolean() });

it('whatever tables are there and come, each is kept, and taking it back, also half-way, gives what was before', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ there, fresh, fails }) => {
      const top = temporary('azmlops-any');
      const project = { top, prefix: 'ml/', journalDir: join(top, '.git/azmlops') } as Project;
      mkdirSync(project.journalDir, { recursive: true });
      const at = (of: Record<string, string>) =>
        Object.fromEntries(Object.entries(of).map(([path, content]) => [`ml/raw/${path}`, content]));
      write(top, at(there));
      const before = files(top);
      const puts = Object.entries(fresh).map(([path, content], n, all) => ({
        path: `raw/${path}`,
        make: (to: string) => {
          writeFileSync(to, content);
          return fails && n === all.length - 1 ? Promise.reject(new Error('full')) : Promise.resolve();
        },
      }));
      const moves = Object.keys(there).map((path) => ({ from: `raw/${path}`, to: `raw/former/${path}` }));
      const untracked: Untracked = { puts, moves };
      const record = await recordOf(project, untracked);
      const journal = { version: 1, paths: [], prefix: 'ml/', untracked: record } as unknown as Journal;
      const written = bringAlong(project, { ...journal, untracked: record }, untracked);
      if (fails && puts.length) await expect(written).rejects.toThrow('full');
      else {
        const { brought } = await written;
        const after = files(top);
        for (const [path, content] of Object.entries(at(fresh))) expect(after[path], path).toBe(content);
        const kept = Object.values(after);
        for (const content of Object.values(there)) expect(kept).toContain(content);
        for (const { to } of brought.moved) expect(after).toHaveProperty([`ml/${to}`]);
      }
      const found = await untrackedSince(project, readJournal(project) ?? journal);
      expect(found.edited).toEqual([]);
      found.takeBack();
      expect(files(top)).toEqual(before);
    }),
    process.env.AZMLOPS_ALL ? { numRuns: 500 } : { numRuns: 60, seed: Number(process.env.SEED ?? 5) },
  );
}, 60_000);
