import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { git, pathWith, programs, project, type Ran, run } from './tools.js';
import type { Tree } from './trees.js';

/**
 * A repository of one's own, committed, and (`installed`) with a `.venv` that shares the packages of `.tools/py`: what a
 * person has after the set-up, without the installing.
 */
export class Workspace {
  readonly dir: string;
  readonly python: string;

  constructor(
    readonly tree: Tree,
    { installed = true } = {},
  ) {
    this.dir = mkdtempSync(join(tmpdir(), `azmlops-${tree.id}-`));
    this.python = join(this.dir, '.venv', 'bin', 'python');
    cpSync(tree.dir, this.dir, { recursive: true });
    if (installed) this.#share();
    git(this.dir, 'add', '--all');
    // `azmlops new` has committed already.
    git(this.dir, 'commit', '--quiet', '--allow-empty', '--message', 'as emitted');
  }

  #share(): void {
    const environment = join(this.dir, '.venv');
    const shared = join(project, '.tools/py');
    const [version] = readdirSync(join(shared, 'lib')).filter((name) => name.startsWith('python'));
    const packages = join(environment, 'lib', version ?? '', 'site-packages');
    run(programs.uv, ['venv', '--quiet', '--python', programs.python, environment], {
      env: { UV_PYTHON_DOWNLOADS: 'never' },
    });
    mkdirSync(packages, { recursive: true });
    // `addsitedir`, so that .pth files among the shared packages are read as well.
    const lines = [
      `import site; site.addsitedir(${JSON.stringify(join(shared, 'lib', version ?? '', 'site-packages'))})`,
    ];
    writeFileSync(join(packages, 'shared.pth'), [...lines, join(this.dir, 'src'), ''].join('\n'));
    for (const name of ['ruff', 'mypy'])
      symlinkSync(join(shared, 'bin', name), join(environment, 'bin', name));
  }

  /** One command line of a README, as a person types it. */
  shell(line: string, seconds = 300): Ran {
    return run('bash', ['-euo', 'pipefail', '-c', line], { cwd: this.dir, env: this.env, seconds });
  }

  py(args: readonly string[], seconds = 300): Ran {
    return run(this.python, args, { cwd: this.dir, env: this.env, seconds });
  }

  /** One thread each: two cores are shared by two test files. */
  readonly env = {
    // uv, which the set-up takes when it is there.
    PATH: pathWith('uv'),
    OMP_NUM_THREADS: '1',
    OPENBLAS_NUM_THREADS: '1',
    MPLBACKEND: 'agg',
    CI: 'true',
    // As a person has it: what was imported once is not compiled again by each of dozens of processes.
    PYTHONDONTWRITEBYTECODE: '',
  };

  /** Paths that git sees as changed or new after the commit. */
  changed(): string[] {
    return git(this.dir, 'status', '--porcelain')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.slice(3));
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
};

export interface Answer {
  status: number;
  body: string;
}

/** One HTTP request; `host` other than loopback shows whether a server listens there too. */
export const ask = (port: number, path: string, body?: string, host = '127.0.0.1'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(
      {
        host,
        port,
        path,
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json' },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });

/** Start a server and wait until it answers; it is stopped, with its children, when the test is over. */
export async function serve(
  program: string,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string>; port: number },
): Promise<void> {
  const server = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (part: Buffer) => (said += part.toString()));
  onTestFinished(() => {
    if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid);
  });
  for (let tries = 0; tries < 240; tries++) {
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}: ${said}`);
    const answer = await ask(options.port, '/').catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`no answer after two minutes: ${said}`);
}
