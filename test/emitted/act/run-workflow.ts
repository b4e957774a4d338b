import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { git, programs, project } from '../../support/tools.js';
import { filesOf, type Tree } from '../../support/trees.js';
import type { Runners } from './runners.js';

const here = join(project, 'test/emitted/act');

export interface Event {
  workflow: 'ci' | 'data' | 'train' | 'release-app';
  on: 'push' | 'pull_request' | 'schedule' | 'workflow_dispatch';
  inputs?: Record<string, string>;
  pullRequest?: { from: string; author?: string };
  /** Change the repository before the event. */
  edit?: (dir: string) => void;
  /** Further words for act. */
  act?: readonly string[];
}

export interface Happened {
  /** Jobs that ran, by id (of a matrix: the last), with their result. */
  jobs: Record<string, string>;
  failedSteps: string[];
  /** What the steps said, for failure messages too. */
  log: string;
  /** The summaries of all jobs, in the order written. */
  summary: string;
  /** Calls of az and gh during this run, and those of them that changed something. */
  calls: string[];
  changes: string[];
  /** The calls, word by word. */
  words: string[][];
  /** Commit that the workflow saw. */
  commit: string;
}

/** A temporary folder with the stand-ins; it lives as long as the test. */
function stage(): { folder: string; bin: string } {
  const folder = mkdtempSync(join(tmpdir(), 'azmlops-act-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bin = join(folder, 'bin');
  for (const name of ['bin', 'home', 'artifacts']) mkdirSync(join(folder, name));
  for (const name of ['az', 'gh'])
    symlinkSync(join(project, 'test/emitted/stubs/stand-in.sh'), join(bin, name));
  symlinkSync(join(here, 'uv.sh'), join(bin, 'uv'));
  // Waiting is what a workflow should do; the test need not.
  symlinkSync('/bin/true', join(bin, 'sleep'));
  return { folder, bin };
}

/** What ran to its end: exit code and both streams. The stand-ins are answered meanwhile. */
async function ended(
  cloud: Runners,
  command: readonly [string, ...string[]],
  options: { cwd: string; env: Record<string, string> },
): Promise<{ status: number | null; said: string }> {
  const port = await cloud.listen();
  const [program, ...args] = command;
  const child = spawn(program, args, {
    ...options,
    env: { ...options.env, STAND_IN_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (part: string) => (said += part));
  }
  const status = await new Promise<number | null>((done) => child.on('close', done));
  cloud.close();
  return { status, said };
}

/** Run scripts/setup.sh of a repository: afterwards the cloud holds what the workflows find. */
export async function setUp(cloud: Runners, { dir }: Tree): Promise<void> {
  const { folder, bin } = stage();
  const env = { PATH: [bin, process.env.PATH].join(delimiter), HOME: join(folder, 'home') };
  const { status, said } = await ended(cloud, ['bash', 'scripts/setup.sh'], { cwd: dir, env });
  if (status !== 0) throw new Error(said);
}

/**
 * One event against one workflow of a repository, on this machine: act runs the steps on the host, each job in a fresh
 * copy of the repository; actions, az, gh and uv are stand-ins, and an action without one is refused, so that nothing
 * is downloaded. Not reproduced: environments, concurrency, permissions, tokens, job time limits, filters by path,
 * images of runners, versions of Python.
 */
export async function runWorkflow(cloud: Runners, tree: Tree, event: Event): Promise<Happened> {
  const { folder, bin } = stage();
  const dir = join(folder, 'repository');
  cpSync(tree.dir, dir, { recursive: true });
  event.edit?.(dir);
  git(dir, 'add', '--all');
  git(dir, 'commit', '--quiet', '--message', 'as emitted');
  git(dir, 'remote', 'add', 'origin', `https://github.com/${cloud.github.repo}.git`);
  const commit = git(dir, 'rev-parse', 'HEAD').trim();

  const workflow = `.github/workflows/${event.workflow}.yml`;
  const payload = payloadOf(event, cloud.github.repo, readFileSync(join(dir, workflow), 'utf8'));
  writeFileSync(join(folder, 'event.json'), JSON.stringify(payload));
  const [calls, changes] = [cloud.calls.length, cloud.changes.length];
  const secret = cloud.nextRun();
  const words = [
    ...[event.on, '-W', workflow, '-e', join(folder, 'event.json'), '--json'],
    ...['--action-cache-path', join(folder, 'cache'), '--action-offline-mode'],
    ...['--no-cache-server', '--pull=false', '--secret', `GITHUB_TOKEN=${secret}`],
    ...Object.entries(cloud.github.variables.development ?? {}).flatMap(([name, value]) => [
      '--var',
      `${name}=${value}`,
    ]),
    ...replacements(dir),
    ...(event.act ?? []),
  ];
  // Steps see act's own environment: a small one, with nothing of the caller's but the PATH.
  const env = {
    PATH: [bin, join(programs.python, '..'), process.env.PATH].join(delimiter),
    HOME: join(folder, 'home'),
    LANG: 'C.UTF-8',
    OMP_NUM_THREADS: '1',
    OPENBLAS_NUM_THREADS: '1',
    ARTIFACTS: join(folder, 'artifacts'),
    SHARED: join(programs.python, '../..'),
    UV: programs.uv,
  };
  const { said } = await ended(cloud, [programs.act, ...words], { cwd: dir, env });
  return {
    ...told(said),
    calls: cloud.calls.slice(calls),
    changes: cloud.changes.slice(changes),
    words: cloud.words.slice(calls),
    commit,
  };
}

/** Every remote action by its stand-in, every label of a runner by this machine. */
function replacements(dir: string): string[] {
  const texts = filesOf(dir)
    .filter((path) => path.startsWith('.github/') && path.endsWith('.yml'))
    .map((path) => readFileSync(join(dir, path), 'utf8'));
  const all = (pattern: RegExp) =>
    new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, found = '']) => found)));
  const words = [...all(/runs-on: ([\w.-]+)/g)].flatMap((label) => ['-P', `${label}=-self-hosted`]);
  for (const uses of all(/uses: ([\w.-]+\/[\w./-]+@\w+)/g)) {
    const [name = ''] = uses.split('@');
    if (name === 'actions/checkout') continue; // act copies the repository itself
    if (!existsSync(join(here, 'actions', name, 'action.yml'))) throw new Error(`no stand-in for ${name}`);
    words.push('--local-repository', `${uses}=${join(here, 'actions', name)}`);
  }
  return words;
}

type Trigger = { branches?: string[]; inputs?: Record<string, { required?: boolean }> } | null;

/** What GitHub sends. act starts a workflow whatever its branches and inputs, so they are looked at here. */
function payloadOf(event: Event, repo: string, text: string): object {
  const triggers = (parse(text) as { on: Record<string, Trigger> }).on;
  if (!(event.on in triggers)) throw new Error(`${event.workflow} does not listen to ${event.on}`);
  const trigger = triggers[event.on];
  if (trigger?.branches && !trigger.branches.includes('main')) throw new Error('it does not listen to main');
  const inputs = event.inputs ?? {};
  for (const [name, { required }] of Object.entries(trigger?.inputs ?? {}))
    if (required && !inputs[name]) throw new Error(`the input ${name} is missing`);
  for (const name of Object.keys(inputs))
    if (!trigger?.inputs?.[name]) throw new Error(`there is no input ${name}`);
  const [owner, name] = repo.split('/');
  const repository = { name, full_name: repo, default_branch: 'main', owner: { login: owner } };
  if (event.on !== 'pull_request') return { repository, ref: 'refs/heads/main', inputs };
  const { from = repo, author = 'someone' } = event.pullRequest ?? {};
  const sha = '0'.repeat(40);
  return {
    ...{ repository, action: 'opened', number: 7 },
    pull_request: {
      number: 7,
      user: { login: author },
      head: { ref: 'topic', sha, repo: { full_name: from } },
      base: { ref: 'main', sha, repo: { full_name: repo } },
    },
  };
}

/** Read act's log, one JSON object a line. */
function told(said: string): Pick<Happened, 'jobs' | 'failedSteps' | 'log' | 'summary'> {
  const lines = said.split('\n').map((line): Line => {
    try {
      return JSON.parse(line) as Line;
    } catch {
      return { msg: `${line}\n` };
    }
  });
  const log = lines.map(({ msg }) => msg.replace(/\n?$/, '\n')).join('');
  // A job whose runner act does not know is passed over, and act ends well.
  if (log.includes('🚧')) throw new Error(log);
  return {
    jobs: Object.fromEntries(
      lines.flatMap(({ jobID, jobResult }) => (jobID && jobResult ? [[jobID, jobResult]] : [])),
    ),
    failedSteps: lines.flatMap(({ stage, step, stepResult, stepID }) =>
      stage === 'Main' && stepResult === 'failure' && stepID?.length === 1 && step ? [step] : [],
    ),
    log,
    summary: lines.flatMap(({ command, content = '' }) => (command === 'summary' ? [content] : [])).join(''),
  };
}

interface Line {
  msg: string;
  jobID?: string;
  jobResult?: string;
  stage?: string;
  step?: string;
  stepID?: string[];
  stepResult?: string;
  command?: string;
  content?: string;
}
