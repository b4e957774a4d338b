import { resolve } from 'node:path';
import { wasCutOff } from '../adopt/leftover.js';
import type { Output } from '../cli/output.js';
import type { Words } from '../cli/parse.js';
import { seen } from '../cli/seen.js';
import { EXIT } from '../errors.js';
import { checksFor } from './checks.js';
import { contextFor } from './context.js';
import { runChecks } from './run.js';
import { findingLines, lineOf, summary } from './show.js';

/** `azmlops doctor [DIR]`. */
export async function doctorVerb({ operand, values }: Words, out: Output): Promise<number> {
  const from = resolve(out.io.cwd, values.get('dir') ?? '', operand ?? '');
  const context = await contextFor(from);
  const style = { width: out.width, bold: (text: string) => out.bold(text) };
  if (!context.ours) {
    out.result(`${seen(from)} is no repository that azmlops wrote: only this machine is looked at.`);
    if (wasCutOff(from))
      out.result('An adopt was cut off in it: azmlops adopt, with the flags it had, goes on.');
    out.result();
  }
  const findings = await interruptible(context.call.stop, () => runChecks(checksFor(context), context));
  for (const line of findingLines(findings, style)) out.result(line);
  const told = findings.filter(({ label }) => label !== 'ok');
  if (out.manner.quiet && told.length)
    for (const line of [...told.flatMap((each) => lineOf(each, style)), summary(findings)]) out.warn(line);
  out.data({ schema: 1, checks: findings });
  return findings.some(({ label }) => label === 'wrong') ? EXIT.act : EXIT.done;
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
