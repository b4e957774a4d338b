import { relative } from 'node:path';
import type { Output } from '../cli/output.js';
import { seen } from '../cli/seen.js';
import { errorText, type Told, tellable } from '../cli/told.js';
import { EXIT } from '../errors.js';
import type { Outcome } from './outcome.js';
import { seenPath } from './report-words.js';
import type { Ran } from './upgrade.js';

interface Showing {
  /** The patch instead of the plan. */
  readonly diff: boolean;
  readonly out: Output;
}

/** Runs in one folder, told in full, or in many, each on its own and told in a line. Returns the exit code. */
export async function inFolders(
  command: Outcome['command'],
  dirs: readonly string[],
  showing: Showing,
  run: (dir: string) => Promise<Ran>,
): Promise<number> {
  const [only, ...others] = dirs;
  if (only !== undefined && !others.length) return tellOne(await patiently(only, showing.out, run), showing);
  const done: Done[] = [];
  for (const dir of dirs) {
    const each = await attemptIn(dir, showing.out, run);
    done.push(each);
    await tellShort(each, showing);
  }
  const exitCode = worst(done.map((each) => each.exitCode));
  if (showing.out.manner.json)
    showing.out.data({
      command,
      repositories: await Promise.all(done.map((each) => documentFor(each, showing))),
      exitCode,
    });
  return exitCode;
}

type Done = { readonly dir: string; readonly exitCode: number } & (
  { readonly ran: Ran } | { readonly error: Told }
);

async function attemptIn(dir: string, out: Output, run: (dir: string) => Promise<Ran>): Promise<Done> {
  try {
    const ran = await patiently(dir, out, run);
    return { dir, ran, exitCode: ran.exitCode };
  } catch (thrown) {
    const error = tellable(thrown);
    // Whoever interrupts means all of them.
    if (error.exitCode === 130) throw thrown;
    return { dir, error, exitCode: error.exitCode };
  }
}

async function tellOne(ran: Ran, { diff, out }: Showing): Promise<number> {
  const { outcome, refused, said, exitCode } = ran;
  if (out.manner.json) out.data(await documentFor({ dir: outcome.dir, ran, exitCode }, { diff, out }));
  else if (diff) {
    const { showPatch } = await import('./pager.js');
    await showPatch(ran, out);
    // No patch shows what git never sees.
    for (const line of await rowsLines(outcome)) out.warn(line);
  } else {
    const { tellOutcome } = await import('./report.js');
    await tellOutcome(outcome, out);
  }
  for (const line of said) out.warn(line);
  if (refused) out.warn(errorText(refused));
  return exitCode;
}

async function rowsLines({ data }: Outcome): Promise<string[]> {
  if (!data?.found || !data.rows) return [];
  const { rowsWords } = await import('./data-words.js');
  return rowsWords(data.found.file, data.rows, data.rows.done);
}

async function tellShort(done: Done, { diff, out }: Showing): Promise<void> {
  const where = relative(out.io.cwd, done.dir) || '.';
  if ('error' in done) {
    out.result(`${seen(where)}: refused`);
    out.warn(errorText(done.error, where));
    return;
  }
  const { outcome, refused, said } = done.ran;
  const { summaryLine } = await import('./report.js');
  out.result(`${seen(where)}: ${summaryLine(outcome)}`);
  for (const path of outcome.merge.conflicts) out.result(`  conflict: ${seenPath(path)}`);
  if (diff) {
    const { showPatch } = await import('./pager.js');
    await showPatch(done.ran, out);
  }
  for (const line of said) out.warn(`${where}: ${line}`);
  if (refused) out.warn(errorText(refused, where));
}

async function documentFor(done: Done, { diff, out }: Showing): Promise<object> {
  if ('error' in done) {
    const { message, hint, exitCode } = done.error;
    return { dir: done.dir, error: { message, hint, exitCode } };
  }
  const { outcome, refused, said, patch } = done.ran;
  const { documentOf } = await import('./report.js');
  return {
    ...(await documentOf(outcome, out.io.cwd)),
    exitCode: done.exitCode,
    said,
    ...(diff && { patch: await patch(false) }),
    ...(refused && {
      error: { message: refused.message, hint: refused.hint, exitCode: refused.exitCode },
    }),
  };
}

/** From worst to best. */
const ORDER: readonly number[] = [EXIT.bug, EXIT.refused, EXIT.usage, EXIT.act, EXIT.done];

export const worst = (codes: readonly number[]): number =>
  ORDER.find((code) => codes.includes(code)) ?? EXIT.done;

/** Says in a terminal what takes longer than a second. */
async function patiently(dir: string, out: Output, run: (dir: string) => Promise<Ran>): Promise<Ran> {
  const { stderr } = out.io;
  if (stderr.isTTY !== true || out.manner.quiet) return run(dir);
  let shown = false;
  const timer = setTimeout(() => {
    shown = true;
    stderr.write(`working in ${seen(dir)} …`);
  }, 1000);
  try {
    return await run(dir);
  } finally {
    clearTimeout(timer);
    if (shown) stderr.write('\r\u001b[K');
  }
}
