import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Tree, treeOf } from '../support/trees.js';
import type { Event, Happened } from './act/run-workflow.js';
import type { Runners } from './act/runners.js';
import {
  able,
  asked,
  cloudOf,
  green,
  happens,
  inRegistry,
  knownToAz,
  more,
  quick,
  registered,
  result,
  standing,
  traffic,
  WORKSPACE,
} from './act/scenes.js';

// How a model takes over in production at level 4, and what starts training, by the emitted workflows.

const tree = (): Tree => treeOf(4);
const run = (cloud: Runners, version: string, event: Partial<Event> = {}): Promise<Happened> =>
  happens(cloud, tree(), {
    ...{
      workflow: 'deploy',
      on: 'workflow_call',
      inputs: { environment: 'production', version },
      edit: quick,
    },
    ...event,
  });

let begun: Promise<{ cloud: Runners; ran: Happened }> | undefined;
/** Version 1 in an empty production, by a rollout; version 2 is promoted. It is made once. */
const first = (): Promise<{ cloud: Runners; ran: Happened }> =>
  (begun ??= (async () => {
    const cloud = await cloudOf(tree());
    const [place = ''] = [...cloud.azure.keys()].filter((path) => /\/registry\/[^/]+$/.test(path));
    for (const version of ['1', '2']) {
      const words = { workflow: 'release', on: 'workflow_dispatch', act: ['--job', 'promote'] } as const;
      await happens(registered(cloud, version), tree(), { ...words, inputs: { version } });
      cloud.azure.set(`${place}/data/churn-reference:${version}`, {});
    }
    return { cloud, ran: await run(cloud, '1') };
  })());
const after = async (): Promise<Runners> => (await first()).cloud.copy();
const V1 = ['batch blue version 1: default', 'online blue version 1: 100'];

describe.skipIf(!able)('a rollout', () => {
  it('puts a first version into an empty production', async () => {
    const { cloud, ran } = await first();
    expect(result(ran), ran.log).toEqual(green('deploy'));
    expect(standing(cloud, 'production')).toEqual(V1);
    expect(traffic(cloud, 'production')).toEqual(['', 'blue=100']);
    expect(inRegistry(cloud)['1']?.production).toBeDefined();
  });

  it('gives a new version mirrored requests, a small share, half and all, then deletes the old one', async () => {
    const cloud = await after();
    const ran = await run(cloud, '2');
    expect(result(ran), ran.log).toEqual(green('deploy'));
    expect(traffic(cloud, 'production')).toEqual([
      'blue=100',
      'blue=90 green=10',
      'blue=50 green=50',
      'green=100',
    ]);
    const mirrored = cloud.history.map(({ mirrored: shares }) => JSON.stringify(Object.values(shares)));
    expect(mirrored).toContain('[{"green":20}]');
    expect(mirrored.at(-1)).toBe('[]');
    expect(standing(cloud, 'production')).toEqual([
      'batch green version 2: default',
      'online green version 2: 100',
    ]);
    expect(inRegistry(cloud)['2']?.production).toBeDefined();
    // What is live is what the monitor watches.
    const [, schedule] = [...cloud.azure].find(([path]) => path.includes('/schedule/')) ?? [];
    expect(JSON.stringify(schedule)).toMatch(/azureml:churn-[0-9a-f]{5}:green/);
    expect(ran.summary).toMatch(/\| green \| 100 % \| 2 \| bear-2 \|/);
    expect(ran.summary).toContain('## Rollout of version 2: live');
    expect(ran.summary).toMatch(/\| churn-[0-9a-f]{5} \| blue 90 %, green 10 % \| none \|/);
    expect(ran.summary).toContain('`rollout.html` of the artefact `rollout`');
    const page = readFileSync(join(ran.artifacts, 'rollout/rollout.html'), 'utf8');
    expect(page).toContain('Rollout of version 2: live');
    expect(page.match(/<svg[^]*?<\/svg>/g)?.length).toBeGreaterThan(0);
  });

  it('goes back when the new version does not keep the limits, and says why', async () => {
    const cloud = await after();
    // It does well with copies of requests, and badly with real ones.
    cloud.counted = ({ version, endpoint }) => {
      const live = Object.entries(cloud.history.at(-1)?.live ?? {}).find(([at]) => at.endsWith(endpoint));
      return { requests: 600, errors: version === '2' && live?.[1].green ? 90 : 0, p95: 20 };
    };
    const ran = await run(cloud, '2');
    expect(ran.jobs, ran.log).toEqual({ deploy: 'failure' });
    expect(ran.failedSteps).toContain('Give it a small share of the traffic');
    expect(traffic(cloud, 'production')).toEqual(['blue=100', 'blue=90 green=10', 'blue=100']);
    expect(standing(cloud, 'production')).toEqual(V1);
    expect(ran.summary).toContain('error share 0.1500 is above the limit 0.0100');
    expect(ran.summary).toContain('## Rollout of version 2: went back');
    expect(ran.summary).toContain('| canary | green (new) | 600 | 90 | 0.1500 | 0.0100 | 20 |');
    expect(inRegistry(cloud)['2']?.production).toBeUndefined();
  });

  more('goes back when nobody measured it', async () => {
    const cloud = await after();
    cloud.counted = ({ version }) => ({ requests: version === '2' ? 0 : 600, errors: 0, p95: 20 });
    const ran = await run(cloud, '2');
    expect(ran.jobs, ran.log).toEqual({ deploy: 'failure' });
    expect(standing(cloud, 'production')).toEqual(V1);
    expect(ran.summary).toContain('missing metrics');
  });

  it('goes back when somebody cancels the run', async () => {
    const cloud = await after();
    const ran = await run(cloud, '2', { cancelAt: / --traffic blue=90 green=10 / });
    expect(ran.jobs, ran.log).toEqual({ deploy: 'failure' });
    expect(ran.log).toContain('Success - Main Go back');
    expect(traffic(cloud, 'production')).toEqual(['blue=100', 'blue=90 green=10', 'blue=100']);
    expect(standing(cloud, 'production')).toEqual(V1);
    expect(cloud.history.at(-1)?.mirrored).toEqual({});
    expect(inRegistry(cloud)['2']?.production).toBeUndefined();
  });
});

describe.skipIf(!able)('retrain', () => {
  const batch = (): Tree => treeOf(4, 'classification', 'batch');
  const day = 24 * 60 * 60 * 1000;

  /** Version 1 in production, and what comparing the last versions of the data found, the newest last. */
  async function watched(
    violations: readonly (boolean | undefined)[],
    own = batch(),
    every = day,
  ): Promise<Runners> {
    const cloud = registered(await cloudOf(own), '1');
    await happens(cloud, own, {
      workflow: 'release',
      on: 'workflow_dispatch',
      act: ['--job', 'promote'],
    });
    const [path, model] = [...cloud.azure].find(([key]) => /\/registry\/.*\/version\/1$/.test(key)) ?? [];
    if (!path || !model) throw new Error('nothing was promoted');
    Object.assign(model.tags as object, { production: '2026-01-01T00:00:00.000000+00:00' });
    const report = (violates: boolean) =>
      JSON.stringify({ violates, reasons: violates ? ['island: drift'] : [] });
    const last = violations.at(-1);
    violations.slice(0, -1).forEach((violates, index) => {
      const created = new Date(Date.now() - (violations.length - 1 - index) * every).toISOString();
      cloud.azure.set(`${WORKSPACE}/job/drift-${index}`, {
        ...{ status: 'Completed', next: [], experiment_name: 'churn-drift' },
        // Each of data of its own: what was compared before is not compared again.
        tags: { model: 'churn:1', data: `churn-data:2026-01-0${index + 1}` },
        creation_context: { created_at: created },
        outputs: violates === undefined ? {} : { report: report(violates) },
      });
    });
    cloud.drifting = { status: 'Completed', outputs: last === undefined ? {} : { report: report(last) } };
    return cloud;
  }
  const retrain = (cloud: Runners, event: Partial<Event> = {}, own = batch()): Promise<Happened> =>
    happens(cloud, own, { workflow: 'retrain', on: 'schedule', ...event });

  it('starts training when production violates its limits, with the reason', async () => {
    const cloud = await watched([false, true, false, false, true]);
    const ran = await retrain(cloud);
    expect(result(ran), ran.log).toEqual(green('drift', 'ask', 'retrain'));
    expect(cloud.repository.started).toEqual([
      {
        ...{ workflow: 'train.yml', ref: 'main' },
        inputs: {
          trigger: 'drift',
          reason: `Production violates its limits (https://github.com/Contoso/Churn/actions/runs/${ran.run})`,
        },
      },
    ]);
    expect(ran.summary).toContain('retrain');
    expect(ran.summary).toContain('island: drift');
    expect(ran.summary).toContain('## Retraining: retrain');
    expect(ran.summary).toContain('`decision.html` of the artefact `decision`');
    const page = readFileSync(join(ran.artifacts, 'decision/decision.html'), 'utf8');
    expect(page).toContain('island: drift');
  });

  it('waits when one bad day is all there is', async () => {
    const cloud = await watched([false, false, false, false, true]);
    const ran = await retrain(cloud);
    expect(result(ran), ran.log).toEqual(green('drift', 'ask'));
    expect(cloud.repository.started).toEqual([]);
    expect(asked(ran, 'az ml job create ')).toHaveLength(1);
    // The same data says the same again the next day: it is not compared, and not counted, anew.
    const again = await retrain(cloud);
    expect(result(again), again.log).toEqual(green('drift', 'ask'));
    expect(asked(again, 'az ml job create ')).toEqual([]);
    expect(cloud.repository.started).toEqual([]);
  });

  it('turns red, and starts nothing, when what it asks for is missing', async () => {
    const cloud = await watched([true, true, true, true, undefined]);
    const ran = await retrain(cloud);
    expect(ran.jobs, ran.log).toEqual({ drift: 'success', ask: 'failure' });
    expect(ran.failedSteps).toEqual(['Call for a person']);
    expect(cloud.repository.started).toEqual([]);
    expect(ran.summary).toContain('alert');
  });

  it('counts the weekly data beside the days of an online endpoint, which are five of seven', async () => {
    const both = treeOf(4, 'regression', 'both');
    const week = 7 * day;
    const cloud = await watched([false, true, false, false, true], both, week);
    const ran = await retrain(cloud, {}, both);
    expect(result(ran), ran.log).toEqual(green('drift', 'ask', 'retrain'));
    expect(cloud.repository.started[0]?.inputs).toMatchObject({ trigger: 'drift' });
    expect(ran.summary).toContain('Gathered data: 2 of the last 5 windows violate their limits');
    const once = await watched([false, false, false, false, true], both, week);
    const accident = await retrain(once, {}, both);
    expect(result(accident), accident.log).toEqual(green('drift', 'ask'));
    expect(once.repository.started).toEqual([]);
  });

  it('does not train for ever: its breaker stops it, and a person too unless they override it', async () => {
    const cloud = await watched([true, true, true, true, true]);
    // A person's start counts like one that needed none.
    for (const [days, why] of [
      [9, 'on drift'],
      [15, 'for a person'],
      [21, 'on drift'],
    ] as const)
      cloud.repository.earlier.push({
        ...{ workflow: 'train.yml', title: `Retraining ${why}` },
        at: `${new Date(Date.now() - days * day).toISOString().slice(0, 19)}Z`,
      });
    const blocked = await retrain(cloud);
    expect(blocked.jobs, blocked.log).toEqual({ drift: 'success', ask: 'failure' });
    expect(cloud.repository.started).toEqual([]);
    const inputs = { reason: 'New sensor', override: 'true' };
    const ran = await retrain(cloud, { on: 'workflow_dispatch', inputs });
    expect(result(ran), ran.log).toEqual(green('drift', 'ask', 'retrain'));
    expect(cloud.repository.started[0]?.inputs).toMatchObject({ trigger: 'retrain' });
    expect(cloud.repository.started[0]?.inputs.reason).toMatch(/^New sensor \(https:/);
  });
});

knownToAz();
