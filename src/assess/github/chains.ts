import type { Follow } from '../hops/follow.js';
import type { Chain, Files } from '../types.js';
import { signatureOf } from './alike.js';
import { branchRef } from './events.js';
import { somePasses } from './filters.js';
import { Follower } from './follower.js';
import { jobsOfWorkflow, type World } from './jobs.js';
import { joinedTo } from './joined.js';
import { refusalOf } from './order.js';
import { type Start, startsOf, triggersOf } from './triggers.js';
import { Units } from './units.js';
import { unknown } from './values.js';
import { type Document, Documents, mapping, nameOf, texts } from './workflow.js';

/** In all, and for one start; a start of the largest repository that we emit has twenty. */
const MOST_JOBS = 6000;
const MOST_JOBS_OF_A_START = 600;

/**
 * What the workflows of GitHub Actions at the root lead to: one chain for all starts of a workflow that lead to the
 * same jobs. Conditions are read in three values: what files show to be false is `off`. Never throws on any text.
 */
export function githubChains(files: Files, follow: Follow): Chain[] {
  const documents = new Documents(files);
  const follower = new Follower(follow);
  const units = new Units(documents, follower);
  const world: World = { documents, follower, units, budget: MOST_JOBS, left: 0, called: new Set() };
  const readable = documents.workflows().filter(({ error }) => error === undefined);
  const chains = readable.flatMap((document) => chainsOf(document, startsIn(document, world), world));
  const idle = readable.filter((document) => !world.called.has(document.path) && isOnlyCalled(document));
  return [...chains, ...idle.flatMap((document) => chainsOf(document, [uncalled(document)], world))];
}

function startsIn(document: Document, world: World): Start[] {
  const starts = startsOf(document, world.documents.files);
  const orphan = orphanOf(document, world);
  const refused = refusalOf(document);
  return [...starts, ...orphan].map((start) => (refused === undefined ? start : { ...start, off: refused }));
}

/** `workflow_run` of workflows that are not there; with the others the chain is that of the workflow it waits for. */
function orphanOf(document: Document, world: World): Start[] {
  const trigger = triggersOf(document).get('workflow_run');
  if (!trigger) return [];
  const names = texts(mapping(trigger.said).workflows);
  const there = new Set(world.documents.workflows().map(nameOf));
  if (names.some((name) => there.has(name))) return [];
  const off = `no workflow is called ${names[0] ?? 'so'}`;
  const event = { name: 'workflow_run', ref: branchRef, inputs: unknown };
  return [{ by: 'event', line: trigger.line, event, off }];
}

function isOnlyCalled(document: Document): boolean {
  const triggers = [...triggersOf(document).keys()];
  return triggers.length === 1 && triggers[0] === 'workflow_call';
}

function uncalled(document: Document): Start {
  const line = triggersOf(document).get('workflow_call')?.line ?? 1;
  const event = { name: 'workflow_call', ref: unknown, inputs: unknown };
  return { by: 'event', line, event, off: 'no workflow here calls it' };
}

type Started = Chain['started'][number];

function chainsOf(document: Document, starts: readonly Start[], world: World): Chain[] {
  const { files } = world.documents;
  const alike = new Map<string, Chain & { started: Started[] }>();
  const own = {
    system: 'github' as const,
    name: nameOf(document),
    path: document.path,
    line: document.line(['on']),
  };
  for (const start of [...starts].sort((a, b) => Number(a.implicit ?? 0) - Number(b.implicit ?? 0))) {
    const { event } = start;
    if (world.budget <= 0) break;
    world.left = MOST_JOBS_OF_A_START;
    const expanded = jobsOfWorkflow(
      { document, event, way: [], prefix: '', after: [], via: [document.path] },
      world,
    );
    const { main, others, dirs } = joinedTo({ document, event, expanded, stack: [document.path] }, world);
    const byPaths = start.paths !== undefined && somePasses(partOf(files), start.paths) === true;
    const started = {
      by: start.by,
      path: document.path,
      line: start.line,
      ...(start.off === undefined ? {} : { off: start.off }),
      ...(event.name === 'repository_dispatch' ? { outside: true as const } : {}),
    };
    for (const jobs of [main, ...others]) {
      if (!byPaths && !touches(jobs, dirs, files.within)) continue;
      const key = signatureOf(jobs);
      const known = alike.get(key);
      if (!known) alike.set(key, { ...own, started: [started], jobs });
      else if (!start.implicit && !known.started.some((other) => isSame(other, started)))
        known.started.push(started);
    }
  }
  return [...alike.values()];
}

const isSame = (a: Started, b: Started) => a.by === b.by && a.line === b.line && a.off === b.off;

const partOf = ({ paths, within }: Files) => paths.filter((path) => path.startsWith(within));

/** Whether a chain has to do with the part of the repository that is assessed. */
function touches(jobs: Chain['jobs'], dirs: ReadonlySet<string>, within: string): boolean {
  if (!within) return true;
  if ([...dirs].some((dir) => `${dir}/`.startsWith(within))) return true;
  const folder = within.slice(0, -1);
  return jobs.some(({ acts }) =>
    acts.some(
      ({ path, way, text }) =>
        path.startsWith(within) || way.some((hop) => hop.path.startsWith(within)) || mentions(text, folder),
    ),
  );
}

function mentions(text: string, folder: string): boolean {
  for (let at = text.indexOf(folder); at !== -1; at = text.indexOf(folder, at + 1)) {
    const [before, after] = [text.charAt(at - 1), text.charAt(at + folder.length)];
    if (!/[\w-]/.test(before) && !/[\w-]/.test(after)) return true;
  }
  return false;
}
