import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { run } from '../../src/cli/run.js';

/** A folder of one's own that is gone after the test. */
export function temporary(name = 'azmlops'): string {
  const dir = mkdtempSync(join(tmpdir(), `${name}-`));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const IDENTITY = '[user]\n\tname = T. Ester\n\temail = t@localhost\n';

/** A HOME of one's own for git in this process, with this configuration. */
export function home(config = IDENTITY): string {
  const dir = temporary('azmlops-home');
  writeFileSync(join(dir, '.gitconfig'), config);
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (/^(GIT_|XDG_|EMAIL$)/.test(name)) delete process.env[name];
  Object.assign(process.env, { HOME: dir, USERPROFILE: dir, GIT_CONFIG_NOSYSTEM: '1' });
  onTestFinished(() => {
    process.env = before;
  });
  return dir;
}

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the program in this process: words in; exit code and both streams out. Standard input is no terminal. */
export async function azmlops(cwd: string, ...words: string[]): Promise<Said> {
  const [out, err] = [new Sink(), new Sink()];
  const code = await run(words, {
    cwd,
    stdin: new PassThrough(),
    stdout: out,
    stderr: err,
    env: process.env,
  });
  return { code, out: out.text, err: err.text };
}

export class Sink extends Writable {
  text = '';

  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd();
}

/** Files below a folder, `.git` aside, as an object literal would say them. */
export function files(dir: string): Record<string, string> {
  const below = (folder: string): string[] =>
    readdirSync(join(dir, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (path === '.git') return [];
      return entry.isDirectory() ? below(path) : [path];
    });
  return Object.fromEntries(
    below('')
      .sort()
      .map((path) => [path, readFileSync(join(dir, path), 'utf8')]),
  );
}

/** The other way round; a text that begins with `#!` is executable. */
export function write(dir: string, tree: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
    if (text.startsWith('#!')) chmodSync(join(dir, path), 0o755);
  }
  return dir;
}
