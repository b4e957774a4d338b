import type { Follow } from '../hops/follow.js';
import type { Chain, Files, Job } from '../types.js';
import { MOST_NODES } from './expand.js';
import { jobsOf } from './jobs.js';
import type { Source } from './node.js';
import { rootsOf } from './roots.js';
import type { Reading } from './scope.js';
import { byHand, type Start, startsOf } from './triggers.js';

/** A pipeline, with what its jobs are for each kind of start, read when they are asked for. */
interface Pipeline {
  readonly source: Source;
  readonly starts: readonly Start[];
  jobs(start: Start): readonly Job[];
  /** Whether its jobs are the same however it is started. */
  same(): boolean;
}

/** Pipelines that start each other, at most so many deep. */
const MOST_JOINED = 8;

/** What the Azure Pipelines of a repository start and do; empty without any. Never throws, and bounded. */
export function azurePipelinesChains(files: Files, follow: Follow): Chain[] {
  const pipelines = rootsOf(files).roots.map((source) => pipelineOf(source, files, follow));
  return pipelines.flatMap((pipeline) => {
    const { source } = pipeline;
    const hand = byHand(source);
    // What another pipeline of this repository starts is told there, after what that one does.
    const own = pipeline.starts.filter((start) => !pipelines.some((other) => starts(other, start)));
    const all = [...own, hand];
    const groups = pipeline.same() ? [all] : all.map((start) => [start]);
    return groups.flatMap((group): Chain[] => {
      const [first] = group;
      if (!first) return [];
      const jobs = joined(pipeline, first, pipelines);
      const paths = group.flatMap((start) => (start.paths.length ? start.paths : ['']));
      if (!touches(files.within, paths, jobs)) return [];
      const started = group.map((start) => start.started);
      return [{ path: source.path, line: 1, system: 'azure-pipelines', name: source.path, started, jobs }];
    });
  });
}

function pipelineOf(source: Source, files: Files, follow: Follow): Pipeline {
  const read = new Map<string, { jobs: readonly Job[]; asked: boolean }>();
  const declares = Array.isArray((source.value as Record<string, unknown>).parameters);
  const of = (start: Start) => {
    const hand = start.started.by === 'hand';
    const key = `${start.started.by} ${JSON.stringify([...start.run])}`;
    const known = read.get(key);
    if (known) return known;
    const reading: Reading = {
      files,
      run: start.run,
      hand,
      budget: { left: MOST_NODES },
      artifacts: new Map(),
      asked: { of: false },
    };
    const made = { jobs: jobsOf(source, reading, follow), asked: reading.asked.of };
    read.set(key, made);
    return made;
  };
  const starts = startsOf(source);
  const first = starts[0];
  // A start that is like another is not read anew.
  const stands = (start: Start): Start => (first && !declares && !of(first).asked ? first : start);
  return {
    source,
    starts,
    jobs: (start) => of(stands(start)).jobs,
    same: () => !first || (!declares && !of(first).asked),
  };
}

/** Whether a start is the end of that pipeline: Azure DevOps knows it by its name, which is mostly that of its file. */
function starts({ source }: Pipeline, { source: named }: Start): boolean {
  if (named === undefined) return false;
  const wanted = bare(named.replace(/^.*[\\/](?=[^\\/])/, ''));
  const file = source.path.replace(/\.ya?ml$/i, '');
  const { name } = source.value as Record<string, unknown>;
  return (
    wanted !== '' &&
    [file.slice(file.lastIndexOf('/') + 1), file, typeof name === 'string' ? name : ''].some(
      (each) => bare(each) === wanted,
    )
  );
}

const bare = (text: string): string =>
  text
    .replace(/\.ya?ml$/i, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/** The jobs of a pipeline, and of those that its end or its `az pipelines run` starts, after them. */
function joined(
  pipeline: Pipeline,
  start: Start,
  pipelines: readonly Pipeline[],
  seen: readonly Pipeline[] = [],
): Job[] {
  const jobs = [...pipeline.jobs(start)];
  const via = [...seen, pipeline];
  if (via.length > MOST_JOINED) return jobs;
  const next = pipelines.filter((other) => !via.includes(other));
  const ended = next.flatMap((other) =>
    other.starts.flatMap((each) => {
      if (!starts(pipeline, each)) return [];
      const waits = each.stages;
      const before = waits
        ? jobs.filter(({ id }) => waits.some((stage) => id.startsWith(`${stage}.`)))
        : jobs;
      const { path, line } = each.started;
      const way = [{ path, line, as: `resources: pipelines: ${each.source ?? ''}` }];
      return [{ other, each, before: before.map(({ id }) => id), way }];
    }),
  );
  const run = jobs.flatMap((job) =>
    job.acts.flatMap((act) => {
      if (act.kind !== 'command' || act.off !== undefined) return [];
      const [, named] = /^az pipelines run\b.*?--name[= ]["']?([^"']+?)["']?(?: --|$)/.exec(act.text) ?? [];
      const each: Start = { ...byHand(pipeline.source), ...(named === undefined ? {} : { source: named }) };
      const other = named === undefined ? undefined : next.find((one) => starts(one, each));
      const hop = { path: act.path, line: act.line, as: act.text };
      return other ? [{ other, each, before: [...job.after, job.id], way: [...act.way, hop] }] : [];
    }),
  );
  for (const { other, each, before, way } of [...ended, ...run]) {
    const prefix = `${other.source.path}/`;
    if (jobs.some(({ id }) => id.startsWith(prefix))) continue;
    for (const job of joined(other, each, pipelines, via))
      jobs.push({
        ...job,
        id: prefix + job.id,
        after: [...before, ...job.after.map((id) => prefix + id)],
        acts: job.acts.map((act) => ({ ...act, way: [...way, ...act.way] })),
      });
  }
  return jobs;
}

/** Of a monorepo only what concerns the part that is assessed. */
function touches(within: string, paths: readonly string[], jobs: readonly Job[]): boolean {
  if (within === '') return true;
  const folder = within.slice(0, -1);
  return (
    paths.some((path) => path === folder || path.startsWith(within)) ||
    jobs.some(({ acts }) => acts.some((act) => act.path.startsWith(within) || act.text.includes(folder)))
  );
}

/** What of them cannot be seen from files, one sentence each. */
export function pipelinesNotes(files: Files): string[] {
  const { roots, elsewhere } = rootsOf(files);
  if (!roots.length) return [];
  const named = (list: readonly string[]) =>
    list.slice(0, 3).join(', ') + (list.length > 3 ? ` and ${list.length - 3} more` : '');
  const paths = named(roots.map(({ path }) => path));
  const it = roots.length > 1 ? 'they are' : 'it is';
  return [
    `Azure Pipelines: ${paths} ${roots.length > 1 ? 'count' : 'counts'} as set up in Azure DevOps; whether ${it}, and the approvals and branch policies there, cannot be seen.`,
    ...(elsewhere.length
      ? [`Azure Pipelines: templates of other repositories are not looked at: ${named(elsewhere)}.`]
      : []),
  ];
}
