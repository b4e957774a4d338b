import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
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
import { stringify } from 'yaml';
import { git, programs, project } from '../../support/tools.js';
import { filesOf, type Tree } from '../../support/trees.js';
import { calledBy, type Concurrency, jobsOf, type Node, type Workflow, workflowsOf } from './graph.js';
import type { Runners } from './runners.js';

const here = join(project, 'test/emitted/act');

export interface Event {
  /** Its file, without the ending. */
  workflow: string;
  on: 'push' | 'pull_request' | 'schedule' | 'workflow_dispatch' | 'workflow_call';
  inputs?: Record<string, string>;
  pullRequest?: { from?: string; author?: string; title?: string };
  /** Where it happens, or whence a pull request comes; main, or topic. */
  branch?: string;
  /** Change the repository before the event. */
  edit?: (dir: string) => void;
  /** Files that a push changes; the workflow must listen to one of them. */
  changed?: readonly string[];
  /** Cancel the run when a job first makes a call like this. */
  cancelAt?: RegExp;
  /** The machine of the job is gone when the job first makes a call like this: no step comes after it. */
  killAt?: RegExp;
  /** Further words for act. */
  act?: readonly string[];
  /** Other runs are under way: jobs wait for their concurrency group. */
  amongOthers?: boolean;
}

export interface Happened {
  /** Jobs that ran, by id (of a matrix: the last), with their result; in a called workflow `caller.job`. */
  jobs: Record<string, string>;
  failedSteps: string[];
  /** What the steps said, for failure messages too. */
  log: string;
  /** The summaries of all jobs, in the order written. */
  summary: string;
  /** Calls of az, gh and npx during this run, and those of them that changed something. */
  calls: string[];
  changes: string[];
  /** The calls, word by word. */
  words: string[][];
  /** Commit that the workflow saw. */
  commit: string;
  /** Number of the run. */
  run: number;
  /** The folder with a folder for each artifact that the run kept; it lives as long as the test. */
  artifacts: string;
}

/** A temporary folder with the stand-ins; it lives as long as the test. */
function stage(): { folder: string; bin: string } {
  const folder = mkdtempSync(join(tmpdir(), 'azmlops-act-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bin = join(folder, 'bin');
  for (const name of ['bin', 'home', 'artifacts']) mkdirSync(join(folder, name));
  for (const name of ['az', 'gh', 'npx', 'curl', 'turn'])
    symlinkSync(join(project, 'test/emitted/stubs/stand-in.sh'), join(bin, name));
  symlinkSync(join(here, 'uv.sh'), join(bin, 'uv'));
  // Waiting is what a workflow should do; the test need not.
  symlinkSync('/bin/true', join(bin, 'sleep'));
  // act does not wait for the last words of a step that fails (host_environment.go returns before its terminal is read).
  writeFileSync(join(folder, 'linger.sh'), `unset BASH_ENV\ntrap '[ "$?" = 0 ] || /bin/sleep 0.3' EXIT\n`);
  return { folder, bin };
}

/** What ran to its end: exit code and both streams. The stand-ins are answered meanwhile. */
async function ended(
  cloud: Runners,
  command: readonly [string, ...string[]],
  options: { cwd: string; env: Record<string, string> },
  watch: { begun?: (child: ChildProcess) => void; heard?: (said: string) => void } = {},
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
    stream.on('data', (part: string) => {
      said += part;
      watch.heard?.(part);
    });
  }
  watch.begun?.(child);
  const status = await new Promise<number | null>((done) => child.on('close', done));
  cloud.close();
  return { status, said };
}

/** Run scripts/setup.sh of a repository: afterwards the cloud holds what the workflows find. */
export async function setUp(cloud: Runners, { dir }: Tree, ...args: string[]): Promise<void> {
  const { folder, bin } = stage();
  const env = { PATH: [bin, process.env.PATH].join(delimiter), HOME: join(folder, 'home') };
  const { status, said } = await ended(cloud, ['bash', 'scripts/setup.sh', ...args], { cwd: dir, env });
  if (status !== 0) throw new Error(said);
}

/**
 * One event against one workflow of a repository, on this machine: act runs the steps on the host, each job in a fresh
 * copy of the repository; actions, az, gh, npx and uv are stand-ins, and an action without one is refused, so that nothing
 * is downloaded. Not reproduced: who may use an environment, concurrency of whole workflows, permissions, tokens, job time limits, images
 * of runners, versions of Python. A second event finds the repository as the first one left it.
 */
export async function runWorkflow(cloud: Runners, tree: Tree, event: Event): Promise<Happened> {
  const { folder, bin } = stage();
  const github = cloud.repository;
  if (!github.folder) {
    github.folder = join(folder, 'repository');
    cpSync(tree.dir, github.folder, { recursive: true });
    git(github.folder, 'remote', 'add', 'origin', `https://github.com/${github.name}.git`);
    if (github.past) {
      const past = join(folder, 'past');
      writeFileSync(past, github.past);
      git(github.folder, 'bundle', 'unbundle', past);
    }
  }
  const dir = github.folder;
  event.edit?.(dir);
  const workflows = workflowsOf(dir);
  for (const [file, workflow] of Object.entries(workflows)) {
    if (event.amongOthers) takingTurns(workflow);
    withoutQueue(workflow);
    const text = stringify(scoped(workflow), { lineWidth: 0, aliasDuplicateObjects: false });
    writeFileSync(join(dir, `.github/workflows/${file}.yml`), text);
  }
  git(dir, 'add', '--all');
  git(dir, 'commit', '--quiet', '--allow-empty', '--message', 'as emitted');
  const commit = git(dir, 'rev-parse', 'HEAD').trim();
  github.main.push(commit);
  const bundle = join(folder, 'bundle');
  git(dir, 'bundle', 'create', '--quiet', bundle, 'HEAD');
  github.past = readFileSync(bundle);

  const payload = payloadOf(event, github.name, workflows[event.workflow]);
  writeFileSync(join(folder, 'event.json'), JSON.stringify(payload));
  const [calls, changes] = [cloud.calls.length, cloud.changes.length];
  const run = 1001 + github.begun++;
  const secret = cloud.nextRun();
  const path = `.github/workflows/${event.workflow}.yml`;
  const words = [
    ...[event.on, '-W', path, '-e', join(folder, 'event.json'), '--json'],
    ...['--action-cache-path', join(folder, 'cache'), '--action-offline-mode'],
    ...['--no-cache-server', '--pull=false', '--secret', `GITHUB_TOKEN=${secret}`],
    ...['--env', `GITHUB_RUN_ID=${run}`],
    ...variables(cloud.github.variables),
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
    REPOSITORY: dir,
    SHARED: join(programs.python, '../..'),
    UV: programs.uv,
    BASH_ENV: join(folder, 'linger.sh'),
  };
  const when: Runners['when'] = [];
  const begun = (child: ChildProcess): void => {
    const dies = (): void => killed(child);
    cloud.gone.set(run, dies);
    if (event.cancelAt) when.push({ at: event.cancelAt, act: () => child.kill('SIGINT') });
    if (event.killAt) when.push({ at: event.killAt, act: dies });
    cloud.when.push(...when);
  };
  const heard = (part: string): void => {
    for (const [, job] of part.matchAll(/"jobID":"([\w-]+)".*"jobResult":/g))
      cloud.groups.left(`${run} ${job}`);
  };
  const { said } = await ended(cloud, [programs.act, ...words], { cwd: dir, env }, { begun, heard });
  cloud.when.splice(0, cloud.when.length, ...cloud.when.filter((one) => !when.includes(one)));
  cloud.gone.delete(run);
  cloud.groups.left(`${run} `);
  const { jobs, named, ...rest } = told(said, jobsOf(workflows, event.workflow));
  github.runs.push({
    ...{ id: run, path, head_branch: 'main', head_sha: commit, event: event.on },
    head_repository: { full_name: github.name },
    jobs: Object.entries(named).map(([name, conclusion]) => ({ name, conclusion, run_attempt: 1 })),
  });
  return {
    ...{ jobs, ...rest, commit, run, artifacts: join(folder, 'artifacts') },
    calls: cloud.calls.slice(calls),
    changes: cloud.changes.slice(changes),
    words: cloud.words.slice(calls),
  };
}

/** Kill a program and all that it started, in whatever group. */
function killed(child: ChildProcess): void {
  const table = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).stdout;
  const all = [...table.matchAll(/(\d+) +(\d+)/g)].map(([, pid, parent]) => [Number(pid), Number(parent)]);
  const family = [child.pid];
  for (const pid of family) family.push(...all.flatMap(([one, parent]) => (parent === pid ? [one] : [])));
  for (const pid of family)
    try {
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
}

/** Jobs of a concurrency group wait for their turn, which act does not know of. */
function takingTurns({ jobs }: Workflow): void {
  for (const job of Object.values(jobs)) {
    if (job.concurrency === undefined || !job.steps || job.steps[0]?.run === TURN) continue;
    const concurrency: Concurrency =
      typeof job.concurrency === 'string' ? { group: job.concurrency } : job.concurrency;
    const { group, 'cancel-in-progress': cancel, queue = 'one' } = concurrency;
    if (cancel) throw new Error(`a job that cancels another one is not known here: ${group}`);
    job.steps.unshift({ name: 'Wait for the others', run: TURN, env: { GROUP: group, QUEUE: queue } });
  }
}
const TURN = 'turn "$GROUP" "$QUEUE"';

/** act knows no `queue`, and refuses the whole file. */
function withoutQueue(workflow: Workflow): void {
  for (const { concurrency } of [workflow, ...Object.values(workflow.jobs)])
    if (typeof concurrency === 'object') delete concurrency.queue;
}

/**
 * A workflow whose jobs read the variables of their environment, which act does not know: `vars.X` of such a job
 * becomes a look into all environments' variables. A job without an environment keeps seeing those of the repository
 * alone. GitHub hands them over when the job starts, so that neither `if` nor a name may use them.
 */
function scoped(workflow: Workflow): Workflow {
  for (const job of Object.values(workflow.jobs)) {
    if (calledBy(job) !== undefined) continue;
    if (job.permissions?.['id-token'] === 'write') job.env = { ...job.env, ...VOUCHED };
    if (job.environment === undefined) continue;
    const written = typeof job.environment === 'object' ? job.environment.name : job.environment;
    const expression = /^\$\{\{ *(.+?) *\}\}$/.exec(written)?.[1] ?? `'${written}'`;
    const replaced = <T>(value: T): T =>
      JSON.parse(
        JSON.stringify(value).replace(
          /\bvars\.(?!SCOPED\b)(\w+)/g,
          `fromJSON(vars.SCOPED)[${expression}].$1`,
        ),
      ) as T;
    if (job.env) job.env = replaced(job.env);
    if (job.steps) job.steps = replaced(job.steps);
    job.env = { ...job.env, STAND_IN_ENVIRONMENT: written };
  }
  return workflow;
}

/** Where a job that may is vouched for; the answer is the cloud's, since curl is a stand-in too. */
const VOUCHED = {
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://vouch?v=2',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'asked',
};

/** Words for act: the variables of the repository, and those of the environments as one. */
function variables({ repository = {}, ...environments }: Record<string, Record<string, string>>): string[] {
  const all = Object.entries(environments).map(([name, own]) => [name, { ...repository, ...own }]);
  return Object.entries({ ...repository, SCOPED: JSON.stringify(Object.fromEntries(all)) }).flatMap(
    ([name, value]) => ['--var', `${name}=${value}`],
  );
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
    if (!existsSync(join(here, 'actions', name, 'action.yml'))) throw new Error(`no stand-in for ${name}`);
    words.push('--local-repository', `${uses}=${join(here, 'actions', name)}`);
  }
  return words;
}

/** What GitHub sends. act starts a workflow whatever its branches, paths and inputs, so they are looked at here. */
function payloadOf(event: Event, repo: string, workflow: Workflow | undefined): object {
  if (!workflow || !(event.on in workflow.on))
    throw new Error(`${event.workflow} does not listen to ${event.on}`);
  const trigger = workflow.on[event.on];
  if (trigger?.branches && !trigger.branches.includes('main')) throw new Error('it does not listen to main');
  if (event.changed && !event.changed.some((path) => listens(trigger?.paths, path)))
    throw new Error(`${event.workflow} does not listen to ${event.changed.join(', ')}`);
  const inputs = { ...event.inputs };
  for (const [name, { required, default: usual }] of Object.entries(trigger?.inputs ?? {})) {
    if (usual !== undefined) inputs[name] ??= String(usual);
    if (required && !inputs[name]) throw new Error(`the input ${name} is missing`);
  }
  for (const [name, value] of Object.entries(inputs)) {
    const input = trigger?.inputs?.[name];
    if (!input) throw new Error(`there is no input ${name}`);
    if (input.options && !input.options.includes(value)) throw new Error(`${name} cannot be ${value}`);
  }
  const [owner, name] = repo.split('/');
  const repository = { name, full_name: repo, default_branch: 'main', owner: { login: owner } };
  if (event.on === 'workflow_call') {
    const typed = Object.entries(inputs).map(([key, value]) => [
      key,
      trigger?.inputs?.[key]?.type === 'boolean' ? value === 'true' : value,
    ]);
    return { repository, ref: 'refs/heads/main', inputs: Object.fromEntries(typed) as object };
  }
  if (event.on !== 'pull_request') return { repository, ref: `refs/heads/${event.branch ?? 'main'}`, inputs };
  const { from = repo, author = 'someone', title = 'A change' } = event.pullRequest ?? {};
  const sha = '0'.repeat(40);
  return {
    ...{ repository, action: 'opened', number: 7 },
    pull_request: {
      number: 7,
      ...{ title, body: title },
      user: { login: author },
      head: { ref: event.branch ?? 'topic', sha, repo: { full_name: from } },
      base: { ref: 'main', sha, repo: { full_name: repo } },
    },
  };
}

/** Whether a filter of paths lets a path through: the last pattern that fits decides. */
function listens(paths: readonly string[] | undefined, path: string): boolean {
  if (!paths) return true;
  const fits = (pattern: string): boolean => {
    const source = pattern
      .replace(/[.+^$(){}|[\]\\]/g, '\\$&')
      .replace(/\*\*|\*/g, (stars) => (stars === '*' ? '[^/]*' : '.*'));
    return new RegExp(`^${source}$`).test(path);
  };
  return paths.reduce(
    (so, pattern) => (fits(pattern.replace(/^!/, '')) ? !pattern.startsWith('!') : so),
    false,
  );
}

/** Read act's log, one JSON object a line. */
function told(
  said: string,
  nodes: readonly Node[],
): Pick<Happened, 'jobs' | 'failedSteps' | 'log' | 'summary'> & { named: Record<string, string> } {
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
  const results = lines.flatMap(({ job, jobID, jobResult }) =>
    job && jobID && jobResult ? [{ ...identified(job, jobID, nodes), jobResult }] : [],
  );
  return {
    jobs: Object.fromEntries(results.map(({ path, jobResult }) => [path, jobResult])),
    named: Object.fromEntries(results.map(({ name, jobResult }) => [name, jobResult])),
    failedSteps: lines.flatMap(({ stage, step, stepResult, stepID }) =>
      stage === 'Main' && stepResult === 'failure' && stepID?.length === 1 && step ? [step] : [],
    ),
    log,
    summary: lines.flatMap(({ command, content = '' }) => (command === 'summary' ? [content] : [])).join(''),
  };
}

/**
 * Which job a line of act is about, and what GitHub calls it. act says `<job that called>/<workflow>/<job>` of a job
 * in a called workflow, `<workflow>/<job>` of another one.
 */
function identified(job: string, id: string, nodes: readonly Node[]): { path: string; name: string } {
  const [first = '', ...rest] = job.split('/').map((part) => part.trim());
  const own = rest.at(-1) ?? '';
  const like = (written: string): RegExp =>
    new RegExp(
      `^${written
        .split(/\$\{\{.*?\}\}/)
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*')}$`,
    );
  const found = nodes.filter(({ path, names }) => {
    const caller = names.at(-2);
    return path.split('.').at(-1) === id && (rest.length > 1 ? caller && like(caller).test(first) : !caller);
  });
  const [node] = found;
  if (!node || found.length > 1) throw new Error(`${job}: ${found.length} jobs of this name`);
  const callers = node.names.length > 1 ? [...node.names.slice(0, -2), first] : [];
  return { path: node.path, name: [...callers, own].join(' / ') };
}

interface Line {
  msg: string;
  job?: string;
  jobID?: string;
  jobResult?: string;
  stage?: string;
  step?: string;
  stepID?: string[];
  stepResult?: string;
  command?: string;
  content?: string;
}
