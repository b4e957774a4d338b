import type { FileEntry, FileTree } from '../render/tree.js';
import { decide, type Decision, type Stages } from './decide.js';
import type { Lifted } from './lifts.js';
import { inTheirLineEnds } from './line-ends.js';
import { foldersOf, type Moved } from './moves.js';
import { resolve } from './resolve.js';
import type { MergeLines } from './text.js';
import type { Fate, HeadEntry } from './types.js';

/** What came out for one path, its bytes merged; where it will differ from HEAD is not looked at yet. */
export interface Outcome {
  readonly fate: Exclude<Fate, 'move'>;
  readonly result?: FileEntry;
  readonly stages?: Stages;
  /** What can't stand at the path; next to `anchor`, which is in its way. */
  readonly beside?: { readonly entry: FileEntry; readonly anchor: string };
  readonly reason: string;
}

/** The three sides after moves and lift. */
export interface Three {
  readonly head: ReadonlyMap<string, HeadEntry>;
  readonly moved: Moved;
  readonly lifted: Lifted;
  readonly theirs: FileTree;
  /** Paths of which the lift took all that the team had changed to other files. */
  readonly carried: ReadonlySet<string>;
  /** Paths of which base was brought to the team's line ends before the lift. */
  readonly adapted: ReadonlySet<string>;
}

/** Every path of base, ours and theirs on which something was decided. */
export async function outcomesOf(three: Three, mergeLines: MergeLines): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const pending: (() => Promise<void>)[] = [];
  for (const [path, decision] of decideAll(three)) {
    if (decision.kind === 'both') {
      pending.push(async () => void outcomes.set(path, await merged(path, decision, mergeLines)));
    } else if (decision.kind === 'conflict') {
      const { beside, ...rest } = decision;
      outcomes.set(path, {
        fate: 'conflict',
        ...rest,
        ...(beside && { beside: { entry: beside, anchor: path } }),
      });
    } else if (decision.kind === 'settled') outcomes.set(path, decision);
  }
  await atOnce(4, pending);
  return withoutClashes(outcomes, three.head);
}

async function merged(
  path: string,
  { base, ours, theirs, mode }: Extract<Decision, { kind: 'both' }>,
  mergeLines: MergeLines,
): Promise<Outcome> {
  const sides = { ...(base && { base: base.content }), ours: ours.content, theirs: theirs.content };
  const { kind, content, reason, ...rest } = await resolve(path, sides, mergeLines);
  const result = { content, mode };
  if (kind === 'clean') return { fate: 'merge', result, reason };
  const beside = 'beside' in rest &&
    rest.beside && { entry: { ...theirs, content: rest.beside }, anchor: path };
  return {
    fate: 'conflict',
    result,
    stages: { ...(base && { base }), ours, theirs },
    ...(beside && { beside }),
    reason,
  };
}

/** What is below a folder comes before the folder: a file can stand there when nothing of the folder is left. */
function decideAll({ head, moved, lifted, theirs, adapted }: Three): Map<string, Decision> {
  const { base, ours } = lifted;
  const decisions = new Map<string, Decision>();
  const folders = new Set<string>();
  const submodules = [...head].filter(([, { mode }]) => mode === '160000').map(([path]) => path);
  for (const path of submodules.flatMap(foldersOf)) folders.add(path);
  const paths = new Set([...base.keys(), ...ours.keys(), ...theirs.keys()]);
  for (const path of [...paths].sort().reverse()) {
    const file = ours.get(path);
    const instead = submodules.includes(path) ? 'submodule' : folders.has(path) ? 'folder' : undefined;
    const sides = inTheirLineEnds(base.get(path), file, theirs.get(path), adapted.has(path));
    const plain = decide(sides.base, file ?? instead, sides.theirs);
    const decision = displaced(path, lifted, sides.theirs) ?? blocked(path, moved, file, plain);
    decisions.set(path, decision);
    if (decision.kind === 'both' || ('result' in decision && decision.result))
      for (const folder of foldersOf(path)) folders.add(folder);
  }
  return decisions;
}

/** A file that a move left behind, since something stood at its target. */
function blocked(
  path: string,
  { blocked }: Moved,
  ours: FileEntry | undefined,
  decision: Decision,
): Decision {
  const target = blocked.get(path);
  if (target === undefined || !ours) return decision;
  if (decision.kind === 'conflict')
    return {
      ...decision,
      reason: `You changed it, and it is now ${target}, which you had already: both stay.`,
    };
  if (decision.kind !== 'settled') return decision;
  if (decision.fate === 'remove')
    return { ...decision, reason: `It is now ${target}, which you had already.` };
  if (decision.fate !== 'keep') return decision;
  const reason = `Its folder moves, and something stands at ${target} already: yours stays where it is.`;
  return { kind: 'conflict', result: ours, stages: { ours }, reason };
}

/** A file of the team's where the lift would put code of the team's. */
function displaced(
  path: string,
  { displaced, ours }: Lifted,
  theirs: FileEntry | undefined,
): Decision | undefined {
  const [beside, own] = [displaced.get(path), ours.get(path)];
  if (!beside || !own) return undefined;
  return {
    kind: 'conflict',
    result: own,
    beside,
    stages: { ours: own, ...(theirs && { theirs }) },
    reason: 'You have a file of your own where code of yours would go: it stays.',
  };
}

/** A file can't stand below a file or a submodule: what stays there stays, the rest goes beside. */
function withoutClashes(
  outcomes: ReadonlyMap<string, Outcome>,
  head: ReadonlyMap<string, HeadEntry>,
): Map<string, Outcome> {
  const stands = (path: string) => outcomes.get(path)?.result ?? head.get(path)?.mode === '160000';
  return new Map(
    [...outcomes].map(([path, outcome]) => {
      const anchor = outcome.result && foldersOf(path).find(stands);
      if (!outcome.result || anchor === undefined) return [path, outcome];
      const reason = `Yours stays at ${anchor}, where the template needs a folder.`;
      const theirs = outcome.result;
      return [path, { fate: 'conflict', stages: { theirs }, beside: { entry: theirs, anchor }, reason }];
    }),
  );
}

async function atOnce(most: number, tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = [...tasks];
  const work = async () => {
    for (let task = queue.shift(); task; task = queue.shift()) await task();
  };
  await Promise.all(Array.from({ length: most }, work));
}
