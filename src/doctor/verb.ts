import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Output } from '../cli/output.js';
import type { Words } from '../cli/parse.js';
import { seen } from '../cli/seen.js';
import { EXIT, UserError } from '../errors.js';
import { MANIFEST } from '../render/render.js';
import { openRepository, type Repository } from '../repository/open.js';
import type { Context, Ours } from './check.js';
import { checksFor } from './checks.js';
import { githubBy } from './github/asked.js';
import { callerOn } from './program.js';
import { type Files, filesIn } from './repository/files.js';
import { writtenPaths } from './repository/sound.js';
import { runChecks } from './run.js';
import { findingLines, lineOf, summary } from './show.js';

/** `azmlops doctor [DIR]`. */
export async function doctorVerb({ operand, values }: Words, out: Output): Promise<number> {
  const from = resolve(out.io.cwd, values.get('dir') ?? '', operand ?? '');
  const ours = await oursIn(from);
  const dir = ours?.dir ?? from;
  const call = callerOn();
  const context: Context = {
    dir,
    today: new Date().toISOString().slice(0, 10),
    platform: process.platform,
    node: process.version,
    call,
    ours,
    github: githubBy(call, dir, process.platform),
  };
  const style = { width: out.width, bold: (text: string) => out.bold(text) };
  if (!ours)
    out.result(`${seen(from)} is no repository that azmlops wrote: only this machine is looked at.\n`);
  const findings = await interruptible(call.stop, () => runChecks(checksFor(context), context));
  for (const line of findingLines(findings, style)) out.result(line);
  const told = findings.filter(({ label }) => label !== 'ok');
  if (out.manner.quiet && told.length)
    for (const line of [...told.flatMap((each) => lineOf(each, style)), summary(findings)]) out.warn(line);
  out.data({ schema: 1, checks: findings });
  return findings.some(({ label }) => label === 'wrong') ? EXIT.act : EXIT.done;
}

/** The repository of ours that a folder lies in; undefined when it lies in none. */
async function oursIn(from: string): Promise<Ours | undefined> {
  if (!statSync(from, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(
      `${seen(from)} is no folder.`,
      'Name the folder of a repository, or none.',
      EXIT.refused,
    );
  const root = rootOf(from);
  const dir = root ?? from;
  const opened = await openRepository(dir).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  if (root === undefined && opened instanceof UserError) return undefined;
  let files: Promise<Files> | undefined;
  return { dir, opened, files: () => (files ??= listed(dir, opened)) };
}

async function listed(dir: string, opened: Repository | UserError): Promise<Files> {
  return filesIn(dir, 'manifest' in opened ? await writtenPaths(opened) : []);
}

/** The nearest folder, upward from here, that has a manifest. */
function rootOf(from: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    if (existsSync(join(at, MANIFEST))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** The programs that are asked hear no Ctrl-C of the terminal: they are ended here, whatever ends this. */
async function interruptible<T>(stop: () => void, work: () => Promise<T>): Promise<T> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const end = (signal: NodeJS.Signals) => {
    stop();
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.once(signal, end);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.removeListener(signal, end);
    stop();
  }
}
