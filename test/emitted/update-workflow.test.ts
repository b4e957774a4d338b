import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { azmlops, home } from '../support/session.js';
import { have } from '../support/tools.js';
import { treeOf } from '../support/trees.js';
import { type Workflow, workflowsOf } from './act/graph.js';
import { type Happened, runWorkflow } from './act/run-workflow.js';
import { Runners } from './act/runners.js';

// The emitted workflow `azmlops`, run by act. npx is a stand-in that answers what the program would; GitHub is one that
// keeps issues (act/github.ts).
const able =
  process.platform !== 'win32' &&
  have('act') &&
  (Boolean(process.env.CI) || spawnSync('jq', ['--version']).status === 0);

const tree = () => treeOf(1);
const MARKER = '<!-- azmlops update -->';

interface Entry {
  path: string;
  fate: string;
  reason: string;
}

const entry = (fate: string, path: string, reason = `Why it is ${fate}.`): Entry => ({ path, fate, reason });
/** What a newer version changes in any case: what records it. */
const RECORD = [entry('update', '.azmlops.yml'), entry('update', '.azmlops/baseline.gz')];
const QUIET = [entry('unchanged', 'Makefile'), entry('keep', 'src/churn/train.py')];

/** The document of `azmlops update --dry-run --json`, and the exit code that goes with it. */
function plan(entries: readonly Entry[], version = '0.2.0'): readonly [number, string, string] {
  const conflicts = entries.filter(({ fate }) => fate === 'conflict').map(({ path }) => path);
  const exitCode = conflicts.length ? 1 : 0;
  const document = {
    command: 'update',
    dir: '/somewhere',
    from: { level: 1, version: '0.1.0' },
    to: { level: 1, version },
    ...{ dryRun: true, exitCode, entries: [...QUIET, ...entries], conflicts, notes: [] },
    ...{ brings: {}, people: [], dimensions: {}, next: [] },
  };
  return [exitCode, `${JSON.stringify(document, null, 2)}\n`, 'npm warn exec installs generator-azmlops\n'];
}

function cloudThat(answers: ReturnType<typeof plan>): Runners {
  const cloud = new Runners();
  cloud.fetched = () => answers;
  return cloud;
}

const happens = (cloud: Runners, on: 'schedule' | 'workflow_dispatch' = 'schedule'): Promise<Happened> =>
  runWorkflow(cloud, tree(), { workflow: 'azmlops', on });
const result = ({ jobs, failedSteps }: Happened) => ({ jobs, failedSteps });
const green = { jobs: { plan: 'success', issue: 'success' }, failedSteps: [] };
const open = (cloud: Runners) => cloud.repository.issues.filter(({ state }) => state === 'open');

describe.skipIf(!able)('the workflow azmlops', () => {
  it('opens no issue when there is nothing to do, nor for a version that changes but its own record', async () => {
    const cloud = cloudThat(plan(RECORD));
    const ran = await happens(cloud);
    expect(result(ran), ran.log).toEqual(green);
    expect(ran.changes).toEqual([]);
    expect(ran.summary).toContain('Nothing to do');
  });

  it('opens one issue with plan and command, edits it, closes it with a comment, and then opens a new one', async () => {
    const cloud = cloudThat(
      plan([...RECORD, entry('merge', '.github/workflows/ci.yml', 'Both changed it.')]),
    );
    const ran = await happens(cloud);
    expect(result(ran), ran.log).toEqual(green);
    expect(cloud.repository.issues).toHaveLength(1);
    const [first] = cloud.repository.issues;
    expect(first).toMatchObject({ state: 'open', title: 'Run azmlops update' });
    const lines = first?.body?.split('\n') ?? [];
    expect(lines[0]).toBe(MARKER);
    for (const line of [
      'merge .github/workflows/ci.yml',
      '    Both changed it.',
      'npx --yes generator-azmlops@0.2.0 update',
    ])
      expect(lines).toContain(line);
    expect(first?.body).toContain('the templates of azmlops 0.1.0; the newest is 0.2.0.');
    expect(first?.body).toContain('would change 1 file.');
    for (const quiet of ['Makefile', 'train.py', 'baseline', 'Conflicts'])
      expect(first?.body).not.toContain(quiet);
    expect(first?.body).toContain(`https://github.com/Contoso/Churn/actions/runs/${ran.run}`);
    // The summary shows the same plan.
    expect(ran.summary.split('\n')).toContain('merge .github/workflows/ci.yml');

    cloud.fetched = () => plan([...RECORD, entry('add', 'docs/new.md'), entry('remove', 'old.txt')], '0.3.0');
    const later = await happens(cloud, 'workflow_dispatch');
    expect(result(later), later.log).toEqual(green);
    expect(cloud.repository.issues).toHaveLength(1);
    expect(first?.body).toContain('npx --yes generator-azmlops@0.3.0 update\n');
    expect(first?.body).toContain('would change 2 files.');
    expect(first?.body).not.toMatch(/0\.2\.0|ci\.yml/);
    expect(cloud.comments).toEqual([]);

    cloud.fetched = () => plan([]);
    const done = await happens(cloud);
    expect(result(done), done.log).toEqual(green);
    expect(open(cloud)).toEqual([]);
    expect(cloud.comments).toMatchObject([{ issue: first?.number }]);
    expect(cloud.comments[0]?.body).toContain('Nothing to do');

    cloud.fetched = () => plan([entry('update', 'Makefile')], '0.4.0');
    const again = await happens(cloud);
    expect(result(again), again.log).toEqual(green);
    expect(cloud.repository.issues).toHaveLength(2);
    expect(open(cloud)).toHaveLength(1);
  });

  it('says which files conflict and which deletions hold, and stays green', async () => {
    const cloud = cloudThat(
      plan([
        entry('update', 'Makefile'),
        entry('conflict', 'README.md'),
        entry('keep-deleted', 'docs/roles.md'),
      ]),
    );
    const ran = await happens(cloud);
    expect(result(ran), ran.log).toEqual(green);
    const body = open(cloud)[0]?.body ?? '';
    expect(body).toContain('would change 2 files.');
    expect(body).toMatch(/Conflicts in 1 file: .*\n\n~~~text\nconflict README\.md\n/);
    expect(body).toContain('Deleted by your team, and kept so: 1 file.');
    // With conflicts the program refuses to commit.
    expect(body).not.toContain('--pr');
  });

  it('says of changed answers that it is they', async () => {
    const cloud = cloudThat(plan([entry('add', 'src/score_batch.py')], '0.1.0'));
    const ran = await happens(cloud);
    expect(result(ran), ran.log).toEqual(green);
    expect(open(cloud)[0]?.body).toContain('Answers in `.azmlops.yml` were changed.');
  });

  const failures: [string, readonly [number, string, string], string][] = [
    [
      'a refusal',
      [3, '', 'The baseline .azmlops/baseline.gz is damaged.\n'],
      'The baseline .azmlops/baseline.gz is damaged.',
    ],
    ['a bug', [70, '', 'This is a bug in azmlops.\n'], 'This is a bug in azmlops.'],
    ['no network', [1, '', 'npm error code ENOTFOUND\n'], 'npm error code ENOTFOUND'],
    [
      'an exit code that the document does not have',
      [1, plan([])[1], 'npm error something\n'],
      'npm error something',
    ],
    ['an output that is no document', [0, 'done\n', 'odd\n'], 'odd'],
  ];
  it.each(failures)('turns red at %s, says what was said, and leaves the issue', async (_, answer, said) => {
    const cloud = cloudThat(answer);
    const issue = { number: 7, state: 'open', title: 't', user: { login: 'github-actions[bot]' } } as const;
    cloud.repository.issues.push({ ...issue, body: `${MARKER}\n\nAn older plan.` });
    const before = structuredClone(cloud.repository.issues);
    const ran = await happens(cloud);
    expect(ran.jobs, ran.log).toMatchObject({ plan: 'failure' });
    expect(ran.jobs.issue).not.toBe('success');
    expect(ran.failedSteps).toEqual(['Ask the newest azmlops']);
    expect(ran.summary).toContain(`    ${said}`);
    expect(ran.calls.filter((call) => call.startsWith('gh'))).toEqual([]);
    expect(cloud.repository.issues).toEqual(before);
  });

  it('touches no issue of a person, no pull request and none without a text', async () => {
    const cloud = cloudThat(plan([entry('update', 'Makefile')]));
    const bot = { login: 'github-actions[bot]' };
    cloud.repository.issues.push(
      { number: 1, state: 'open', title: 'mine', body: `${MARKER} of a person`, user: { login: 'someone' } },
      { number: 2, state: 'open', title: 'no text', body: null, user: bot },
      { number: 3, state: 'closed', title: 'Run azmlops update', body: `${MARKER}\n\nlong ago`, user: bot },
    );
    cloud.repository.pulls.push({
      ...{ number: 12, state: 'open', title: 'p', body: MARKER, head: 'topic', base: 'main' },
    });
    const before = structuredClone([cloud.repository.issues, cloud.repository.pulls]);
    const ran = await happens(cloud);
    expect(result(ran), ran.log).toEqual(green);
    expect([cloud.repository.issues.slice(0, 3), cloud.repository.pulls]).toEqual(before);
    expect(cloud.repository.issues).toHaveLength(4);
  });

  it('shows names of files that are full of code as text, and runs none of it', async () => {
    const path = 'a`b`$(gh api c)\n~~~\n@alice ${{ github.token }} ::error::d <img>\n::add-mask::e';
    const cloud = cloudThat(plan([entry('update', path, `${path}"; gh api f; '`)], '0.2.0`$(gh api g)`'));
    const ran = await happens(cloud);
    expect(result(ran), ran.log).toEqual(green);
    const lines = open(cloud)[0]?.body?.split('\n') ?? [];
    const shown = path.replaceAll('\n', ' ');
    const at = lines.indexOf(`update ${shown}`);
    expect(lines.slice(at - 1, at + 3)).toEqual([
      '~~~text',
      `update ${shown}`,
      `    ${shown}"; gh api f; '`,
      '~~~',
    ]);
    // A version is not free text: what no version can hold is left out of the command.
    expect(lines).toContain('npx --yes generator-azmlops@0.2.0ghapig update');
    expect(ran.calls.filter((call) => /^gh api [cfg]\b/.test(call))).toEqual([]);
  });

  it('keeps a plan of a thousand long names short enough for GitHub', async () => {
    const deep = 'é'.repeat(60).concat('/');
    const many = Array.from({ length: 1000 }, (_, n) =>
      entry(n % 2 ? 'conflict' : 'update', `${deep.repeat(10)}${n}`, 'long '.repeat(100)),
    );
    const cloud = cloudThat(plan(many));
    const ran = await happens(cloud);
    expect(result(ran), ran.log).toEqual(green);
    expect(open(cloud)[0]?.body).toContain('would change 1000 files.');
    expect(open(cloud)[0]?.body).toMatch(/^and \d+ more$/m);
  });

  it('asks the program for a plan and nothing else, without a token in reach', async () => {
    const cloud = cloudThat(plan([]));
    let seen: Readonly<Record<string, string | undefined>> = {};
    cloud.fetched = ({ env }) => {
      seen = env;
      return plan([]);
    };
    const ran = await happens(cloud);
    expect(result(ran), ran.log).toEqual(green);
    expect(ran.words.filter(([program]) => program === 'npx')).toEqual([
      ['npx', '--yes', 'generator-azmlops', 'update', '--dry-run', '--json'],
    ]);
    expect(seen.GITHUB_JOB).toBe('plan');
    expect(Object.keys(seen).filter((name) => /TOKEN|SECRET|PASSWORD|CREDENTIAL/.test(name))).toEqual([]);
    expect(JSON.stringify(seen)).not.toContain(cloud.nextRun());
  });
});

describe.skipIf(!able)('the workflow azmlops with the program itself', () => {
  it('has nothing to say of a fresh repository, tells of an answer edited by hand, and is content when it is done', async () => {
    home();
    const cloud = new Runners();
    cloud.fetched = async ({ cwd, args }) => {
      const { code, out, err } = await azmlops(cwd, ...args.slice(2));
      return [code, out, err];
    };
    const fresh = await happens(cloud);
    expect(result(fresh), fresh.log).toEqual(green);
    expect(cloud.repository.issues).toEqual([]);

    const dir = cloud.repository.folder;
    const manifest = join(dir, '.azmlops.yml');
    const edited = readFileSync(manifest, 'utf8').replace('endpoint: "both"', 'endpoint: "online"');
    writeFileSync(manifest, edited);
    const ran = await happens(cloud);
    expect(result(ran), ran.log).toEqual(green);
    const [issue] = open(cloud);
    expect(issue?.body).toContain('Answers in `.azmlops.yml` were changed.');
    expect(issue?.body?.split('\n')).toContain('remove src/score_batch.py');
    expect(readFileSync(manifest, 'utf8')).toBe(edited);

    // A person does what the issue says.
    const command = /^npx --yes generator-azmlops@\S+ (.+)$/m.exec(issue?.body ?? '')?.[1] ?? '';
    expect(await azmlops(dir, ...command.split(' '))).toMatchObject({ code: 0 });
    expect(existsSync(join(dir, 'src/score_batch.py'))).toBe(false);
    const done = await happens(cloud);
    expect(result(done), done.log).toEqual(green);
    expect(open(cloud)).toEqual([]);
    expect(cloud.comments).toMatchObject([{ issue: issue?.number }]);
  });

  it('turns red when the repository has no manifest that the program can read', async () => {
    home();
    const cloud = new Runners();
    cloud.fetched = async ({ cwd, args }) => {
      const { code, out, err } = await azmlops(cwd, ...args.slice(2));
      return [code, out, err];
    };
    const ran = await runWorkflow(cloud, tree(), {
      ...{ workflow: 'azmlops', on: 'schedule' },
      edit: (dir) => writeFileSync(join(dir, '.azmlops.yml'), 'level: many\n'),
    });
    expect(ran.failedSteps, ran.log).toEqual(['Ask the newest azmlops']);
    expect(ran.summary).toMatch(/^ {4}azmlops: .*\.azmlops\.yml/m);
    expect(cloud.repository.issues).toEqual([]);
  });
});

describe('the rights of the workflow azmlops', () => {
  const workflow = () =>
    parse(readFileSync(join(tree().dir, '.github/workflows/azmlops.yml'), 'utf8')) as Workflow & {
      jobs: Record<string, { permissions: Record<string, string> }>;
    };

  it('are to read in the job that runs what npm has, and to write issues in the one that runs nothing of others', () => {
    const { plan: asks, issue, ...rest } = workflow().jobs;
    expect(rest).toEqual({});
    expect(asks?.permissions).toEqual({ contents: 'read' });
    expect(JSON.stringify(asks)).not.toMatch(/token|secrets|vars\./i);
    expect(issue?.permissions).toEqual({ issues: 'write' });
    expect(JSON.stringify(issue)).not.toMatch(/checkout|npx|npm /);
  });

  it('are the only ones that npx has: it runs in this job alone', () => {
    for (const level of [1, 2, 3, 4] as const) {
      const found = Object.entries(workflowsOf(treeOf(level).dir)).flatMap(([file, { jobs }]) =>
        Object.entries(jobs).flatMap(([id, job]) =>
          (job.steps ?? []).filter(({ run }) => /^\s*npx /m.test(run ?? '')).map(() => `${file}.${id}`),
        ),
      );
      expect(found).toEqual(['azmlops.plan']);
    }
  });
});
