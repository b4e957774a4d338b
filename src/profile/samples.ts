import { prettyJson } from '../render/json.js';
import type { Contract, ContractColumn } from './contract.js';

type Value = string | number | boolean;

/** Rows that fit the contract, made from ranges and categories only: no row of the data leaves its place. */
function sampleRows(contract: Contract, count: number): { names: string[]; rows: Value[][] } {
  const features = contract.columns.filter((column) => column.role === 'feature');
  const rows = Array.from({ length: count }, (_, row) =>
    features.map((column) => valueOf(column, row, count)),
  );
  return { names: features.map((column) => column.name), rows };
}

function valueOf(column: ContractColumn, row: number, count: number): Value {
  switch (column.type) {
    case 'boolean':
      return row % 2 === 0;
    case 'category':
      // Where there are too many to be listed any text will do, as the model must bear unseen ones.
      return column.categories?.[row % column.categories.length] ?? 'other';
    case 'text':
      return row % 2 === 0 ? 'some text' : 'some other text';
    case 'date':
      return `2024-01-${String(row + 1).padStart(2, '0')}`;
    case 'id':
      return String(row + 1);
    default:
      return between(column, (row + 1) / (count + 1));
  }
}

/** A number at this share of the way through the range, with as few digits as keep it inside. */
function between({ type, min = 0, max = 1 }: ContractColumn, share: number): number {
  // Not the width of the range, which may be no finite number.
  const value = min * (1 - share) + max * share;
  if (type === 'whole') return Math.min(Math.max(Math.round(value), min), max);
  for (let digits = 4; digits <= 17; digits++) {
    const short = Number(value.toPrecision(digits));
    if (short >= min && short <= max) return short;
  }
  return min;
}

/** Body of a request to the online endpoint: `{"data": [{column: value, …}, …]}`. */
export function sampleRequest(contract: Contract): string {
  const { names, rows } = sampleRows(contract, 2);
  const data = rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])));
  return prettyJson({ data });
}

/** A CSV file for the batch endpoint, header first. */
export function sampleBatch(contract: Contract): string {
  const { names, rows } = sampleRows(contract, 5);
  return [names, ...rows].map((row) => row.map(cell).join(',') + '\n').join('');
}

function cell(value: Value): string {
  const text = String(value);
  return /["',;#\r\n\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
