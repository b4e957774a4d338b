import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { git, project } from '../support/tools.js';
import { filesOf, read, type Tree, treeOf, trees } from '../support/trees.js';
import { Cloud, type GitHub, type Rules } from './stubs/cloud.js';

// Azure and GitHub are stand-ins here (stubs/cloud.ts): what is proven is what the scripts ask for, in which order,
// and what they make of the answers, not that Azure or GitHub would answer so.
const able =
  process.platform !== 'win32' && (Boolean(process.env.CI) || spawnSync('jq', ['--version']).status === 0);

const open: Cloud[] = [];
const folders: string[] = [];
afterEach(() => {
  open.splice(0).forEach((cloud) => cloud.close());
  folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true }));
});

const cloudWith = (github: Partial<GitHub> = {}): Cloud => {
  const cloud = new Cloud(github);
  open.push(cloud);
  return cloud;
};

const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'azmlops-scripts-'));
  folders.push(folder);
  return folder;
};

type Level = 1 | 2 | 3 | 4;

/** A copy of a repository of that level, so that scripts may write into it. */
const copyOf = (level: Level, endpoint: Tree['endpoint'] = 'both'): string => {
  const folder = temporary();
  cpSync(treeOf(level, 'classification', endpoint).dir, folder, { recursive: true });
  return folder;
};

interface Ran {
  status: number | null;
  said: string;
  /** Calls that changed something during this run. */
  changes: string[];
  calls: string[];
}

async function script(cloud: Cloud, dir: string, name: string, ...args: string[]): Promise<Ran> {
  const bin = temporary();
  for (const program of ['az', 'gh'])
    symlinkSync(join(project, 'test/emitted/stubs/stand-in.sh'), join(bin, program));
  // Waiting is what the script should do; the test need not.
  symlinkSync('/bin/true', join(bin, 'sleep'));
  const [changes, calls] = [cloud.changes.length, cloud.calls.length];
  const port = await cloud.listen();
  const child = spawn('bash', [join(dir, 'scripts', name), ...args], {
    cwd: tmpdir(), // from anywhere
    env: { PATH: [bin, process.env.PATH].join(delimiter), HOME: bin, STAND_IN_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (part: Buffer) => (said += part.toString()));
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  const status = await new Promise<number | null>((done) => child.on('close', done));
  cloud.close();
  return { status, said, changes: cloud.changes.slice(changes), calls: cloud.calls.slice(calls) };
}

/** What Azure and GitHub hold after set-up at that level; made once, each test gets its own copy. */
const made = new Map<string, Promise<Cloud>>();
async function after(level: Level, gate: Tree['gate'] = 'reviewers'): Promise<Cloud> {
  let whole = made.get(`${level} ${gate}`);
  if (!whole) {
    const cloud = new Cloud();
    whole = script(cloud, treeOf(level, 'classification', 'both', gate).dir, 'setup.sh').then((ran) => {
      expect(ran.status, ran.said).toBe(0);
      return cloud;
    });
    made.set(`${level} ${gate}`, whole);
  }
  const { azure, github } = await whole;
  const copy = cloudWith(structuredClone(github));
  copy.azure.clear();
  for (const [path, value] of azure) copy.azure.set(path, structuredClone(value));
  return copy;
}

const GROUP = 'group/rg-churn';
const PRODUCTION = 'group/rg-churn-production';
/** How many environments there are. */
const PLACES = { 1: 1, 2: 1, 3: 3, 4: 4 } as const;

/** The variables that the workflows read, by environment; what a called one names with an input is for both. */
function wanted(tree: Tree): Record<string, string[]> {
  const found: Record<string, Set<string>> = {};
  const add = (environment: string, part: unknown): void => {
    for (const [name] of JSON.stringify(part).matchAll(/(?<=\bvars\.)\w+/g))
      (found[environment] ??= new Set()).add(name);
  };
  interface Job {
    environment?: string;
    steps?: { if?: string }[];
  }
  for (const file of filesOf(tree.dir, '.github/workflows').filter((path) => path.endsWith('.yml'))) {
    const { jobs } = parse(read(tree, file)) as { jobs: Record<string, Job> };
    for (const { environment, steps = [], ...job } of Object.values(jobs)) {
      if (environment === undefined) continue;
      const names = environment.includes('inputs.') ? ['staging', 'production'] : [environment];
      for (const name of names) {
        add(name, job);
        for (const step of steps)
          if (name === 'production' || !step.if?.includes("inputs.environment == 'production'"))
            add(name, step);
      }
    }
  }
  return Object.fromEntries(Object.entries(found).map(([name, names]) => [name, [...names].sort()]));
}
const outcomes = (cloud: Cloud): string | undefined =>
  [...cloud.azure.keys()]
    .find((path) => path.endsWith('/container/outcomes'))
    ?.split('/')
    .at(-3);
const variables = (cloud: Cloud): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(cloud.github.variables).map(([name, values]) => [name, Object.keys(values).sort()]),
  );
const SUBJECT = 'repo:Contoso/Churn:environment:development';
const subjects = (cloud: Cloud): unknown[] =>
  [...cloud.azure].filter(([path]) => path.includes('/credential/')).map(([, { subject }]) => subject);
const roles = (cloud: Cloud): string[] =>
  [...cloud.azure.keys()]
    .filter((path) => path.startsWith('role/'))
    .map((path) => path.replace(/^role\/(.+) \/.*\/(.+)$/, '$1 on $2'));

describe.skipIf(!able)('setup.sh', () => {
  it.each([1, 2, 3, 4] as const)(
    'level %i: a first run makes everything, a second changes nothing',
    async (level) => {
      const cloud = cloudWith();
      const { dir } = treeOf(level);
      const dry = await script(cloud, dir, 'setup.sh', '--dry-run');
      expect(dry.status, dry.said).toBe(0);
      expect(dry.changes).toEqual([]);

      const first = await script(cloud, dir, 'setup.sh');
      expect(first.status, first.said).toBe(0);
      expect(first.said).not.toMatch(/there {4}(?!provider)/);
      // What the dry run announced is what was done.
      const announced = (said: string): string[] => said.match(/(?<=^(would make|making ) +).*/gm) ?? [];
      expect(announced(dry.said)).toEqual(announced(first.said));

      expect(cloud.azure.get(`${GROUP}/workspace/mlw-churn/datastore/gathered`)).toEqual({
        account: expect.stringMatching(/^stchurn[0-9a-f]{5}$/) as string,
      });
      const accounts = [...cloud.azure.values()].filter(({ hns }) => hns);
      expect(accounts).toEqual(Array(level < 4 ? 1 : 2).fill({ hns: 'true', keys: 'false' }));
      expect([...cloud.azure.keys()].filter((path) => path.includes('/blob/'))).toEqual([
        expect.stringMatching(/\/container\/landing\/blob\/penguins\.csv$/),
      ]);
      const environments = ['development', 'staging', 'production', 'monitoring'].slice(0, PLACES[level]);
      expect(subjects(cloud)).toEqual(environments.map((name) => `repo:Contoso/Churn:environment:${name}`));
      const minimal = [
        'principal-of-id-churn-development Storage Blob Data Reader on landing',
        'principal-of-id-churn-development Storage Blob Data Contributor on gathered',
        'the-person Storage Blob Data Contributor on landing',
      ];
      const training = [
        'principal-of-id-churn-development AzureML Data Scientist on mlw-churn',
        'principal-of-id-churn-training Storage Blob Data Reader on gathered',
        'principal-of-id-churn-training AzureML Data Scientist on mlw-churn',
        'principal-of-id-churn-training AcrPull on rg-churn',
      ];
      const registry = expect.stringMatching(/on churn-[0-9a-f]{5}$/) as string;
      const scoring = (group: string): string =>
        group === 'staging'
          ? 'principal-of-id-churn-scoring'
          : 'principal-of-id-churn-scoring-of-rg-churn-production';
      const released = ['staging', 'production'].flatMap((place) => [
        `principal-of-id-churn-${place} AzureML Data Scientist on mlw-churn`,
        `${scoring(place)} AcrPull on rg-churn-${place}`,
      ]);
      const watched = [
        'principal-of-id-churn-production Monitoring Contributor on rg-churn-production',
        'principal-of-id-churn-production Web Plan Contributor on rg-churn-production',
        'principal-of-id-churn-monitoring Monitoring Reader on rg-churn-production',
        'principal-of-id-churn-monitoring Storage Blob Data Reader on outcomes',
      ];
      const [onRegistry, elsewhere] = [true, false].map((wanted) =>
        roles(cloud).filter((role) => / on churn-/.test(role) === wanted),
      );
      expect(elsewhere?.sort()).toEqual(
        [
          ...minimal,
          ...(level >= 2 ? training : []),
          ...(level >= 3 ? released : []),
          ...(level >= 4 ? watched : []),
        ].sort(),
      );
      // Only who promotes and who marks may write there.
      expect(onRegistry?.map((role) => role.replace(/-[0-9a-f]{5}$/, ''))).toEqual(
        level < 3
          ? []
          : [
              'principal-of-id-churn-development AzureML Registry User on churn',
              'principal-of-id-churn-staging Reader on churn',
              'principal-of-id-churn-scoring Reader on churn',
              'principal-of-id-churn-production AzureML Registry User on churn',
              'principal-of-id-churn-scoring-of-rg-churn-production Reader on churn',
            ],
      );
      expect(level < 3 || onRegistry?.[0]).toEqual(level < 3 || registry);
      const branches = Object.entries(cloud.github.rules).map(([name, rules]) => [name, rules.branches]);
      expect(branches).toEqual(
        environments.map((name) => [
          name,
          name === 'development' && level >= 2 ? ['main', 'refs/pull/*/merge'] : ['main'],
        ]),
      );
      const computes = [...cloud.azure].filter(([path]) => path.includes('/compute/'));
      expect(computes).toEqual(
        ['', '-staging', '-production']
          .slice(0, level < 2 ? 0 : level < 3 ? 1 : 3)
          .map((place) => [`${GROUP}${place}/workspace/mlw-churn/compute/cpu-cluster`, { least: '0' }]),
      );

      // Each variable is read by a workflow in that environment, and each that a workflow reads there is set.
      expect(variables(cloud)).toEqual(wanted(treeOf(level)));
      for (const name of environments)
        expect(cloud.github.variables[name]).toMatchObject({
          AZURE_CLIENT_ID: `client-of-id-churn-${name}`,
          AZURE_TENANT_ID: 'the-tenant',
        });

      const before = cloud.snapshot();
      const second = await script(cloud, dir, 'setup.sh');
      expect(second.status, second.said).toBe(0);
      expect(second.changes).toEqual([]);
      expect(second.said).not.toContain('making');
      expect(cloud.snapshot()).toBe(before);
    },
  );

  it.each([2, 3, 4] as const)('a repository that moved up to level %i gets what that adds', async (level) => {
    const cloud = await after((level - 1) as Level);
    const up = await script(cloud, treeOf(level).dir, 'setup.sh');
    expect(up.status, up.said).toBe(0);
    const fresh = await after(level);
    expect(cloud.github).toEqual(fresh.github);
    // A version of an environment is its content, and the former one stays.
    const more = [...cloud.azure].filter(([path]) => !fresh.azure.has(path));
    expect(more.filter(([path]) => !path.includes('/environment/churn-'))).toEqual([]);
    expect(Object.fromEntries(cloud.azure)).toMatchObject(Object.fromEntries(fresh.azure));
  });

  it.each([
    [3, 'online'],
    [3, 'batch'],
    [4, 'online'],
    [4, 'batch'],
  ] as const)('level %i, %s: every variable that a workflow reads is set', async (level, endpoint) => {
    const cloud = cloudWith();
    const tree = treeOf(level, 'classification', endpoint);
    const ran = await script(cloud, tree.dir, 'setup.sh');
    expect(ran.status, ran.said).toBe(0);
    const set = variables(cloud);
    for (const [name, names] of Object.entries(wanted(tree)))
      expect(set[name]).toEqual(expect.arrayContaining(names));
    const scoring = [...cloud.azure.keys()].filter((path) => path.endsWith('/identity/id-churn-scoring'));
    expect(scoring).toHaveLength(endpoint === 'batch' ? 2 : 0);
  });

  it('a run that stopped says what stopped it, and which right may be missing', async () => {
    const cloud = cloudWith();
    cloud.failures.push({ call: 'az storage account create', times: 1, message: 'QuotaExceeded' });
    const broken = await script(cloud, treeOf(1).dir, 'setup.sh');
    expect(broken.status, broken.said).toBe(1);
    expect(broken.said).toContain('QuotaExceeded');
    expect(broken.said).toContain('Role Based Access Control Administrator');
  });

  it.each([
    ['an old repository', { use_default: true }, 'repo:Contoso/Churn'],
    ['a server that does not know the question', undefined, 'repo:Contoso/Churn'],
    [
      'a new repository',
      { use_default: true, use_immutable_subject: true, sub_claim_prefix: 'repo:Contoso@12/Churn@345' },
      'repo:Contoso@12/Churn@345',
    ],
    [
      'a repository with a prefix, though not immutable',
      { use_default: true, use_immutable_subject: false, sub_claim_prefix: 'repo:Contoso@12/Churn@345' },
      'repo:Contoso@12/Churn@345',
    ],
    [
      'the default, written out',
      { use_default: false, include_claim_keys: ['repo', 'context'] },
      'repo:Contoso/Churn',
    ],
  ])('%s: the subject is exactly what GitHub sends', async (_, subject, prefix) => {
    // As somebody may type it; the subject has GitHub's own spelling.
    const ran = await script(
      cloudWith({ subject }),
      treeOf(1).dir,
      'setup.sh',
      '--dry-run',
      '--repo',
      'contoso/churn',
    );
    expect(ran.status, ran.said).toBe(0);
    expect(ran.said.match(/(?<=federated credential ).*/g)).toEqual([`${prefix}:environment:development`]);
  });

  it('a customized subject stops it before anything is made', async () => {
    const cloud = cloudWith({
      subject: { use_default: false, include_claim_keys: ['repo', 'job_workflow_ref'] },
    });
    const ran = await script(cloud, treeOf(1).dir, 'setup.sh');
    expect(ran.status).toBe(1);
    expect(ran.said).toContain('customized');
    expect(ran.changes).toEqual([]);
  });

  it('a repository that was renamed gets its credential changed', async () => {
    const cloud = await after(1);
    cloud.github.subject = { use_default: true, sub_claim_prefix: 'repo:Contoso@12/Churn@345' };
    const ran = await script(cloud, treeOf(1).dir, 'setup.sh');
    expect(ran.said).toContain(`(was ${SUBJECT})`);
    expect(subjects(cloud)).toEqual(['repo:Contoso@12/Churn@345:environment:development']);
    expect(ran.changes).toHaveLength(1);
  });

  it.each(['HTTP 403', 'HTTP 404', 'HTTP 422'] as const)(
    'private, and no environments (%s): variables of the repository, and a credential for main',
    async (environments) => {
      const cloud = cloudWith({ private: true, environments });
      const ran = await script(cloud, treeOf(2).dir, 'setup.sh');
      expect(ran.status, ran.said).toBe(0);
      expect(ran.said).toContain('not proven against GitHub');
      expect(subjects(cloud)).toEqual([SUBJECT, 'repo:Contoso/Churn:ref:refs/heads/main']);
      expect(Object.keys(cloud.github.variables)).toEqual(['repository']);
      if (environments === 'HTTP 403') {
        const again = await script(cloud, treeOf(2).dir, 'setup.sh');
        expect(again.changes, again.said).toEqual([]);
      }
    },
  );

  it('a public repository without environments is an error, not a way round', async () => {
    const cloud = cloudWith({ environments: 'HTTP 403' });
    const ran = await script(cloud, treeOf(1).dir, 'setup.sh');
    expect(ran.status).toBe(1);
    expect(subjects(cloud)).toEqual([]);
  });

  it('an environment that its first use made, without rules, gets them', async () => {
    const open: Rules = { branches: 'open', reviewers: [], prevent_self_review: false, wait_timer: 0 };
    const cloud = cloudWith({ rules: { development: open } });
    const ran = await script(cloud, treeOf(1).dir, 'setup.sh');
    expect(ran.status, ran.said).toBe(0);
    expect(cloud.github.rules.development?.branches).toEqual(['main']);
  });

  it.each([
    ['not signed in', (cloud: Cloud) => (cloud.signedIn = false), 'az login'],
    ['no administrator', (cloud: Cloud) => (cloud.github.admin = false), 'administrator'],
  ])('%s: told before anything is made', async (_, prepare, told) => {
    const cloud = cloudWith();
    prepare(cloud);
    const ran = await script(cloud, treeOf(1).dir, 'setup.sh');
    expect(ran.status).toBe(1);
    expect(ran.said).toContain(told);
    expect(ran.changes).toEqual([]);
  });

  it('a look-up that is refused is not taken for "not there"', async () => {
    const cloud = cloudWith();
    cloud.failures.push({
      call: 'az group show',
      times: 1,
      message: '(AuthorizationFailed) no right to read',
    });
    const ran = await script(cloud, treeOf(1).dir, 'setup.sh');
    expect(ran.status).toBe(1);
    expect(ran.calls.filter((call) => call.startsWith('az group create'))).toEqual([]);
  });

  it('a role that takes its time is waited for', async () => {
    const cloud = cloudWith();
    cloud.failures.push({
      call: 'az storage blob list',
      times: 3,
      message: 'AuthorizationPermissionMismatch',
    });
    const ran = await script(cloud, treeOf(1).dir, 'setup.sh');
    expect(ran.status, ran.said).toBe(0);
    expect(ran.calls.filter((call) => call.startsWith('az storage blob list'))).toHaveLength(4);
  });

  it('own data goes to landing, and an unknown word is refused', async () => {
    const cloud = cloudWith();
    const file = join(temporary(), 'my data.csv');
    writeFileSync(file, 'a,b\n1,2\n');
    const ran = await script(cloud, treeOf(1).dir, 'setup.sh', '--no-github', '--data', file);
    expect(ran.status, ran.said).toBe(0);
    expect([...cloud.azure.keys()].find((path) => path.includes('/blob/'))).toMatch(/\/blob\/my data\.csv$/);
    expect(subjects(cloud)).toEqual([]);
    expect(ran.calls.filter((call) => call.startsWith('gh'))).toEqual([]);
    expect((await script(cloudWith(), treeOf(1).dir, 'setup.sh', '--dryrun')).status).toBe(2);
  });

  it('names fit Azure, with the shortest and the longest name', async () => {
    const ends = trees(
      (t) => t.level === 1 && t.task === 'regression' && t.endpoint === 'both' && t.length !== 'usual',
    );
    expect(ends).toHaveLength(2);
    for (const { dir, name } of ends) {
      const { said } = await script(cloudWith(), dir, 'setup.sh', '--names');
      const names = Object.fromEntries(
        said
          .trim()
          .split('\n')
          .map((line): [string, string] => [line.replace(/=.*/, ''), line.replace(/.*=/, '')]),
      );
      expect(Object.keys(names)).toEqual(['AZURE_STORAGE_ACCOUNT', 'ONLINE_ENDPOINT', 'BATCH_ENDPOINT']);
      expect(names.AZURE_STORAGE_ACCOUNT).toMatch(/^[a-z0-9]{3,24}$/);
      expect(names.ONLINE_ENDPOINT).toMatch(new RegExp(`^${name}-[0-9a-f]{5}$`));
      expect(names.BATCH_ENDPOINT).toMatch(/^[a-z][a-z0-9-]{1,30}[a-z0-9]$/);
    }
  });
});

describe.skipIf(!able)('setup.sh with three places', () => {
  const at = (level: 3 | 4, gate: Tree['gate'] = 'reviewers'): string =>
    treeOf(level, 'classification', 'both', gate).dir;

  it.each([
    ['az ml registry create', 'AuthorizationFailed', '/resourceGroups/rg-churn\\.'],
    ['az group create --name rg-churn-staging', 'AuthorizationFailed', '/resourceGroups/rg-churn-staging\\.'],
    ['az storage account create --name stchurn77', 'QuotaExceeded', '/resourceGroups/rg-churn-production\\.'],
    ['az ml compute create', 'QuotaExceeded', '/resourceGroups/rg-churn\\.'],
    ['gh api --method PUT repos/Contoso/Churn/environments/production', 'HTTP 502', 'rg-churn-production'],
    ['gh variable set AZURE_APP_INSIGHTS', 'HTTP 502', 'rg-churn-production'],
  ])('after a run that stopped at "%s" the next one makes the rest', async (call, message, where) => {
    const whole = await after(4);
    const begin = call.replace('stchurn77', String(outcomes(whole)));
    const cloud = cloudWith();
    cloud.failures.push({ call: begin, times: 1, message });
    const broken = await script(cloud, at(4), 'setup.sh');
    expect(broken.status, broken.said).toBe(1);
    // Who lacks what, and where.
    expect(broken.said).toMatch(new RegExp(`person@example\\.org lacks a role on .*${where}`));
    const mended = await script(cloud, at(4), 'setup.sh');
    expect(mended.status, mended.said).toBe(0);
    expect(cloud.snapshot()).toBe(whole.snapshot());
  });

  it('nobody can sign in as production before it is guarded, and the variables come last', async () => {
    const cloud = cloudWith();
    const ran = await script(cloud, at(3), 'setup.sh', '--reviewer', 'alice');
    expect(ran.status, ran.said).toBe(0);
    const order = [
      'gh api --method POST repos/Contoso/Churn/environments/production/deployment-branch-policies',
      'gh api --method PUT repos/Contoso/Churn/environments/production --input -',
      'az identity federated-credential create --name github-production',
      'gh variable set AZURE_CLIENT_ID --env production',
    ].map((call) =>
      ran.changes.lastIndexOf(ran.changes.filter((made) => made.startsWith(call)).at(-1) ?? ''),
    );
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('the subjects of all environments begin as GitHub says', async () => {
    const prefix = 'repo:Contoso@12/Churn@345';
    const cloud = cloudWith({ subject: { use_default: true, sub_claim_prefix: prefix } });
    await script(cloud, at(4), 'setup.sh');
    expect(subjects(cloud)).toEqual(
      ['development', 'staging', 'production', 'monitoring'].map((name) => `${prefix}:environment:${name}`),
    );
  });

  it('reviewers are added to those that are there, with the wait that somebody set', async () => {
    const cloud = await after(3);
    const production = cloud.github.rules.production;
    if (!production) throw new Error('no environment');
    production.reviewers.push({ type: 'Team', id: 21 });
    production.wait_timer = 30;
    const dry = await script(cloud, at(3), 'setup.sh', '--dry-run', '--reviewer', 'alice');
    expect(dry.status, dry.said).toBe(0);
    expect(dry.changes).toEqual([]);
    const ran = await script(cloud, at(3), 'setup.sh', '--reviewer', 'alice', '--reviewer', 'bob');
    expect(ran.status, ran.said).toBe(0);
    const reviewers = [
      { type: 'Team', id: 21 },
      { type: 'User', id: 11 },
      { type: 'User', id: 12 },
    ];
    expect(cloud.github.rules.production).toEqual({
      ...{ branches: ['main'], reviewers, prevent_self_review: true, wait_timer: 30 },
    });
    expect(ran.said).toContain('Production waits for one of: reviewers alice bob');
    const again = await script(
      cloud,
      at(3),
      'setup.sh',
      '--reviewer',
      'bob',
      '--reviewer',
      'Contoso/reviewers',
    );
    expect(again.status, again.said).toBe(0);
    expect(again.changes).toEqual([]);
  });

  it.each([
    ['takes them without a word', 'ignored'],
    ['refuses them', 'HTTP 422'],
  ] as const)('a plan without reviewers that %s: told, and how to change the gate', async (_, required) => {
    const ran = await script(
      cloudWith({ private: true, required }),
      at(3),
      'setup.sh',
      '--reviewer',
      'alice',
    );
    expect(ran.status, ran.said).toBe(0);
    expect(ran.said).toContain('GitHub did not keep the reviewers');
    expect(ran.said).toContain('azmlops set gate=pull-request');
    expect(ran.said).not.toContain('Production waits');
  });

  it('without a reviewer it says that releases will stop, and how to name one', async () => {
    const ran = await script(cloudWith(), at(3), 'setup.sh');
    expect(ran.said).toContain('the job guard stops each one');
    expect(ran.said).toContain('--reviewer LOGIN');
  });

  it.each([
    ['nobody', ['--reviewer', 'mallory'], 'knows no reviewer mallory'],
    ['a repository that reviews nothing', ['--reviewer', 'Contoso/nobody'], 'knows no reviewer'],
  ])('a reviewer that is %s stops it before anything is made', async (_, args, told) => {
    const ran = await script(cloudWith(), at(3), 'setup.sh', ...args);
    expect(ran.status).toBe(1);
    expect(ran.said).toContain(told);
    expect(ran.changes).toEqual([]);
  });

  it('a seventh reviewer is refused', async () => {
    const people = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((id) => [`person${id}`, id]));
    const named = Object.keys(people).flatMap((name) => ['--reviewer', name]);
    const ran = await script(cloudWith({ people }), at(3), 'setup.sh', ...named);
    expect(ran.status).toBe(1);
    expect(ran.said).toContain('six reviewers at most');
  });

  it.each([
    ['a ruleset', { rule: true }, true],
    ['branch protection', { protection: true }, true],
    ['neither', {}, false],
    ['rules without a code owner', { rule: false, protection: false }, false],
    ['a plan without either', { plan: 'HTTP 403' }, false],
  ] as const)('pull-request, %s: what is enforced is what is said', async (_, main, enforced) => {
    const cloud = await after(3, 'pull-request');
    expect(cloud.github.workflows).toEqual({
      ...{ default_workflow_permissions: 'read', can_approve_pull_request_reviews: true },
    });
    cloud.github.main = main;
    const ran = await script(cloud, at(3, 'pull-request'), 'setup.sh');
    expect(ran.status, ran.said).toBe(0);
    expect(ran.changes).toEqual([]);
    expect(ran.said.includes('Production waits for the review of a code owner')).toBe(enforced);
    expect(ran.said.includes('Nothing asks for a second person')).toBe(!enforced);
    expect(cloud.github.main).toEqual(main);
  });

  it('pull-request, and the organization forbids it: told who allows it', async () => {
    const cloud = cloudWith();
    const call = 'gh api --method PUT repos/Contoso/Churn/actions/permissions/workflow';
    cloud.failures.push({ call, times: 1, message: 'gh: Conflict (HTTP 409)' });
    const ran = await script(cloud, at(3, 'pull-request'), 'setup.sh');
    expect(ran.status).toBe(1);
    expect(ran.said).toContain('an owner allows it');
  });

  it('typed: no second person is promised', async () => {
    const ran = await script(cloudWith(), at(3, 'typed'), 'setup.sh');
    expect(ran.said).toContain('Nobody enforces a second person');
    expect((await script(cloudWith(), at(3, 'typed'), 'setup.sh', '--reviewer', 'alice')).status).toBe(2);
  });

  it('private, and no environments: variables by place, which the workflows of gate=typed read', async () => {
    const cloud = cloudWith({ private: true, environments: 'HTTP 403' });
    const tree = treeOf(4, 'classification', 'both', 'typed');
    const ran = await script(cloud, tree.dir, 'setup.sh');
    expect(ran.status, ran.said).toBe(0);
    const { repository = {}, ...others } = cloud.github.variables;
    expect(others).toEqual({});
    expect(repository.AZURE_CLIENT_ID).toBe('client-of-id-churn-development');
    expect(repository.PRODUCTION_AZURE_CLIENT_ID).toBe('client-of-id-churn-production');
    expect(repository.MONITORING_AZURE_RESOURCE_GROUP).toBe('rg-churn-production');
    expect(repository.STAGING_ENDPOINT_SUFFIX).not.toBe(repository.PRODUCTION_ENDPOINT_SUFFIX);
    const text = filesOf(tree.dir, '.github/workflows')
      .map((file) => read(tree, file))
      .join('');
    for (const name of Object.keys(repository)) {
      const [, place, rest] = /^(STAGING|PRODUCTION|MONITORING)_(.+)$/.exec(name) ?? [];
      const known = place
        ? [`vars.${name}`, `format('{0}_${rest}', inputs.environment)`]
        : [`vars.${name} `, `vars.${name}\n`];
      expect(
        known.some((way) => text.includes(way)),
        name,
      ).toBe(true);
    }
    expect(subjects(cloud)).toHaveLength(8);
    expect((await script(cloud, tree.dir, 'setup.sh')).changes).toEqual([]);
    const other = await script(cloudWith({ private: true, environments: 'HTTP 403' }), at(3), 'setup.sh');
    expect(other.said).toContain('azmlops set gate=typed');
  });

  it('names fit Azure, with the shortest and the longest name', async () => {
    const ends = trees(
      (t) =>
        t.level === 4 &&
        t.task === 'regression' &&
        t.endpoint === 'both' &&
        t.gate === 'typed' &&
        t.length !== 'usual',
    );
    expect(ends).toHaveLength(2);
    for (const { dir, name } of ends) {
      const { said } = await script(cloudWith(), dir, 'setup.sh', '--names');
      const names = Object.fromEntries(
        said
          .trim()
          .split('\n')
          .map((line): [string, string] => [line.replace(/=.*/, ''), line.replace(/.*=/, '')]),
      );
      expect(names['development AZURE_ML_REGISTRY']).toMatch(new RegExp(`^${name}-[0-9a-f]{5}$`));
      expect(names['development AZURE_ML_REGISTRY']?.length).toBeLessThanOrEqual(32);
      for (const place of ['development', 'production'])
        expect(names[`${place} AZURE_STORAGE_ACCOUNT`]).toMatch(/^[a-z0-9]{3,24}$/);
      for (const place of ['staging', 'production']) {
        const suffix = names[`${place} ENDPOINT_SUFFIX`];
        expect(suffix).toMatch(/^[0-9a-f]{5}$/);
        expect(names[`${place} ONLINE_ENDPOINT`]).toBe(`${name}-${suffix}`);
        expect(names[`${place} BATCH_ENDPOINT`]).toBe(`${name}-b-${suffix}`);
        expect(`${name}-b-${suffix}`.length).toBeLessThanOrEqual(32);
      }
      expect(names['staging ENDPOINT_SUFFIX']).not.toBe(names['production ENDPOINT_SUFFIX']);
    }
  });
});

/**
 * Runs a script on one cloud again and again, and each time breaks the first call that was never broken, until none is
 * left: so it goes on from what stands after each of its calls. What goes wrong is not run over: nothing is changed
 * after it, unless the script copes, and then all is `whole` as after an undisturbed run. Gives how often it was broken.
 */
async function brokenAtEachCall(
  cloud: Cloud,
  how: 'before' | 'lost',
  fits: (line: string) => boolean,
  run: () => Promise<Ran>,
  whole: () => void,
): Promise<number> {
  const done = new Set<string>();
  for (;;) {
    const times = new Map<string, number>();
    let [at, changes] = ['', 0];
    cloud.breaks = (words) => {
      // Names that each run makes up anew.
      const line = words.replace(/\b(hand-off-|tmp\.)[\w.]+|\bjob-\d+/g, '…');
      const time = (times.get(line) ?? 0) + 1;
      times.set(line, time);
      const key = `${line} #${time}`;
      if (at || done.has(key) || !fits(line)) return undefined;
      done.add((at = key));
      // What is lost was done all the same.
      changes = cloud.changes.length + (how === 'lost' ? 1 : 0);
      return how;
    };
    const ran = await run();
    cloud.breaks = () => undefined;
    if (!at) {
      expect(ran.status, ran.said).toBe(0);
      whole();
      return done.size;
    }
    if (done.size > 500) throw new Error(`it never ends: ${at}`);
    if (ran.status === 0) {
      whole();
      continue;
    }
    expect(ran.status, `${at}\n${ran.said}`).toBe(1);
    expect(cloud.changes.length, `${at}\n${ran.said}`).toBeLessThanOrEqual(changes);
  }
}

/** Calls that only look: what breaks there leaves nothing behind. */
const looks = (line: string): boolean =>
  / (show|list|view)( |$)/.test(line) || /^gh api (?!--method)/.test(line);

describe.skipIf(!able)('a script that broke off', () => {
  const changing = (line: string): boolean => !looks(line);
  const any = (): boolean => true;
  const gone = (cloud: Cloud) => (): void => {
    expect([...cloud.azure.keys()].filter((path) => path.startsWith('group/'))).toEqual([]);
    expect(cloud.github.rules).toEqual({});
  };
  // What is lost leaves what the next call finds when it breaks before it does anything: the one case holds the other.
  const some = [[1, 'lost', 'changing', changing]] as const;
  const every = ([1, 2, 3, 4] as const).flatMap(
    (level) =>
      [[level, 'before', 'any', any] as const, [level, 'lost', 'changing', changing] as const] as const,
  );

  it.each(process.env.AZMLOPS_ALL ? every : some)(
    'setup.sh of level %i, broken %s at each call (%s): the next run makes the rest',
    async (level, how, _, fits) => {
      const [cloud, other, dir] = [cloudWith(), cloudWith(), copyOf(level)];
      // Two files: a run may break off between them.
      writeFileSync(join(dir, 'data/raw/more.csv'), 'a,b\n1,2\n');
      const run = (): Promise<Ran> => script(cloud, dir, 'setup.sh');
      expect((await script(other, dir, 'setup.sh')).status).toBe(0);
      const undisturbed = other.snapshot();
      const whole = (): void => expect(cloud.snapshot()).toBe(undisturbed);
      expect(await brokenAtEachCall(cloud, how, fits, run, whole)).toBeGreaterThan(15);
      expect((await run()).changes).toEqual([]);
    },
    1_800_000,
  );

  it('register.sh, whose answer was lost: the same model is not registered twice', async () => {
    const [cloud, dir] = [await after(1), copyOf(1)];
    mkdirSync(join(dir, 'model'));
    writeFileSync(join(dir, 'model/model.pkl'), 'a model');
    writeFileSync(join(dir, 'model/evaluation.json'), '{"metrics": {"log_loss": 0.5}}');
    const run = (): Promise<Ran> => script(cloud, dir, 'register.sh');
    const versions = (): string[] => [...cloud.azure.keys()].filter((path) => path.includes('/version/'));
    const whole = (): void => expect(versions()).toHaveLength(1);
    expect(await brokenAtEachCall(cloud, 'lost', changing, run, whole)).toBe(1);
  });

  it('hand-off.sh and teardown.sh, broken at each call that changes something, end as undisturbed ones', async () => {
    const handedOff = async (): Promise<{ cloud: Cloud; dir: string; run: () => Promise<Ran> }> => {
      const [cloud, dir] = [await after(2), copyOf(2)];
      cloud.azure.set(`${GROUP}/workspace/mlw-churn/model/churn`, {});
      cloud.azure.set(`${GROUP}/workspace/mlw-churn/model/churn/version/1`, { tags: { verdict: 'promote' } });
      return { cloud, dir, run: () => script(cloud, dir, 'hand-off.sh', '--version', '1') };
    };
    // Each run scores a file anew.
    const standing = ({ azure }: Cloud): unknown =>
      [...azure].filter(([path]) => !path.startsWith('job/')).sort();
    const [one, other] = [await handedOff(), await handedOff()];
    expect((await other.run()).status).toBe(0);
    const served = (): void => expect(standing(one.cloud)).toEqual(standing(other.cloud));
    expect(await brokenAtEachCall(one.cloud, 'lost', changing, one.run, served)).toBeGreaterThan(5);

    const down = (): Promise<Ran> => script(one.cloud, one.dir, 'teardown.sh', '--yes');
    expect(await brokenAtEachCall(one.cloud, 'lost', changing, down, gone(one.cloud))).toBe(5);
  }, 300_000);

  it.skipIf(!process.env.AZMLOPS_ALL)(
    'teardown.sh of level 4 and monitoring.sh, broken at each call',
    async () => {
      const [cloud, whole] = [await after(4), await after(4)];
      const { dir } = treeOf(4);
      const endpoint = `${PRODUCTION}/workspace/mlw-churn/online/churn-12345`;
      for (const { azure } of [cloud, whole]) azure.set(endpoint, {}).set(`${endpoint}/deployment/blue`, {});
      const run = (of: Cloud): Promise<Ran> =>
        script(of, dir, 'monitoring.sh', '--email', 'team@example.org');
      expect((await run(whole)).status).toBe(0);
      const watched = (): void => expect(cloud.snapshot()).toBe(whole.snapshot());
      await brokenAtEachCall(cloud, 'lost', changing, () => run(cloud), watched);
      for (const [one, how] of [
        [cloud, 'before'],
        [whole, 'lost'],
      ] as const)
        await brokenAtEachCall(one, how, any, () => script(one, dir, 'teardown.sh', '--yes'), gone(one));
    },
    1_800_000,
  );
});

describe.skipIf(!able)('register.sh', () => {
  it('registers a model once, and a changed one as the next version', async () => {
    const cloud = await after(1);
    const dir = copyOf(1);
    expect((await script(cloud, dir, 'register.sh')).said).toContain('model/model.pkl is not there');

    mkdirSync(join(dir, 'model'));
    writeFileSync(join(dir, 'model/model.pkl'), 'a model');
    writeFileSync(
      join(dir, 'model/evaluation.json'),
      '{"metrics": {"balanced_accuracy": 0.98, "log_loss": null}}',
    );
    expect((await script(cloud, dir, 'register.sh', '--dry-run')).changes).toEqual([]);
    const first = await script(cloud, dir, 'register.sh');
    expect(first.status, first.said).toBe(0);
    const version = (n: number): unknown =>
      cloud.azure.get(`${GROUP}/workspace/mlw-churn/model/churn/version/${n}`);
    expect(version(1)).toEqual({
      type: 'custom_model',
      tags: {
        commit: 'none',
        sha256: expect.any(String) as string,
        balanced_accuracy: '0.98',
        log_loss: 'none',
      },
    });

    const again = await script(cloud, dir, 'register.sh');
    expect(again.status).toBe(0);
    expect(again.said).toContain('already registered');
    expect(again.changes).toEqual([]);

    writeFileSync(join(dir, '.gitignore'), 'model/\n');
    git(dir, 'add', '--all');
    git(dir, 'commit', '--quiet', '--message=all');
    writeFileSync(join(dir, 'model/model.pkl'), 'another model');
    await script(cloud, dir, 'register.sh');
    expect(version(2)).toMatchObject({ tags: { commit: git(dir, 'rev-parse', 'HEAD').trim() } });
    writeFileSync(join(dir, 'README.md'), 'changed');
    writeFileSync(join(dir, 'model/model.pkl'), 'a third model');
    await script(cloud, dir, 'register.sh');
    expect(version(3)).toMatchObject({
      tags: { commit: expect.stringMatching(/^[0-9a-f]{40}-dirty$/) as string },
    });
  });
});

describe.skipIf(!able)('hand-off.sh', () => {
  const model = (cloud: Cloud, version: number, verdict: string): void => {
    const path = `${GROUP}/workspace/mlw-churn/model/churn`;
    cloud.azure.set(path, {});
    cloud.azure.set(`${path}/version/${version}`, { tags: { verdict } });
  };
  const endpoint = (cloud: Cloud, kind: 'online' | 'batch'): Record<string, unknown> | undefined =>
    [...cloud.azure].find(([path]) => new RegExp(`/${kind}/[^/]+$`).test(path))?.[1];
  const served = (cloud: Cloud): unknown[] =>
    [...cloud.azure]
      .filter(([path]) => path.includes('/deployment/'))
      .map(([, { model }]) => String(model).slice(-1));
  const ready = async (): Promise<{ cloud: Cloud; dir: string }> => {
    const [cloud, dir] = [await after(2), copyOf(2)];
    model(cloud, 1, 'promote');
    model(cloud, 2, 'promote');
    return { cloud, dir };
  };

  it('makes endpoints the first time and updates them afterwards; traffic follows the answer', async () => {
    const { cloud, dir } = await ready();
    const dry = await script(cloud, dir, 'hand-off.sh', '--version', '1', '--dry-run');
    expect(dry.status, dry.said).toBe(0);
    expect(dry.changes).toEqual([]);

    const first = await script(cloud, dir, 'hand-off.sh', '--version', '1');
    expect(first.status, first.said).toBe(0);
    expect(served(cloud)).toEqual(['1', '1']);
    expect(endpoint(cloud, 'online')).toEqual({ traffic: { blue: 100 } });
    expect(endpoint(cloud, 'batch')).toEqual({ default: 'blue' });
    const order = first.calls.map((call) => call.split(' ').slice(0, 4).join(' '));
    expect(order.indexOf('az ml online-endpoint invoke')).toBeLessThan(
      order.indexOf('az ml online-endpoint update'),
    );
    expect(order.indexOf('az ml batch-endpoint invoke')).toBeLessThan(
      order.indexOf('az ml batch-endpoint update'),
    );

    const second = await script(cloud, dir, 'hand-off.sh', '--version', '2');
    expect(second.status, second.said).toBe(0);
    expect(second.calls.filter((call) => / (create|delete) /.test(call))).toEqual([]);
    expect(served(cloud)).toEqual(['2', '2']);
    // The file it made for the deployment is gone.
    expect(git(dir, 'status', '--porcelain', '--ignored')).not.toContain('hand-off-');
  });

  it.each([
    ['3', 'There is no version 3'],
    ['4', "verdict 'reject'"],
    ['5', "verdict 'none'"],
  ])('version %s: %s', async (version, told) => {
    const { cloud, dir } = await ready();
    model(cloud, 4, 'reject');
    model(cloud, 5, '');
    const ran = await script(cloud, dir, 'hand-off.sh', '--version', version);
    expect(ran.status).toBe(1);
    expect(ran.said).toContain(told);
    expect(ran.changes).toEqual([]);
  });

  it.each([
    ['too few predictions', { predictions: [] }],
    ['a prediction that is none', { predictions: [{ prediction: null }] }],
    ['an error', { error: 'no model' }],
  ])('%s: no traffic, and the way back is told', async (_, answer) => {
    const { cloud, dir } = await ready();
    cloud.answer = () => answer;
    const first = await script(cloud, dir, 'hand-off.sh', '--version', '1', '--online');
    expect(first.status, first.said).toBe(1);
    expect(endpoint(cloud, 'online')).toEqual({});
    expect(first.said).not.toContain('--version');
    const second = await script(cloud, dir, 'hand-off.sh', '--version', '2', '--online');
    expect(second.status).toBe(1);
    expect(second.said).toContain('scripts/hand-off.sh --version 1');
  });

  it.each([
    ['a failed job', (cloud: Cloud) => (cloud.jobStatus = 'Failed')],
    [
      'rows that are missing',
      (cloud: Cloud) => (cloud.score = (rows) => rows.slice(1).map(() => 'batch.csv,1,Adelie')),
    ],
    [
      'a prediction that is none',
      (cloud: Cloud) => (cloud.score = (rows) => rows.map(() => 'batch.csv,1,nan')),
    ],
  ])('batch, %s: blue does not become the default', async (_, prepare) => {
    const { cloud, dir } = await ready();
    prepare(cloud);
    const ran = await script(cloud, dir, 'hand-off.sh', '--version', '1', '--batch');
    expect(ran.status, ran.said).toBe(1);
    expect(endpoint(cloud, 'batch')).toEqual({});
    expect(endpoint(cloud, 'online')).toBeUndefined();
  });
});

describe.skipIf(!able)('teardown.sh', () => {
  it('asks, removes the endpoints first, and is done when all is gone', async () => {
    const [cloud, dir] = [await after(2), copyOf(2)];
    cloud.azure.set(`${GROUP}/workspace/mlw-churn/model/churn`, {});
    cloud.azure.set(`${GROUP}/workspace/mlw-churn/model/churn/version/1`, { tags: { verdict: 'promote' } });
    await script(cloud, dir, 'hand-off.sh', '--version', '1');

    const before = cloud.snapshot();
    const unasked = await script(cloud, dir, 'teardown.sh');
    expect(unasked.status).toBe(1);
    const dry = await script(cloud, dir, 'teardown.sh', '--dry-run');
    expect(dry.status, dry.said).toBe(0);
    expect(cloud.snapshot()).toBe(before);

    const ran = await script(cloud, dir, 'teardown.sh', '--yes');
    expect(ran.status, ran.said).toBe(0);
    expect(ran.changes.map((call) => call.split(' ').slice(0, 4).join(' '))).toEqual([
      'az ml online-endpoint delete',
      'az ml batch-endpoint delete',
      'az ml workspace delete',
      'az group delete --name',
      'gh api --method DELETE',
    ]);
    expect([...cloud.azure.keys()].filter((path) => path.startsWith(GROUP))).toEqual([]);
    const again = await script(cloud, dir, 'teardown.sh', '--yes');
    expect(again.status, again.said).toBe(0);
    expect(again.changes).toEqual([]);
  });

  it.each([3, 4] as const)(
    'level %i: all places, what serves first, the registry before its group',
    async (level) => {
      const [cloud, dir] = [await after(level), copyOf(level)];
      const keep = new Map(cloud.azure);
      for (const place of ['', '-staging', '-production'])
        for (const kind of ['online', 'batch'])
          cloud.azure.set(`${GROUP}${place}/workspace/mlw-churn/${kind}/of${place}`, {});
      const dry = await script(cloud, dir, 'teardown.sh', '--dry-run');
      expect(dry.status, dry.said).toBe(0);
      expect(dry.changes).toEqual([]);
      expect((await script(cloud, dir, 'teardown.sh')).status).toBe(1);

      // A run that stops half-way is finished by the next one.
      cloud.failures.push({ call: 'az group delete --name rg-churn-staging', times: 1, message: 'locked' });
      const broken = await script(cloud, dir, 'teardown.sh', '--yes');
      expect(broken.status).toBe(1);
      const ran = await script(cloud, dir, 'teardown.sh', '--yes');
      expect(ran.status, ran.said).toBe(0);
      const order = [...broken.changes, ...ran.changes].map((call) =>
        call
          .replace(/ --(yes|permanently-delete|output|only-show-errors).*/, '')
          .replace(/churn-[0-9a-f]{5}/, 'churn-SUFFIX'),
      );
      const environments = ['monitoring', 'production', 'staging', 'development'].slice(level === 4 ? 0 : 1);
      expect(order).toEqual([
        ...['-production', '-staging', ''].flatMap((place) => [
          `az ml online-endpoint delete --name of${place}`,
          `az ml batch-endpoint delete --name of${place}`,
        ]),
        ...['-production', '-staging', ''].map(
          (place) => `az ml workspace delete --name mlw-churn --resource-group rg-churn${place}`,
        ),
        'az group delete --name rg-churn-production',
        'az group delete --name rg-churn-staging',
        'az ml registry delete --name churn-SUFFIX --resource-group rg-churn',
        'az group delete --name rg-churn',
        ...environments.map((name) => `gh api --method DELETE repos/Contoso/Churn/environments/${name}`),
      ]);
      expect(keep.size).toBeGreaterThan(0);
      expect([...cloud.azure.keys()].filter((path) => path.startsWith('group/'))).toEqual([]);
      expect(cloud.github.rules).toEqual({});
      const again = await script(cloud, dir, 'teardown.sh', '--yes');
      expect(again.status, again.said).toBe(0);
      expect(again.changes).toEqual([]);
    },
  );
});

describe.skipIf(!able)('monitoring.sh', () => {
  const endpoint = `${PRODUCTION}/workspace/mlw-churn/online/churn-12345`;
  const released = async (...deployments: string[]): Promise<Cloud> => {
    const cloud = await after(4);
    cloud.azure.set(endpoint, {});
    for (const name of deployments) cloud.azure.set(`${endpoint}/deployment/${name}`, {});
    return cloud;
  };
  const of = (cloud: Cloud, kind: string): string[] =>
    [...cloud.azure.keys()]
      .filter((path) => path.startsWith(`${PRODUCTION}/${kind}/`))
      .map((path) => path.split('/').slice(3).join('/'))
      .sort();
  const told = ['--email', 'team@example.org'];

  it('makes everything once; a changed file is made again, and nothing else', async () => {
    const [cloud, dir] = [await released('blue'), copyOf(4)];
    expect((await script(cloud, dir, 'monitoring.sh')).said).toContain('Give --email');
    const dry = await script(cloud, dir, 'monitoring.sh', ...told, '--dry-run');
    expect(dry.status, dry.said).toBe(0);
    expect(dry.changes).toEqual([]);
    const first = await script(cloud, dir, 'monitoring.sh', ...told);
    expect(first.status, first.said).toBe(0);
    const announced = (said: string): string[] => said.match(/(?<=^(would make|making ) +).*/gm) ?? [];
    expect(announced(dry.said)).toEqual(announced(first.said));

    expect(of(cloud, 'alert')).toEqual([
      'churn-12345-blue-cpu',
      'churn-12345-errors',
      'churn-12345-latency',
      'churn-failed-jobs',
    ]);
    // What is told of outlives a deployment where it can: only its CPU is its own.
    expect(cloud.azure.get(`${PRODUCTION}/alert/churn-12345-latency`)).toMatchObject({ on: endpoint });
    const limit = /^ {2}p95_ms: (\d+)/m.exec(read({ ...treeOf(4), dir }, 'config/rollout.yml'))?.[1];
    expect(cloud.azure.get(`${PRODUCTION}/alert/churn-12345-latency`)?.condition).toMatch(`> ${limit}`);
    expect(cloud.azure.get(`${PRODUCTION}/autoscale/churn-12345-blue`)).toMatchObject({
      on: `${endpoint}/deployment/blue`,
      rules: [expect.stringMatching(/^out 1 when .* > 70/), expect.stringMatching(/^in 1 when .* < 25/)],
    });
    expect(cloud.azure.get(`${endpoint}/diagnostic/logs`)?.logs).toContain('AmlOnlineEndpointTrafficLog');

    const queries = filesOf(dir, 'monitoring').filter((path) => path.endsWith('.kql'));
    const texts = queries.map((path) => read({ ...treeOf(4), dir }, path));
    const saved = [...cloud.azure].filter(([path]) => path.includes('/query/')).map(([, { body }]) => body);
    expect(saved.sort()).toEqual(texts.map((text) => text.trimEnd()).sort());
    const [workbook] = [...cloud.azure.values()].filter(({ kind }) => kind === 'shared');
    const { serializedData } = workbook?.properties as { serializedData: string };
    // Each query is in the workbook, as its text.
    const { items } = JSON.parse(serializedData) as { items: { content: { query?: string } }[] };
    expect(items.flatMap(({ content }) => content.query ?? []).sort()).toEqual([...texts].sort());

    const before = cloud.snapshot();
    const second = await script(cloud, dir, 'monitoring.sh', ...told);
    expect(second.status, second.said).toBe(0);
    expect(second.changes).toEqual([]);
    expect(cloud.snapshot()).toBe(before);

    writeFileSync(join(dir, 'monitoring/errors.kql'), '// Other errors\nAmlOnlineEndpointTrafficLog\n');
    const changed = await script(cloud, dir, 'monitoring.sh');
    expect(changed.changes.map((call) => call.split(' --')[0])).toEqual([
      'az monitor log-analytics query-pack query create',
      'az resource create',
    ]);
    const more = await script(cloud, dir, 'monitoring.sh', '--email', 'other@example.org');
    expect(more.changes.map((call) => call.split(' --')[0])).toEqual(['az monitor action-group update']);
  });

  it('after a rollout, what hung on the old deployment hangs on the new one', async () => {
    const cloud = await released('blue');
    const { dir } = treeOf(4);
    const early = await script(cloud, dir, 'monitoring.sh', '--live', '--group', 'rg-churn-production');
    expect(early.status, early.said).toBe(0);
    expect(early.changes).toEqual([]);
    await script(cloud, dir, 'monitoring.sh', ...told);
    cloud.azure.set(`${endpoint}/deployment/green`, {});
    await script(cloud, dir, 'monitoring.sh', '--live');
    expect(of(cloud, 'autoscale')).toEqual(['churn-12345-blue', 'churn-12345-green']);
    cloud.azure.delete(`${endpoint}/deployment/blue`);
    const ran = await script(cloud, dir, 'monitoring.sh', '--live');
    expect(ran.status, ran.said).toBe(0);
    expect(of(cloud, 'autoscale')).toEqual(['churn-12345-green']);
    expect(of(cloud, 'alert')).not.toContain('churn-12345-blue-cpu');
    expect(of(cloud, 'alert')).toContain('churn-12345-green-cpu');
    expect((await script(cloud, dir, 'monitoring.sh', '--live')).changes).toEqual([]);
  });

  it.each([
    [
      'az monitor autoscale rule create --autoscale-name churn-12345-blue --resource-group rg-churn-production --scale in',
    ],
    ['az monitor diagnostic-settings create'],
    ['az resource create'],
  ])('after a run that stopped at "%s" the next one makes the rest', async (call) => {
    const [cloud, whole] = [await released('blue'), await released('blue')];
    const { dir } = treeOf(4);
    await script(whole, dir, 'monitoring.sh', ...told);
    cloud.failures.push({ call, times: 1, message: 'AuthorizationFailed' });
    const broken = await script(cloud, dir, 'monitoring.sh', ...told);
    expect(broken.status).toBe(1);
    expect(broken.said).toMatch(/person@example\.org lacks a role.*Contributor.*rg-churn-production/s);
    expect((await script(cloud, dir, 'monitoring.sh')).status).toBe(0);
    expect(cloud.snapshot()).toBe(whole.snapshot());
  });

  it('without an endpoint it says that a release comes first', async () => {
    const ran = await script(await after(4), treeOf(4).dir, 'monitoring.sh', ...told);
    expect(ran.status).toBe(1);
    expect(ran.said).toContain('the first release makes it');
  });

  it('batch: failed jobs are told of, and what only serves online is not asked for', async () => {
    const cloud = await after(4);
    const dir = copyOf(4, 'batch');
    expect(filesOf(dir).filter((path) => path.startsWith('monitoring/'))).toEqual([]);
    const ran = await script(cloud, dir, 'monitoring.sh', ...told);
    expect(ran.status, ran.said).toBe(0);
    expect(of(cloud, 'alert')).toEqual(['churn-failed-jobs']);
    expect(ran.calls.filter((call) => call.includes('online'))).toEqual([]);
    expect((await script(cloud, dir, 'monitoring.sh')).changes).toEqual([]);
    expect((await script(cloud, dir, 'monitoring.sh', '--live')).status).toBe(2);
  });
});
