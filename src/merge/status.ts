import { git } from '../git/git.js';
import { openJournal } from './abort.js';
import type { Journal } from './journal.js';
import { standingAt } from './look.js';
import { locateOpen, type Project } from './project.js';
import type { Labels, Move } from './types.js';

export type Status =
  | { readonly open: false }
  | {
      readonly open: true;
      /** `interrupted`: only `abort` mends it. */
      readonly state: 'interrupted' | 'written';
      readonly command?: string;
      readonly labels: Labels;
      /** The folder that was written in, absolute. */
      readonly dir: string;
      /** Paths whose conflict is not resolved yet: unmerged in the index, or with the markers of the write. */
      readonly conflicts: string[];
      readonly paths: string[];
      /** Files that git does not track: those that were brought along, and those that made room. */
      readonly brought: string[];
      readonly moved: Move[];
    };

/** What is written and not committed. Paths relative to the project. */
export async function status(dir: string): Promise<Status> {
  const project = await locateOpen(dir);
  const journal = await openJournal(project);
  if (!journal) return { open: false };
  const own = (path: string) => path.slice(journal.prefix.length);
  return {
    open: true,
    state: journal.state === 'written' ? 'written' : 'interrupted',
    ...(journal.command !== undefined && { command: journal.command }),
    labels: journal.labels,
    dir: journal.prefix ? `${project.top}/${journal.prefix.slice(0, -1)}` : project.top,
    conflicts: (await conflictsLeft(project, journal)).map(own),
    paths: journal.paths.map(({ path }) => own(path)).sort(),
    brought: (journal.untracked?.puts ?? []).flatMap(({ path, print }) =>
      print === undefined ? [] : [own(path)],
    ),
    moved: (journal.untracked?.moves ?? []).map(({ from, to }) => ({ from: own(from), to: own(to) })),
  };
}

async function conflictsLeft(project: Project, { paths, prefix, labels }: Journal): Promise<string[]> {
  const conflicts = paths.filter(({ conflict }) => conflict).map(({ path }) => path);
  if (!conflicts.length) return [];
  const out = await git(project.top, [
    'ls-files',
    '--unmerged',
    '-z',
    ...(prefix ? ['--', prefix.slice(0, -1)] : []),
  ]);
  const unmerged = new Set(out.split('\0').map((entry) => entry.slice(entry.indexOf('\t') + 1)));
  return conflicts.filter((path) => unmerged.has(path) || hasMarkers(project, path, labels)).sort();
}

function hasMarkers({ top }: Project, path: string, { ours }: Labels): boolean {
  const standing = standingAt(top, path);
  if (standing.kind !== 'file') return false;
  const text = Buffer.from(standing.content).toString();
  return text.split('\n').some((line) => line.replace(/\r$/, '') === `<<<<<<< ${ours}`);
}
