import type { Decided } from './decide.js';

const FEW = 20;
const SHARE_OF_ROWS = 0.05;

/**
 * By column the first further left that says the same in every row. Constant and personal columns are left
 * out: the first say nothing, of the second nothing is told.
 */
export function sameColumns(columns: readonly Decided[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  const same = new Map<string, string>();
  for (const column of columns) {
    if (column.constant || column.personal) continue;
    const said = saidBy(column);
    const found = said.map((signature) => first.get(signature)).find((name) => name !== undefined);
    if (found !== undefined) same.set(column.name, found);
    for (const signature of said) if (!first.has(signature)) first.set(signature, found ?? column.name);
  }
  return same;
}

/** Columns with the same values as a personal one are personal too, or they would tell them. */
export function alsoPersonal(columns: readonly Decided[]): readonly Decided[] {
  const said = new Set(columns.filter(({ personal }) => personal).map(({ gathered }) => gathered.valuesSaid));
  return columns.map((column) =>
    said.has(column.gathered.valuesSaid) && column.gathered.present > 0
      ? { ...column, personal: true }
      : column,
  );
}

function saidBy({ gathered, distinct }: Decided): string[] {
  const values = `values ${gathered.valuesSaid}`;
  const order = gathered.orderSaid;
  if (order === undefined || distinct === undefined) return [values];
  // Missing is as good a word as any. Where hardly a value comes twice all columns are one-to-one, and it means nothing.
  const { rows, missing } = gathered;
  const words = distinct + (missing ? 1 : 0);
  const repeats = words <= rows / 2 && (words <= FEW || words <= SHARE_OF_ROWS * rows);
  return repeats ? [values, `order ${order}`] : [values];
}
