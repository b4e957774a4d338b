import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Tree, treeOf } from '../support/trees.js';
import { type Fault, FAULTS, type Turning, turning } from './act/faults.js';
import type { Event } from './act/run-workflow.js';
import {
  able,
  cloudOf,
  green,
  happens,
  inRegistry,
  knownToAz,
  more,
  registered,
  result,
  standing,
  traffic,
} from './act/scenes.js';
import { type Client, type Got, Serving } from './act/serving.js';

// What goes wrong while a model takes over in production, with deployments that really answer, and a caller who asks
// all the time.

interface Pace {
  /** How long each step is watched. */
  seconds: number;
  /** How much slower than the old one the new one may be; a busy machine makes any server slow. */
  slower: number;
}

const paced =
  ({ seconds, slower }: Pace) =>
  (dir: string): void => {
    const file = join(dir, 'config/rollout.yml');
    const text = readFileSync(file, 'utf8')
      .replace(/^( +minutes:) .+/gm, `$1 ${(seconds / 60).toFixed(4)}`)
      .replace(/^probes: .+/m, 'probes: 2')
      .replace(/^( +slower_than_old_ms:) .+/m, `$1 ${slower}`)
      .replace(/^( +p95_ms:) .+/m, '$1 9000');
    writeFileSync(file, text);
  };

const tree = (): Tree => treeOf(4, 'classification', 'online');
const run = (cloud: Serving, version: string, pace: Partial<Pace> = {}, event: Partial<Event> = {}) =>
  happens(cloud, tree(), {
    ...{ workflow: 'deploy', on: 'workflow_call', inputs: { environment: 'production', version } },
    edit: paced({ seconds: 0.5, slower: 5000, ...pace }),
    ...event,
  });

let begun: Promise<Serving> | undefined;
/** Version 1 in production; versions 2 and 3 are promoted. It is made once. */
const first = (): Promise<Serving> =>
  (begun ??= (async () => {
    const cloud = await cloudOf(tree(), Serving);
    const [place = ''] = [...cloud.azure.keys()].filter((path) => /\/registry\/[^/]+$/.test(path));
    for (const version of ['1', '2', '3']) {
      const words = { workflow: 'release', on: 'workflow_dispatch', act: ['--job', 'promote'] } as const;
      await happens(registered(cloud, version), tree(), { ...words, inputs: { version } });
      cloud.azure.set(`${place}/data/churn-reference:${version}`, {});
    }
    const ran = await run(cloud, '1', { seconds: 0 });
    expect(result(ran), ran.log).toEqual(green('deploy'));
    return cloud;
  })());
afterAll(async () => (await begun)?.stopAll());

async function after(): Promise<{ cloud: Serving; client: Client }> {
  const cloud = (await first()).copy();
  onTestFinished(() => cloud.stopAll());
  const client = cloud.client('production');
  await client.start();
  return { cloud, client };
}

const V1 = ['online blue version 1: 100'];
const V2 = ['online green version 2: 100'];
const ALL = ['blue=100', 'blue=90 green=10', 'blue=50 green=50', 'green=100'];
const failed = (got: readonly Got[]): Got[] => got.filter(({ right }) => !right);

/** A step of the workflow, the call with which what it is about begins, and the traffic by then. */
const STEPS = {
  deploy: { name: 'Start the new deployment beside the live one', at: undefined, traffic: 1 },
  smoke: { name: 'Ask the new deployment', at: /tags\.phase=start /, traffic: 1 },
  mirror: { name: 'Mirror live requests to it', at: / --mirror-traffic green=20 /, traffic: 1 },
  canary: { name: 'Give it a small share of the traffic', at: / --traffic blue=90 green=10 /, traffic: 2 },
  half: { name: 'Give it half of the traffic', at: / --traffic blue=50 green=50 /, traffic: 3 },
  full: { name: 'Give it all traffic', at: / --traffic blue=0 green=100 /, traffic: 4 },
  soak: { name: 'Watch it, while the old one still stands', at: /tags\.phase=full /, traffic: 4 },
} as const;
type Step = keyof typeof STEPS;
const WATCHED = ['mirror', 'canary', 'half', 'full', 'soak'] as const;

const REASONS: Readonly<Record<Fault, RegExp>> = {
  wrong: /row 1: None is no prediction/,
  errors: /Status code 424|error share [\d.]+ is above the limit/,
  slow: /p95 latency \d+ ms is above the limit \d+ ms, which the old deployment's \d+ ms set/,
  dead: /Status code 424|error share [\d.]+ is above the limit|did not become healthy/,
};

/** The new version has a fault from a step on: at once, or when its probes are through and only callers meet it. */
async function faulty(fault: Fault, step: Step, when: 'at once' | 'later'): Promise<void> {
  const { cloud, client } = await after();
  let server: Turning | undefined;
  cloud.serve = async (what) => {
    if (what.version === '1') return cloud.model(what);
    server = await turning(cloud, what);
    if (step === 'deploy') server.turn(fault);
    if (step === 'deploy' && fault === 'dead') throw new Error('the liveness probe failed');
    return server;
  };
  const { at, traffic: seen } = STEPS[step];
  // The old one is probed after the new one.
  const turn = { at: / invoke .* --deployment-name blue /, act: () => server?.turn(fault) };
  if (at && when === 'at once') cloud.when.push({ ...turn, at });
  if (at && when === 'later') cloud.when.push({ at, act: () => cloud.when.push(turn) });
  let back = 0;
  const returned = {
    at: / --traffic green=0 blue=100 | --traffic blue=100 green=0 /,
    act: () => (back = Date.now()),
  };
  cloud.when.push(returned);

  const ran = await run(cloud, '2', fault === 'slow' ? { seconds: 1.5, slower: 300 } : {});
  const got = await client.stop();
  // Whether it is slow nobody can say before it is measured.
  const found = fault === 'slow' && (step === 'deploy' || step === 'smoke') ? 'mirror' : noticed(fault, step);
  expect(ran.jobs, ran.log).toEqual({ deploy: 'failure' });
  expect(ran.failedSteps, ran.summary).toContain(STEPS[found].name);
  // Where many callers met it, what Azure counted must say so, not only the last question.
  const counted =
    when === 'later' && ['half', 'full', 'soak'].includes(step) && ['errors', 'dead'].includes(fault);
  expect(ran.summary).toMatch(counted ? /error share [\d.]+ is above the limit/ : REASONS[fault]);
  expect(ran.log).toContain('Success - Main Go back');
  const most = Math.max(seen, STEPS[found].traffic);
  expect(traffic(cloud, 'production')).toEqual([...ALL.slice(0, most), ...(most > 1 ? ['blue=100'] : [])]);
  expect(standing(cloud, 'production')).toEqual(V1);
  expect(cloud.history.at(-1)?.mirrored).toEqual({});
  expect(inRegistry(cloud)['2']?.production).toBeUndefined();
  // Nobody met the fault but who was sent there while it had traffic.
  const met = cloud.asked.filter((one) => one.deployment === 'green' && !one.named && !one.mirrored);
  expect(new Set(failed(got).map(({ deployment }) => deployment))).toEqual(
    new Set(failed(got).length ? ['green'] : []),
  );
  const bad = met.filter(({ status, answer }) => status !== 200 || answer.includes('"prediction":null'));
  expect(failed(got).length).toBe(bad.length);
  if (most === 1) expect(met).toEqual([]);
  else
    expect(got.filter(({ at: asked }) => asked > back).map((one) => one.deployment)).not.toContain('green');
  expect(got.length).toBeGreaterThan(20);
}

/** The step that finds a fault out: that of its beginning, when anybody can. */
const noticed = (fault: Fault, step: Step): Step => (step === 'deploy' && fault !== 'dead' ? 'smoke' : step);

type Case = readonly [Fault, Step, 'at once' | 'later'];
/** Each fault once, and the steps that differ: before traffic, with a share of it, at the last moment. */
const DAILY: Case[] = [
  ['dead', 'deploy', 'at once'],
  ['errors', 'mirror', 'later'],
  ['slow', 'canary', 'later'],
  ['wrong', 'soak', 'later'],
];
const OTHERS = [
  ...FAULTS.flatMap((fault) => (['deploy', 'smoke'] as const).map((step): Case => [fault, step, 'at once'])),
  ...FAULTS.flatMap((fault) => WATCHED.map((step): Case => [fault, step, 'later'])),
  ...WATCHED.map((step, at): Case => [FAULTS[at % 4] ?? 'wrong', step, 'at once']),
].filter((one) => !DAILY.some((daily) => daily.join() === one.join()));

describe.skipIf(!able)('a rollout with a steady caller', () => {
  it('fails no request, and shares them out as its traffic says', async () => {
    const { cloud, client } = await after();
    const times: number[] = [];
    for (const { at } of [STEPS.canary, STEPS.half, STEPS.full])
      cloud.when.push({ at, act: () => void times.push(Date.now()) });
    const ran = await run(cloud, '2');
    const got = await client.stop();
    expect(result(ran), ran.log).toEqual(green('deploy'));
    expect(traffic(cloud, 'production')).toEqual(ALL);
    expect(standing(cloud, 'production')).toEqual(V2);
    expect(failed(got)).toEqual([]);
    // What the summary says was counted is what was asked.
    const mirrored = cloud.asked.filter((one) => one.mirrored);
    expect(new Set(mirrored.map(({ deployment }) => deployment))).toEqual(new Set(['green']));
    for (const [share, from = NaN, to = NaN] of [
      [10, times[0], times[1]],
      [50, times[1], times[2]],
    ]) {
      const live = got.filter(({ at }) => at > from && at < to);
      const its = live.filter(({ deployment }) => deployment === 'green').length;
      expect(Math.abs(its - (live.length * (share ?? 0)) / 100), `${its} of ${live.length}`).toBeLessThan(3);
    }
  });

  it.each(DAILY)('goes back, and says why: the new version is %s, from %s on, %s', faulty);
  more.each(OTHERS)('goes back, and says why, in every case: %s, from %s on, %s', faulty);
});

/** Where the machine of the job is lost: at each of these calls, which took effect. */
const LOST = {
  start: /^az ml online-deployment create /,
  smoke: / invoke .* --deployment-name green /,
  mirror: STEPS.mirror.at,
  canary: STEPS.canary.at,
  half: STEPS.half.at,
  full: STEPS.full.at,
  soak: / tags\.phase=full /,
  finish: / tags\.phase=finishing /,
  delete: /^az ml online-deployment delete .*--name blue /,
} as const;

describe.skipIf(!able)('a rollout whose machine is lost', () => {
  it('is run again, and again, until it is through: the caller notices nothing', async () => {
    const { cloud, client } = await after();
    for (const step of ['start', 'half', 'delete'] as const) {
      const ran = await run(cloud, '2', { seconds: 0 }, { killAt: LOST[step] });
      expect(ran.jobs, ran.log).toEqual({});
    }
    const ran = await run(cloud, '2', { seconds: 0 });
    expect(result(ran), ran.log).toEqual(green('deploy'));
    expect(standing(cloud, 'production')).toEqual(V2);
    expect(inRegistry(cloud)['2']?.production).toBeDefined();
    const got = await client.stop();
    expect(failed(got)).toEqual([]);
    expect(got.at(-1)?.deployment).toBe('green');
  });

  more('while Azure makes the deployment: the next run waits for it, and goes on with it', async () => {
    const { cloud, client } = await after();
    let made = 0;
    let ready = (): void => undefined;
    const awaited = new Promise<void>((done) => (ready = done));
    cloud.serve = async (what) => {
      if (what.version === '1') return cloud.model(what);
      made++;
      const served = await cloud.model(what);
      for (const dies of cloud.gone.values()) dies();
      await awaited;
      return served;
    };
    const lost = await run(cloud, '2');
    expect(lost.jobs, lost.log).toEqual({});
    // Azure needs until the next run has looked some times: a second more on a busy machine would be too long for it.
    let looks = 0;
    const look = {
      at: /^az ml online-deployment list /,
      act: () => (++looks < 5 ? void cloud.when.push(look) : ready()),
    };
    cloud.when.push(look);
    const ran = await run(cloud, '2', { seconds: 0 });
    expect(result(ran), ran.log).toEqual(green('deploy'));
    expect(standing(cloud, 'production')).toEqual(V2);
    expect([made, looks]).toEqual([1, 5]);
    expect(failed(await client.stop())).toEqual([]);
  });

  more.each(Object.entries(LOST))('at %s: run again, it is through', async (_, killAt) => {
    const { cloud, client } = await after();
    const lost = await run(cloud, '2', { seconds: 0 }, { killAt });
    expect(lost.jobs, lost.log).toEqual({});
    const ran = await run(cloud, '2', { seconds: 0 });
    expect(result(ran), ran.log).toEqual(green('deploy'));
    expect(standing(cloud, 'production')).toEqual(V2);
    expect(inRegistry(cloud)['2']?.production).toBeDefined();
    expect(failed(await client.stop())).toEqual([]);
  });
});

describe.skipIf(!able)('three rollouts at once', () => {
  it('come one after the other, none is cancelled, and each gives the traffic to its own version', async () => {
    const { cloud, client } = await after();
    const following: ReturnType<typeof run>[] = [];
    const others = { amongOthers: true };
    const at = / tags\.phase=start /;
    const starts = (): void => void following.push(run(cloud, '3', { seconds: 0 }, others));
    // The third begins while the second waits; it finds its version in place.
    cloud.when.push({ at, act: starts }, { at: / tags\.phase=mirror /, act: starts });
    const one = await run(cloud, '2', { seconds: 0 }, others);
    expect(following).toHaveLength(2);
    for (const ran of [one, ...(await Promise.all(following))])
      expect(result(ran), ran.log).toEqual(green('deploy'));
    expect(traffic(cloud, 'production')).toEqual([
      ...ALL,
      'blue=10 green=90',
      'blue=50 green=50',
      'blue=100',
    ]);
    expect(standing(cloud, 'production')).toEqual(['online blue version 3: 100']);
    expect(failed(await client.stop())).toEqual([]);
  });
});

knownToAz();
