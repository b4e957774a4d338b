import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { read, type Tree, treeOf } from '../support/trees.js';
import { workflowsOf } from './act/graph.js';
import type { Event, Happened } from './act/run-workflow.js';
import type { Runners } from './act/runners.js';
import {
  able,
  asked,
  changed,
  cloudOf,
  green,
  happens,
  inRegistry,
  knownToAz,
  more,
  quick,
  refused,
  registered,
  result,
  standing,
  state,
  traffic,
  trained,
  WORKSPACE,
} from './act/scenes.js';

// What people do with a model in production, and what watches it: the monitor, tests of one model against another, the
// way back, retraining by an online endpoint, and the release of the application. All but the last at level 4, with a
// regression.

const DAY = 24 * 60 * 60 * 1000;
const MEAN = 100;
const SPREAD = 10;
const tree = (): Tree => treeOf(4, 'regression', 'online');

/** A version whose absolute errors had this mean and spread when it was evaluated. */
function model(cloud: Runners, version: string): Runners {
  registered(cloud, version);
  const evaluation = {
    ...{ task: 'regression', primary: 'r2' },
    metrics: { r2: 0.875, mae: MEAN, rmse: Math.sqrt(MEAN ** 2 + SPREAD ** 2) },
    selection: { scores: { constant: 0, simple: 0.875 }, chosen: 'simple' },
    ...{ slices: [], importance: [], rows: { train: 250, test: 83 } },
    fairness: { status: 'not applicable' },
  };
  const { outputs } = trained('promote', 'Better.');
  const job = cloud.azure.get(`${WORKSPACE}/job/bear-${version}`);
  Object.assign(job ?? {}, { outputs: { ...outputs, evaluation: JSON.stringify(evaluation) } });
  return answering(cloud);
}

function answering(cloud: Runners): Runners {
  cloud.answers = (_, rows) => ({ predictions: rows.map(() => ({ prediction: 4200.5 })) });
  return cloud;
}

const run = (cloud: Runners, event: Event): Promise<Happened> =>
  happens(cloud, tree(), { edit: quick, ...event });
const deploy = (cloud: Runners, version: string, edit = quick): Promise<Happened> =>
  run(cloud, {
    ...{ workflow: 'deploy', on: 'workflow_call', edit },
    inputs: { environment: 'production', version },
  });

interface Told {
  cloud: Runners;
  ran: Happened;
}
let begun: Promise<Told> | undefined;
/** Version 1 goes to empty staging and production. It is made once. */
const first = (): Promise<Told> =>
  (begun ??= (async () => {
    const cloud = model(await cloudOf(tree()), '1');
    const event: Event = { workflow: 'release', on: 'workflow_dispatch', act: ['--job', 'production'] };
    return { cloud, ran: await run(cloud, event) };
  })());

let followed: Promise<Told & { tested: Happened }> | undefined;
/** Version 2 is tested and takes over in production. It is made once. */
const second = (): Promise<Told & { tested: Happened }> =>
  (followed ??= (async () => {
    const cloud = model((await first()).cloud.copy(), '2');
    const event: Event = { workflow: 'release', on: 'workflow_dispatch', act: ['--job', 'test'] };
    const tested = await run(cloud, event);
    return { cloud, tested, ran: await deploy(cloud, '2') };
  })());
const after = async (): Promise<Runners> => answering((await second()).cloud.copy());

const V2 = ['online green version 2: 100'];
const places = (cloud: Runners, end: RegExp): string[] =>
  [...cloud.azure.keys()].filter((path) => end.test(path));
/** The tags of the endpoint in production. */
const tagsOf = (cloud: Runners): Record<string, string> => {
  const [path = ''] = places(cloud, /^group\/rg-churn-production\/.*\/online\/[^/]+$/);
  return (cloud.azure.get(path)?.tags ?? {}) as Record<string, string>;
};
const tagOf = (cloud: Runners): string | undefined => tagsOf(cloud).ab_test;
/** What the monitor watches and compares with. */
function watched(cloud: Runners): unknown {
  const found = places(cloud, /\/schedule\//).map((path) => [path, cloud.azure.get(path)?.monitor]);
  const [[path, monitor] = []] = found as [string, Monitor][];
  expect(found).toHaveLength(1);
  expect(path).toMatch(/^group\/rg-churn-production\/.*\/churn-monitor$/);
  const signals = Object.entries(monitor?.monitoring_signals ?? {});
  return {
    deployment: monitor?.monitoring_target.endpoint_deployment_id.replace(/-[0-9a-f]{5}:/, ':'),
    signals: signals.map(([name]) => name),
    references: [...new Set(signals.map(([, { reference_data: data }]) => data.input_data.path))].map((at) =>
      at.replace(/registries\/churn-\w+\//, ''),
    ),
    targets: [
      ...new Set(signals.map(([, { reference_data: data }]) => data.data_column_names.target_column)),
    ],
  };
}
interface Monitor {
  monitoring_target: { endpoint_deployment_id: string };
  monitoring_signals: Record<
    string,
    {
      reference_data: { input_data: { path: string }; data_column_names: { target_column: string } };
    }
  >;
}
const watching = (deployment: string, version: string): unknown => ({
  deployment: `azureml:churn:${deployment}`,
  // The performance of a regression is measured by the workflow retrain.
  signals: ['data_drift', 'prediction_drift', 'data_quality', 'feature_attribution_drift'],
  references: [`azureml://data/churn-reference/versions/${version}`],
  targets: [(JSON.parse(read(tree(), 'src/churn/contract.json')) as { target: string }).target],
});

describe.skipIf(!able)('the monitor', () => {
  it('comes with the first release, which shares the data it compares with', async () => {
    const { cloud, ran } = await first();
    expect(ran.failedSteps, ran.log).toEqual([]);
    expect(ran.jobs['production.deploy']).toBe('success');
    expect(standing(cloud, 'production')).toEqual(['online blue version 1: 100']);
    // The rows that the tests judged by go from store to store: development, registry, monitor.
    const [, tests] = [...cloud.azure].find(([, { pipeline }]) => pipeline === 'test') ?? [];
    const [path = ''] = [...cloud.azure].find(([, thing]) => thing === tests) ?? [];
    expect(cloud.azure.get(`${WORKSPACE}/data/churn-reference:1`)).toEqual({
      path: `azureml://jobs/${path.split('/').at(-1)}/outputs/reference`,
    });
    expect(places(cloud, /\/registry\/[^/]+\/data\/churn-reference:1$/)).toHaveLength(1);
    const order = [/ ml data create /, / ml data share /, / ml schedule create /].map((call) =>
      ran.calls.findIndex((one) => call.test(one)),
    );
    expect(order.includes(-1)).toBe(false);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(watched(cloud)).toEqual(watching('blue', '1'));
    expect(ran.summary).toMatch(/- `churn-monitor` watches `blue` of `churn-[0-9a-f]{5}`\n/);
  });

  it('turns to the new deployment, and to its data, when a version takes over', async () => {
    const { cloud, ran, tested } = await second();
    expect(result(tested), tested.log).toEqual(green('promote', 'test'));
    expect(asked(tested, 'az ml data share --name churn-reference --version 2 ')).toHaveLength(1);
    expect(result(ran), ran.log).toEqual(green('deploy'));
    expect(standing(cloud, 'production')).toEqual(V2);
    expect(watched(cloud)).toEqual(watching('green', '2'));
    expect(asked(ran, 'az ml schedule create ')).toHaveLength(1);
    // Not before the old deployment is gone.
    const calls = ran.calls.map((call) => call.split(' ').slice(1, 4).join(' '));
    expect(calls.indexOf('ml schedule create')).toBeGreaterThan(calls.indexOf('ml online-deployment delete'));
    expect(ran.summary).toMatch(/- `churn-monitor` watches `green` of /);
  });
});

describe.skipIf(!able)('ab-test', () => {
  const test = (cloud: Runners, inputs: Record<string, string>, edit = quick): Promise<Happened> =>
    run(cloud, { workflow: 'ab-test', on: 'workflow_dispatch', inputs, edit });

  /** The answers of both arms that the application recorded, and what they should have been. */
  function recorded(cloud: Runners, sizes: Record<string, number>, errors: Record<string, number>): void {
    const account = String(cloud.github.variables.monitoring?.AZURE_STORAGE_ACCOUNT);
    const [, , started = ''] = tagOf(cloud)?.split('/') ?? [];
    const [container = ''] = places(cloud, new RegExp(`/storage/${account}/container/outcomes$`));
    const ids = Object.entries(sizes).flatMap(([deployment, count]) =>
      Array.from({ length: count }, (_, at) => ({ deployment, at, id: `${deployment}-${at}` })),
    );
    const time = (at: number): string => new Date(Date.parse(started) + at * 1000).toISOString();
    const lines = (records: object[]) => ({
      text: records.map((one) => `${JSON.stringify(one)}\n`).join(''),
    });
    cloud.azure.set(
      `${container}/blob/predictions/a.jsonl`,
      lines(ids.map(({ deployment, at, id }) => ({ id, time: time(at), deployment, prediction: 4200 }))),
    );
    cloud.azure.set(
      `${container}/blob/outcomes/a.jsonl`,
      lines(
        // By turns above and below, and spread around the mean error of the arm.
        ids.map(({ deployment, at, id }) => {
          const error = (errors[deployment] ?? MEAN) + (at % 2 ? SPREAD : -SPREAD);
          return { id, time: time(at + 1), actual: 4200 + (at % 4 < 2 ? error : -error) };
        }),
      ),
    );
  }

  /** The challenger is the version before, which a run of release has tested. */
  async function started(): Promise<Told & { sizes: { green: number; blue: number } }> {
    const cloud = await after();
    const share = (dir: string): void => {
      quick(dir);
      const file = join(dir, 'config/monitoring.yml');
      writeFileSync(file, readFileSync(file, 'utf8').replace(/percent: \d+/, 'percent: 25'));
    };
    const before = state(cloud);
    const unknown = await refused(
      () => test(cloud, { action: 'start', version: '1', run: '77' }, share),
      'gate',
      'GitHub tells nothing of run 77.',
    );
    expect(unknown.jobs).toEqual({ gate: 'failure' });
    expect(state(cloud)).toEqual(before);
    const [tested] = (await first()).cloud.repository.runs;
    if (!tested) throw new Error('nothing was tested');
    cloud.repository.runs.push({ ...tested, id: 500, head_sha: unknown.commit });
    const ran = await test(cloud, { action: 'start', version: '1', run: '500' });
    const [, , , champion, challenger] = tagOf(cloud)?.split('/') ?? [];
    return { cloud, ran, sizes: { green: Number(champion), blue: Number(challenger) } };
  }

  it('splits the traffic, keeps releases out, judges once both arms are full, and ends with one model', async () => {
    const { cloud, ran, sizes } = await started();
    expect(result(ran), ran.log).toEqual(green('gate', 'champion', 'start'));
    expect(traffic(cloud, 'production')).toEqual(['green=100', 'blue=25 green=75']);
    expect(standing(cloud, 'production')).toEqual([
      'online blue version 1: 25',
      'online green version 2: 75',
    ]);
    expect(tagOf(cloud)).toMatch(/^green\/blue\/[\dT:-]+Z\/\d+\/\d+\/0\.05$/);
    // 5 % of the mean error is half of its spread: (1.96 + 0.84)² / 0.5² for each share of a quarter and three.
    expect(sizes.green).toBeGreaterThan(31.4 * 4);
    expect(sizes.green).toBeLessThan(31.4 * 4 + 3);
    expect(sizes.blue).toBe(Math.ceil(sizes.green / 3));
    expect(ran.summary).toContain(`"champion": ${sizes.green},`);
    expect(asked(ran, 'az ml job download --name bear-2 --output-name evaluation')).toHaveLength(1);

    // A rollout does not end it, and takes nothing away.
    const before = state(cloud);
    const rollout = await deploy(cloud, '2');
    expect(rollout.jobs, rollout.log).toEqual({ deploy: 'failure' });
    expect(rollout.failedSteps).toEqual(['Start the new deployment beside the live one']);
    expect(rollout.summary).toMatch(/- Refused: churn-[0-9a-f]{5}: an A\/B test runs; stop it first/);
    expect(state(cloud)).toEqual(before);

    recorded(cloud, { ...sizes, green: sizes.green - 1 }, { blue: MEAN - SPREAD });
    const early = await refused(
      () => test(cloud, { action: 'judge' }),
      'judge',
      `too early: the champion has ${sizes.green - 1} answers with an outcome, ${sizes.green} are planned`,
    );
    expect(early.summary).toMatch(/^Refused: too early: the champion has /);
    expect(early.summary).not.toContain('better');
    expect(early.changes).toEqual([]);

    recorded(cloud, sizes, { blue: MEAN - SPREAD });
    const judged = await test(cloud, { action: 'judge' });
    expect(result(judged), judged.log).toEqual(green('judge'));
    expect(judged.summary).toMatch(
      new RegExp(
        '^The challenger is better: release its version. Mean absolute error: ' +
          `champion (100|99|100.1).\\d+ of ${sizes.green} answers, ` +
          `challenger (90|89|90.1).\\d+ of ${sizes.blue} answers; p = 0.0000`,
        'm',
      ),
    );
    expect(judged.changes).toEqual([]);

    const stopped = await test(cloud, { action: 'stop' });
    expect(result(stopped), stopped.log).toEqual(green('stop'));
    expect(traffic(cloud, 'production')).toEqual(['green=100', 'blue=25 green=75', 'green=100']);
    expect(standing(cloud, 'production')).toEqual(V2);
    expect(tagOf(cloud)).toBe('none');
    // So that retrain knows which answers were a challenger's.
    expect(tagsOf(cloud).ab_tests_past).toMatch(/^blue\/[\dT:-]+Z\/[\dT:-]+Z$/);
    expect(stopped.summary).toMatch(/: all traffic on green, blue is gone/);
  });

  more('finds a loser, and nothing between equals', async () => {
    const { cloud, sizes } = await started();
    for (const [error, verdict] of [
      [MEAN + SPREAD, 'The challenger is worse: keep the champion.'],
      [MEAN, 'No difference was found: keep the champion.'],
    ] as const) {
      recorded(cloud, sizes, { blue: error });
      const judged = await test(cloud, { action: 'judge' });
      expect(result(judged), judged.log).toEqual(green('judge'));
      expect(judged.summary).toContain(verdict);
      expect(judged.changes).toEqual([]);
    }
  });

  more('does not begin with a challenger that gives no predictions', async () => {
    const cloud = await after();
    const [tested] = (await first()).cloud.repository.runs;
    if (!tested) throw new Error('nothing was tested');
    const unknown = await test(cloud, { action: 'start', version: '1', run: '77' });
    cloud.repository.runs.push({ ...tested, id: 500, head_sha: unknown.commit });
    cloud.answers = ({ version }, rows) => ({
      predictions: version === '1' ? [] : rows.map(() => ({ prediction: 4200.5 })),
    });
    const start = () => test(cloud, { action: 'start', version: '1', run: '500' });
    const ran = await refused(start, 'start', 'the challenger does not answer well');
    expect(ran.summary).toContain('    Refused: the challenger does not answer well: ');
    expect(traffic(cloud, 'production')).toEqual(['green=100']);
    expect(standing(cloud, 'production')).toEqual(V2);
    expect(tagOf(cloud)).toBe('none');
  });
});

describe.skipIf(!able)('a rollback', () => {
  const file = '.github/workflows/deploy.yml';
  const back = (cloud: Runners, version = 'former'): Promise<Happened> =>
    run(cloud, {
      ...{ workflow: 'rollback', on: 'workflow_dispatch', inputs: { reason: 'It is wrong', version } },
      edit: (dir) => {
        quick(dir);
        writeFileSync(join(dir, file), read(tree(), file));
      },
    });
  /** Version 1 was released with this commit: the one of another scene is not in this repository. */
  const released = (cloud: Runners, commit: string): void => {
    Object.assign(inRegistry(cloud)['1'] ?? {}, { code: commit });
  };
  interface Deploy {
    jobs: { deploy: { steps: { name: string }[] } };
  }

  it('gives all traffic to the old deployment at once, while that still stands', async () => {
    const cloud = model((await first()).cloud.copy(), '2');
    const promotes = { workflow: 'release', on: 'workflow_dispatch', act: ['--job', 'promote'] } as const;
    released(cloud, (await run(cloud, promotes)).commit);
    // A rollout whose machine dies when the new one has all traffic: nothing goes back, nothing is deleted.
    const dies = (dir: string): void => {
      quick(dir);
      const workflow = parse(readFileSync(join(dir, file), 'utf8')) as Deploy;
      const { steps } = workflow.jobs.deploy;
      const last = steps.findIndex(({ name }) => name === 'Give it all traffic');
      expect(last).toBeGreaterThan(0);
      workflow.jobs.deploy.steps = steps.slice(0, last + 1);
      writeFileSync(join(dir, file), stringify(workflow, { aliasDuplicateObjects: false }));
    };
    await deploy(cloud, '2', dies);
    expect(standing(cloud, 'production')).toEqual([
      'online blue version 1: 0',
      'online green version 2: 100',
    ]);
    const ran = await back(cloud, '1');
    expect(result(ran), ran.log).toEqual(green('check', 'find', 'production.deploy'));
    expect(changed(ran).map((call) => call.split(' ').slice(1, 4).join(' '))).toEqual([
      'ml online-endpoint update', // traffic
      'ml online-endpoint update', // what is done last
    ]);
    expect(traffic(cloud, 'production').slice(-2)).toEqual(['green=100', 'blue=100']);
    expect(standing(cloud, 'production')).toEqual([
      'online blue version 1: 100',
      'online green version 2: 0',
    ]);
    expect(ran.summary).toMatch(/- `churn-[0-9a-f]{5}`: `blue` answers everything again/);
    expect(watched(cloud)).toEqual(watching('blue', '1'));
  });

  it('deploys the former version anew when the old deployment is gone, and watches it', async () => {
    const cloud = await after();
    const before = state(cloud);
    const never = await back(cloud, '7');
    expect(never.jobs, never.log).toEqual({ check: 'success', find: 'failure' });
    expect(state(cloud)).toEqual(before);
    released(cloud, never.commit);
    const ran = await back(cloud);
    expect(result(ran), ran.log).toEqual(green('check', 'find', 'production.deploy'));
    expect(ran.summary).toContain('Nothing to go back to');
    expect(ran.summary).toMatch(/: version 1 is live on `blue`, in place of `green`/);
    expect(traffic(cloud, 'production')).toEqual(['green=100', 'blue=100']);
    expect(standing(cloud, 'production')).toEqual(['online blue version 1: 100']);
    expect(watched(cloud)).toEqual(watching('blue', '1'));
    const { 1: one, 2: two } = inRegistry(cloud);
    expect(Date.parse(one?.production ?? '')).toBeGreaterThan(Date.parse(two?.production ?? ''));
  });
});

describe.skipIf(!able)('retrain, by an online endpoint', () => {
  interface Window {
    /** What the monitor found; undefined: it did not run. */
    drift?: string | false;
    /** Whether the step of the model's performance broke, and the run of the monitor with it. */
    blind?: boolean;
    total?: number;
    failed?: number;
  }
  const fine: Window = { drift: false };
  const iso = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

  /** What the last five days left, the newest last. */
  async function left(...windows: Window[]): Promise<Runners> {
    const cloud = await after();
    const [place = ''] = places(cloud, /^group\/rg-churn-production\/workspace\/[^/]+$/);
    const today = Math.floor(Date.now() / DAY) * DAY;
    windows.forEach(({ drift, blind, total = 1000, failed = 0 }, index) => {
      const end = today - (windows.length - 1 - index) * DAY;
      if (total) cloud.requests.push({ day: iso(end - DAY), total, failed, p95: 20 });
      if (drift === undefined) return;
      const time = end + (3 * 60 + 15) * 60 * 1000;
      const name = `churn-monitor-${iso(time).replace(/[-:]/g, '')}`;
      const common = { status: 'Completed', next: [], outputs: {} };
      const at = { creation_context: { created_at: iso(time) } };
      const broken = blind ? { status: 'Failed' } : {};
      cloud.azure.set(`${place}/job/${name}`, { ...common, ...at, ...broken, tags: {} });
      if (blind)
        cloud.azure.set(`${place}/job/${name}-model_performance`, {
          ...{ ...common, ...at, ...broken, tags: {}, parent: name },
        });
      const step = `${name}-signal`;
      cloud.azure.set(`${place}/job/${step}`, { ...common, ...at, tags: {}, parent: name });
      const tags = drift ? { azureml_modelmonitor_threshold_breached: drift } : {};
      cloud.azure.set(`${place}/job/${step}-metrics`, { ...common, ...at, tags, parent: step });
    });
    return cloud;
  }
  const retrain = (cloud: Runners, event: Partial<Event> = {}): Promise<Happened> =>
    run(cloud, { workflow: 'retrain', on: 'schedule', ...event });

  it('starts training when what Azure says violates the limits, with the reasons', async () => {
    const cloud = await left(fine, fine, { drift: false, failed: 100 }, fine, { drift: 'mass moved' });
    const ran = await retrain(cloud);
    expect(result(ran), ran.log).toEqual(green('ask', 'retrain'));
    expect(cloud.repository.started).toEqual([
      {
        ...{ workflow: 'train.yml', ref: 'main' },
        inputs: {
          trigger: 'drift',
          reason: `Production violates its limits (https://github.com/Contoso/Churn/actions/runs/${ran.run})`,
        },
      },
    ]);
    expect(ran.summary).toContain('- 2 of the last 5 windows violate their limits, the newest among them.');
    expect(ran.summary).toContain('churn-monitor: mass moved');
    expect(ran.summary).toContain('Application Insights: 10.0% of 1000 requests failed, 5.0% are allowed');
  });

  more('waits when one bad day is all there is', async () => {
    const cloud = await left(fine, fine, fine, fine, { drift: 'mass moved' });
    const ran = await retrain(cloud);
    expect(result(ran), ran.log).toEqual(green('ask'));
    expect(cloud.repository.started).toEqual([]);
    expect(ran.summary).toMatch(/^wait\n- 1 of the last 5 windows violate/m);
  });

  const bad: Window = { drift: 'mass moved' };
  const missing: [string, Window, string][] = [
    ['the monitor did not run', { failed: 0 }, 'churn-monitor: the monitor did not run, or is not done'],
    ['nobody asked the endpoint', { drift: 'mass moved', total: 0 }, 'not a single request is recorded'],
  ];
  missing.forEach(([what, newest, says], index) =>
    (index ? more : it)(`turns red, and starts nothing, when ${what}`, async () => {
      const cloud = await left(bad, bad, bad, bad, newest);
      const ran = await retrain(cloud);
      expect(ran.jobs, ran.log).toEqual({ ask: 'failure' });
      expect(ran.failedSteps).toEqual(['Call for a person']);
      expect(cloud.repository.started).toEqual([]);
      expect(ran.summary).toMatch(/^alert\n- Missing data in the newest window/m);
      expect(ran.summary).toContain(says);
    }),
  );

  more('is not blinded by a monitor that cannot measure the performance', async () => {
    const blind: Window = { drift: false, blind: true };
    const calm = await retrain(await left(blind, blind, blind, blind, blind));
    expect(result(calm), calm.log).toEqual(green('ask'));
    expect(calm.summary).toMatch(/^wait\n- 0 of the last 5 windows violate/m);
    expect(calm.summary).toMatch(/passed over: .*performance ended as Failed/);
    const moved: Window = { drift: 'mass moved', blind: true };
    const ran = await retrain(await left(blind, blind, blind, moved, moved));
    expect(result(ran), ran.log).toEqual(green('ask', 'retrain'));
    expect(ran.summary).toContain('churn-monitor: mass moved');
  });

  more('starts training for a person, with their reason and without any violation', async () => {
    const cloud = await left(fine, fine, fine, fine, fine);
    const ran = await retrain(cloud, {
      on: 'workflow_dispatch',
      inputs: { reason: 'New "sensor"; `az account show`' },
    });
    expect(result(ran), ran.log).toEqual(green('ask', 'retrain'));
    expect(cloud.repository.started).toHaveLength(1);
    expect(cloud.repository.started[0]?.inputs).toMatchObject({ trigger: 'retrain' });
    expect(cloud.repository.started[0]?.inputs.reason).toMatch(/^New "sensor"; `az account show` \(https:/);
    expect(asked(ran, 'az account show')).toEqual([]);
  });

  more('does not train for ever: its breaker stops it', async () => {
    const cloud = await left(bad, bad, bad, bad, bad);
    for (const days of [9, 15, 21])
      cloud.repository.earlier.push({
        ...{ workflow: 'train.yml', title: 'Retraining on drift' },
        at: iso(Date.now() - days * DAY),
      });
    const ran = await retrain(cloud);
    expect(ran.jobs, ran.log).toEqual({ ask: 'failure' });
    expect(ran.failedSteps).toEqual(['Call for a person']);
    expect(cloud.repository.started).toEqual([]);
    expect(ran.summary).toMatch(/^blocked\n- Circuit breaker: 3 retrainings within 30 days/m);
  });

  /** What the application recorded four days ago: 60 answers of the deployment that lives, all far off. */
  function wrong(cloud: Runners): void {
    const account = String(cloud.github.variables.monitoring?.AZURE_STORAGE_ACCOUNT);
    const [container = ''] = places(cloud, new RegExp(`/storage/${account}/container/outcomes$`));
    const time = iso(Date.now() - 4 * DAY);
    const records = Array.from({ length: 60 }, (_, id) => [
      { id, time, deployment: 'green', prediction: 1e6 },
      { id, time, actual: 4200 },
    ]);
    const text = records.flat().map((one) => `${JSON.stringify(one)}\n`);
    cloud.azure.set(`${container}/blob/outcomes/a.jsonl`, { text: text.join('') });
  }

  more('starts training when what came true is far from what was predicted', async () => {
    const cloud = await left(fine, fine, fine, fine, fine);
    wrong(cloud);
    const ran = await retrain(cloud);
    expect(result(ran), ran.log).toEqual(green('ask', 'retrain'));
    expect(ran.summary).toContain('outcomes: the mean absolute error was 9.958e+05');
  });

  more('does not for what the challenger of an A/B test got wrong', async () => {
    const cloud = await left(fine, fine, fine, fine, fine);
    wrong(cloud);
    tagsOf(cloud).ab_tests_past = `green/${iso(Date.now() - 5 * DAY)}/${iso(Date.now() - 3 * DAY)}`;
    const ran = await retrain(cloud);
    expect(result(ran), ran.log).toEqual(green('ask'));
    expect(ran.summary).toMatch(/^wait\n- 0 of the last 5 windows violate/m);
    expect(ran.summary).not.toContain('outcomes');
  });
});

describe.skipIf(!able)('release-app', () => {
  const own = (): Tree => treeOf(3, 'classification', 'online');
  const release = (cloud: Runners): Promise<Happened> =>
    happens(cloud, own(), { workflow: 'release-app', on: 'push', changed: ['app/churn_app.py'] });

  it('asks staging before it releases, and releases nothing while staging holds nothing', async () => {
    const cloud = await cloudOf(own());
    const red = await release(cloud);
    expect(result(red), red.log).toEqual({
      jobs: { build: 'success', integration: 'failure' },
      failedSteps: ['Tests of the application against staging (pytest)'],
    });
    expect(cloud.releases).toEqual({});
    expect(red.changes).toEqual([]);

    // As a release of a model leaves it.
    const [place = ''] = places(cloud, /^group\/rg-churn-staging\/workspace\/[^/]+$/);
    const endpoint = `${place}/online/churn-${cloud.github.variables.staging?.ENDPOINT_SUFFIX}`;
    const traffics = { traffic: { blue: 100 }, mirror_traffic: {}, defaults: { deployment_name: null } };
    cloud.azure.set(endpoint, { tags: {}, ...traffics });
    cloud.azure.set(`${endpoint}/deployment/blue`, { model: 'azureml://models/churn/versions/1' });
    const questions: number[] = [];
    const { answers } = cloud;
    cloud.answers = (deployed, rows) => {
      expect(deployed).toMatchObject({ place: 'staging', deployment: 'blue' });
      questions.push(rows.length);
      return answers(deployed, rows);
    };
    const ran = await release(cloud);
    expect(result(ran), ran.log).toEqual(green('build', 'integration', 'release'));
    expect(questions).toContain(500);
    // Every test was made.
    const tests = read(own(), 'app/test_integration.py').match(/^def test_/gm) ?? [];
    expect(ran.log).toMatch(new RegExp(`(?<!\\d)${tests.length} passed(?!.*skipped)`));
    const [asks, publishes] = ['az ml online-endpoint show ', 'gh release create '].map((start) =>
      ran.calls.findIndex((call) => call.startsWith(start)),
    );
    expect(asks).toBeGreaterThanOrEqual(0);
    expect(publishes).toBeGreaterThan(asks ?? 0);
    expect(cloud.releases).toEqual({ 'app-v0.1.0': ['dist/churn_app-0.1.0-py3-none-any.whl'] });
    expect(ran.summary).toContain('Released [app-v0.1.0](');
    // Who must approve a release to production must approve this one.
    const { jobs } = workflowsOf(own().dir)['release-app'] ?? {};
    expect(jobs?.release?.environment).toBe('production');
    expect(jobs?.integration?.environment).toBe('staging');
  });
});

knownToAz();
