import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git } from '../support/tools.js';
import { treeOf } from '../support/trees.js';
import { Workspace } from '../support/workspace.js';
import { ByHand, Person, serves } from './act/by-hand.js';
import { able, registered, WORKSPACE } from './act/scenes.js';

// What people do by hand, typed as the pages of the repository tell it, into one terminal, in front of the double of
// Azure and GitHub. At the end no command of the pages is left that nobody typed.

const GROUP = 'rg-churn';

function personAt(level: 0 | 1 | 2 | 3 | 4): { person: Person; cloud: ByHand; dir: string } {
  const workspace = new Workspace(treeOf(level));
  const cloud = new ByHand(level);
  cloud.repository.folder = workspace.dir;
  return { person: new Person(cloud, workspace), cloud, dir: workspace.dir };
}

/** What `model:` of a deployment file names. */
function write(dir: string, kind: 'online' | 'batch', version: number): void {
  const file = join(dir, `azureml/endpoints/${kind}/deployment.yml`);
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(/^model: azureml:churn:\d+$/m);
  writeFileSync(file, text.replace(/^model: azureml:churn:\d+$/m, `model: azureml:churn:${version}`));
}

const versionsOf = (cloud: ByHand): string[] =>
  [...cloud.azure.keys()].flatMap((path) => /\/model\/churn\/version\/(\d+)$/.exec(path)?.[1] ?? []);

const groups = (cloud: ByHand): string[] =>
  [...cloud.azure.keys()].flatMap((path) => /^group\/([^/]+)$/.exec(path)?.[1] ?? []);

/** The role that somebody with the right gives to the person. */
const gets = (cloud: ByHand, role: string, container: string): void =>
  void cloud.azure.set(`role/the-person ${role} /containers/${container}`, {});

const PREDICTIONS = 'outputs/named-outputs/score/predictions.csv';
const lines = (dir: string, path: string): number =>
  readFileSync(join(dir, path), 'utf8').trim().split('\n').length;

describe.skipIf(!able)('by hand', () => {
  it('level 0: deploys, asks, deploys the next model, goes back, scores files, and stops paying', async () => {
    const { person, cloud, dir } = personAt(0);
    mkdirSync(join(dir, 'model'));
    writeFileSync(join(dir, 'model/model.pkl'), 'a model');

    await person.follows('Deploy by hand', { 'az extension': () => expect(cloud.signedIn).toBe(true) });
    await person.follows('Deploy by hand', {}, { which: 1 });
    await person.does('az ml compute create --file azureml/compute/instance.yml');
    await person.follows('Deploy by hand', {}, { which: 2 });
    expect(versionsOf(cloud)).toEqual(['1']);

    await person.follows('Online endpoint', {
      'az ml online-endpoint update': () => {
        expect(serves(cloud, GROUP)).toEqual(['online churn-SUFFIX blue 1: 0']);
        expect(cloud.invoked).toEqual(['blue 1']);
      },
    });
    expect(serves(cloud, GROUP)).toEqual(['online churn-SUFFIX blue 1: 100']);
    const uri = await person.does('az ml online-endpoint show --name "$ENDPOINT" --query scoring_uri');
    const asked = await fetch(JSON.parse(uri) as string, {
      method: 'POST',
      headers: { connection: 'close' },
      body: readFileSync(join(dir, 'samples/request.json')),
    });
    expect(asked.status).toBe(200);

    const next = await person.follows(
      'Online endpoint',
      { 'az ml online-deployment update': () => write(dir, 'online', 2) },
      { which: 1 },
    );
    expect(next).toHaveLength(3);
    expect(serves(cloud, GROUP)).toEqual(['online churn-SUFFIX blue 2: 100']);
    expect(cloud.invoked.at(-1)).toBe('blue 2');
    // The way back, as the text tells it.
    write(dir, 'online', 1);
    const update = person.pages
      .block('Online endpoint', 1)
      .find((line) => line.includes('deployment update'));
    await person.types(String(update));
    expect(serves(cloud, GROUP)).toEqual(['online churn-SUFFIX blue 1: 100']);

    await person.follows('Batch endpoint');
    await person.follows('Batch endpoint', {}, { which: 1 });
    expect(lines(dir, PREDICTIONS)).toBe(lines(dir, 'data/raw/penguins.csv') - 1);
    await person.follows(
      'Batch endpoint',
      { 'az ml batch-deployment update': () => write(dir, 'batch', 2) },
      { which: 2 },
    );
    expect(serves(cloud, GROUP)).toEqual([
      'batch churn-b-SUFFIX blue 2: default',
      'online churn-SUFFIX blue 1: 100',
    ]);

    await person.follows('What costs money when idle', {
      'az ml compute stop': () => expect(serves(cloud, GROUP)).toEqual([]),
      'az group delete': () =>
        expect(cloud.azure.get(`${WORKSPACE}/compute/ci-churn`)).toMatchObject({ state: 'Stopped' }),
    });
    expect(groups(cloud)).toEqual([]);
    expect(person.pages.left()).toEqual([]);
  }, 60_000);

  it('level 1: sets up, registers, releases, goes back, scores a file, asks from the application, takes down', async () => {
    const { person, cloud, dir } = personAt(1);
    await setsUp(person, cloud);
    expect(groups(cloud)).toEqual([GROUP]);

    await person.does('gh workflow run data.yml');
    await person.does('gh run list --workflow data.yml');
    const gathered = [...cloud.azure.keys()].find((path) => path.endsWith('/container/gathered'));
    const rows = readFileSync(join(dir, 'data/raw/penguins.csv'), 'utf8');
    cloud.azure.set(`${gathered}/blob/2026-01-12/penguins.csv`, { text: rows });
    // Who sets up may not read there yet; the page says so.
    const [account = '', download = ''] = person.pages.block('Train on gathered data');
    await person.types(account);
    await person.types(download, { status: 1 });
    gets(cloud, 'Storage Blob Data Reader', 'gathered');
    await person.follows('Train on gathered data');
    expect(readFileSync(join(dir, 'data/gathered/2026-01-12/penguins.csv'), 'utf8')).toBe(rows);

    await person.follows('Register a model', {
      'scripts/register.sh --dry-run': () => expect(versionsOf(cloud)).toEqual([]),
    });
    expect(cloud.azure.get(`${WORKSPACE}/model/churn/version/1`)?.tags).toMatchObject({
      commit: git(dir, 'rev-parse', 'HEAD').trim(),
      balanced_accuracy: expect.stringMatching(/^0\.\d+$/) as string,
    });

    await person.follows('Online, the first time', {
      'az ml online-endpoint update': () => {
        expect(cloud.invoked).toEqual(['blue 1']);
        expect(serves(cloud, GROUP)).toEqual(['online churn-SUFFIX blue 1: 0']);
      },
    });
    await person.follows('Batch, the first time');
    await person.follows('Batch, score a file');
    expect(lines(dir, PREDICTIONS)).toBe(lines(dir, 'samples/batch.csv') - 1);
    expect(serves(cloud, GROUP)).toEqual([
      'batch churn-b-SUFFIX blue 1: default',
      'online churn-SUFFIX blue 1: 100',
    ]);

    // The next model, for which somebody changes the two files in git.
    cloud.azure.set(`${WORKSPACE}/model/churn/version/2`, { type: 'custom_model', tags: {} });
    write(dir, 'online', 2);
    write(dir, 'batch', 2);
    git(dir, 'commit', '--quiet', '--all', '--message', 'version 2');
    for (const version of [2, 1]) {
      await person.follows('Online, afterwards');
      await person.follows('Batch, afterwards');
      expect(serves(cloud, GROUP)).toEqual([
        `batch churn-b-SUFFIX blue ${version}: default`,
        `online churn-SUFFIX blue ${version}: 100`,
      ]);
      expect(cloud.invoked.at(-1)).toBe(`blue ${version}`);
      // Back to the former version: `git revert` of the change, and the same commands.
      if (version === 2) git(dir, 'revert', '--no-edit', 'HEAD');
    }

    await application(person, cloud);
    await newerTemplates(person);
    expect(dispatched(cloud)).toEqual(['data.yml', 'azmlops.yml']);
    await person.does('gh workflow disable data.yml');
    await person.does('az ml online-endpoint delete --name "$ENDPOINT" --yes');
    expect(serves(cloud, GROUP)).toEqual(['batch churn-b-SUFFIX blue 1: default']);
    await takesDown(person, cloud);
    expect(person.pages.left()).toEqual([]);
  }, 120_000);

  it('level 2: hands a version off, hands the next one off, goes back to the former, takes down', async () => {
    const { person, cloud } = personAt(2);
    await setsUp(person, cloud);
    await trains(person);
    for (const version of ['1', '2']) registered(cloud, version);

    const before = cloud.snapshot();
    const [newest] = await person.follows('Hand off a model', {
      'scripts/hand-off.sh --version 1': () => expect(cloud.snapshot()).toBe(before),
    });
    expect(newest?.trim()).toBe('2');
    const served = (version: number): string[] => [
      `batch churn-b-SUFFIX blue ${version}: default`,
      `online churn-SUFFIX blue ${version}: 100`,
    ];
    expect(serves(cloud, GROUP)).toEqual(served(1));
    person.instead['--version N'] = '--version 2';
    await person.does('scripts/hand-off.sh --version N');
    expect(serves(cloud, GROUP)).toEqual(served(2));
    person.instead['--version N'] = '--version 1';
    await person.does('scripts/hand-off.sh --version N');
    expect(serves(cloud, GROUP)).toEqual(served(1));

    await person.types("ENDPOINT=$(scripts/setup.sh --names | sed -n 's/^ONLINE_ENDPOINT=//p')");
    await application(person, cloud);
    await newerTemplates(person);
    expect(dispatched(cloud)).toEqual(['data.yml', 'data.yml', 'train.yml', 'azmlops.yml']);
    for (const name of ['data', 'train']) await person.does(`gh workflow disable ${name}.yml`);
    await person.does('az ml online-endpoint delete --name "$ENDPOINT" --yes');
    await takesDown(person, cloud);
    expect(person.pages.left()).toEqual([]);
  }, 120_000);

  // What level 3 tells, level 4 tells too.
  it.each(process.env.AZMLOPS_ALL ? ([3, 4] as const) : ([4] as const))(
    'level %i: releases, goes back without GitHub, and does what else the runbook tells',
    async (level) => {
      const { person, cloud, dir } = personAt(level);
      const production = `${GROUP}-production`;
      cloud.github.people.octocat = 31;
      await setsUp(person, cloud);
      await person.does('scripts/setup.sh --reviewer octocat');
      expect(cloud.github.rules.production?.reviewers).toEqual([{ type: 'User', id: 31 }]);
      await trains(person);
      await person.does('gh run watch');
      await person.does('gh workflow run train.yml --field reason="first model"');
      await person.does('gh workflow run release.yml');
      await person.does('gh workflow run release.yml --field version=2');

      // What the workflow release does, twice: the second version with other code.
      await person.follows('Commands against production from here');
      const commits: string[] = [];
      for (const version of ['1', '2', '3']) {
        registered(cloud, version);
        await person.types(
          `AZURE_DEFAULTS_GROUP=${GROUP} .venv/bin/python -m delivery.registry promote --version ${version}`,
        );
        if (version === '3') break;
        commits.push(git(dir, 'rev-parse', 'HEAD').trim());
        await person.types(
          `GITHUB_SHA=$(git rev-parse HEAD) .venv/bin/python -m delivery.release --version ${version} --environment production`,
        );
        const file = join(dir, 'src/score.py');
        writeFileSync(file, `${readFileSync(file, 'utf8')}# ${version}\n`);
        git(dir, 'commit', '--quiet', '--all', '--message', `after version ${version}`);
      }
      expect(serves(cloud, production)).toEqual([
        'batch churn-b-SUFFIX green 2: default',
        'online churn-SUFFIX green 2: 100',
      ]);
      const [trace] = await person.follows('Commands against production from here', {}, { which: 1 });
      expect(trace).toMatch(new RegExp(`\\| green \\| 100 % \\| 2 \\|.*${commits[1]}`));

      // Back to the version before, without GitHub, with the code that it was released with.
      const [first = '', second = ''] = commits;
      Object.assign(person.instead, { '1a2b3c4': first, '--version 2 --env': '--version 1 --env' });
      const former = await person.follows('Roll back', {}, { which: 2 });
      expect(JSON.parse(former[1] ?? '')).toEqual({ version: '1', code: first });
      expect(serves(cloud, production)).toEqual([
        'batch churn-b-SUFFIX blue 1: default',
        'online churn-SUFFIX blue 1: 100',
      ]);
      const now = await person.types('.venv/bin/python -m delivery.trace');
      expect(now).toContain(first);
      expect(now).not.toContain(second);
      expect(git(dir, 'branch', '--show-current').trim()).toBe('main');

      await person.follows('Roll back');
      await person.types(`az configure --defaults group=${GROUP}`);
      await person.follows('Roll back', {}, { which: 1 });
      expect(cloud.azure.get(`${WORKSPACE}/model/churn/version/3`)?.tags).toMatchObject({
        ...{ release: 'refused', verdict: 'promote' },
      });
      await person.does('az configure --defaults group=', production);
      const also = level === 4 ? await keepsWatch(person, cloud) : [];

      await person.types("ENDPOINT=$(scripts/setup.sh --names | sed -n 's/^production ONLINE_ENDPOINT=//p')");
      await application(person, cloud);
      await newerTemplates(person);
      expect(dispatched(cloud)).toEqual([
        ...['data.yml', 'data.yml', 'train.yml', 'train.yml', 'release.yml', 'release.yml', 'rollback.yml'],
        ...[...also, 'azmlops.yml'],
      ]);
      for (const name of ['data', 'train', ...(level === 4 ? ['retrain'] : [])])
        await person.does(`gh workflow disable ${name}.yml`);
      await person.does('az ml online-endpoint delete --name "$ENDPOINT" --yes');
      expect(serves(cloud, production)).toEqual(['batch churn-b-SUFFIX blue 1: default']);
      await takesDown(person, cloud);
      expect(person.pages.left()).toEqual([]);
    },
    240_000,
  );
});

/** What only level 4 has: a rollout that is ended by hand, monitoring, retraining, an A/B test, outcomes. */
async function keepsWatch(person: Person, cloud: ByHand): Promise<string[]> {
  const production = `${GROUP}-production`;
  // A rollout of version 3 that stands still half-way, as after the death of a runner.
  await person.types('.venv/bin/python -m delivery.rollout start --version 3');
  await person.types("ENDPOINT=$(scripts/setup.sh --names | sed -n 's/^production ONLINE_ENDPOINT=//p')");
  await person.types('az ml online-endpoint update --name "$ENDPOINT" --traffic "blue=50 green=50"');
  expect(serves(cloud, production)).toContain('online churn-SUFFIX green 3: 50');
  const back = await person.follows('Roll back', {}, { which: 3 });
  expect(back[1]).toContain('"blue"');
  expect(serves(cloud, production)).toEqual([
    ...['batch churn-b-SUFFIX blue 1: default', 'batch churn-b-SUFFIX green 3: idle'],
    ...['online churn-SUFFIX blue 1: 100', 'online churn-SUFFIX green 3: 0'],
  ]);
  await person.follows('A rollout that went back');
  expect(serves(cloud, production)).toEqual([
    'batch churn-b-SUFFIX blue 1: default',
    'online churn-SUFFIX blue 1: 100',
  ]);

  const before = cloud.snapshot();
  await person.follows('Monitoring', {
    'scripts/monitoring.sh --email': () => expect(cloud.snapshot()).toBe(before),
  });
  expect([...cloud.azure.keys()].filter((path) => path.includes('/autoscale/'))).toHaveLength(1);
  const watched = cloud.snapshot();
  await person.does('scripts/monitoring.sh --live');
  expect(cloud.snapshot()).toBe(watched);

  await person.follows('Start retraining with a reason');
  await person.does('gh run list --workflow retrain.yml');
  await person.follows('The circuit breaker is open');
  await person.follows('Compare two models in production');
  for (const action of ['judge', 'stop'])
    await person.does(`gh workflow run ab-test.yml --field action=${action}`);
  expect(cloud.repository.started.at(-3)?.inputs).toEqual({
    action: 'start',
    version: '3',
    run: '123456789',
  });

  // The application records what it was told, and later what came true.
  const uri = await person.types(
    'az ml online-endpoint show --name "$ENDPOINT" --query scoring_uri --output tsv',
  );
  await person.types(`export SCORING_URI=${uri.trim()} ACTUAL=Adelie ID=answer-0`);
  const [predict = '', outcome = '', account = '', exported = '', upload = ''] =
    person.pages.block('Outcomes');
  expect(await person.types(predict)).toContain('"id": "answer-0"');
  for (const line of [outcome, account, exported]) await person.types(line);
  await person.types(upload, { status: 1 });
  gets(cloud, 'Storage Blob Data Contributor', 'outcomes');
  await person.types(upload);
  const kept = [...cloud.azure].filter(([path]) => path.includes('/container/outcomes/blob/'));
  expect(kept.map(([path]) => path.split('/').at(-2)).sort()).toEqual(['outcomes', 'predictions']);
  expect(String(kept.find(([path]) => path.includes('/blob/outcomes/'))?.[1].text)).toContain(
    '"actual": "Adelie"',
  );
  return ['retrain.yml', 'retrain.yml', 'ab-test.yml', 'ab-test.yml', 'ab-test.yml'];
}

const dispatched = (cloud: ByHand): string[] => cloud.repository.started.map(({ workflow }) => workflow);

async function setsUp(person: Person, cloud: ByHand): Promise<void> {
  await person.does('az login');
  await person.does('gh auth login');
  await person.does('scripts/setup.sh --help');
  await person.follows('Set up Azure and GitHub', {
    'scripts/setup.sh --dry-run': () => expect(cloud.changes.filter(made)).toEqual([]),
    'az configure': () => expect(cloud.changes.filter(made)).not.toEqual([]),
  });
  const trusted = await person.follows('Private repositories on GitHub Free');
  expect(trusted.join('')).toContain('"repo:Contoso/Churn:environment:development"');
}
const made = (call: string): boolean => !call.startsWith('az login');

async function trains(person: Person): Promise<void> {
  await person.does('gh workflow run data.yml');
  await person.does('gh workflow run data.yml --field again=true');
  await person.does('gh run list --workflow data.yml');
  await person.does('gh workflow run train.yml --field reason="new season of data"');
  await person.does('az ml job create --file azureml/sweep.yml');
}

async function newerTemplates(person: Person): Promise<void> {
  await person.does('gh workflow run azmlops.yml');
  await person.does('gh workflow disable azmlops.yml');
}

/** The application asks both kinds of endpoint; the address is that of the endpoint, not of a server here. */
async function application(person: Person, cloud: ByHand): Promise<void> {
  await person.does('scripts/setup.sh --names');
  const uri = await person.does(
    'az ml online-endpoint show --name "$ENDPOINT" --query scoring_uri --output tsv',
  );
  person.instead['http://127.0.0.1:5001/score'] = uri.trim();
  expect((await person.follows('On this machine')).join('')).toContain('"predictions"');
  const [, predicted = ''] = await person.follows('The application');
  expect(JSON.parse(predicted)).toContainEqual(expect.objectContaining({ prediction: 'Adelie' }));
  const jobs = cloud.invoked.length;
  const scored = await person.follows('The application', {}, { which: 1 });
  expect(scored.at(-1)).toContain('"prediction": "Adelie"');
  expect(cloud.invoked.length).toBe(jobs + 1);
}

/** All goes, and only when the right name was typed. */
async function takesDown(person: Person, cloud: ByHand): Promise<void> {
  const before = cloud.snapshot();
  await person.types('scripts/teardown.sh', { answer: 'rg-other', status: 1 });
  expect(cloud.snapshot()).toBe(before);
  await person.follows('Take down', {}, { answer: GROUP });
  expect(groups(cloud)).toEqual([]);
  expect(cloud.github.rules).toEqual({});
}
