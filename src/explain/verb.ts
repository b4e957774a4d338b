import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { didYouMean } from '../answers/nearest.js';
import type { Output } from '../cli/output.js';
import type { Words } from '../cli/parse.js';
import { seen } from '../cli/seen.js';
import { EXIT, UserError } from '../errors.js';
import { ownRoot } from '../render/own.js';
import { BASELINE, MANIFEST } from '../render/render.js';
import { baselineOnDisk, openRepository } from '../repository/open.js';
import { explain, statOf } from './explain.js';
import { explanationLines } from './show.js';

/** `azmlops explain PATH`. */
export async function explainVerb({ operand, values }: Words, out: Output): Promise<number> {
  if (operand === undefined)
    throw new UserError('explain needs a path.', 'azmlops explain PATH, relative to the folder you are in.');
  const named = seen(operand);
  const from = resolve(out.io.cwd, values.get('dir') ?? '');
  const file = resolve(from, operand);
  const dir = rootOf(from) ?? rootOf(dirname(file)) ?? from;
  const inside = relative(dir, file);
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
    throw new UserError(
      `${named} lies outside of ${seen(dir)}.`,
      'Name a path in the repository that azmlops wrote.',
    );
  const path = inside.split(sep).join('/');
  const baseline = await baselineOnDisk(await openRepository(dir));
  if ('lost' in baseline) throw baseline.lost;
  const paths = [...baseline.tree.keys(), BASELINE];
  if (!paths.includes(path) && (path === '' || statOf(file)?.isDirectory()))
    throw new UserError(`${named} is a folder.`, 'Name a file in it.');
  const explanation = await explain([await ownRoot()], dir, baseline, path);
  if (!explanation)
    throw new UserError(
      `${named} is not there, and azmlops wrote no such file.${didYouMean(path, paths)}`,
      `A path is taken from ${seen(from)}.`,
    );
  const style = { width: out.width, bold: (text: string) => out.bold(text) };
  for (const line of explanationLines(explanation, style)) out.result(line);
  out.data({ command: 'explain', dir, ...explanation });
  return EXIT.done;
}

/** The nearest folder, upward from here, that has a manifest. */
function rootOf(from: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    if (existsSync(join(at, MANIFEST))) return at;
    if (dirname(at) === at) return undefined;
  }
}
