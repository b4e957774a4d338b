import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporary } from '../../support/session.js';
import { checker, have } from '../../support/tools.js';
import type { Tree } from '../../support/trees.js';
import type { GitHub } from '../stubs/cloud.js';
import { type Event, type Happened, runWorkflow, setUp } from './run-workflow.js';
import { Runners, type Training } from './runners.js';

// What the scenes of levels 3 and 4 share: a cloud after the set-up with a model in it, and what is looked at later.

export const able =
  process.platform !== 'win32' &&
  have('act', 'python', 'uv') &&
  (Boolean(process.env.CI) || ['jq', 'make'].every((name) => spawnSync(name, ['--version']).status === 0));

/** Scenes that differ little from another one, or take long: `npm run test:all` runs them. */
export const more = it.skipIf(!process.env.AZMLOPS_ALL);

/** A rollout without waiting, and with few questions: the emitted tests have the phases. */
export function quick(dir: string): void {
  const file = join(dir, 'config/rollout.yml');
  const text = readFileSync(file, 'utf8')
    .replace(/minutes: \d+/g, 'minutes: 0')
    .replace(/probes: \d+/, 'probes: 2');
  writeFileSync(file, text);
}

export const WORKSPACE = 'group/rg-churn/workspace/mlw-churn';
export const DATA = '2026-01-12';

const made = new Map<string, Promise<Runners>>();
/** A cloud of one's own, as scripts/setup.sh leaves it; the set-up runs once for each tree. */
export async function cloudOf<T extends Runners = Runners>(
  tree: Tree,
  kind = Runners as new (github?: Partial<GitHub>) => T,
): Promise<T> {
  let first = made.get(tree.id);
  if (!first) {
    const cloud = new Runners();
    const words = tree.level > 2 && tree.gate === 'reviewers' ? ['--reviewer', 'alice'] : [];
    first = setUp(cloud, tree, ...words).then(() => cloud);
    made.set(tree.id, first);
  }
  const copy = (await first).copy(kind);
  copy.azure.set(`${WORKSPACE}/data/churn-data:${DATA}`, {
    path: `azureml://datastores/gathered/paths/${DATA}/`,
  });
  copy.testing = tested();
  return copy;
}

export const evaluated = (score: number): string =>
  JSON.stringify({
    task: 'classification',
    primary: 'balanced_accuracy',
    metrics: { accuracy: 0.96875, balanced_accuracy: score },
    selection: { scores: { constant: 0.33, simple: score }, chosen: 'simple' },
    slices: [{ column: 'island', value: 'Biscoe', rows: 42, score }],
    fairness: { status: 'not applicable' },
    importance: [{ column: 'island', mean: 0.25, std: 0.01 }],
    rows: { train: 250, test: 83 },
  });

/** What a training job leaves when the gate decides so. */
export const trained = (verdict: string, reason = 'As the scene says.', score = 0.9375): Training => ({
  status: 'Completed',
  outputs: { evaluation: evaluated(score), verdict: JSON.stringify({ verdict, reasons: [reason] }) },
});

/** What the pipeline that tests a model leaves. */
export function tested(wrong: 'nothing' | 'tests' | 'fairness' = 'nothing'): Training {
  const [floor, fair] = [wrong !== 'tests', wrong !== 'fairness'];
  return {
    status: 'Completed',
    outputs: {
      tests: JSON.stringify({
        verdict: floor ? 'pass' : 'fail',
        tests: [
          { name: 'floor', passed: floor, detail: 'balanced_accuracy is 0.9375, asked for 0.7' },
          { name: 'latency', passed: true, detail: 'p95 is 12 ms' },
        ],
        rows: 83,
      }),
      fairness: JSON.stringify({
        verdict: fair ? 'pass' : 'fail',
        allowed: 0.1,
        columns: [],
        mitigation: null,
        reasons: [`sex: the gap is ${fair ? '0.02' : '0.4'}, allowed are 0.1.`],
      }),
    },
  };
}

/** Version of the model in the workspace, from a training job whose outputs are kept. */
export function registered(cloud: Runners, version: string, score = 0.9375): Runners {
  const run = `bear-${version}`;
  cloud.azure.set(`${WORKSPACE}/model/churn`, {});
  cloud.azure.set(`${WORKSPACE}/model/churn/version/${version}`, {
    type: 'mlflow_model',
    tags: { run, data: DATA, commit: `c0ffee${version}`, verdict: 'promote' },
  });
  cloud.azure.set(`${WORKSPACE}/job/${run}`, { ...trained('promote', 'Better.', score), next: [], tags: {} });
  return cloud;
}

/** Runs a workflow, and checks what holds after every call of every run: see `sound`. */
export const seen: string[][] = [];
export async function happens(cloud: Runners, tree: Tree, event: Event): Promise<Happened> {
  const ran = await runWorkflow(cloud, tree, event);
  seen.push(...ran.words);
  sound(cloud);
  return ran;
}

/**
 * An endpoint that ever answered answers all the time: its live traffic sums to 100 after each call. None is made
 * twice.
 */
export function sound(cloud: Runners): void {
  const answering = new Set<string>();
  for (const { call, live } of cloud.history) {
    for (const at of answering) expect(live[at], `${at} after ${call}`).toBeDefined();
    for (const [at, shares] of Object.entries(live)) {
      const sum = Object.values(shares).reduce((total, share) => total + share, 0);
      if (sum > 0) answering.add(at);
      if (answering.has(at)) expect(sum, `live traffic of ${at} after ${call}`).toBe(100);
    }
  }
  for (const place of ['development', 'staging', 'production']) {
    const group = place === 'development' ? '' : `-${place}`;
    expect(cloud.created.filter((path) => path.startsWith(`group/rg-churn${group}/`)).length).toBe(
      new Set(cloud.created.filter((path) => path.startsWith(`group/rg-churn${group}/`))).size,
    );
  }
}

/** Live traffic of the online endpoint of a place, as it changed. */
export function traffic(cloud: Runners, place: string, from = 0): string[] {
  const told: string[] = [];
  for (const { live } of cloud.history.slice(from))
    for (const [at, shares] of Object.entries(live)) {
      if (!at.startsWith(`${place} `)) continue;
      const now = Object.entries(shares)
        .sort()
        .map(([name, share]) => `${name}=${share}`)
        .join(' ');
      if (told.at(-1) !== now) told.push(now);
    }
  return told;
}

/** Deployments of a place: kind and name, version of the model, and whether it answers. */
export function standing(cloud: Runners, place: string): string[] {
  return [...cloud.azure]
    .flatMap(([path, { model }]) => {
      const [, kind, name] = /\/(online|batch)\/[^/]+\/deployment\/(\w+)$/.exec(path) ?? [];
      if (!kind || !path.startsWith(`group/rg-churn-${place}/`)) return [];
      const endpoint = cloud.azure.get(path.replace(/\/deployment\/\w+$/, '')) as {
        traffic: Record<string, number>;
        defaults: { deployment_name: string | null };
      };
      const share = kind === 'online' ? (endpoint.traffic[String(name)] ?? 0) : undefined;
      const state = share ?? (endpoint.defaults.deployment_name === name ? 'default' : 'idle');
      return [`${kind} ${name} version ${String(model).split('/').at(-1)}: ${state}`];
    })
    .sort();
}

/** All there is, apart from jobs that ran. */
export const state = (cloud: Runners): unknown =>
  structuredClone([[...cloud.azure].filter(([path]) => !path.includes('/job/')).sort(), cloud.github]);

/** What changed something, apart from jobs that test or score. */
export const changed = ({ changes }: Happened): string[] =>
  changes.filter((call) => !/^az ml (job create|job stream|batch-endpoint invoke) /.test(call));

/** As if this version had been released to production after the one that is there, with the same code. */
export function laterReleased(cloud: Runners, version: string): Runners {
  registered(cloud, version);
  for (const [path, value] of [...cloud.azure]) {
    const tags = value.tags as Record<string, string>;
    const at = /^group\/rg-churn-(staging|production)\/.*\/deployment\//.test(path);
    if (at)
      Object.assign(value, {
        model: String(value.model).replace(/\w+$/, version),
        tags: { ...tags, version, run: `bear-${version}` },
      });
    if (/\/registry\/[^/]+\/model\/churn\/version\/1$/.test(path))
      cloud.azure.set(path.replace(/1$/, version), {
        type: value.type,
        tags: { ...tags, run: `bear-${version}`, production: '2999-01-01T00:00:00.000000+00:00' },
      });
  }
  return cloud;
}

/** Versions in the registry, and since when each is in production. */
export function inRegistry(cloud: Runners): Record<string, Record<string, string>> {
  return Object.fromEntries(
    [...cloud.azure].flatMap(([path, { tags }]) => {
      const version = /\/registry\/[^/]+\/model\/churn\/version\/(\w+)$/.exec(path)?.[1];
      return version ? [[version, tags as Record<string, string>]] : [];
    }),
  );
}

export const asked = ({ calls }: Happened, start: string): string[] =>
  calls.filter((call) => call.startsWith(start));
export const result = ({ jobs, failedSteps }: Happened): Pick<Happened, 'jobs' | 'failedSteps'> => ({
  jobs,
  failedSteps,
});
export const green = (...jobs: string[]): Pick<Happened, 'jobs' | 'failedSteps'> => ({
  jobs: Object.fromEntries(jobs.map((job) => [job, 'success'])),
  failedSteps: [],
});

/**
 * A run that is refused in this job with these words. act now and then loses the last line of a step that fails; what
 * is refused changes nothing, so it may be asked again.
 */
export async function refused(run: () => Promise<Happened>, job: string, words: string): Promise<Happened> {
  let ran = await run();
  for (let tries = 0; tries < 2 && !ran.log.includes(words); tries++) ran = await run();
  expect(ran.jobs[job], ran.log).toBe('failure');
  expect(ran.log).toContain(words);
  return ran;
}

/** Declares a test, the last of its file: what the workflows asked of az so far, the grammar of az knows. */
export function knownToAz(made: readonly string[][] = seen): void {
  describe.skipIf(!able || !have('checkPython'))('what these workflows asked of az', () => {
    it('is all known to the grammar of az', () => {
      const calls = made.filter(([program]) => program === 'az').map(([, ...words]) => JSON.stringify(words));
      expect(calls).not.toEqual([]);
      const file = join(temporary(), 'calls.jsonl');
      writeFileSync(file, calls.join('\n') + '\n');
      const checked = checker('az_calls', ['--assume', 'group,workspace', file]);
      expect(checked.stdout).toMatch(/ 0 unverifiable, 0 findings/);
    });
  });
}
