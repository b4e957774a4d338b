import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { git, pathWith, programs, project, run } from './tools.js';
import { filesOf, type Tree } from './trees.js';

const stubs = join(project, 'test/tools/workflows/stubs');

export interface Event {
  name: 'push' | 'pull_request' | 'schedule' | 'workflow_dispatch';
  payload?: object;
  vars?: Record<string, string>;
  /** Beginning of a command line (a pattern) to what it prints; see test/tools/workflows/stand_in.py. */
  answers?: Record<string, string | null | (string | null)[]>;
  files?: Record<string, string>;
  seconds?: number;
}

export interface Happened {
  status: number | null;
  log: string;
  /** Every call of az and gh, in order: program and words. */
  calls: string[][];
  /** Steps that failed, by name. */
  failed: string[];
  /** Artifacts that were kept: path to content. */
  artifacts: Record<string, string>;
}

/**
 * One event, run by nektos/act on this machine, with stubs for remote actions and stand-ins for az, gh and uv.
 * Not reproduced: environments and their rules, concurrency, permissions, tokens, filters of paths, job timeouts.
 *
 * @throws Error when a remote action has no stub: nothing is ever downloaded.
 */
export function runWorkflow(tree: Tree, workflow: string, event: Event): Happened {
  const folder = mkdtempSync(join(tmpdir(), 'azmlops-act-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [repository, bin, artifacts] = ['repository', 'bin', 'artifacts'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  for (const dir of [bin, artifacts, join(folder, 'home')]) mkdirSync(dir);
  cpSync(tree.dir, repository, { recursive: true });
  git(repository, 'add', '--all');
  git(repository, 'commit', '--quiet', '--message', 'as emitted');
  git(repository, 'remote', 'add', 'origin', 'https://github.com/owner/repo.git');

  for (const name of ['az', 'gh', 'uv'])
    symlinkSync(join(project, 'test/tools/workflows/stand_in.py'), join(bin, name));
  // Waiting is what a step should do; the test need not.
  symlinkSync('/bin/true', join(bin, 'sleep'));
  const log = join(folder, 'calls.jsonl');
  const shared = join(project, '.tools/py/lib');
  const python = readdirSync(shared).find((name) => name.startsWith('python')) ?? '';
  const plan = {
    log,
    answers: {
      'az login': '{}',
      'az account set': '{}',
      'az extension add': '',
      'az configure': '',
      ...event.answers,
    },
    files: event.files ?? {},
    uv: programs.uv,
    python: programs.python,
    packages: join(shared, python, 'site-packages'),
  };
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
  const base = {
    repository: { name: 'repo', full_name: 'owner/repo', default_branch: 'main', owner: { login: 'owner' } },
  };
  writeFileSync(join(folder, 'event.json'), JSON.stringify({ ...base, ...event.payload }));

  const text = filesOf(join(repository, '.github'))
    .filter((path) => path.endsWith('.yml'))
    .map((path) => readFileSync(join(repository, '.github', path), 'utf8'))
    .join('\n');
  const actions = new Set(
    [...text.matchAll(/uses: ([\w-]+\/[\w./-]+@[0-9a-f]{40})/g)].map(([, uses = '']) => uses),
  );
  const labels = new Set([...text.matchAll(/runs-on: ([\w.-]+)/g)].map(([, label = '']) => label));
  const args: string[] = [];
  for (const uses of actions) {
    const name = uses.split('@')[0]?.toLowerCase() ?? '';
    if (name === 'actions/checkout') continue; // act copies the repository itself
    if (!existsSync(join(stubs, name, 'action.yml')))
      throw new Error(`no stub for ${uses}: write ${join(stubs, name)}`);
    args.push('--local-repository', `${uses}=${join(stubs, name)}`);
  }
  for (const label of labels) args.push('-P', `${label}=-self-hosted`);
  for (const [name, value] of Object.entries(event.vars ?? {})) args.push('--var', `${name}=${value}`);

  // Steps see act's own environment: a small, clean one, with nothing of the caller's.
  const environment = {
    PATH: `${bin}:${pathWith('python')}`,
    HOME: join(folder, 'home'),
    LANG: 'C.UTF-8',
    OMP_NUM_THREADS: '1',
    STAND_IN: join(folder, 'plan.json'),
    FAKE_ARTIFACTS: artifacts,
  };
  const ran = run(
    'env',
    [
      '-i',
      ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      programs.act,
      event.name,
      ...['-W', `.github/workflows/${workflow}`, '-e', join(folder, 'event.json'), ...args],
      ...[
        '--action-cache-path',
        join(folder, 'cache'),
        '--action-offline-mode',
        '--no-cache-server',
        '--pull=false',
      ],
    ],
    { cwd: repository, seconds: event.seconds ?? 300 },
  );
  // act passes over a job whose label it does not know, and still ends with 0.
  if (ran.said.includes('🚧')) throw new Error(`a job was passed over: ${ran.said}`);
  const calls = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  return {
    status: ran.status,
    log: ran.said,
    calls: calls.map((line) => JSON.parse(line) as string[]),
    failed: [...ran.said.matchAll(/❌ {2}Failure - Main (.+?)(?: \[[\d.a-zµ]+\])?$/gm)].map(
      ([, step = '']) => step,
    ),
    artifacts: Object.fromEntries(
      filesOf(artifacts).map((path) => [path, readFileSync(join(artifacts, path), 'utf8')]),
    ),
  };
}
