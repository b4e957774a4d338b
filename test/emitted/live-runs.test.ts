import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { read, type Tree, treeOf } from '../support/trees.js';
import { Live } from './act/live.js';
import type { Event, Happened } from './act/run-workflow.js';
import type { Training } from './act/runners.js';
import type { Asked, Got } from './act/serving.js';
import {
  able,
  cloudOf,
  green,
  happens,
  inRegistry,
  result,
  standing,
  traffic,
  WORKSPACE,
  knownToAz,
} from './act/scenes.js';

// The whole story at level 4, once, with real things behind az (act/live.ts): the pipelines train and decide, the models
// answer over HTTP by the server of Azure ML, files are scored, and what starts the retraining is what was asked.

const tree = (): Tree => treeOf(4);

/** Hardly any waiting. This machine does other things as well, so that its times say little; the rest is as emitted. */
function quick(dir: string): void {
  const file = join(dir, 'config/rollout.yml');
  const text = readFileSync(file, 'utf8')
    .replace(/minutes: \d+/g, 'minutes: 0')
    // Of each five requests one is copied.
    .replace(/(^mirror:[^]*?\n {2}minutes:) .*/m, '$1 0.03')
    .replace(/probes: \d+/, 'probes: 3')
    .replace(/p95_ms: \d+/, 'p95_ms: 10000')
    .replace(/slower_than_old_ms: \d+/, 'slower_than_old_ms: 5000');
  writeFileSync(file, text);
}

type Row = Record<string, string>;
const table = (csv: string): Row[] => {
  const [head = '', ...lines] = csv.trim().split('\n');
  const columns = head.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(columns.map((column, at) => [column, values[at] ?? '']));
  });
};
const written = (rows: readonly Row[]): string =>
  [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))]
    .map((line) => `${line.join(',')}\n`)
    .join('');

interface Contract {
  target: string;
  columns: { name: string; type: string; role: string; max?: number; min?: number; categories?: string[] }[];
}
const contract = (): Contract => JSON.parse(read(tree(), 'src/churn/contract.json')) as Contract;
const numeric = (): Contract['columns'] =>
  contract().columns.filter(
    ({ type, min, max }) => ['whole', 'decimal'].includes(type) && max !== undefined && min !== undefined,
  );

/** Every eighth row of each group has a wrong answer: a model of these can be bettered. */
function careless(rows: readonly Row[]): Row[] {
  const { target, columns } = contract();
  const labels = columns.find(({ name }) => name === target)?.categories ?? [];
  const [group = ''] = columns.flatMap(({ name, role }) => (role === 'sensitive' ? [name] : []));
  const seen: Record<string, number> = {};
  return rows.map((row) => {
    const count = (seen[row[group] ?? ''] = (seen[row[group] ?? ''] ?? -1) + 1);
    if (count % 8 !== 2) return row;
    const wrong = (labels.indexOf(String(row[target])) + 2) % labels.length;
    return { ...row, [target]: String(labels[wrong]) };
  });
}

/** One instrument reads high: by a third of what it ranged over, and still within the contract. */
function drifted(rows: readonly Row[]): Row[] {
  const [widest] = numeric().sort((a, b) => range(b) - range(a));
  if (!widest) throw new Error('no numbers');
  const { name, max = 0 } = widest;
  return rows.map((row) => {
    if (row[name] === '' || Number.isNaN(Number(row[name]))) return row;
    const higher = Math.min(Number(row[name]) + 0.3 * range(widest), max + 0.05 * range(widest));
    return { ...row, [name]: String(Math.floor(higher)) };
  });
}
const range = ({ min = 0, max = 0 }: Contract['columns'][number]): number => max - min;

/** Rows as an application sends them. */
function requests(rows: readonly Row[]): Record<string, unknown>[] {
  const numbers = new Set(numeric().map(({ name }) => name));
  const names = Object.keys((JSON.parse(read(tree(), 'samples/request.json')) as { data: [object] }).data[0]);
  return rows.map((row) =>
    Object.fromEntries(
      names.map((name): [string, unknown] => {
        const text = row[name] ?? '';
        return [name, text === '' || text === 'NA' ? null : numbers.has(name) ? Number(text) : text];
      }),
    ),
  );
}

interface Story {
  cloud: Live;
  gathered: Happened;
  pull: Happened;
  merged: Happened;
  calm: string | undefined;
  restless: (string | undefined)[];
  waited: Happened;
  newer: Happened;
  decided: Happened;
  /** The page of that decision, as the run kept it. */
  page: string;
  retrained: Happened;
  same: Happened;
  /** What the steady caller of production got during the second release. */
  got: Got[];
  /** Traffic of production during it. */
  moved: string[];
  mirrored: string[];
  statuses: number[];
  asked: Asked[];
  standing: string[][];
  /** What the application had scored between the releases. */
  scored: string[] | undefined;
}

const clouds: Live[] = [];
afterAll(() => Promise.all(clouds.map((cloud) => cloud.stopAll())));

const spent: Record<string, number> = {};
let told: Promise<Story> | undefined;
const story = (): Promise<Story> => (told ??= tell());
async function tell(): Promise<Story> {
  const cloud = await cloudOf(tree(), Live);
  clouds.push(cloud);
  cloud.warm();
  cloud.azure.delete(`${WORKSPACE}/data/churn-data:2026-01-12`);
  const run = async (event: Event): Promise<Happened> => {
    const from = Date.now();
    const ran = await happens(cloud, tree(), { edit: quick, ...event });
    expect(ran.failedSteps, ran.log.slice(-6000)).toEqual([]);
    spent[`${event.workflow} ${event.on} ${Object.keys(spent).length}`] = (Date.now() - from) / 1000;
    return ran;
  };
  const rows = table(cloud.exported());

  cloud.export(written(careless(rows)));
  const gathered = await run({ workflow: 'data', on: 'schedule' });
  const pull = await run({ workflow: 'train', on: 'pull_request' });
  const merged = await run({ workflow: 'train', on: 'push' });
  const standings = [standing(cloud, 'production')];

  const statuses: number[] = [];
  const day = async (asked: readonly Row[]): Promise<void> => {
    statuses.push(...(await cloud.ask('production', requests(asked), 60)));
    cloud.nextDay();
  };
  cloud.nextDay();
  await day(rows);
  const calm = await cloud.monitor();
  await day(drifted(rows));
  const restless = [await cloud.monitor()];
  const waited = await run({ workflow: 'retrain', on: 'schedule' });
  const scored = await cloud.scoreFile(
    'production',
    'newest.csv',
    written(drifted(rows).filter((_, at) => at % 6 === 0)),
  );
  await day(drifted(rows));
  restless.push(await cloud.monitor());
  cloud.export(written(drifted(rows)));
  const newer = await run({ workflow: 'data', on: 'schedule' });
  const decided = await run({ workflow: 'retrain', on: 'schedule' });
  const page = readFileSync(join(decided.artifacts, 'decision/decision.html'), 'utf8');

  const client = cloud.client('production');
  const from = cloud.history.length - 1;
  const before = cloud.asked.length;
  await client.start(100);
  const started = cloud.repository.started.at(-1);
  const retrained = await run({ workflow: 'train', on: 'workflow_dispatch', inputs: { ...started?.inputs } });
  const got = await client.stop();
  standings.push(standing(cloud, 'production'));
  const asked = cloud.asked.slice(before);
  const moved = traffic(cloud, 'production', from);
  const mirrored = cloud.history.slice(from).map((now) => JSON.stringify(Object.values(now.mirrored)));
  const same = await run({ workflow: 'train', on: 'schedule' });
  if (process.env.AZMLOPS_TIMES) console.log(spent);
  return {
    ...{ cloud, gathered, pull, merged, calm, restless, waited, newer, decided, page, retrained, same },
    ...{ got, moved, mirrored, statuses, asked, standing: standings, scored },
  };
}

const jobOf = (cloud: Live, name: string): Training & { error?: string } =>
  cloud.azure.get(`${WORKSPACE}/job/${name}`) as unknown as Training & { error?: string };
const evaluation = (
  cloud: Live,
  job: string,
): { metrics: Record<string, number>; rows: Record<string, number> } =>
  JSON.parse(jobOf(cloud, job).outputs.evaluation as string) as never;

/** What the sheet of a run says in its table of metrics: the new model, the champion. */
const shown = (text: string, metric: string): string[] =>
  new RegExp(`^\\| ${metric.replaceAll('_', '\\\\_')} \\| (\\S+) \\| (\\S+) \\|$`, 'm')
    .exec(text)
    ?.slice(1) ?? [];

const runOf = (cloud: Live, version: string): string | undefined =>
  (cloud.azure.get(`${WORKSPACE}/model/churn/version/${version}`)?.tags as Record<string, string>).run;

describe.skipIf(!able)('the whole story, with real models', () => {
  it('a pull request trains on a sample, and its comment holds the metrics of that model', async () => {
    const { cloud, gathered, pull } = await story();
    expect(result(gathered), gathered.log).toEqual(green('gather'));
    expect(result(pull), pull.log).toEqual(green('azure', 'comment'));
    const { metrics, rows } = evaluation(cloud, 'calm-bear-1');
    // 120 rows of the sample, less those without an answer.
    expect((rows.train ?? 0) + (rows.test ?? 0)).toBeLessThanOrEqual(120);
    expect((rows.train ?? 0) + (rows.test ?? 0)).toBeGreaterThan(100);
    const [comment, ...others] = cloud.comments;
    expect(others).toEqual([]);
    expect(shown(comment?.body ?? '', 'balanced_accuracy')).toEqual([
      metrics.balanced_accuracy?.toFixed(4),
      '-',
    ]);
    // What a step logs arrives at the run of its job.
    expect(cloud.tracked['calm-bear-1']?.metrics.balanced_accuracy).toBeCloseTo(
      metrics.balanced_accuracy ?? 0,
    );
  });

  it('the merge trains, registers version 1 with its lineage, and releases what passes the tests', async () => {
    const {
      cloud,
      merged,
      standing: [after],
    } = await story();
    expect(merged.jobs, merged.log).toMatchObject({
      azure: 'success',
      'release.production.deploy': 'success',
    });
    expect(new Set(Object.values(merged.jobs))).toEqual(new Set(['success']));
    const { metrics } = evaluation(cloud, 'calm-bear-2');
    const tags = cloud.azure.get(`${WORKSPACE}/model/churn/version/1`)?.tags as Record<string, string>;
    expect(tags).toMatchObject({
      ...{ run: 'calm-bear-2', commit: merged.commit, verdict: 'promote', release: 'passed' },
      balanced_accuracy: String(metrics.balanced_accuracy),
    });
    expect(tags.data).toMatch(/^20\d\d-\d\d-\d\d$/);
    // Tests of a model, of its fairness, and of the application against the server in staging really ran.
    const [, tested] = [...cloud.azure].find(([, { pipeline }]) => pipeline === 'test') ?? [];
    const { tests, fairness } = (tested as unknown as Training).outputs as Record<string, string>;
    expect(JSON.parse(String(tests))).toMatchObject({ verdict: 'pass' });
    expect(JSON.parse(String(fairness))).toMatchObject({ verdict: 'pass' });
    expect(merged.log).toMatch(/(?<!\d)9 passed/);
    expect(cloud.asked.filter(({ place }) => place === 'staging').length).toBeGreaterThan(10);
    expect(after).toEqual(['batch blue version 1: default', 'online blue version 1: 100']);
  });

  it('one day of strange requests is weather: nobody trains', async () => {
    const { calm, restless, waited, statuses } = await story();
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(calm).toBeUndefined();
    expect(restless[0]).toMatch(/stability index/);
    expect(result(waited), waited.log).toEqual(green('drift', 'ask'));
    expect(waited.summary).toMatch(/^wait$/m);
    expect(waited.summary).toContain('1 of the last 2 windows violate their limits');
  });

  it('two of them, and data that says the same, start a training by themselves, with the reason', async () => {
    const { cloud, restless, newer, decided, page } = await story();
    expect(result(newer), newer.log).toEqual(green('gather'));
    expect(restless[1]).toMatch(/stability index/);
    expect(result(decided), decided.log).toEqual(green('drift', 'ask', 'retrain'));
    expect(decided.summary).toContain('2 of the last 3 windows violate their limits');
    // Both sensors say so: the one of the gathered data, which the pipeline measured, and the monitor of the requests.
    expect(decided.summary).toMatch(/: drift: \w+: stability index/);
    expect(decided.summary).toMatch(/: churn-monitor: data_drift: \w+: stability index/);
    expect(page.match(/<svg[^]*?<\/svg>/g)?.length).toBeGreaterThan(0);
    expect(cloud.repository.started.map(({ inputs: { trigger } }) => trigger)).toEqual(['drift']);
  });

  it('the new model is better than the champion, passes the same tests, and takes over while callers ask', async () => {
    const {
      cloud,
      retrained,
      got,
      moved,
      mirrored,
      asked,
      scored,
      standing: [, after],
    } = await story();
    expect(new Set(Object.values(retrained.jobs)), retrained.log).toEqual(new Set(['success']));
    const [, verdict] =
      [...cloud.azure].find(
        ([path, { pipeline }]) => pipeline === 'train' && path.endsWith(String(runOf(cloud, '2'))),
      ) ?? [];
    expect(JSON.parse((verdict as unknown as Training).outputs.verdict as string)).toMatchObject({
      verdict: 'promote',
      reasons: expect.arrayContaining([expect.stringMatching(/^Better than the champion: /)]) as string[],
    });
    expect(moved).toEqual(['blue=100', 'blue=90 green=10', 'blue=50 green=50', 'green=100']);
    expect(mirrored).toContain('[{"green":20}]');
    expect(after).toEqual(['batch green version 2: default', 'online green version 2: 100']);
    expect(inRegistry(cloud)['2']?.production).toBeDefined();
    // Nobody noticed: every request of every caller got its predictions.
    expect(got.length).toBeGreaterThan(50);
    expect(got.filter(({ right }) => !right)).toEqual([]);
    expect(new Set(got.map(({ deployment }) => deployment))).toEqual(new Set(['blue', 'green']));
    const live = asked.filter(({ place }) => place === 'production');
    expect(live.filter(({ model }) => model !== 200)).toEqual([]);
    expect(live.some(({ mirrored: copied, deployment }) => copied && deployment === 'green')).toBe(true);
    // The new batch deployment scored the application's last file beside the old one.
    expect(scored).toHaveLength(58);
    expect(scored?.[0]).toMatch(/^newest\.csv,1,\w+,0\.\d+/);
    expect(retrained.summary).toMatch(/scores the last real input, 58 rows, as `blue` does within limits/);
  });

  it('the same data and code again train the same model: green, and nothing is registered', async () => {
    const { cloud, same } = await story();
    expect(result(same), same.log).toEqual(green('azure'));
    expect(same.summary).toContain('## Training: keep champion');
    const [mine, theirs] = shown(same.summary, 'balanced_accuracy');
    expect(mine).toMatch(/^0\.\d{4}$/);
    expect(mine).toBe(theirs);
    expect(cloud.azure.has(`${WORKSPACE}/model/churn/version/2`)).toBe(true);
    expect(cloud.azure.has(`${WORKSPACE}/model/churn/version/3`)).toBe(false);
  });
});

knownToAz();
