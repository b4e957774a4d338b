import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { azmlops, home } from '../support/session.js';
import { git } from '../support/tools.js';
import { filesOf, read, type Tree, treeOf } from '../support/trees.js';
import { type Event, type Happened, setUp } from './act/run-workflow.js';
import { Runners } from './act/runners.js';
import {
  able,
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
  trained,
} from './act/scenes.js';

// A repository that was begun at level 0 and lived in at every level, with what its team changed on the way, plays at
// level 4 what a fresh one plays: the same calls of az and gh, apart from what the team wrote.

/** Replace what is there, and there once. */
function change(dir: string, path: string, from: string, to: string): void {
  const text = readFileSync(join(dir, path), 'utf8');
  expect(text.split(from), `${from} in ${path}`).toHaveLength(2);
  writeFileSync(join(dir, path), text.replace(from, to));
}

/** What the team does at each level, before it moves on. */
const life: readonly ((dir: string) => void)[] = [
  (dir) => {
    change(dir, 'notebooks/train.ipynb', 'min_samples_leaf=2', 'min_samples_leaf=3');
    const online = 'azureml/endpoints/online/deployment.yml';
    change(dir, online, 'instance_type: Standard_D2as_v4', 'instance_type: Standard_D4as_v4');
    writeFileSync(join(dir, 'docs/ours.md'), '# Ours\n');
    rmSync(join(dir, 'docs/roles.md'));
  },
  (dir) => {
    writeFileSync(join(dir, 'src/churn/ours.py'), '"""What the team computes."""\n\nTEAM_FACTOR = 17\n');
    change(dir, 'src/churn/scoring.py', 'MAX_ROWS = 1000', 'MAX_ROWS = 500');
  },
  (dir) => {
    change(dir, 'src/churn/gate.yml', 'band: 0.005', 'band: 0.02');
    change(dir, '.github/workflows/train.yml', 'cron: "43 5 * * 1"', 'cron: "43 4 * * 2"');
  },
  (dir) => change(dir, 'azureml/endpoints/batch/deployment.yml', 'instance_count: 1', 'instance_count: 2'),
];

let grown: Promise<Tree> | undefined;
/** The repository of that team, at level 4. */
const upgraded = (): Promise<Tree> =>
  (grown ??= (async () => {
    home();
    const dir = mkdtempSync(join(tmpdir(), 'azmlops-grown-'));
    cpSync(treeOf(0).dir, dir, { recursive: true });
    for (const [level, lives] of life.entries()) {
      lives(dir);
      git(dir, 'add', '--all');
      git(dir, 'commit', '--quiet', '--message', `the team at level ${level}`);
      const said = await azmlops(dir, 'upgrade', '--yes', '--commit');
      expect([said.code, said.err], said.out).toEqual([0, '']);
    }
    return { ...treeOf(4), id: 'grown', dir };
  })());
afterAll(async () => {
  if (grown) rmSync((await grown).dir, { recursive: true, force: true });
});

/** What a run asked for, in no order, since jobs run side by side. Commits, times and temporary names differ. */
const asking = ({ calls }: Happened): string[] =>
  calls
    .map((call) =>
      call
        .replaceAll(/\b[0-9a-f]{40}\b/g, 'COMMIT')
        .replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.+Z]+/g, 'TIME')
        .replaceAll(new RegExp(`${tmpdir()}/\\S*/`, 'g'), 'FOLDER/')
        .replaceAll(new RegExp(`${tmpdir()}/tmp\\w{8}`, 'g'), 'FOLDER')
        .replaceAll(/\b(release|monitor)-\w{8}\.yml/g, '$1.yml')
        .replaceAll(/\bcheck-[0-9a-f]{16}\b/g, 'check')
        // Numbered as they are made, by jobs of a workflow that run side by side.
        .replaceAll(/\b(batchjob|calm-bear)-\d+\b/g, '$1'),
    )
    .sort();

interface Act {
  cloud: Runners;
  ran: Happened;
}
const run = (cloud: Runners, tree: Tree, event: Event): Promise<Happened> =>
  happens(cloud, tree, { edit: quick, ...event });

const begun = new Map<string, Promise<Act>>();
/** The first release, from training to an empty production. It is made once for each tree. */
const first = (tree: Tree): Promise<Act> => {
  const known = begun.get(tree.id);
  const made =
    known ??
    (async () => {
      const cloud = await cloudOf(tree);
      cloud.training = trained('promote', 'First model: nothing to compare with.');
      const event: Event = { workflow: 'train', on: 'push', changed: ['src/churn/train.py'] };
      return { cloud, ran: await run(cloud, tree, event) };
    })();
  begun.set(tree.id, made);
  return made;
};
const after = async (tree: Tree): Promise<Runners> => (await first(tree)).cloud.copy();

const RELEASE = [
  ...['promote', 'test', 'model-tests', 'fairness', 'staging.deploy', 'smoke', 'integration'],
  ...['responsible-ai', 'guard', 'production.deploy'],
].map((job) => `release.${job}`);
const V1 = ['batch blue version 1: default', 'online blue version 1: 100'];
const V2 = ['batch green version 2: default', 'online green version 2: 100'];
const LIVE = ['', 'blue=100'];

/** What Azure ML says of production: the monitor found drift on the last two of five days. */
function drifted(cloud: Runners): Runners {
  const [place] = [...cloud.azure.keys()].filter((path) =>
    /^group\/rg-churn-production\/workspace\/[^/]+$/.test(path),
  );
  const iso = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
  const today = Math.floor(Date.now() / DAY) * DAY;
  for (let ago = 4; ago >= 0; ago--) {
    const end = today - ago * DAY;
    cloud.requests.push({ day: iso(end - DAY), total: 1000, failed: 0, p95: 20 });
    const time = end + (3 * 60 + 15) * 60 * 1000;
    const name = `churn-monitor-${iso(time).replace(/[-:]/g, '')}`;
    const job = {
      ...{ status: 'Completed', next: [], outputs: {}, tags: {} },
      creation_context: { created_at: iso(time) },
    };
    cloud.azure.set(`${place}/job/${name}`, job);
    cloud.azure.set(`${place}/job/${name}-signal`, { ...job, parent: name });
    const tags = ago < 2 ? { azureml_modelmonitor_threshold_breached: 'mass moved' } : {};
    cloud.azure.set(`${place}/job/${name}-signal-metrics`, { ...job, tags, parent: `${name}-signal` });
  }
  // A batch endpoint has no monitor: the pipeline drift compares what was gathered.
  cloud.drifting = {
    status: 'Completed',
    outputs: { report: JSON.stringify({ violates: true, reasons: ['island: drift'] }) },
  };
  return cloud;
}
const DAY = 24 * 60 * 60 * 1000;

describe.skipIf(!able)('a repository that its team brought from level 0 to level 4', () => {
  it("has the team's edits of every level", async () => {
    const tree = await upgraded();
    for (const [path, theirs] of [
      ['src/churn/train.py', 'min_samples_leaf=3'],
      ['src/churn/ours.py', 'TEAM_FACTOR = 17'],
      ['src/churn/scoring.py', 'MAX_ROWS = 500'],
      ['src/churn/gate.yml', 'band: 0.02'],
      ['.github/workflows/train.yml', 'cron: "43 4 * * 2"'],
      ['azureml/endpoints/online/deployment.yml', 'instance_type: Standard_D4as_v4'],
      ['azureml/endpoints/batch/deployment.yml', 'instance_count: 2'],
      ['docs/ours.md', '# Ours'],
    ] as const)
      expect(read(tree, path)).toContain(theirs);
    expect(existsSync(join(tree.dir, 'docs/roles.md'))).toBe(false);
    // What the fresh one has is here too, and nothing of the lower levels stayed behind.
    expect(filesOf(tree.dir)).toEqual(
      [
        ...filesOf(treeOf(4).dir).filter((path) => path !== 'docs/roles.md'),
        ...['docs/ours.md', 'src/churn/ours.py'],
      ].sort(),
    );
  });

  it('is set up by the same calls as a fresh one', async () => {
    const made = async (tree: Tree): Promise<Runners> => {
      const cloud = new Runners();
      await setUp(cloud, tree, '--reviewer', 'alice');
      return cloud;
    };
    const [grown, fresh] = [await made(await upgraded()), await made(treeOf(4))];
    expect(fresh.changes.length).toBeGreaterThan(50);
    expect(grown.changes).toEqual(fresh.changes);
    expect(grown.snapshot()).toBe(fresh.snapshot());
  });

  it('releases its first model to empty staging and production, on the machines that the team chose', async () => {
    const { cloud, ran } = await first(await upgraded());
    expect(result(ran), ran.log).toEqual(green('azure', ...RELEASE));
    for (const place of ['staging', 'production']) {
      expect(standing(cloud, place)).toEqual(V1);
      expect(traffic(cloud, place)).toEqual(LIVE);
      for (const [kind, theirs] of [
        ['online', { instance_type: 'Standard_D4as_v4' }],
        ['batch', { resources: { instance_count: '2' } }],
      ] as const) {
        const [path = ''] = [...cloud.azure.keys()].filter((one) =>
          new RegExp(`^group/rg-churn-${place}/.*/${kind}/[^/]+/deployment/blue$`).test(one),
        );
        expect(cloud.azure.get(path)).toMatchObject(theirs);
      }
    }
    expect(inRegistry(cloud)['1']?.production).toBeDefined();
  });

  more('asks for the same as a fresh one in that release', async () => {
    const [{ ran: grown }, { ran: fresh }] = [await first(await upgraded()), await first(treeOf(4))];
    expect(asking(grown)).toEqual(asking(fresh));
  });

  more('goes from drift to a decision, to training and to a second version in production', async () => {
    const play = async (tree: Tree): Promise<{ cloud: Runners; asks: Happened; ran: Happened }> => {
      const cloud = drifted(await after(tree));
      const asks = await run(cloud, tree, { workflow: 'retrain', on: 'schedule' });
      expect(result(asks), asks.log).toEqual(green('drift', 'ask', 'retrain'));
      const inputs = cloud.repository.started[0]?.inputs ?? {};
      expect(inputs).toMatchObject({ trigger: 'drift' });
      cloud.training = trained('promote', 'Better.');
      const ran = await run(cloud, tree, { workflow: 'train', on: 'workflow_dispatch', inputs });
      expect(result(ran), ran.log).toEqual(green('azure', ...RELEASE));
      expect(traffic(cloud, 'production')).toEqual([
        'blue=100',
        'blue=90 green=10',
        'blue=50 green=50',
        'green=100',
      ]);
      expect(standing(cloud, 'production')).toEqual(V2);
      expect(inRegistry(cloud)['2']?.production).toBeDefined();
      return { cloud, asks, ran };
    };
    const [grown, fresh] = [await play(await upgraded()), await play(treeOf(4))];
    expect(asking(grown.asks)).toEqual(asking(fresh.asks));
    expect(asking(grown.ran)).toEqual(asking(fresh.ran));
  });

  more('goes back when a version does not keep the limits, and back by a dispatch', async () => {
    const play = async (tree: Tree): Promise<Happened[]> => {
      const cloud = registered(await after(tree), '2');
      const release: Event = { workflow: 'release', on: 'workflow_dispatch', inputs: { version: '2' } };
      const tests = await run(cloud, tree, { ...release, act: ['--job', 'test'] });
      // It does well with copies of requests, and badly with real ones.
      let bad = true;
      cloud.counted = ({ version, endpoint }) => {
        const live = Object.entries(cloud.history.at(-1)?.live ?? {}).find(([at]) => at.endsWith(endpoint));
        return { requests: 600, errors: bad && version === '2' && live?.[1].green ? 90 : 0, p95: 20 };
      };
      const deploy: Event = {
        ...{ workflow: 'deploy', on: 'workflow_call' },
        inputs: { environment: 'production', version: '2' },
      };
      const refused = await run(cloud, tree, deploy);
      expect(refused.jobs, refused.log).toEqual({ deploy: 'failure' });
      expect(refused.summary).toContain('error share 0.1500 is above the limit 0.0100');
      expect(traffic(cloud, 'production')).toEqual(['blue=100', 'blue=90 green=10', 'blue=100']);
      expect(standing(cloud, 'production')).toEqual(V1);
      bad = false;
      const ran = await run(cloud, tree, deploy);
      expect(standing(cloud, 'production'), ran.log).toEqual(V2);
      const words = { reason: 'It is wrong', version: 'former' };
      const back = await run(cloud, tree, { workflow: 'rollback', on: 'workflow_dispatch', inputs: words });
      expect(result(back), back.log).toEqual(green('check', 'find', 'production.deploy'));
      expect(standing(cloud, 'production')).toEqual(V1);
      return [tests, refused, ran, back];
    };
    const [grown, fresh] = [await play(await upgraded()), await play(treeOf(4))];
    expect(grown.map(asking)).toEqual(fresh.map(asking));
  });
});

knownToAz();
