import { applyLift } from './lifts.js';
import { inTheirLineEnds } from './line-ends.js';
import { refuseMarkers } from './markers.js';
import { applyMoves, type Moved } from './moves.js';
import type { Three } from './outcomes.js';
import { checkTree } from './paths.js';
import { sameBytes, sameEntry } from './same.js';
import type { HeadEntry, MergeRequest } from './types.js';

/** Reads HEAD at paths, and everything below folders. */
export type Read = (ask: {
  paths?: Iterable<string>;
  folders?: Iterable<string>;
}) => Promise<Map<string, HeadEntry>>;

/**
 * Base, ours and theirs, brought to the paths of theirs by moves and lift.
 * @throws UserError (3) when conflict markers are left in HEAD.
 */
export async function threeSides(request: MergeRequest, read: Read): Promise<Three> {
  const { base, theirs, moves = [], lift } = request;
  let head = await readWhatMatters(request, read);
  const asked = new Set([...base.keys(), ...theirs.keys()]);
  for (;;) {
    const { moved, adapted } = inOneLineEnd(applyMoves(moves, base, head));
    const lifted = applyLift(lift, moved.base, moved.ours);
    const made = [...lifted.ours.keys()].filter(
      (path) => !head.has(path) && !moved.ours.has(path) && !asked.has(path),
    );
    for (const path of made) asked.add(path);
    const more = made.length ? await read({ paths: made }) : new Map<string, HeadEntry>();
    // A file of the team's may stand where the lift puts something that is no template.
    if (more.size) head = new Map([...head, ...more]);
    else {
      for (const tree of [lifted.base, lifted.ours]) checkTree(tree);
      refuseMarkers(moved.base, moved.ours, theirs);
      return withoutRuns({ head, moved, lifted, theirs, adapted, carried: new Set() });
    }
  }
}

/** The lift compares lines too: the base gets the team's line ends before it. */
function inOneLineEnd(moved: Moved): { moved: Moved; adapted: Set<string> } {
  const base = new Map(moved.base);
  const adapted = new Set<string>();
  for (const [path, entry] of moved.base) {
    const own = inTheirLineEnds(entry, moved.ours.get(path), undefined).base;
    if (!own || sameEntry(own, entry)) continue;
    base.set(path, own);
    adapted.add(path);
  }
  return { moved: { ...moved, base }, adapted };
}

/** A notebook that was only run is no edit: not one that would keep it when the template drops it. */
async function withoutRuns({ moved, lifted, theirs, ...rest }: Three): Promise<Three> {
  const base = new Map(lifted.base);
  for (const [path, entry] of lifted.base) {
    const own = lifted.ours.get(path);
    if (own && !theirs.has(path) && (await onlyRun(path, entry.content, own.content)))
      base.set(path, { ...entry, content: own.content });
  }
  const carried = new Set<string>();
  for (const [path, own] of moved.ours) {
    const was = moved.base.get(path);
    if (!was || sameEntry(was, own) || !sameEntry(lifted.base.get(path), lifted.ours.get(path))) continue;
    if (!(await onlyRun(path, was.content, own.content))) carried.add(path);
  }
  return { ...rest, moved, lifted: { ...lifted, base }, theirs, carried };
}

async function onlyRun(path: string, base: Uint8Array, ours: Uint8Array): Promise<boolean> {
  if (!path.endsWith('.ipynb') || sameBytes(base, ours)) return false;
  const { sameNotebook } = await import('./notebook.js');
  return sameNotebook(base, ours);
}

/** HEAD at the paths of the trees; whole folders only where one moves, or where a file is to stand in its place. */
async function readWhatMatters(request: MergeRequest, read: Read): Promise<Map<string, HeadEntry>> {
  const { base, theirs, moves = [] } = request;
  const ends = moves.flatMap(({ from, to }) => [from, to]);
  const asked = new Set([...base.keys(), ...theirs.keys(), ...ends.map((path) => path.replace(/\/$/, ''))]);
  const folders = moves.map(({ from }) => from).filter((from) => from.endsWith('/'));
  const head = await read({ paths: asked, folders });
  const moved = applyMoves(moves, base, head);
  const targets = [...moved.ours.keys(), ...moved.base.keys(), ...moved.blocked.values()];
  const more = {
    paths: targets.filter((path) => !asked.has(path) && !head.has(path)),
    folders: [...theirs.keys(), ...targets].filter((path) => head.get(path)?.mode === '040000'),
  };
  if (more.paths.length + more.folders.length === 0) return head;
  return new Map([...head, ...(await read(more))]);
}
