import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Event, type Happened, runWorkflow } from '../support/act.js';
import { checker, have } from '../support/tools.js';
import { treeOf } from '../support/trees.js';

// The workflows themselves, started by events, on this machine. Azure and GitHub are stand-ins: what is proven is
// what the steps ask for, in which order, and what they make of the answers.
const able =
  have('act', 'python', 'uv', 'checkPython') &&
  (Boolean(process.env.CI) || spawnSync('jq', ['--version']).status === 0);

const vars = {
  AZURE_CLIENT_ID: 'client',
  AZURE_TENANT_ID: 'tenant',
  AZURE_SUBSCRIPTION_ID: 'subscription',
  AZURE_RESOURCE_GROUP: 'rg-churn',
  AZURE_ML_WORKSPACE: 'mlw-churn',
  AZURE_STORAGE_ACCOUNT: 'stchurn',
};
const measured = {
  task: 'classification',
  primary: 'balanced_accuracy',
  metrics: { balanced_accuracy: 0.97, accuracy: 0.98 },
  selection: { scores: { constant: 0.33, linear: 0.97 }, chosen: 'linear' },
  slices: [],
  fairness: { status: 'not applicable', column: null, gap: null, groups: [] },
  importance: [],
  rows: { train: 256, test: 86 },
};
const verdict = (word: string) => JSON.stringify({ verdict: word, reasons: [`because ${word}`] });
const azure = (word = 'promote', status = 'Completed'): Event => ({
  name: 'push',
  payload: { ref: 'refs/heads/main', after: '0'.repeat(40) },
  vars,
  answers: {
    'az ml data show': '2026-11-22',
    'az ml model list': '',
    'az ml job create': 'brave_job',
    'az ml job stream': '',
    'az ml job show .*Studio.*': 'https://ml.azure.com/runs/brave_job',
    'az ml job show .*--query status.*': ['Running', status],
    'az ml model create': '3',
  },
  files: { evaluation: JSON.stringify(measured), verdict: verdict(word) },
});
const pullRequest = (from: string, login = 'someone') => ({
  action: 'opened',
  number: 7,
  pull_request: {
    number: 7,
    user: { login },
    head: { ref: 'topic', sha: '0'.repeat(40), repo: { full_name: from } },
    base: { ref: 'main', sha: '0'.repeat(40), repo: { full_name: 'owner/repo' } },
  },
});
const asked = ({ calls }: Happened, ...words: string[]) =>
  calls.filter((call) => words.every((word, n) => call[n] === word)).map((call) => call.join(' '));

const seen: string[][] = [];
const folder = mkdtempSync(join(tmpdir(), 'azmlops-events-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const happens = (workflow: string, event: Event, level: 1 | 2 = 2): Happened => {
  const result = runWorkflow(treeOf(level), workflow, event);
  seen.push(...result.calls);
  return result;
};

describe.skipIf(!able)('the workflow train', () => {
  it('registers a promoted model with its run, data and commit', () => {
    const ran = happens('train.yml', azure());
    expect(ran.status, ran.log).toBe(0);
    const [submitted] = asked(ran, 'az', 'ml', 'job', 'create');
    expect(submitted).toContain('inputs.raw.path=azureml:churn-data:2026-11-22');
    expect(submitted).toMatch(/inputs\.champion\.path=\S*config\/no-champion\.json/);
    expect(submitted).toContain('inputs.sample=0');
    const [registered, ...more] = asked(ran, 'az', 'ml', 'model', 'create');
    expect(more).toEqual([]);
    for (const part of [
      '--path azureml://jobs/brave_job/outputs/model',
      'run=brave_job',
      'data=2026-11-22',
      'balanced_accuracy=0.97',
    ])
      expect(registered).toContain(part);
    expect(registered).toMatch(/commit=[0-9a-f]{40}/);
    expect(ran.artifacts['report/report.md']).toMatch(/promote[^]*0\.97/);
  });

  it('compares with the champion, and registers nothing when it stays', () => {
    const event = azure('keep champion');
    const ran = happens('train.yml', {
      ...event,
      answers: { ...event.answers, 'az ml model list': 'churn', 'az ml model show': 'old_job' },
    });
    expect(ran.status, ran.log).toBe(0);
    expect(asked(ran, 'az', 'ml', 'job', 'download')[0]).toContain('--name old_job');
    expect(asked(ran, 'az', 'ml', 'job', 'create')[0]).toMatch(
      /inputs\.champion\.path=\S*champion\/\S*evaluation/,
    );
    expect(asked(ran, 'az', 'ml', 'model', 'create')).toEqual([]);
  });

  it('turns red at a rejected model, with the report kept', () => {
    const ran = happens('train.yml', azure('reject'));
    expect(ran.status).not.toBe(0);
    expect(ran.failed).toEqual(['Stop at a rejected model']);
    expect(ran.artifacts['report/report.md']).toContain('because reject');
    expect(asked(ran, 'az', 'ml', 'model', 'create')).toEqual([]);
  });

  it.each([
    ['a job that fails', azure('promote', 'Failed'), 'Fetch the result'],
    ['no verdict', { ...azure(), files: { evaluation: JSON.stringify(measured) } }, 'Fetch the result'],
    ['a verdict that is none', azure('perhaps'), 'Fetch the result'],
    [
      'no data',
      { ...azure(), answers: { ...azure().answers, 'az ml data show': null } },
      'Find the newest data',
    ],
    [
      'a registry that does not answer',
      { ...azure(), answers: { ...azure().answers, 'az ml model list': null } },
      "Fetch the champion's evaluation",
    ],
    ['variables that are not set', { ...azure(), vars: {} }, 'Sign in'],
  ])('stops at %s, and registers nothing', (_, event, step) => {
    const ran = happens('train.yml', event);
    expect(ran.status).not.toBe(0);
    expect(ran.failed.join()).toContain(step);
    expect(asked(ran, 'az', 'ml', 'model', 'create')).toEqual([]);
  });

  it('on a pull request makes a smoke run, registers nothing and writes one comment, anew the second time', () => {
    const event = azure();
    const first = happens('train.yml', {
      ...event,
      name: 'pull_request',
      payload: pullRequest('owner/repo'),
      answers: { ...event.answers, 'gh api --paginate': '', 'gh api --silent': '' },
    });
    expect(first.status, first.log).toBe(0);
    expect(asked(first, 'az', 'ml', 'job', 'create')[0]).toContain('inputs.sample=120');
    expect(asked(first, 'az', 'ml', 'model')).toEqual([]);
    expect(asked(first, 'gh', 'api', '--silent').join()).toMatch(
      /^gh api --silent --method POST repos\/owner\/repo\/issues\/7\/comments /,
    );
    const second = happens('train.yml', {
      ...event,
      name: 'pull_request',
      payload: pullRequest('owner/repo'),
      answers: { ...event.answers, 'gh api --paginate': '42', 'gh api --silent': '' },
    });
    expect(asked(second, 'gh', 'api', '--silent').join()).toMatch(
      /^gh api --silent --method PATCH repos\/owner\/repo\/issues\/comments\/42 /,
    );
  });

  it.each([
    ['a fork', pullRequest('stranger/repo')],
    ['dependabot', pullRequest('owner/repo', 'dependabot[bot]')],
  ])('on a pull request of %s runs the same pipeline here, and calls neither az nor gh', (_, payload) => {
    const ran = happens('train.yml', { name: 'pull_request', payload, vars, seconds: 600 });
    expect(ran.status, ran.log.slice(-3000)).toBe(0);
    expect(ran.calls).toEqual([]);
    expect(ran.log).toMatch(/Verdict: (promote|keep champion|reject)/);
  });
});

describe.skipIf(!able)('the workflow data', () => {
  it('stops, and registers no version, when the source holds nothing', () => {
    const ran = happens('data.yml', {
      name: 'schedule',
      vars,
      answers: { 'az storage blob download-batch': '[]' },
    });
    expect(ran.status).not.toBe(0);
    expect(ran.failed.join()).toContain('Gather and check');
    expect(asked(ran, 'az', 'ml', 'data', 'create')).toEqual([]);
    expect(asked(ran, 'az', 'storage', 'blob', 'upload')).toEqual([]);
  });
});

describe.skipIf(!able)('the workflow release-app', () => {
  it('releases a version with its wheel, and none twice', () => {
    const push: Event = { name: 'push', payload: { ref: 'refs/heads/main', after: '0'.repeat(40) } };
    const ran = happens(
      'release-app.yml',
      { ...push, answers: { 'gh api --silent': null, 'gh release create': '' } },
      1,
    );
    expect(ran.status, ran.log.slice(-3000)).toBe(0);
    expect(asked(ran, 'gh', 'release', 'create')).toHaveLength(1);
    expect(asked(ran, 'gh', 'release', 'create')[0]).toMatch(
      /app-v\d+\.\d+\.\d+ dist\/churn_app-\d+\.\d+\.\d+-py3-none-any\.whl/,
    );
    const again = happens('release-app.yml', { ...push, answers: { 'gh api --silent': '' } }, 1);
    expect(again.status, again.log.slice(-3000)).toBe(0);
    expect(asked(again, 'gh', 'release', 'create')).toEqual([]);
  });
});

describe.skipIf(!able)('what the workflows asked az', () => {
  it('is all known to the grammar', () => {
    const calls = seen.filter(([program]) => program === 'az').map(([, ...words]) => JSON.stringify(words));
    expect(calls.length).toBeGreaterThan(20);
    const file = join(folder, 'calls.jsonl');
    writeFileSync(file, calls.join('\n') + '\n');
    const checked = checker('az_calls', ['--assume', 'group,workspace', file]);
    expect(checked.stdout).toMatch(/ 0 unverifiable, 0 findings/);
  });
});
