import type { Answers } from '../answers/schema.js';
import type { DataRead } from '../data/types.js';
import type { FileTree } from '../render/tree.js';
import { render } from '../render/render.js';
import type { Root } from '../render/root.js';
import { ownPackage } from '../version.js';
import type { GitResult } from './commit.js';
import type { Place } from './inspect.js';
import { isWritten, plan, type PlannedFile } from './plan.js';
import type { PlacedRows } from './place-rows.js';
import { looking } from '../refusal.js';
import { writeWhole } from './write.js';

export interface NewReport {
  readonly level: number;
  readonly answers: Answers;
  readonly place: Place;
  readonly dryRun: boolean;
  readonly files: readonly PlannedFile[];
  readonly git: GitResult;
  /** With own data only. */
  readonly data?: { readonly read: DataRead; readonly rows: PlacedRows };
  /** Files with rows that git would take. */
  readonly exposed: readonly string[];
}

export interface OwnData {
  readonly read: DataRead;
  /** Writes the rows to a path where nothing is. */
  readonly copy: (to: string) => Promise<unknown>;
}

/** Decides everything, then writes it, unless it is a dry run: the repository whole, or nothing. */
export async function createRepository(
  roots: readonly Root[],
  level: number,
  answers: Answers,
  place: Place,
  how: { readonly dryRun: boolean; readonly git: boolean; readonly data?: OwnData },
): Promise<NewReport> {
  const tree = render(roots, level, answers);
  const commits = how.git && place.git !== 'inside';
  // Neither execa nor git is touched when there is nothing to ask it.
  const asksGit = commits || (place.kind === 'clone' && place.git === 'top');
  const gitPart = asksGit ? await import('./commit.js') : undefined;
  if (commits) await gitPart?.checkGit(place);
  const unchanged = (await gitPart?.unchangedIn(place, tree)) ?? new Set<string>();
  const files = looking(place.dir, () => plan(tree, place, unchanged));
  // Modules of data are for those only who bring some.
  const rows = how.data && (await import('./bring-rows.js')).ownRows(how.data, place);
  const report = { level, answers, place, dryRun: how.dryRun, files, ...(rows && { data: rows.data }) };
  const untouched: GitResult = { state: 'none', initialized: false };
  const exposed = async () => (await rows?.exposed({ commits, written: !how.dryRun })) ?? [];
  if (how.dryRun) return { ...report, git: untouched, exposed: await exposed() };
  const written = only(tree, files, isWritten);
  const ours = only(tree, files, ({ fate }) => fate !== 'keep');
  const git = await writeWhole(place, written, async (dir, undo) => {
    // Before the commit, which nothing undoes; it holds what it names, and rows are no part of that.
    await rows?.bring(dir, !ours.has('.gitignore'), undo);
    return commits && gitPart ? gitPart.firstCommit(dir, place, ours, messageFor(level)) : untouched;
  });
  return { ...report, git, exposed: await exposed() };
}

function only(
  tree: FileTree,
  files: readonly PlannedFile[],
  wanted: (file: PlannedFile) => boolean,
): FileTree {
  const paths = new Set(files.filter(wanted).map(({ path }) => path));
  return new Map([...tree].filter(([path]) => paths.has(path)));
}

const messageFor = (level: number): string =>
  `Start at level ${level} of the MLOps maturity model\n\nWritten by azmlops ${ownPackage().version}.\n`;
