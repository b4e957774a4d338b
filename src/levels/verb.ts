import type { Output } from '../cli/output.js';
import type { Words } from '../cli/parse.js';
import { EXIT, UserError } from '../errors.js';
import { loadModel } from './load.js';
import { overview, showLevel } from './show.js';

/** `azmlops levels [N]`. */
export async function levelsVerb({ operand }: Words, out: Output): Promise<number> {
  const model = await loadModel();
  const level = model.levels.find(({ number }) => String(number) === operand);
  if (operand !== undefined && !level)
    throw new UserError(
      `${JSON.stringify(operand)} is no level.`,
      `Levels: ${model.levels.map(({ number }) => number).join(', ')}.`,
    );
  const style = { width: out.width, bold: (text: string) => out.bold(text) };
  for (const line of level ? showLevel(model, level, style) : overview(model, style)) out.result(line);
  out.data(level ? { ...level, characteristics: model.characteristics } : model);
  return EXIT.done;
}
