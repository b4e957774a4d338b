import { relative } from 'node:path';
import type { Output } from '../cli/output.js';
import { seen } from '../cli/seen.js';
import { errorText, type Told, tellable } from '../cli/told.js';
import { EXIT } from '../errors.js';
import { worst } from './folders.js';
import { seenPath } from './report-words.js';

interface Stood {
  readonly exitCode: number;
  readonly document: object;
  readonly lines: readonly string[];
}

/** `--status` and `--abort`, in one folder or in many. */
export async function standingVerb(
  dirs: readonly string[],
  what: 'status' | 'abort',
  force: boolean,
  out: Output,
): Promise<number> {
  const [only, ...others] = dirs;
  const look = (dir: string) => (what === 'status' ? statusIn(dir) : abortIn(dir, force));
  if (only !== undefined && !others.length) {
    const { exitCode, document, lines } = await look(only);
    for (const line of lines) out.result(line);
    out.data({ dir: only, ...document, exitCode });
    return exitCode;
  }
  const documents: object[] = [];
  const codes: number[] = [];
  for (const dir of dirs) {
    const where = relative(out.io.cwd, dir) || '.';
    const stood = await look(dir).catch((thrown: unknown): Told => tellable(thrown));
    codes.push(stood.exitCode);
    if ('lines' in stood) {
      for (const line of stood.lines) out.result(`${seen(where)}: ${line}`);
      documents.push({ dir, ...stood.document, exitCode: stood.exitCode });
    } else {
      const { message, hint, exitCode } = stood;
      out.warn(errorText(stood, where));
      documents.push({ dir, error: { message, hint, exitCode } });
    }
  }
  const exitCode = worst(codes);
  out.data({ repositories: documents, exitCode });
  return exitCode;
}

async function statusIn(dir: string): Promise<Stood> {
  const { status } = await import('../merge/status.js');
  const found = await status(dir);
  if (!found.open) return { exitCode: EXIT.done, document: { open: false }, lines: ['Nothing is open.'] };
  const { state, conflicts, paths, brought, moved } = found;
  const interrupted = state !== 'written';
  const lines = interrupted
    ? ['Interrupted while it was written. azmlops upgrade --abort restores what was before.']
    : [
        `Written and not committed, ${paths.length} ${paths.length === 1 ? 'path' : 'paths'}. ` +
          'git commit accepts it, azmlops upgrade --abort undoes it.',
        ...(brought.length ? [`Outside of git it put ${brought.map(seenPath).join(', ')}.`] : []),
        ...moved.map(
          ({ from, to }) => `${seenPath(from)} was moved to ${seenPath(to)}; --abort moves it back.`,
        ),
        ...(conflicts.length ? ['Conflicts left:', ...conflicts.map((path) => `  ${seenPath(path)}`)] : []),
      ];
  const exitCode = interrupted || conflicts.length ? EXIT.act : EXIT.done;
  return { exitCode, document: { ...found }, lines };
}

async function abortIn(dir: string, force: boolean): Promise<Stood> {
  const { abort } = await import('../merge/abort.js');
  const { restored } = await abort(dir, { force });
  const paths = `${restored.length} ${restored.length === 1 ? 'path is' : 'paths are'} as before.`;
  return { exitCode: EXIT.done, document: { restored }, lines: [`Undone: ${paths}`] };
}
