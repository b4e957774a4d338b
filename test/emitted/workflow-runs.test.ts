import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { treeOf } from '../support/trees.js';
import { type Event, type Happened, runWorkflow, setUp } from './act/run-workflow.js';
import { Runners, type Training } from './act/runners.js';
import { able, knownToAz, more, WORKSPACE } from './act/scenes.js';

// Every emitted workflow, run by act on a cloud that scripts/setup.sh has set up. Azure and GitHub are stand-ins
// (act/runners.ts): what is proven is what the steps ask for and what they make of the answers.
const REPO = 'Contoso/Churn';

const made = new Map<number, Promise<Runners>>();
/** A cloud of one's own, as the set-up leaves it; the set-up runs once for each level. */
async function cloudOf(level: 1 | 2): Promise<Runners> {
  let first = made.get(level);
  if (!first) {
    const cloud = new Runners();
    first = setUp(cloud, treeOf(level)).then(() => cloud);
    made.set(level, first);
  }
  return (await first).copy();
}

const measured = (score: number): string =>
  JSON.stringify({
    task: 'classification',
    primary: 'balanced_accuracy',
    metrics: { accuracy: 0.96875, balanced_accuracy: score },
    selection: { scores: { constant: 0.33, simple: score }, chosen: 'simple' },
    slices: [{ column: 'island', value: 'Biscoe', rows: 42, score }],
    fairness: { status: 'not applicable' },
    rows: { train: 250, test: 83 },
  });

/** What a job leaves when the gate decides so, for this reason. */
const trained = (verdict: string, reason: string, score = 0.9375): Training => ({
  status: 'Completed',
  outputs: { evaluation: measured(score), verdict: JSON.stringify({ verdict, reasons: [reason] }) },
});

/** A cloud with data of two days, on which training ends so. */
async function training(end: Training): Promise<Runners> {
  const cloud = await cloudOf(2);
  cloud.training = end;
  for (const day of ['2026-01-05', '2026-01-12'])
    cloud.azure.set(`${WORKSPACE}/data/churn-data:${day}`, {
      path: `azureml://datastores/gathered/paths/${day}/`,
    });
  return cloud;
}

/** With a champion: version 3 of the model, from a job whose evaluation is kept. */
function crown(cloud: Runners, tags: Record<string, string> = { run: 'old-bear-1' }): Runners {
  cloud.azure.set(`${WORKSPACE}/model/churn`, {});
  for (const version of ['1', '2', '3'])
    cloud.azure.set(`${WORKSPACE}/model/churn/version/${version}`, {
      tags: version === '3' ? tags : { run: `older-bear-${version}` },
    });
  cloud.azure.set(`${WORKSPACE}/job/old-bear-1`, {
    status: 'Completed',
    next: [],
    outputs: { evaluation: measured(0.90625) },
  });
  return cloud;
}

const seen: string[][] = [];
async function happens(cloud: Runners, level: 1 | 2, event: Event): Promise<Happened> {
  const ran = await runWorkflow(cloud, treeOf(level), event);
  seen.push(...ran.words);
  return ran;
}
const train = (cloud: Runners, event: Partial<Event> = {}): Promise<Happened> =>
  happens(cloud, 2, { workflow: 'train', on: 'push', ...event });
const models = (cloud: Runners) =>
  [...cloud.azure].flatMap(([path, model]) =>
    path.includes('/model/churn/version/') ? [[path.split('/').at(-1), model]] : [],
  );
const blobs = (cloud: Runners, container: string) =>
  [...cloud.azure].flatMap(([path, { text }]) => {
    const name = path.split(`/container/${container}/blob/`)[1];
    return name ? [[name, String(text)] as const] : [];
  });
const asked = ({ calls }: Happened, start: string) => calls.filter((call) => call.startsWith(start));
const result = ({ jobs, failedSteps }: Happened) => ({ jobs, failedSteps });
const green = (...jobs: string[]) => ({
  jobs: Object.fromEntries(jobs.map((job) => [job, 'success'])),
  failedSteps: [],
});
const red = (job: string, ...failedSteps: string[]) => ({ jobs: { [job]: 'failure' }, failedSteps });

describe.skipIf(!able)('train', () => {
  it('registers a first model, with where it comes from', async () => {
    const cloud = await training(trained('promote', 'First model: nothing to compare with.'));
    const ran = await train(cloud);
    expect(result(ran), ran.log).toEqual(green('azure'));
    expect(ran.changes[0]).toMatch(
      /^az ml job create --file azureml\/pipelines\/train\.yml .*inputs\.raw\.path=azureml:churn-data:2026-01-12 inputs\.champion\.path=\S+\/config\/no-champion\.json inputs\.champion_model\.path=\S+\/config inputs\.sample=0 /,
    );
    expect(cloud.azure.get(`${WORKSPACE}/job/calm-bear-1`)).toMatchObject({ tags: { commit: ran.commit } });
    expect(models(cloud)).toEqual([
      [
        '1',
        {
          path: 'azureml://jobs/calm-bear-1/outputs/model',
          type: 'mlflow_model',
          tags: {
            ...{ run: 'calm-bear-1', data: '2026-01-12', commit: ran.commit, verdict: 'promote' },
            ...{ accuracy: '0.96875', balanced_accuracy: '0.9375' },
          },
        },
      ],
    ]);
    for (const line of [
      '## Training: promote',
      '- First model: nothing to compare with.',
      '| balanced\\_accuracy | 0.9375 | - |',
      '- Registered: churn 1',
      '- Data: churn-data 2026-01-12',
      '- Studio: <https://ml.azure.com/runs/calm-bear-1>',
      `- Commit: ${ran.commit}`,
    ])
      expect(ran.summary.split('\n')).toContain(line);
  });

  it('keeps an equal champion: compares with its evaluation, registers nothing, stays green', async () => {
    const cloud = crown(await training(trained('keep champion', 'Equal.')));
    const before = models(cloud);
    const ran = await train(cloud, { on: 'schedule' });
    expect(result(ran), ran.log).toEqual(green('azure'));
    expect(asked(ran, 'az ml job download')[0]).toMatch(/--name old-bear-1 --output-name evaluation /);
    expect(asked(ran, 'az ml job create')[0]).toMatch(
      /inputs\.champion\.path=\S+\/champion\/named-outputs\/evaluation\/evaluation inputs\.champion_model\.path=\S+\/champion /,
    );
    expect(models(cloud)).toEqual(before);
    expect(ran.summary).toContain('## Training: keep champion');
    expect(ran.summary).toContain('| balanced\\_accuracy | 0.9375 | 0.9062 |');
    expect(ran.summary).toContain('- Champion: old-bear-1');
    expect(ran.summary).not.toContain('- Registered');
  });

  it('turns red when the gate rejects the model, registers nothing, and says why', async () => {
    const cloud = await training(trained('reject', 'Below the floor.', 0.5));
    const ran = await train(cloud);
    expect(result(ran), ran.log).toEqual(red('azure', 'Stop at a rejected model'));
    expect(models(cloud)).toEqual([]);
    expect(ran.summary).toContain('## Training: reject');
    expect(ran.summary).toContain('- Below the floor.');
  });

  it('stops when the champion cannot be looked up, as that is not "there is none"', async () => {
    const cloud = await training(trained('promote', 'Better.'));
    cloud.failures.push({ call: 'az ml model list', times: 1, message: '(ServiceUnavailable) try later' });
    const ran = await train(cloud);
    expect(result(ran), ran.log).toEqual(red('azure', "Fetch the champion's evaluation"));
    expect(ran.changes).toEqual([]);
  });

  it('started by hand, shows a reason full of code as text and runs none of it', async () => {
    const cloud = await training(trained('keep champion', 'Equal.'));
    const reason =
      '"; az ml model delete; # $(az account show) `az account show` ${{ github.token }} | <img> \' %0A::error::x';
    const ran = await train(cloud, { on: 'workflow_dispatch', inputs: { reason } });
    expect(result(ran), ran.log).toEqual(green('azure'));
    const shown = ran.summary.split('\n').find((line) => line.startsWith('- Reason: '));
    expect(shown?.replaceAll(/\\([`_|<>#[\]*\\])/g, '$1')).toBe(`- Reason: ${reason}`);
    for (const call of ['az ml model delete', 'az account show']) expect(asked(ran, call)).toEqual([]);
  });

  it('on a pull request makes a smoke run and writes one comment, which the next run renews', async () => {
    const cloud = await training(trained('reject', 'Below the floor.', 0.5));
    const theirs = {
      id: 1,
      issue: 7,
      user: { login: 'someone' },
      body: '<!-- training report --> of a person',
    };
    cloud.comments.push({ ...theirs });
    const ran = await train(cloud, { on: 'pull_request' });
    // Its verdict decides nothing.
    expect(result(ran), ran.log).toEqual(green('azure', 'comment'));
    expect(asked(ran, 'az ml job create')[0]).toMatch(
      /no-champion\.json inputs\.champion_model\.path=\S+\/config inputs\.sample=120 /,
    );
    expect(models(cloud)).toEqual([]);
    expect(cloud.comments).toEqual([
      theirs,
      { ...theirs, id: 101, user: bot, body: expect.any(String) as string },
    ]);
    const body = cloud.comments[1]?.body ?? '';
    expect(body).toMatch(/^<!-- training report -->\n\n## Training: reject\n/);
    expect(body).toContain('A smoke run on a small sample. Its verdict decides nothing.');
    expect(body).toContain('- Job: calm-bear-1');
    expect(body).toContain(`https://github.com/${REPO}/actions/runs/`);

    cloud.training = trained('promote', 'Better.');
    const again = await train(cloud, { on: 'pull_request' });
    expect(result(again), again.log).toEqual(green('azure', 'comment'));
    expect(cloud.comments).toHaveLength(2);
    expect(cloud.comments[0]).toEqual(theirs);
    expect(cloud.comments[1]?.body).toContain('- Job: calm-bear-2');
    expect(models(cloud)).toEqual([]);
  });

  more('on a pull request whose smoke run fails, the comment says so', async () => {
    const cloud = await training({ status: 'Failed', outputs: {} });
    const ran = await train(cloud, { on: 'pull_request' });
    expect(result(ran), ran.log).toEqual({
      jobs: { azure: 'failure', comment: 'success' },
      failedSteps: ['Wait for it, and sign in again'],
    });
    expect(cloud.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('The smoke run on Azure ML failed.'),
    ]);
  });

  more(
    'on a pull request from a fork runs the pipeline here, without a single call of az or gh',
    async () => {
      const cloud = await cloudOf(2);
      const ran = await train(cloud, { on: 'pull_request', pullRequest: { from: 'stranger/Churn' } });
      expect(result(ran), ran.log).toEqual(green('local'));
      expect(ran.calls).toEqual([]);
      expect(ran.summary).toMatch(/^## Training: (promote|reject)$/m);
      expect(ran.summary).toMatch(/^\| balanced\\_accuracy \| 0\.\d{4} \| - \|$/m);
      expect(ran.summary).toContain(`- Commit: ${ran.commit}`);
    },
  );

  more('treats a pull request of Dependabot like one from a fork', async () => {
    const cloud = await cloudOf(2);
    const ran = await train(cloud, {
      on: 'pull_request',
      pullRequest: { from: REPO, author: 'dependabot[bot]' },
    });
    expect(result(ran), ran.log).toEqual(green('local'));
    expect(ran.calls).toEqual([]);
  });

  more('waits for the end itself when the stream of the job breaks off', async () => {
    const cloud = await training(trained('promote', 'Better.'));
    cloud.failures.push({ call: 'az ml job stream', times: 1, message: 'AADSTS700024: Client assertion' });
    const ran = await train(cloud);
    expect(result(ran), ran.log).toEqual(green('azure'));
    // Queued, Running, Completed.
    expect(asked(ran, 'az ml job show').filter((call) => call.includes('--query status'))).toHaveLength(3);
    expect(models(cloud)).toHaveLength(1);
  });

  const stops: [string, Training, string][] = [
    ['a job that failed', { status: 'Failed', outputs: {} }, 'Wait for it, and sign in again'],
    ['a job without an evaluation', { status: 'Completed', outputs: {} }, 'Fetch the result'],
    [
      'a job without a verdict',
      { status: 'Completed', outputs: { evaluation: measured(0.9) } },
      'Fetch the result',
    ],
    ['a verdict that is none', trained('maybe', 'x'), 'Fetch the result'],
  ];
  for (const [what, end, step] of stops)
    more(`stops at ${what}, and registers nothing`, async () => {
      const cloud = await training(end);
      const ran = await train(cloud);
      expect(result(ran), ran.log).toEqual(red('azure', step));
      expect(models(cloud)).toEqual([]);
    });

  more('stops when the evaluation of the champion is gone', async () => {
    const cloud = crown(await training(trained('promote', 'Better.')));
    Object.assign(cloud.azure.get(`${WORKSPACE}/job/old-bear-1`) ?? {}, { outputs: {} });
    const ran = await train(cloud);
    expect(result(ran), ran.log).toEqual(red('azure', "Fetch the champion's evaluation"));
    expect(ran.changes).toEqual([]);
  });

  more('compares with nothing, and says so, when the champion was registered by hand', async () => {
    const cloud = crown(await training(trained('promote', 'First model.')), {});
    const ran = await train(cloud);
    expect(result(ran), ran.log).toEqual(green('azure'));
    expect(ran.log).toContain('was registered by hand');
    expect(models(cloud)).toHaveLength(4);
  });

  more('stops when there is no data', async () => {
    const cloud = await cloudOf(2);
    for (const path of [...cloud.azure.keys()]) if (path.includes('/data/')) cloud.azure.delete(path);
    const ran = await train(cloud);
    expect(result(ran), ran.log).toEqual(red('azure', 'Find the newest data'));
    expect(ran.changes).toEqual([]);
  });

  it('stops at the first step when the variables of the environment are not set', async () => {
    const cloud = await cloudOf(2);
    cloud.github.variables = {};
    const ran = await train(cloud);
    expect(ran.jobs).toEqual({ azure: 'failure' });
    expect(ran.failedSteps).toContain('Sign in');
    expect(ran.log).toContain('scripts/setup.sh sets them');
    expect(ran.calls).toEqual([]);
  });
});

const bot = { login: 'github-actions[bot]' };
const gather = (cloud: Runners, level: 1 | 2, event: Partial<Event> = {}): Promise<Happened> =>
  happens(cloud, level, { workflow: 'data', on: 'schedule', ...event });
const dated = /^(\d{4}-\d{2}-\d{2})\/data\.csv$/;

describe.skipIf(!able)('data', () => {
  it('at level 1 publishes good data in a dated folder', async () => {
    const cloud = await cloudOf(1);
    const [source] = blobs(cloud, 'landing');
    const ran = await gather(cloud, 1);
    expect(result(ran), ran.log).toEqual(green('gather'));
    expect(ran.changes).toEqual([expect.stringMatching(/^az storage blob upload /)]);
    const [[name, text] = ['', '']] = blobs(cloud, 'gathered');
    expect(name).toMatch(dated);
    const rows = (csv = '') => csv.trim().split('\n').length;
    expect(rows(text)).toBe(rows(source?.[1]));
    expect(ran.summary).toMatch(/^\d+ rows published: abfss:\/\/gathered@\w+\.dfs\.core\.windows\.net\//m);
    expect(ran.summary).toContain(name);
  });

  it('at level 1 stops at bad data, says what is wrong with it, and publishes nothing', async () => {
    const cloud = await cloudOf(1);
    for (const [path, value] of cloud.azure)
      if (path.includes('/container/landing/blob/'))
        value.text = String(value.text)
          .replace(/,[^,]*$/gm, ',7')
          .replace(/,7\n/, ',surprise\n');
    const ran = await gather(cloud, 1);
    expect(result(ran), ran.log).toEqual(red('gather', 'Gather and check'));
    expect(ran.changes).toEqual([]);
    expect(blobs(cloud, 'gathered')).toEqual([]);
    expect(ran.summary).toContain('not as the contract says, nothing published:');
    expect(ran.summary).toMatch(/^- column 'surprise' is not in the contract$/m);
  });

  it('at level 2 registers the day as a version of the data asset, once', async () => {
    const cloud = await cloudOf(2);
    const ran = await gather(cloud, 2);
    expect(result(ran), ran.log).toEqual(green('gather'));
    const day = dated.exec(blobs(cloud, 'gathered')[0]?.[0] ?? '')?.[1] ?? 'none';
    expect(ran.changes.map((call) => call.split(' ').slice(0, 4).join(' '))).toEqual([
      'az storage blob upload',
      'az ml data create',
    ]);
    expect(cloud.azure.get(`${WORKSPACE}/data/churn-data:${day}`)).toEqual({
      path: `azureml://datastores/gathered/paths/${day}/`,
    });
    expect(ran.summary).toContain(`Registered churn-data ${day}.`);

    // The rows behind a registered version stay, whatever the source holds by now.
    const [[, gathered] = []] = blobs(cloud, 'gathered');
    const [[source = ''] = []] = [...cloud.azure].filter(([path]) =>
      path.includes('/container/landing/blob/'),
    );
    const exported = cloud.azure.get(source);
    Object.assign(exported ?? {}, { text: String(exported?.text).split('\n').slice(0, -20).join('\n') });
    const again = await gather(cloud, 2);
    expect(result(again), again.log).toEqual(green('gather'));
    expect(again.changes).toEqual([]);
    expect(again.summary).toContain(`churn-data ${day} is registered already, and its rows stay.`);
    expect(blobs(cloud, 'gathered')).toEqual([[`${day}/data.csv`, gathered]]);

    // A person who wants the corrected rows today gets them as a version of their own.
    for (const number of [2, 3]) {
      const another = await gather(cloud, 2, { on: 'workflow_dispatch', inputs: { again: 'true' } });
      expect(result(another), another.log).toEqual(green('gather'));
      expect(another.summary).toContain(`Registered churn-data ${day}.${number}.`);
    }
    const kept = Object.fromEntries(blobs(cloud, 'gathered'));
    expect(Object.keys(kept)).toEqual(['', '.2', '.3'].map((end) => `${day}${end}/data.csv`));
    expect(kept[`${day}/data.csv`]).toBe(gathered);
    expect(kept[`${day}.2/data.csv`]).not.toBe(gathered);
  });

  more(
    'at level 2 makes good what a run left behind that lost its machine before it registered',
    async () => {
      const cloud = await cloudOf(2);
      const lost = await gather(cloud, 2, { killAt: / storage blob upload / });
      expect(lost.changes.join(), lost.log).not.toContain('az ml data create');
      expect(blobs(cloud, 'gathered')).toHaveLength(1);
      const again = await gather(cloud, 2);
      expect(result(again), again.log).toEqual(green('gather'));
      expect(blobs(cloud, 'gathered')).toHaveLength(1);
      expect(again.summary).toMatch(/^Registered churn-data \d{4}-\d\d-\d\d\.$/m);
    },
  );

  more('at level 2 stops at bad data, and registers no version', async () => {
    const cloud = await cloudOf(2);
    for (const [path, value] of cloud.azure)
      if (path.includes('/container/landing/blob/')) value.text = 'a,b\n1,2\n';
    const ran = await gather(cloud, 2);
    expect(result(ran), ran.log).toEqual(red('gather', 'Gather and check'));
    expect(ran.changes).toEqual([]);
  });
});

describe.skipIf(!able)('release-app', () => {
  it('releases a new version of the application with its wheel, and no version twice', async () => {
    const cloud = await cloudOf(1);
    const release = () => happens(cloud, 1, { workflow: 'release-app', on: 'push' });
    const ran = await release();
    expect(result(ran), ran.log).toEqual(green('build', 'release'));
    expect(cloud.releases).toEqual({ 'app-v0.1.0': ['dist/churn_app-0.1.0-py3-none-any.whl'] });
    expect(ran.summary).toMatch(/^Released \[app-v0\.1\.0\]\(https:\S+\/releases\/tag\/app-v0\.1\.0\)\.\n$/);

    const again = await release();
    expect(result(again), again.log).toEqual(green('build', 'release'));
    expect(again.changes).toEqual([]);
    expect(again.summary).toContain('app-v0.1.0 is out already');
  });
});

describe.skipIf(!able)('ci', () => {
  const ci = (cloud: Runners, event: Partial<Event> = {}): Promise<Happened> =>
    happens(cloud, 1, {
      ...{ workflow: 'ci', on: 'pull_request', pullRequest: { from: 'stranger/Churn' } },
      // There is one Python here, so one of the matrix.
      act: ['--matrix', 'python:3.12'],
      ...event,
    });

  it('turns red when a test fails', async () => {
    const ran = await ci(await cloudOf(1), {
      act: ['--matrix', 'python:3.12', '--job', 'test'],
      edit: (dir) => {
        const tests = join(dir, 'tests');
        for (const name of readdirSync(tests)) rmSync(join(tests, name), { recursive: true });
        writeFileSync(join(tests, 'test_red.py'), 'def test_red():\n    assert 1 == 2\n');
      },
    });
    expect(result(ran), ran.log).toEqual(red('test', 'Tests (pytest)'));
    expect(ran.log).toContain('1 failed');
    expect(ran.summary).toMatch(/^\| Package \| failure \| 1 failed in [\d.]+s \|$/m);
    expect(ran.summary).toMatch(/^\| Sample application \| skipped \| +\|$/m);
    expect(ran.summary).toMatch(/^ {4}FAILED tests\/test_red\.py::test_red - assert 1 == 2$/m);
  });

  // Its commands succeed in as-told.ts, one by one.
  more('is green for what is emitted, and asks neither az nor gh', async () => {
    const ran = await ci(await cloudOf(1));
    expect(result(ran), ran.log).toEqual(green('check', 'test'));
    expect(ran.calls).toEqual([]);
    expect(ran.log).toMatch(/\d+ passed/);
    expect(ran.summary).toMatch(/^\| Package \| success \| \d+ passed.* \|$/m);
    expect(ran.summary).toMatch(/^\| Sample application \| success \| \d+ passed.* \|$/m);
    for (const line of [
      '| Notebooks | success | |',
      '| Lint (ruff) | success |',
      '| Types (mypy) | success |',
    ])
      expect(ran.summary.split('\n')).toContain(line);
  });
});

knownToAz(seen);
