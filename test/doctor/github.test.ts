import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Cloud, credential, IMMUTABLE, machineOf, NOT_FOUND, SET_UP } from './cloud.js';
import { ask, bench, doctor, named, repositoryOn } from './stubs.js';

const { development, production, staging } = SET_UP.environments;
const FREE = 'HTTP 403: Upgrade to GitHub Pro or make this repository public to enable this feature.';

interface Row {
  readonly it: string;
  /** 4 without it. */
  readonly level?: number;
  readonly answers?: readonly string[];
  /** In place of what a set-up leaves. */
  readonly cloud: Cloud;
  readonly id: string;
  readonly label: 'ok' | 'warning' | 'wrong';
  readonly says: RegExp;
  readonly mend?: string | RegExp;
}

const without = (name: keyof typeof SET_UP.environments) =>
  Object.fromEntries(Object.entries(SET_UP.environments).filter(([each]) => each !== name));

const environment = (name: string, change: object): Cloud => ({
  environments: {
    ...SET_UP.environments,
    [name]: { ...SET_UP.environments[name as 'production'], ...change },
  },
});

const trusting = (name: string, subjects: readonly (string | object)[]): Cloud => ({
  trusted: { ...SET_UP.trusted, [name]: subjects },
});

const ROWS: readonly Row[] = [
  {
    it: 'environments as the set-up makes them',
    cloud: {},
    id: 'environments',
    label: 'ok',
    says: /development, staging, production, monitoring: there/,
  },
  {
    it: 'an environment that is missing',
    cloud: { environments: without('staging') },
    id: 'environments:missing',
    label: 'wrong',
    says: /not there: staging\. .*without any rule/,
    mend: 'scripts/setup.sh',
  },
  {
    it: 'only those of the level',
    level: 1,
    cloud: { environments: { development } },
    id: 'environments',
    label: 'ok',
    says: /^development: there/,
  },
  {
    it: 'production open to every branch',
    cloud: environment('production', { open: true }),
    id: 'environments:open',
    label: 'wrong',
    says: /every branch may use production/,
    mend: 'scripts/setup.sh',
  },
  {
    it: 'staging open to every branch',
    cloud: environment('staging', { open: true }),
    id: 'environments:open',
    label: 'warning',
    says: /staging/,
    mend: 'scripts/setup.sh',
  },
  {
    it: 'a private repository without environments, at level 2',
    level: 2,
    cloud: { visibility: 'private', plan: 'free', environments: {}, variables: development.variables },
    id: 'environments',
    label: 'ok',
    says: /its own variables are used instead/,
  },
  {
    it: 'the same at level 3, with a gate that does not know that way',
    level: 3,
    cloud: { visibility: 'private', plan: 'free', environments: {}, variables: development.variables },
    id: 'environments',
    label: 'wrong',
    says: /gate reviewers do not know/,
    mend: 'azmlops set gate=typed',
  },

  {
    it: 'reviewers in a public repository',
    cloud: {},
    id: 'reviewers',
    label: 'ok',
    says: /one of alice, bob; GitHub enforces it$/,
  },
  {
    it: 'reviewers whom an administrator may pass',
    cloud: environment('production', { bypass: true }),
    id: 'reviewers',
    label: 'ok',
    says: /an administrator may pass it/,
  },
  {
    it: 'nobody named',
    cloud: environment('production', { reviewers: [] }),
    id: 'reviewers',
    label: 'wrong',
    says: /nobody is named/,
    mend: /^scripts\/setup\.sh --reviewer /,
  },
  {
    it: 'who starts a release may approve it',
    cloud: environment('production', { selfReview: true }),
    id: 'reviewers',
    label: 'warning',
    says: /started themselves/,
    mend: 'https://github.com/Contoso/Churn/settings/environments',
  },
  {
    it: 'reviewers on the plan Team, private',
    cloud: { visibility: 'private', plan: 'team' },
    id: 'reviewers',
    label: 'wrong',
    says: /no reviewers in a private repository on the plan team/,
    mend: 'azmlops set gate=pull-request',
  },
  {
    it: 'reviewers on the plan Free, private',
    cloud: { visibility: 'private', plan: 'free' },
    id: 'reviewers',
    label: 'wrong',
    says: /plan free/,
    mend: 'azmlops set gate=typed',
  },
  {
    it: 'reviewers on Enterprise, private',
    cloud: { visibility: 'private', plan: 'enterprise' },
    id: 'reviewers',
    label: 'ok',
    says: /GitHub Enterprise enforces it/,
  },
  {
    it: 'reviewers in an internal repository',
    cloud: { visibility: 'internal' },
    id: 'reviewers',
    label: 'ok',
    says: /GitHub Enterprise enforces it/,
  },
  {
    it: 'reviewers on a plan that nobody tells',
    cloud: { visibility: 'private' },
    id: 'reviewers',
    label: 'warning',
    says: /was not told/,
    mend: /settings/,
  },
  {
    it: 'a typed gate',
    answers: ['--gate', 'typed'],
    cloud: {},
    id: 'reviewers',
    label: 'ok',
    says: /typed confirmation/,
  },
  {
    it: 'a promotion pull request under a ruleset',
    level: 3,
    answers: ['--gate', 'pull-request'],
    cloud: {
      rules: JSON.stringify([
        { type: 'deletion' },
        { type: 'pull_request', parameters: { required_approving_review_count: 1 } },
      ]),
    },
    id: 'reviewers',
    label: 'ok',
    says: /main takes no change without a review/,
  },
  {
    it: 'a promotion pull request under a protected branch',
    level: 3,
    answers: ['--gate', 'pull-request'],
    cloud: {
      protection: JSON.stringify({ required_pull_request_reviews: { required_approving_review_count: 2 } }),
    },
    id: 'reviewers',
    label: 'ok',
    says: /main takes no change without a review/,
  },
  {
    it: 'a promotion pull request that needs no review',
    level: 3,
    answers: ['--gate', 'pull-request'],
    cloud: {
      rules: JSON.stringify([{ type: 'pull_request', parameters: { required_approving_review_count: 0 } }]),
    },
    id: 'reviewers',
    label: 'wrong',
    says: /whoever may push to it may release/,
    mend: 'https://github.com/Contoso/Churn/settings/rules',
  },
  {
    it: 'a promotion pull request on a plan without protected branches',
    level: 3,
    answers: ['--gate', 'pull-request'],
    cloud: {
      visibility: 'private',
      plan: 'free',
      rules: { exit: 1, err: `gh: ${FREE}\n` },
      protection: { exit: 1, err: `gh: ${FREE}\n` },
    },
    id: 'reviewers',
    label: 'wrong',
    says: /protects no branch/,
    mend: 'azmlops set gate=typed',
  },

  { it: 'all variables of production', cloud: {}, id: 'variables:production', label: 'ok', says: /all set/ },
  { it: 'all variables of monitoring', cloud: {}, id: 'variables:monitoring', label: 'ok', says: /all set/ },
  {
    it: 'a variable that is missing in staging',
    cloud: environment('staging', { variables: { ...staging.variables, ENDPOINT_SUFFIX: undefined } }),
    id: 'variables:staging',
    label: 'wrong',
    says: /environment staging: not set.*: ENDPOINT_SUFFIX \(ends the names of endpoints\)$/,
    mend: 'scripts/setup.sh',
  },
  {
    it: 'a variable of the repository in its place',
    cloud: {
      ...environment('staging', { variables: { ...staging.variables, ENDPOINT_SUFFIX: undefined } }),
      variables: { ENDPOINT_SUFFIX: 'abcde' },
    },
    id: 'variables:staging',
    label: 'ok',
    says: /all set/,
  },
  {
    it: 'what a lower level does not read',
    level: 1,
    cloud: {
      environments: {
        development: { variables: { ...development.variables, AZURE_ML_REGISTRY: undefined } },
      },
    },
    id: 'variables:development',
    label: 'ok',
    says: /all set/,
  },
  {
    it: 'without environments, what begins with the name of the place',
    answers: ['--gate', 'typed'],
    cloud: {
      visibility: 'private',
      plan: 'free',
      environments: {},
      variables: { ...production.variables, STAGING_AZURE_CLIENT_ID: 'x' },
    },
    id: 'variables:staging',
    label: 'wrong',
    says: /STAGING_AZURE_RESOURCE_GROUP \(AZURE_RESOURCE_GROUP of staging/,
    mend: 'scripts/setup.sh',
  },
  {
    it: 'with environments, what begins with the name of the place is not needed',
    answers: ['--gate', 'typed'],
    cloud: {},
    id: 'variables:staging',
    label: 'ok',
    says: /all set/,
  },

  {
    it: 'the subject in the immutable form',
    cloud: {},
    id: 'subject:production',
    label: 'ok',
    says: /id-churn-production trusts repo:Contoso@11\/Churn@22:environment:production/,
  },
  {
    it: 'the subject in the older form, where GitHub still sends that',
    cloud: { prefix: '', ...trusting('production', ['repo:Contoso/Churn:environment:production']) },
    id: 'subject:production',
    label: 'ok',
    says: /trusts repo:Contoso\/Churn:environment:production/,
  },
  {
    it: 'the older form where GitHub sends the immutable one',
    cloud: trusting('production', ['repo:Contoso/Churn:environment:production']),
    id: 'subject:production',
    label: 'wrong',
    says: /GitHub says repo:Contoso@11\/Churn@22:environment:production, but id-churn-production trusts repo:Contoso\/Churn:environment:production$/,
    mend: 'scripts/setup.sh',
  },
  {
    it: 'another spelling',
    cloud: trusting('staging', [`${IMMUTABLE}:environment:staging`.toLowerCase()]),
    id: 'subject:staging',
    label: 'wrong',
    says: /upper and lower case differ/,
    mend: 'scripts/setup.sh',
  },
  {
    it: 'no credential',
    cloud: trusting('staging', []),
    id: 'subject:staging',
    label: 'wrong',
    says: /trusts nobody/,
    mend: 'scripts/setup.sh',
  },
  {
    it: 'another issuer',
    cloud: trusting('staging', [
      { ...credential(`${IMMUTABLE}:environment:staging`), issuer: 'https://evil' },
    ]),
    id: 'subject:staging',
    label: 'wrong',
    says: /issuer https:\/\/evil/,
    mend: 'scripts/setup.sh',
  },
  {
    it: 'another audience',
    cloud: trusting('staging', [{ ...credential(`${IMMUTABLE}:environment:staging`), audiences: ['x'] }]),
    id: 'subject:staging',
    label: 'wrong',
    says: /another audience/,
    mend: 'scripts/setup.sh',
  },
  {
    it: 'no identity',
    cloud: { trusted: {} },
    id: 'subject:development',
    label: 'wrong',
    says: /the identity id-churn-development is not there in rg-churn/,
    mend: 'scripts/setup.sh',
  },
  {
    it: 'a subject that is customized',
    cloud: { custom: true },
    id: 'subject',
    label: 'wrong',
    says: /customized/,
    mend: /^gh api --method PUT .*use_default=true$/,
  },
];

describe('GitHub', () => {
  it.each(named(ROWS))('%s: %s', async (_, label, { level = 4, answers = [], cloud, id, says, mend }) => {
    const stage = bench(machineOf({ ...SET_UP, ...cloud }));
    const dir = await repositoryOn(stage, level, ...answers);
    const [check = ''] = id.split(':');
    const found = (await ask(dir, check)).of(id);
    expect(found).toMatchObject({ group: 'github', label });
    expect(found.says).toMatch(says);
    if (typeof mend === 'string') expect(found.mend).toBe(mend);
    else if (mend) expect(found.mend).toMatch(mend);
    else if (label === 'ok') expect(found.mend).toBeUndefined();
  });

  it('has nothing wrong right after a set-up, at every level that uses it', async () => {
    const stage = bench(machineOf(SET_UP));
    const dir = await repositoryOn(stage, 4);
    const { checks, code } = await doctor(dir);
    expect(checks.filter(({ group, label }) => group === 'github' && label !== 'ok')).toEqual([]);
    expect(code).toBe(0);
  });

  it('is not asked about at level 0', async () => {
    const stage = bench(machineOf(SET_UP));
    const { checks } = await doctor(await repositoryOn(stage, 0));
    expect(checks.some(({ group }) => group === 'github')).toBe(false);
    expect(stage.calls().some(({ words }) => words.startsWith('repo view'))).toBe(false);
  });

  it('is only read: no call could change anything there or in Azure', async () => {
    const stage = bench(machineOf(SET_UP));
    await doctor(await repositoryOn(stage, 4, '--gate', 'pull-request'));
    const others = stage.calls().filter(({ program }) => program === 'gh' || program === 'az');
    expect(others.length).toBeGreaterThan(10);
    for (const { program, words } of others)
      expect(words).toMatch(
        program === 'gh'
          ? /^(--version|auth status|repo view |variable list |api --method GET [^-]\S*$)/
          : /^(version|account show|identity federated-credential list) /,
      );
  });

  it('reads the variables of a workflow that the team wrote, through the workflows it calls', async () => {
    const stage = bench(machineOf(SET_UP));
    const dir = await repositoryOn(stage, 4);
    writeFileSync(
      join(dir, '.github/workflows/report.yml'),
      `on: {schedule: [{cron: '0 3 * * *'}]}
jobs:
  report:
    runs-on: ubuntu-24.04
    environment: {name: monitoring}
    env: {TO: '\${{ vars.REPORT_TO }}', MAYBE: "\${{ vars.REPORT_CC || 'nobody' }}"}
    steps: [{run: echo}]
  off:
    if: false
    runs-on: ubuntu-24.04
    steps: [{run: 'echo \${{ vars.NEVER }}'}]
`,
    );
    const { of, code } = await doctor(dir);
    expect(of('variables:monitoring')).toMatchObject({
      label: 'wrong',
      says: 'environment monitoring: not set, and workflows read it: REPORT_TO',
      mend: 'gh variable set REPORT_TO --env monitoring --body VALUE',
    });
    expect(code).toBe(1);
  });

  it('asks Azure about the group and subscription that GitHub names, never as an option', async () => {
    const stage = bench(
      machineOf({
        ...SET_UP,
        ...environment('production', {
          variables: { ...production.variables, AZURE_RESOURCE_GROUP: '--debug' },
        }),
      }),
    );
    const { of } = await doctor(await repositoryOn(stage, 4));
    expect(stage.calls().map(({ words }) => words)).toContainEqual(
      expect.stringContaining('--identity-name=id-churn-production --resource-group=--debug --subscription='),
    );
    expect(of('subject:production').label).toBe('wrong');
  });

  it('tells what it may not see apart from what is not there', async () => {
    const machine = machineOf(SET_UP);
    const denied = { exit: 1, err: 'gh: Resource not accessible by personal access token (HTTP 403)\n' };
    const stage = bench({
      ...machine,
      gh: {
        ...machine.gh,
        'variable list --env staging': denied,
        'api --method GET repos/Contoso/Churn/actions/oidc': NOT_FOUND,
      },
    });
    stage.set({
      gh: { ...machine.gh, 'variable list --env staging --repo Contoso/Churn --json name,value': denied },
    });
    const { of, code } = await doctor(await repositoryOn(stage, 4));
    expect(of('variables:staging')).toMatchObject({ label: 'warning' });
    expect(of('variables:staging').says).toMatch(/not asked: the variables \(staging\); .*HTTP 403/);
    expect(code).toBe(0);
  });

  it('says of a folder that is on GitHub nowhere what to do first', async () => {
    const machine = machineOf(SET_UP);
    const stage = bench({
      ...machine,
      gh: {
        ...machine.gh,
        'repo view': { exit: 1, err: 'no git remotes found\n' },
        'repo view --json nameWithOwner,url': { exit: 1, err: 'no git remotes found\n' },
      },
    });
    const { of, checks, code } = await doctor(await repositoryOn(stage, 4));
    expect(of('environments')).toMatchObject({
      label: 'warning',
      says: 'not asked: the environments; this folder is no repository on GitHub yet',
      mend: 'gh repo create --source . --private --push',
    });
    expect(
      checks.filter(({ group }) => group === 'github').every(({ says }) => says.startsWith('not asked: ')),
    ).toBe(true);
    expect(code).toBe(0);
  });
});

describe('the variables that workflows are found to read', () => {
  it.each(
    [1, 2, 3, 4]
      .flatMap((level) =>
        ['reviewers', 'typed'].flatMap((gate) =>
          ['online', 'batch', 'both'].map((endpoint) => ({ level, gate, endpoint })),
        ),
      )
      .filter(({ level, gate }) => level > 2 || gate === 'reviewers'),
  )('are those of maturity.yml at level $level, gate $gate, $endpoint', async ({ level, gate, endpoint }) => {
    const { variablesUsed } = await import('../../src/doctor/github/used.js');
    const { expectedOf } = await import('../../src/doctor/github/expected.js');
    const { answersFor } = await import('../../src/answers/resolve.js');
    const { render } = await import('../../src/render/render.js');
    const { ownRoot } = await import('../../src/render/own.js');
    const answers = answersFor({ name: 'churn', endpoint, ...(level > 2 ? { gate } : {}) }, level);
    const tree = render([await ownRoot()], level, answers);
    const { by, unread } = variablesUsed({
      paths: [...tree.keys()],
      text: (path) => Buffer.from(tree.get(path)?.content ?? []).toString(),
      entry: (path) => tree.get(path),
    });
    expect(unread).toEqual([]);
    const { variables, environments } = await expectedOf({
      version: '0.1.0',
      level,
      answers,
      given: new Set(),
    });
    expect([...by.keys()].filter(Boolean).sort()).toEqual(environments.map(({ name }) => name).sort());
    const read = (place: string) => (by.get(place) ?? []).flatMap(({ names }) => names);
    for (const { name, where } of variables)
      for (const place of where) {
        const found = place === 'repository' ? [...by.keys()].flatMap(read) : read(place);
        expect(found, `${name} of ${place}`).toContain(name);
      }
    // And the other way round: nothing is asked for that the set-up does not set.
    const set = readFileSync(new URL('../../maturity.yml', import.meta.url), 'utf8');
    for (const place of by.keys()) for (const name of read(place)) expect(set).toContain(name);
  });
});
