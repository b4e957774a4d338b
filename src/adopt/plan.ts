import type { Answers } from '../answers/schema.js';
import { packBaseline } from '../baseline/pack.js';
import { highestLevel } from '../render/own.js';
import { ADOPTED, BASELINE, MANIFEST, PROFILE, render } from '../render/render.js';
import type { Root } from '../render/root.js';
import { type FileTree, sorted } from '../render/tree.js';
import { baseFor, type Standing, standingOf, yoursAmong } from './base.js';
import { type Adopted, type Mapping, writeAdopted } from './record.js';
import { readTeam, type teamPaths } from './team.js';
import { pathsFrom } from './templates.js';

/** What adopt writes, and what it says of files of the team's at paths that templates have too. */
export interface AdoptPlan {
  readonly files: FileTree;
  readonly adopted: Adopted;
  /** Paths of this level and of the next, but those of `adopted.yours`. */
  readonly standing: ReadonlyMap<string, Standing>;
  /** Files that the next upgrade brings since the team has none of them. */
  readonly lacks: number;
}

/** Manifest, profile, record, and the baseline: what the level renders, of which only what the team has too is its base. */
export async function planAdopt(
  dir: string,
  team: Awaited<ReturnType<typeof teamPaths>>,
  wanted: {
    readonly roots: readonly Root[];
    readonly level: number;
    readonly answers: Answers;
    readonly map: Mapping;
  },
): Promise<AdoptPlan> {
  const { roots, level, answers, map } = wanted;
  const rendered = render(roots, level, answers);
  const next = level < highestLevel(roots) ? render(roots, level + 1, answers) : rendered;
  const there = await readTeam(dir, team, [...rendered.keys(), ...next.keys()]);
  const { base, standing } = baseFor(rendered, there);
  for (const [path, template] of next) {
    const own = there.get(path);
    if (own && !standing.has(path)) standing.set(path, standingOf(path, own, template));
  }
  // The next level has no such file, so its upgrade lets the team's alone.
  for (const [path, is] of standing) if (is === 'clash' && !next.has(path)) standing.delete(path);
  const yours = yoursAmong(pathsFrom(roots, level, answers), team.keys(), standing);
  for (const path of yours) standing.delete(path);
  const adopted: Adopted = { level, yours, map };
  const files: FileTree = new Map();
  const put = (path: string, content: Uint8Array) => files.set(path, { mode: '100644', content });
  const [profile, manifest] = [rendered.get(PROFILE), rendered.get(MANIFEST)];
  if (profile) base.set(PROFILE, profile);
  if (manifest) base.set(MANIFEST, manifest);
  put(BASELINE, packBaseline(sorted(base)));
  if (profile) put(PROFILE, profile.content);
  put(ADOPTED, new TextEncoder().encode(writeAdopted(adopted)));
  // The last: by it the repository is one of ours.
  if (manifest) put(MANIFEST, manifest.content);
  const lacks = [...next.keys()].filter(
    (path) => !there.has(path) && !yours.includes(path) && !files.has(path),
  );
  return { files, adopted, standing, lacks: lacks.length };
}
