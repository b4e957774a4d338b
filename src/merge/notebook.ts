import { textOf } from '../render/tree.js';
import { assemble, idFor, keysOf, moves, nameOf, placed } from './notebook/book.js';
import { mergeCell, printCell, rawCell, sameWords } from './notebook/cell.js';
import type { MergeText } from './notebook/cell.js';
import { styleOf } from './notebook/print.js';
import { readNotebook, wordsOf } from './notebook/read.js';
import type { Notebook } from './notebook/read.js';
import { mergeOrder } from './structured/sequence.js';
import type { Merged, Sides } from './types.js';

export type { MergeText } from './notebook/cell.js';

/** Whether two notebooks hold the same cells, however often either was run. */
export function sameNotebook(a: Uint8Array, b: Uint8Array): boolean {
  const [left, right] = [a, b].map((content) => wordsOf(textOf(content) ?? '')?.cells);
  if (!left || !right) return Buffer.compare(a, b) === 0;
  return (
    left.length === right.length &&
    left.every((cell, i) => cell.id === right[i]!.id && sameWords(cell, right[i]!))
  );
}

/**
 * Merges notebooks cell by cell; `text` merges the source of one cell. The team's cells keep their bytes and their
 * outputs, as long as their source stays; where cells conflict, the team's whole notebook stays, the template's beside.
 */
export async function mergeNotebook(sides: Sides, text: MergeText): Promise<Merged> {
  const conflict = (reason: string): Merged => ({
    kind: 'conflict',
    content: sides.ours,
    beside: sides.theirs,
    reason: `${reason[0]!.toUpperCase()}${reason.slice(1)}.`,
  });
  if (!sides.base)
    return sameNotebook(sides.ours, sides.theirs)
      ? { kind: 'clean', content: sides.ours, reason: 'Both added a notebook with the same cells.' }
      : conflict('you and the template both added this notebook');
  if (Buffer.compare(sides.base, sides.theirs) === 0)
    return { kind: 'clean', content: sides.ours, reason: 'Only you changed it.' };

  const [base, ours, theirs] = await Promise.all([sides.base, sides.ours, sides.theirs].map(readNotebook));
  if (!ours) return conflict('your file is not a notebook that can be read');
  if (!base || !theirs) return conflict("the template's file is not a notebook that can be read");
  try {
    return await mergeBooks(base, ours, theirs, text, conflict);
  } catch (error) {
    // A notebook nested deeper than the stack.
    if (error instanceof RangeError)
      return conflict('the notebook is nested too deeply to be merged by cell');
    throw error;
  }
}

async function mergeBooks(
  base: Notebook,
  ours: Notebook,
  theirs: Notebook,
  text: MergeText,
  conflict: (reason: string) => Merged,
): Promise<Merged> {
  const keys = keysOf(base, ours, theirs);
  const style = styleOf(ours.text);
  const order = mergeOrder(keys.base, keys.ours, keys.theirs);
  if (!order) {
    const moved = moves(keys.base, keys.ours, keys.theirs).map((key) =>
      nameOf(placed(base, keys.base, key)!),
    );
    return conflict(`you and the template both moved ${list('cell', moved)}`);
  }

  const [edited, added, orphaned, gone]: [string[], string[], string[], string[]] = [[], [], [], []];
  const cells: { key: string; raw: string; source: string | undefined }[] = [];
  const ids = new Set(ours.cells.map(({ id }) => id));
  for (const key of order) {
    const [b, o, t] = [
      placed(base, keys.base, key),
      placed(ours, keys.ours, key),
      placed(theirs, keys.theirs, key),
    ];
    if (b && o && t) {
      const raw = await mergeCell(b, o, t, text, style);
      if (raw === undefined) edited.push(nameOf(o));
      else cells.push({ key, raw, source: undefined });
    } else if (o) {
      if (t && !sameWords(o.cell, t.cell)) added.push(nameOf(o));
      cells.push({ key, raw: rawCell(o), source: o.cell.source });
    } else if (t)
      cells.push({ key, raw: printCell(t, idFor(t, ours.named, ids), style), source: t.cell.source });
  }
  for (const key of keys.base) {
    const [b, o, t] = [
      placed(base, keys.base, key)!,
      placed(ours, keys.ours, key),
      placed(theirs, keys.theirs, key),
    ];
    if (o && !t && !sameWords(o.cell, b.cell)) orphaned.push(nameOf(o));
    if (!o && t && !sameWords(t.cell, b.cell)) gone.push(nameOf(t));
  }
  const reasons = [
    edited.length > 0 && `you and the template both changed ${list('cell', edited)}`,
    added.length > 0 && `you and the template both added ${list('cell', added)}`,
    orphaned.length > 0 && `you changed ${list('cell', orphaned)}, which the template deleted`,
  ].filter((reason) => reason !== false);
  if (reasons.length > 0) return conflict(reasons.join('; '));

  const result = assemble(base, ours, theirs, cells, keys.ours, style);
  const read = wordsOf(result);
  const named = read?.cells.flatMap(({ id }) => id ?? []) ?? [];
  if (
    read?.cells.length !== cells.length ||
    cells.some(({ source }, i) => (source ?? read.cells[i]!.source) !== read.cells[i]!.source)
  )
    return conflict('the notebook could not be put together again from its cells');
  const twice = named.filter((id, i) => named.indexOf(id) !== i);
  if (twice.length > 0) return conflict(`more than one cell is called ${list('', twice)}`);
  const kept =
    gone.length > 0 ? ` The template changed ${list('cell', gone)}, which you deleted: still deleted.` : '';
  return { kind: 'clean', content: Buffer.from(result), reason: `Merged cell by cell.${kept}` };
}

const list = (what: string, names: readonly string[]): string =>
  `${what}${names.length > 1 && what ? 's' : ''} ${names.join(', ')}`.trim();
