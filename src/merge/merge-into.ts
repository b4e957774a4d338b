import { besideOf } from './beside.js';
import { changesOf } from './changes.js';
import { entriesOf } from './entries.js';
import { look } from './look.js';
import { outcomesOf, type Outcome } from './outcomes.js';
import { patchOf } from './patch.js';
import { checkPaths } from './paths.js';
import { inspectProject } from './project.js';
import { threeSides, type Read } from './sides.js';
import { textMerger } from './text.js';
import { readHead } from './tree.js';
import type { HeadEntry, MergeReport, MergeRequest } from './types.js';
import type { Brought, Untracked } from './untracked.js';
import { writeChanges } from './write.js';

/** A merge that is decided and not written. */
export interface Prepared {
  readonly report: MergeReport;
  readonly changed: boolean;
  /** `command`: what a later `--status` says was run. `untracked`: what is brought along, and taken back along. */
  write(command?: string, untracked?: Untracked): Promise<Brought>;
  /** The unified diff from HEAD to the result. */
  patch(color: boolean): Promise<string>;
}

/**
 * Merges what changed from `base` to `theirs` into the repository at `dir`, by path, and writes it once at the end.
 * @throws UserError (exit code 3) when it refuses; then nothing was touched.
 */
export async function mergeInto(dir: string, request: MergeRequest): Promise<MergeReport> {
  const prepared = await prepare(dir, request);
  if (!request.dryRun) await prepared.write();
  return prepared.report;
}

/** Everything but the writing, for those who show the plan first. */
export async function prepare(dir: string, request: MergeRequest): Promise<Prepared> {
  checkPaths(request);
  const project = await inspectProject(dir, { dryRun: request.dryRun ?? false });
  const known = [...request.base.values()].map(({ content }) => content);
  const read: Read = (ask) => readHead(project, { paths: [], folders: [], known, ...ask });
  const three = await threeSides(request, read);
  const outcomes = await outcomesOf(three, textMerger(request.labels));
  const besides = await namesBeside(outcomes, three.head, read);
  const entries = entriesOf(three, outcomes, besides);
  const changes = changesOf(three, outcomes, besides);
  await look(project, changes);
  return {
    report: {
      entries,
      conflicts: entries.filter(({ fate }) => fate === 'conflict').map(({ path }) => path),
      notes: [...three.moved.notes, ...three.lifted.notes],
    },
    changed: changes.length > 0,
    write: (command, untracked) =>
      writeChanges(project, changes, {
        labels: request.labels,
        ...(command !== undefined && { command }),
        ...(untracked && { untracked }),
      }),
    patch: (color) => patchOf(project, changes, { color }),
  };
}

/** A free name next to what stands in the way, for everything that can't stand where it should. */
async function namesBeside(
  outcomes: ReadonlyMap<string, Outcome>,
  head: ReadonlyMap<string, HeadEntry>,
  read: Read,
): Promise<Map<string, string>> {
  const anchors = new Set([...outcomes.values()].flatMap(({ beside }) => (beside ? [beside.anchor] : [])));
  const taken = new Set([...head.keys(), ...outcomes.keys()]);
  const names = new Map<string, string>();
  for (let open = [...anchors]; open.length; open = open.filter((anchor) => taken.has(names.get(anchor)!))) {
    for (const anchor of open)
      names.set(
        anchor,
        besideOf(anchor, (name) => taken.has(name)),
      );
    for (const path of (await read({ paths: names.values() })).keys()) taken.add(path);
  }
  return new Map(
    [...outcomes].flatMap(([path, { beside }]) =>
      beside ? [[path, names.get(beside.anchor)! + path.slice(beside.anchor.length)]] : [],
    ),
  );
}
