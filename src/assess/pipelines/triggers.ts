import type { Chain, StartedBy } from '../types.js';
import type { Value } from './expression.js';
import { isRecord, type Source } from './node.js';

/** One way in which a pipeline starts, and what the run then says of itself. */
export interface Start {
  readonly started: Chain['started'][number];
  readonly run: ReadonlyMap<string, Value>;
  /** Folders that it listens to; empty: to all. */
  readonly paths: readonly string[];
  /** It runs when this pipeline has ended, or some stages of it. */
  readonly source?: string;
  readonly stages?: readonly string[];
}

/**
 * What starts a pipeline. Source: learn.microsoft.com/azure/devops/pipelines/yaml-schema (trigger, pr, schedules,
 * resources): no `trigger` is a push to any branch; no `pr` is left out, as only GitHub and Bitbucket read it.
 */
export function startsOf(source: Source): Start[] {
  const value = source.value as Readonly<Record<string, unknown>>;
  const at = (key: readonly (string | number)[]) => ({ path: source.path, line: source.line(key) });
  const found: Start[] = [];
  const { trigger, pr, schedules, resources } = value;
  const none = (each: unknown) => each === 'none' || each === false;

  if (!none(trigger)) {
    const branches = branchesOf(trigger);
    const place = 'trigger' in value ? at(['trigger']) : { path: source.path, line: 1 };
    const by: StartedBy = onlyTags(trigger) ? 'hand' : 'change';
    const run = runOf({ oneOf: ['IndividualCI', 'BatchedCI'] }, branches);
    found.push({ started: { ...place, by }, run, paths: pathsOf(trigger) });
  }
  if ('pr' in value && !none(pr)) {
    const run = runOf({ is: 'PullRequest' }, ['refs/pull/0/merge']);
    found.push({ started: { ...at(['pr']), by: 'pull-request' }, run, paths: pathsOf(pr) });
  }
  for (const [index, each] of listOf(schedules).entries()) {
    if (!isRecord(each) || each.cron === undefined) continue;
    const off =
      each.always === true
        ? {}
        : { off: 'it only runs when the code has changed since its last run (`always: true` is not set)' };
    const run = runOf({ is: 'Schedule' }, branchesOf(each));
    found.push({ started: { ...at(['schedules', index, 'cron']), by: 'schedule', ...off }, run, paths: [] });
  }
  if (isRecord(resources)) found.push(...ofResources(resources, at));
  return found;
}

/** A person, who can start every pipeline. */
export const byHand = (source: Source): Start => ({
  started: { path: source.path, line: 1, by: 'hand' },
  run: runOf({ is: 'Manual' }, []),
  paths: [],
});

function ofResources(
  resources: Readonly<Record<string, unknown>>,
  at: (key: readonly (string | number)[]) => { path: string; line: number },
): Start[] {
  const run = runOf({ is: 'ResourceTrigger' }, []);
  return ['pipelines', 'webhooks', 'containers', 'packages', 'builds', 'repositories'].flatMap((kind) =>
    listOf(resources[kind]).flatMap((each, index): Start[] => {
      if (!isRecord(each)) return [];
      const { trigger } = each;
      const starts =
        kind === 'webhooks' ||
        (trigger !== undefined &&
          trigger !== null &&
          trigger !== 'none' &&
          trigger !== false &&
          !(isRecord(trigger) && trigger.enabled === false));
      if (!starts) return [];
      const place = at(['resources', kind, index, ...(kind === 'webhooks' ? [] : ['trigger'])]);
      const stages = isRecord(trigger) ? listOf(trigger.stages).map(String) : [];
      const here = typeof each.project !== 'string' && typeof each.source === 'string';
      return [
        {
          started: { ...place, by: 'event', ...(kind === 'webhooks' ? { outside: true as const } : {}) },
          run,
          paths: [],
          ...(kind === 'pipelines' && here ? { source: String(each.source) } : {}),
          ...(stages.length ? { stages } : {}),
        },
      ];
    }),
  );
}

function runOf(reason: Value, branches: readonly string[]): ReadonlyMap<string, Value> {
  const sure = branches.length > 0 && branches.every((branch) => !branch.includes('*'));
  const full = branches.map((branch) => (branch.startsWith('refs/') ? branch : `refs/heads/${branch}`));
  const last = full.map((branch) => branch.slice(branch.lastIndexOf('/') + 1));
  return new Map<string, Value>([
    ['build.reason', reason],
    ['build.sourcebranch', sure ? { oneOf: full } : undefined],
    ['build.sourcebranchname', sure ? { oneOf: last } : undefined],
  ]);
}

/** The branches that are named; with `exclude` alone it is all others, and nothing is known. */
function branchesOf(trigger: unknown): string[] {
  if (typeof trigger === 'string') return [trigger];
  if (Array.isArray(trigger)) return trigger.map(String);
  if (!isRecord(trigger)) return [];
  const { branches } = trigger;
  if (Array.isArray(branches)) return branches.map(String);
  return isRecord(branches) ? listOf(branches.include).map(String) : [];
}

const onlyTags = (trigger: unknown): boolean => {
  if (isRecord(trigger) && trigger.tags !== undefined && trigger.branches === undefined) return true;
  const branches = branchesOf(trigger);
  return branches.length > 0 && branches.every((branch) => branch.startsWith('refs/tags/'));
};

function pathsOf(trigger: unknown): string[] {
  const paths = isRecord(trigger) ? trigger.paths : undefined;
  return isRecord(paths) ? listOf(paths.include).map((each) => String(each).replace(/^\//, '')) : [];
}

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
