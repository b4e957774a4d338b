import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const project = fileURLToPath(new URL('../..', import.meta.url));
const tools = join(project, '.tools');
const inVenv = (venv: string, program: string): string =>
  process.platform === 'win32'
    ? join(tools, venv, 'Scripts', `${program}.exe`)
    : join(tools, venv, 'bin', program);

/** Programs that `scripts/setup-tools.mjs` makes. */
export const programs = {
  python: inVenv('py', 'python'),
  ruff: inVenv('py', 'ruff'),
  mypy: inVenv('py', 'mypy'),
  checkPython: inVenv('check', 'python'),
  zizmor: inVenv('check', 'zizmor'),
  act: inVenv('check', 'act'),
  shellcheck: inVenv('check', 'shellcheck'),
  schema: inVenv('check', 'check-jsonschema'),
  uv: inVenv('uv', 'uv'),
  actionlint: join(tools, 'bin', 'actionlint'),
  node: process.execPath,
  /** The machine's own; scripts/setup-tools.mjs looks in the same places. */
  chromium:
    [
      process.env.AZMLOPS_CHROMIUM,
      '/usr/bin/chromium',
      '/usr/bin/chromium-browser',
      '/usr/bin/google-chrome',
    ].find((path) => path && existsSync(path)) ?? '/usr/bin/chromium',
} as const;

export type Program = keyof typeof programs;

/**
 * Whether these programs are there. With CI set a missing one is a failure of the test that asks; without, the test
 * is skipped, and shows so in the count.
 */
export const have = (...names: Program[]): boolean =>
  Boolean(process.env.CI) || names.every((name) => existsSync(programs[name]));

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
  /** Both streams, for a failure message. */
  said: string;
}

/** Run a program to its end, whatever its exit code. The environment is the caller's, less what would leak in. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; input?: string; seconds?: number } = {},
): Ran {
  const env: NodeJS.ProcessEnv = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...options.env };
  for (const key of ['VIRTUAL_ENV', 'PYTHONPATH', 'NODE_OPTIONS', 'VITEST', 'GIT_DIR', 'GIT_INDEX_FILE'])
    if (!(key in (options.env ?? {}))) delete env[key];
  const result = spawnSync(program, args, {
    cwd: options.cwd,
    env,
    input: options.input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: (options.seconds ?? 300) * 1000,
  });
  if (result.error) throw result.error;
  const { status, stdout, stderr } = result;
  return { status, stdout, stderr, said: `${stdout}${stderr}` };
}

/** One of our own checkers, a module of test/tools/. */
export const checker = (module: string, args: readonly string[]): Ran =>
  run(programs.checkPython, ['-m', module, ...args], {
    // Compiled once: nobody else does it in .tools/check.
    env: { PYTHONPATH: join(project, 'test/tools'), PYTHONDONTWRITEBYTECODE: '' },
    seconds: 600,
  });

/** PATH with the folders of these programs first, so that a tool that calls another finds it. */
export const pathWith = (...names: Program[]): string =>
  [...names.map((name) => dirname(programs[name])), process.env.PATH].join(delimiter);

export const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], {
    cwd,
    encoding: 'utf8',
  });
