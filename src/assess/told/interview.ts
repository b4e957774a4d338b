import type { Readable, Writable } from 'node:stream';
import type { Characteristic, Model } from '../../levels/model.js';
import type { AssessedRow, Told } from '../types.js';
import { count } from '../../upgrade/report-words.js';
import { titleOf } from '../report/view.js';
import type { ToldRows } from './file.js';

interface Streams {
  readonly input: Readable;
  readonly output: Writable;
}

/** Rows that people are asked about: those that files cannot show, or not up to some level. */
export const askedRows = (model: Model, rows: readonly AssessedRow[]): Characteristic[] =>
  model.characteristics.filter(({ id, seen, toldUntil }) => {
    const row = rows.find((each) => each.id === id);
    const holds = row?.holds ?? null;
    return !seen || holds === null || (toldUntil !== undefined && holds <= toldUntil);
  });

/** Asks row by row which statement is true; what nobody can say is left out. Nothing is written here. */
export async function interview(
  model: Model,
  rows: readonly AssessedRow[],
  before: ToldRows,
  today: string,
  streams: Streams,
): Promise<ToldRows> {
  const { select, input } = await import('@inquirer/prompts');
  const told: Record<string, Told> = { ...before };
  const asked = askedRows(model, rows);
  streams.output.write(
    `${count(asked.length, 'row')} that files cannot show. Answers are kept after the last one, and never count; Ctrl-C keeps none.\n`,
  );
  for (const row of asked) {
    const known = before[row.id];
    const dimension = model.dimensions.find(({ id }) => id === row.dimension)?.name ?? '';
    const holds = await select(
      {
        message: `${dimension}, ${titleOf(row.id).toLowerCase()}: what is true here?`,
        choices: [...statementsOf(row), { value: -1, name: 'Nobody here can say' }],
        ...(known ? { default: known.holds } : {}),
        loop: false,
      },
      streams,
    );
    if (holds < 0) {
      delete told[row.id];
      continue;
    }
    const note = await input(
      {
        message: 'How can others see that? (may stay empty)',
        ...(known?.note ? { default: known.note } : {}),
      },
      streams,
    );
    told[row.id] = { holds, ...(note.trim() ? { note: note.trim() } : {}), on: today };
  }
  return told;
}

/** Each statement once, with the highest level at which it is still the whole truth. */
function statementsOf({ statements }: Characteristic): { value: number; name: string }[] {
  return statements.flatMap((name, value) =>
    name === null || statements[value + 1] === name ? [] : [{ value, name }],
  );
}
