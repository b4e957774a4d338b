import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Output } from '../cli/output.js';
import type { Words } from '../cli/parse.js';
import { seen } from '../cli/seen.js';
import { EXIT, UserError } from '../errors.js';
import { builtAt, loadModel } from '../levels/load.js';
import type { Model } from '../levels/model.js';
import { ownPackage } from '../version.js';
import { assessFolder } from './folder.js';
import { cacheFolder, type Keeper } from './kept.js';
import { jsonOf } from './report/json.js';
import { entryOf, type Entry } from './report/table.js';
import { viewOf } from './report/view.js';
import type { Assessment } from './types.js';

const FORMATS = ['text', 'json', 'markdown', 'html'] as const;
type Format = (typeof FORMATS)[number];

interface Assessed {
  readonly dir: string;
  readonly assessment: Assessment;
  readonly model: Model;
}

/** `azmlops assess [DIR…]`. */
export async function assessVerb(words: Words, out: Output): Promise<number> {
  const { operands, values, switches } = words;
  const format = formatOf(words);
  const least = leastOf(values.get('min-level'));
  const from = resolve(out.io.cwd, values.get('dir') ?? '');
  const folders = operands.length ? operands : ['.'];
  const model = await loadModel();
  const today = new Date().toISOString().slice(0, 10);
  const keeper = switches.has('no-cache') ? undefined : keeperOf(out.io.env, today);
  const look = async (dir: string) => ({
    dir,
    ...(await assessFolder(resolve(from, dir), model, today, keeper)),
  });
  const [first = '.', ...others] = folders;
  if (others.length) {
    if (switches.has('interview'))
      throw new UserError('--interview is about one repository.', 'Name one folder, or none for this one.');
    return many(folders, look, format, least, out);
  }
  let found = await look(first);
  if (switches.has('interview')) {
    await asked(found, resolve(from, first), today, out);
    found = await look(first);
  }
  await show(found, format, switches.has('all'), out);
  return judged(found.assessment, least, out);
}

/** Answers hang on the program and the day; run from the sources, which change, it keeps none. */
function keeperOf(env: Output['io']['env'], today: string): Keeper | undefined {
  const [folder, built] = [cacheFolder(env), builtAt()];
  if (folder === undefined || built === undefined) return undefined;
  return { folder: join(folder, 'assess'), maker: `${ownPackage().version} of ${built} on ${today}` };
}

function formatOf({ values, switches }: Words): Format {
  const given = values.get('format');
  const format = FORMATS.find((one) => one === (given ?? (switches.has('json') ? 'json' : 'text')));
  if (!format)
    throw new UserError(`${JSON.stringify(given)} is no format.`, `Formats: ${FORMATS.join(', ')}.`);
  if (switches.has('json') && format !== 'json')
    throw new UserError(`--json and --format ${format} are two formats.`, 'Give one of them.');
  return format;
}

function leastOf(given: string | undefined): number | undefined {
  if (given !== undefined && !/^[0-4]$/.test(given))
    throw new UserError(`--min-level ${JSON.stringify(given)} is no level.`, 'Levels: 0, 1, 2, 3, 4.');
  return given === undefined ? undefined : Number(given);
}

async function asked(found: Assessed, dir: string, today: string, out: Output): Promise<void> {
  const { stdin, stderr } = out.io;
  if (!stdin.isTTY)
    throw new UserError(
      '--interview asks questions, and standard input is no terminal.',
      'Run it in a terminal, or write .azmlops/told.yml; docs/assess.md says what stands there.',
    );
  const { interview } = await import('./told/interview.js');
  const { TOLD, writeTold } = await import('./told/file.js');
  const { rows, told } = found.assessment;
  const answers = await interview(found.model, rows, told, today, { input: stdin, output: stderr });
  writeTold(realpathSync(dir), answers);
  if (!out.manner.quiet) stderr.write(`Written to ${TOLD}; commit it.\n`);
}

async function show(
  { assessment, model }: Assessed,
  format: Format,
  all: boolean,
  out: Output,
): Promise<void> {
  if (format === 'json') return document(`${JSON.stringify(jsonOf(assessment), null, 2)}\n`, out);
  const view = viewOf(assessment, model);
  if (format === 'markdown') return document((await import('./report/markdown.js')).markdownOf(view), out);
  if (format === 'html') return document((await import('./report/html.js')).htmlOf(view), out);
  const { detailsOf, headOf, textOf } = await import('./report/text.js');
  const style = { width: out.width, bold: (text: string) => out.bold(text) };
  const lines =
    all && assessment.ml
      ? [...headOf(view, style), ...detailsOf(view, style)]
      : textOf(view, all ? style : { ...style, height: out.height });
  for (const line of lines) out.result(line);
}

async function many(
  folders: readonly string[],
  look: (dir: string) => Promise<Assessed>,
  format: Format,
  least: number | undefined,
  out: Output,
): Promise<number> {
  const [entries, data]: [Entry[], unknown[]] = [[], []];
  let exitCode: number = EXIT.done;
  for (const dir of folders)
    try {
      const { assessment, model } = await look(dir);
      entries.push(entryOf(dir, viewOf(assessment, model)));
      data.push({ dir, ...jsonOf(assessment) });
      exitCode = Math.max(exitCode, judged(assessment, least, out));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { message, hint } = error;
      entries.push({ dir, error: message });
      data.push({ dir, error: { message, hint, exitCode: error.exitCode } });
      out.warn(`azmlops: ${seen(dir)}: ${message}`);
      exitCode = Math.max(exitCode, error.exitCode);
    }
  if (format === 'json') document(`${JSON.stringify({ schema: 1, repositories: data }, null, 2)}\n`, out);
  else if (format === 'markdown')
    document((await import('./report/markdown.js')).tableMarkdown(entries), out);
  else if (format === 'html') document((await import('./report/html.js')).tableHtml(entries), out);
  else {
    const { tableText } = await import('./report/text.js');
    const style = { width: out.width, bold: (text: string) => out.bold(text) };
    for (const line of tableText(entries, style)) out.result(line);
  }
  return exitCode;
}

/** Documents are asked for by name: --quiet does not take them away. */
const document = (text: string, out: Output): void => {
  out.io.stdout.write(text);
};

function judged({ name, level }: Assessment, least: number | undefined, out: Output): number {
  if (least === undefined || (level !== null && level >= least)) return EXIT.done;
  const is = level === null ? 'has no machine learning' : `is at level ${level}`;
  out.warn(`azmlops: ${seen(name)} ${is}; --min-level asks for ${least}.`);
  return EXIT.act;
}
