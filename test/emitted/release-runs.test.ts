import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { read, type Tree, treeOf } from '../support/trees.js';
import type { Event, Happened } from './act/run-workflow.js';
import type { Runners } from './act/runners.js';
import {
  able,
  asked,
  changed,
  cloudOf,
  DATA,
  green,
  happens,
  inRegistry,
  knownToAz,
  laterReleased,
  more,
  refused,
  registered,
  result,
  standing,
  state,
  tested,
  traffic,
  trained,
  WORKSPACE,
} from './act/scenes.js';

// How a model reaches production at level 3, by the emitted workflows, on a cloud that scripts/setup.sh has set up.
// Azure and GitHub are stand-ins (act/runners.ts); that live traffic sums to 100 is looked at after every call.

const CHECKS = ['promote', 'test', 'model-tests', 'fairness', 'staging.deploy', 'smoke', 'integration'];
const ALL = [...CHECKS, 'responsible-ai', 'guard', 'production.deploy'];
const NOW = /^\d{4}-\d\d-\d\dT/;
const VERSION = `${WORKSPACE}/model/churn/version`;
/** What its last release found of a version. */
const found = (cloud: Runners, version: string): unknown =>
  (cloud.azure.get(`${VERSION}/${version}`)?.tags as Record<string, string>).release;

let begun: Promise<{ cloud: Runners; ran: Happened }> | undefined;
/** The first release ever: training promotes a model, staging and production are empty. It is made once. */
const first = (): Promise<{ cloud: Runners; ran: Happened }> =>
  (begun ??= (async () => {
    const cloud = await cloudOf(treeOf(3));
    cloud.training = trained('promote', 'First model: nothing to compare with.');
    const event: Event = { workflow: 'train', on: 'push', changed: ['src/churn/train.py'] };
    return { cloud, ran: await happens(cloud, treeOf(3), event) };
  })());
/** Version 1 is everywhere. */
const after = async (): Promise<Runners> => (await first()).cloud.copy();

describe.skipIf(!able)('a release', () => {
  const tree = (): Tree => treeOf(3);
  const release = (cloud: Runners, event: Partial<Event> = {}): Promise<Happened> =>
    happens(cloud, tree(), { workflow: 'release', on: 'workflow_dispatch', ...event });

  it('takes a first model from training to empty staging and production', async () => {
    const { cloud, ran } = await first();
    expect(result(ran), ran.log).toEqual(green('azure', ...ALL.map((job) => `release.${job}`)));
    // Model before endpoint before deployment.
    const order = [/ ml model share /, / ml \w+-endpoint create /, / ml \w+-deployment create /].map((call) =>
      ran.calls.findIndex((one) => call.test(one)),
    );
    expect(order.includes(-1)).toBe(false);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    for (const place of ['staging', 'production']) {
      expect(standing(cloud, place)).toEqual(['batch blue version 1: default', 'online blue version 1: 100']);
      expect(traffic(cloud, place)).toEqual(['', 'blue=100']);
    }
    expect(standing(cloud, 'development')).toEqual([]);
    expect(cloud.created).toHaveLength(4);
    const [tests] = asked(ran, 'az ml job create --file azureml/pipelines/test.yml');
    expect(tests).toContain(` inputs.model.path=azureml:churn:1 inputs.raw.path=azureml:churn-data:${DATA} `);
    expect(ran.log).toContain('In production: version none of churn');
    expect(inRegistry(cloud)).toEqual({
      1: {
        ...{ run: 'calm-bear-1', data: DATA, commit: ran.commit, verdict: 'promote' },
        ...{ production: expect.stringMatching(NOW) as string, code: ran.commit },
      },
    });
    expect(found(cloud, '1')).toBe('passed');
    for (const told of [
      'Version 1 of churn is in the registry churn-',
      '- passed: floor: balanced_accuracy is 0.9375, asked for 0.7',
      '## Fairness: pass',
      'a required reviewer of the environment production approves (1 may)',
      'The Responsible AI dashboard of churn 1 is being made: <https://ml.azure.com/runs/',
    ])
      expect(ran.summary).toContain(told);
    expect(ran.summary.match(/`: version 1 is live on `blue`, the first there/g)).toHaveLength(4);
    expect(ran.summary).toContain(
      `| blue | 100 % | 1 | calm-bear-1 | ${DATA} | ${ran.commit} | ${ran.commit} |`,
    );
  });

  it('of the same again changes nothing', async () => {
    const cloud = await after();
    const before = state(cloud);
    const ran = await release(cloud);
    expect(result(ran), ran.log).toEqual(green(...ALL));
    expect(changed(ran)).toEqual([]);
    expect(state(cloud)).toEqual(before);
    expect(ran.summary.match(/: nothing to change/g)).toHaveLength(4);
    // Now there is a champion to be compared with.
    expect(ran.log).toContain('In production: version 1 of churn');
    expect(asked(ran, 'az ml job download --name calm-bear-1 --output-name evaluation')).toHaveLength(2);
  });

  it('follows an equal model with what serves it: nothing is registered, the champion gets the new code', async () => {
    const cloud = await after();
    cloud.training = trained('keep champion', 'Equal.');
    const ran = await happens(cloud, tree(), {
      ...{ workflow: 'train', on: 'push', changed: ['src/churn/scoring.py'] },
      edit: (dir) => {
        appendFileSync(join(dir, 'src/churn/scoring.py'), '# changed\n');
      },
    });
    expect(result(ran), ran.log).toEqual(green('azure', ...ALL.map((job) => `release.${job}`)));
    expect(ran.summary).toContain('## Training: keep champion');
    expect(Object.keys(inRegistry(cloud))).toEqual(['1']);
    expect(asked(ran, 'az ml model create')).toEqual([]);
    expect(asked(ran, 'az ml model share')).toEqual([]);
    expect(traffic(cloud, 'production')).toEqual(['blue=100', 'green=100']);
    expect(standing(cloud, 'production')).toEqual([
      'batch green version 1: default',
      'online green version 1: 100',
    ]);
    // An endpoint that is there is never made again.
    expect(cloud.created).toHaveLength(4);
  });

  it('does not follow an equal model when nothing was pushed', async () => {
    const cloud = await after();
    cloud.training = trained('keep champion', 'Equal.');
    const ran = await happens(cloud, tree(), { workflow: 'train', on: 'schedule' });
    expect(result(ran), ran.log).toEqual(green('azure'));
    expect(standing(cloud, 'production')).toContain('online blue version 1: 100');
  });

  it('that a run lost after it had registered a model is made by the next one', async () => {
    const cloud = await cloudOf(tree());
    cloud.training = trained('promote', 'First model.');
    const broken = await happens(cloud, tree(), {
      ...{ workflow: 'train', on: 'schedule' },
      edit: (dir) => {
        writeFileSync(join(dir, 'scripts/summary.py'), 'raise SystemExit("no space left on device")\n');
      },
    });
    expect(broken.failedSteps, broken.log).toEqual(['Report']);
    expect(broken.jobs).toEqual({ azure: 'failure' });
    expect(inRegistry(cloud)).toEqual({});
    // The same code on the same data: the model is the champion that the first attempt registered.
    cloud.training = trained('keep champion', 'Equal.');
    const again = await happens(cloud, tree(), {
      ...{ workflow: 'train', on: 'schedule' },
      edit: (dir) => {
        writeFileSync(join(dir, 'scripts/summary.py'), read(tree(), 'scripts/summary.py'));
      },
    });
    expect(again.failedSteps, again.log).toEqual([]);
    expect(again.jobs['release.production.deploy']).toBe('success');
    expect(asked(again, 'az ml model create')).toEqual([]);
    expect(standing(cloud, 'production')).toContain('online blue version 1: 100');
    expect(found(cloud, '1')).toBe('passed');
  });

  it('without any registered model ends well, and says so', async () => {
    const cloud = await cloudOf(tree());
    const before = state(cloud);
    const ran = await release(cloud, { on: 'push', changed: ['src/score.py'] });
    expect(result(ran), ran.log).toEqual(green('promote'));
    expect(ran.summary).toContain(
      'No version of churn is registered, or all were refused: nothing to release.',
    );
    expect(state(cloud)).toEqual(before);
  });

  interface Stop {
    what: string;
    job: string;
    prepare: (cloud: Runners) => void;
    says: string;
    staged: boolean;
    /** The tag of the version. */
    release: 'passed' | 'refused';
  }
  const at = (place: string, from: number, answer: unknown) => (cloud: Runners) => {
    let times = 0;
    const good = cloud.answers;
    cloud.answers = (deployed, rows) =>
      deployed.place === place && deployed.version === '2' && times++ >= from ? answer : good(deployed, rows);
  };
  const stops: Stop[] = [
    {
      what: 'model tests that fail',
      job: 'model-tests',
      prepare: (cloud) => (cloud.testing = tested('tests')),
      says: '- FAILED: floor: ',
      staged: true,
      release: 'refused',
    },
    {
      what: 'a model that is unfair',
      job: 'fairness',
      prepare: (cloud) => (cloud.testing = tested('fairness')),
      says: '## Fairness: fail',
      staged: true,
      release: 'refused',
    },
    {
      what: 'a deployment in staging that gives no predictions',
      job: 'staging.deploy',
      prepare: at('staging', 0, { predictions: [] }),
      says: 'Version 2 was not released: ',
      staged: false,
      release: 'passed',
    },
    {
      // One smoke test of each target is made before it gets traffic.
      what: 'a smoke test that fails later',
      job: 'smoke',
      prepare: at('staging', 2, { predictions: [] }),
      says: '0 predictions for ',
      staged: true,
      release: 'passed',
    },
  ];
  stops.forEach(({ what, job, prepare, says, staged, release: tag }, index) =>
    (index === 0 || index === 2 ? it : more)(`stops before production at ${what}`, async () => {
      const cloud = registered(await after(), '2');
      const before = standing(cloud, 'production');
      prepare(cloud);
      const ran = await release(cloud, { act: ['--job', 'production'] });
      expect(ran.jobs[job], ran.log).toBe('failure');
      expect(ran.jobs['production.deploy']).toBeUndefined();
      expect(ran.summary).toContain(says);
      expect(standing(cloud, 'production')).toEqual(before);
      expect(inRegistry(cloud)['2']?.production).toBeUndefined();
      expect(standing(cloud, 'staging')).toContain(
        staged ? 'online green version 2: 100' : 'online blue version 1: 100',
      );
      expect(found(cloud, '2')).toBe(tag);
      if (index) return;
      // The next release is of the newest version that was not refused, unless somebody names this one.
      for (const [version, promoted] of [
        ['', '1'],
        ['2', '2'],
      ] as const) {
        const next = await release(cloud, { act: ['--job', 'promote'], inputs: { version } });
        expect(next.summary, next.log).toContain(`Version ${promoted} of churn is in the registry`);
      }
    }),
  );

  more('of an older version than production has is refused there: that is a rollback', async () => {
    const cloud = laterReleased(await after(), '2');
    const before = standing(cloud, 'production');
    const ran = await release(cloud, { act: ['--job', 'production'], inputs: { version: '1' } });
    expect(ran.jobs['production.deploy'], ran.log).toBe('failure');
    expect(ran.summary).toContain('production holds version 2, which is newer; a step back is a rollback');
    expect(standing(cloud, 'production')).toEqual(before);
    expect(traffic(cloud, 'production')).toEqual(['blue=100']);
  });

  it('that was refused gives no champion to the next training', async () => {
    const cloud = await after();
    for (const version of ['2', '10']) {
      registered(cloud, version);
      Object.assign(cloud.azure.get(`${VERSION}/${version}`)?.tags as object, { release: 'refused' });
    }
    cloud.training = trained('keep champion', 'Equal.');
    const train = async (): Promise<string[]> => {
      const ran = await happens(cloud, tree(), { workflow: 'train', on: 'schedule' });
      expect(result(ran), ran.log).toEqual(green('azure'));
      return asked(ran, 'az ml job download ').filter((call) => call.includes('--download-path champion'));
    };
    const all = (run: string): unknown[] =>
      ['evaluation', 'model', 'learned'].map((output): unknown =>
        expect.stringContaining(`--name ${run} --output-name ${output} `),
      );
    expect(await train()).toEqual(all('calm-bear-1'));
    // By number: 10 comes after 2, and az lists what was made last first.
    for (const version of ['2', '10'])
      Object.assign(cloud.azure.get(`${VERSION}/${version}`)?.tags as object, { release: 'passed' });
    expect(await train()).toEqual(all('bear-10'));
  });

  it('stops before production at integration tests that fail', async () => {
    const cloud = registered(await after(), '2');
    const ran = await release(cloud, {
      act: ['--job', 'production'],
      edit: (dir) => {
        writeFileSync(join(dir, 'app/test_integration.py'), 'def test_it():\n    assert 1 == 2\n');
      },
    });
    expect(ran.jobs.integration, ran.log).toBe('failure');
    expect(ran.jobs.smoke).toBe('success');
    expect(ran.jobs['production.deploy']).toBeUndefined();
    expect(standing(cloud, 'production')).toContain('online blue version 1: 100');
  });

  it('that breaks in production leaves what was live there, without a trace of the new one', async () => {
    const cloud = registered(await after(), '2');
    const before = standing(cloud, 'production');
    at('production', 0, { predictions: [{ prediction: Number.NaN }] })(cloud);
    const ran = await release(cloud, { act: ['--job', 'production'] });
    expect(ran.jobs['production.deploy'], ran.log).toBe('failure');
    expect(standing(cloud, 'production')).toEqual(before);
    expect(traffic(cloud, 'production')).toEqual(['blue=100']);
    expect(traffic(cloud, 'staging')).toEqual(['blue=100', 'green=100']);
    expect(inRegistry(cloud)['2']?.production).toBeUndefined();
  });

  it('stops at the guard when nobody must approve, and names the way out', async () => {
    for (const forget of [
      (cloud: Runners) => (cloud.github.rules.production = { ...rules(cloud), reviewers: [] }),
      (cloud: Runners) => delete cloud.github.rules.production,
    ]) {
      const cloud = registered(await cloudOf(tree()), '1');
      forget(cloud);
      const run = () => release(cloud, { act: ['--job', 'guard'] });
      const ran = await refused(run, 'guard', 'azmlops set gate=pull-request');
      expect(ran.jobs).toEqual({ promote: 'success', guard: 'failure' });
      expect(ran.log).toContain('azmlops set gate=typed');
    }
  });
  const rules = (cloud: Runners) => {
    const found = cloud.github.rules.production;
    if (!found) throw new Error('the set-up made no environment production');
    return found;
  };

  it('is undone by one dispatch, which brings the former version back', async () => {
    const cloud = laterReleased(await after(), '2');
    expect(standing(cloud, 'production')).toContain('online blue version 2: 100');
    const code = inRegistry(cloud)['1']?.code;
    const ran = await happens(cloud, tree(), {
      ...{
        workflow: 'rollback',
        on: 'workflow_dispatch',
        inputs: { reason: 'It is "wrong"; `az account show`' },
      },
      edit: (dir) => {
        appendFileSync(join(dir, 'src/churn/scoring.py'), '# since\n');
      },
    });
    expect(result(ran), ran.log).toEqual(green('check', 'find', 'production.deploy'));
    expect(standing(cloud, 'production')).toEqual([
      'batch green version 1: default',
      'online green version 1: 100',
    ]);
    expect(traffic(cloud, 'production')).toEqual(['blue=100', 'green=100']);
    expect(ran.summary).toContain('    It is "wrong"; `az account show`');
    expect(asked(ran, 'az account show')).toEqual([]);
    const { 1: one, 2: two } = inRegistry(cloud);
    expect(one?.production).toMatch(NOW);
    expect(two?.production).toBeDefined();
    // With the code it was released with, whatever came to main since.
    expect(ran.commit).not.toBe(code);
    expect(one?.code).toBe(code);
    expect(ran.summary).toContain(`comes back with the code it was released with, ${code}.`);
    expect(ran.summary).toContain(`| ${code} | `);
  });

  more('is undone with the code of main where nobody knows with which it was released', async () => {
    const cloud = laterReleased(await after(), '2');
    Object.assign(inRegistry(cloud)['1'] ?? {}, { code: 'none' });
    const inputs = { reason: 'x', version: '1' };
    const ran = await happens(cloud, tree(), { workflow: 'rollback', on: 'workflow_dispatch', inputs });
    expect(result(ran), ran.log).toEqual(green('check', 'find', 'production.deploy'));
    expect(ran.summary).toContain(`Version 1 comes back with the code of main, ${ran.commit}: `);
    expect(standing(cloud, 'production')).toContain('online green version 1: 100');
  });

  more('cannot be undone to what never was in production', async () => {
    const cloud = registered(await after(), '2');
    const before = state(cloud);
    const ran = await happens(cloud, tree(), {
      ...{ workflow: 'rollback', on: 'workflow_dispatch', inputs: { reason: 'x', version: '2' } },
    });
    expect(ran.jobs, ran.log).toEqual({ check: 'success', find: 'failure' });
    expect(state(cloud)).toEqual(before);
  });
});

describe.skipIf(!able)('a release proposed by a pull request', () => {
  const tree = (): Tree => treeOf(3, 'classification', 'both', 'pull-request');
  const branch = 'promote/production';
  const propose = (cloud: Runners): Promise<Happened> =>
    happens(cloud, tree(), { workflow: 'release', on: 'workflow_dispatch', act: ['--job', 'propose'] });
  const merged = (cloud: Runners, change = (text: string): string => text): Promise<Happened> =>
    happens(cloud, tree(), {
      ...{ workflow: 'production', on: 'push', changed: ['config/production.yml'] },
      edit: (dir) => {
        for (const [path, text] of Object.entries(cloud.repository.proposed(branch)))
          writeFileSync(join(dir, path), change(text));
      },
    });

  it('opens one and updates it; merged, it deploys what the named run tested, and nothing else', async () => {
    const cloud = registered(await cloudOf(tree()), '1');
    const opened = await propose(cloud);
    expect(result(opened), opened.log).toEqual(green(...CHECKS, 'propose'));
    expect(standing(cloud, 'production')).toEqual([]);
    expect(cloud.repository.pulls).toEqual([
      expect.objectContaining({
        ...{ number: 11, state: 'open', head: branch, base: 'main' },
        title: 'Release churn 1 to production',
      }),
    ]);
    expect(opened.summary).toContain('Production: pull request #11 proposes version 1.');
    expect(opened.summary).toContain('whoever may push to main may.');

    registered(cloud, '2');
    const updated = await propose(cloud);
    expect(result(updated), updated.log).toEqual(green(...CHECKS, 'propose'));
    expect(cloud.repository.pulls).toHaveLength(1);
    expect(cloud.repository.pulls[0]?.title).toBe('Release churn 2 to production');
    expect(cloud.repository.pulls[0]?.body).toContain(
      `in [run ${updated.run}](https://github.com/Contoso/Churn/`,
    );
    const { 'config/production.yml': file = '', ...rest } = cloud.repository.proposed(branch);
    expect(rest).toEqual({});
    expect(file).toContain(`version: "2"\nrun: "${updated.run}"\ncommit: "${updated.commit}"\n`);

    // Another version than the run tested, another run, another commit.
    const before = state(cloud);
    for (const change of [
      (text: string) => text.replace('version: "2"', 'version: "1"'),
      (text: string) => text.replace(`run: "${updated.run}"`, `run: "${opened.run}"`),
      (text: string) => text.replace(`commit: "${updated.commit}"`, `commit: "${opened.commit}"`),
      (text: string) => text.replace(`run: "${updated.run}"`, 'run: "1"'),
    ]) {
      const ran = await refused(() => merged(cloud, change), 'verify', 'Not released: ');
      expect(ran.jobs).toEqual({ verify: 'failure' });
    }
    // A run in which one of the jobs was not green.
    const run = cloud.repository.runs.find(({ id }) => id === updated.run);
    for (const name of ['Staging', 'Smoke test', 'Model tests', 'Fairness', 'Integration tests']) {
      const job = run?.jobs.find((one) => one.name.startsWith(`${name} of version 2`));
      if (!job) throw new Error(`no job ${name}`);
      job.conclusion = 'failure';
      const words = `Not released: the job "${job.name}"`;
      const ran = await refused(() => merged(cloud), 'verify', words);
      expect(ran.jobs).toEqual({ verify: 'failure' });
      job.conclusion = 'success';
    }
    expect(state(cloud)).toEqual(before);

    const ran = await merged(cloud);
    expect(result(ran), ran.log).toEqual(green('verify', 'production.deploy'));
    expect(standing(cloud, 'production')).toEqual([
      'batch blue version 2: default',
      'online blue version 2: 100',
    ]);
    expect(inRegistry(cloud)['2']?.production).toMatch(NOW);
    // With the code that was tested, whatever came to main since.
    expect(ran.commit).not.toBe(updated.commit);
    expect(ran.summary).toContain(`| ${updated.commit} | `);
  });

  it('has nothing to deploy while the file names no version', async () => {
    const cloud = await cloudOf(tree());
    const ran = await merged(cloud);
    expect(result(ran), ran.log).toEqual(green('verify'));
    expect(ran.calls).toEqual([]);
  });
});

describe.skipIf(!able)('a release typed by a person', () => {
  const tree = (): Tree => treeOf(3, 'classification', 'both', 'typed');
  const production = (cloud: Runners, inputs: Record<string, string>): Promise<Happened> =>
    happens(cloud, tree(), { workflow: 'production', on: 'workflow_dispatch', inputs });

  it('refuses a wrong confirmation and a run that was not green, and else deploys what was tested', async () => {
    const cloud = registered(await cloudOf(tree()), '1');
    const ready = await happens(cloud, tree(), {
      ...{ workflow: 'release', on: 'workflow_dispatch', act: ['--job', 'ready'] },
    });
    expect(result(ready), ready.log).toEqual(green(...CHECKS, 'ready'));
    expect(ready.summary).toContain(
      `gh workflow run production.yml --field version=1 --field run=${ready.run} --field confirmation="production 1"`,
    );
    expect(ready.summary).toContain('No second person is enforced');
    const before = state(cloud);
    const run = String(ready.run);
    for (const inputs of [
      { version: '1', run, confirmation: 'production 2' },
      { version: '1', run, confirmation: 'production' },
      { version: '2', run, confirmation: 'production 2' },
      { version: '1', run: '7', confirmation: 'production 1' },
      { version: '1"; az account show; "', run, confirmation: 'production 1"; az account show; "' },
    ]) {
      const ran = await refused(() => production(cloud, inputs), 'verify', 'Not released: ');
      expect(ran.jobs).toEqual({ verify: 'failure' });
      expect(asked(ran, 'az ')).toEqual([]);
    }
    expect(state(cloud)).toEqual(before);
    const ran = await production(cloud, { version: '1', run, confirmation: 'production 1' });
    expect(result(ran), ran.log).toEqual(green('verify', 'production.deploy'));
    expect(standing(cloud, 'production')).toEqual([
      'batch blue version 1: default',
      'online blue version 1: 100',
    ]);
    expect(ran.summary).toContain('No second person is enforced');
  });

  it('is undone with a confirmation only', async () => {
    const cloud = await cloudOf(tree());
    const ran = await happens(cloud, tree(), {
      ...{ workflow: 'rollback', on: 'workflow_dispatch' },
      inputs: { reason: 'x', confirmation: 'rollback' },
    });
    expect(ran.jobs, ran.log).toEqual({ check: 'failure' });
    expect(ran.calls).toEqual([]);
  });
});

knownToAz();
