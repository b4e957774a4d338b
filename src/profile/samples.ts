import type { Contract } from './contract.js';
import type { Column } from './profile.js';

type Value = string | number | boolean;

/** Rows that fit the contract, made from ranges and categories only: no row of the data leaves its place. */
function sampleRows(contract: Contract, count: number): { names: string[]; rows: Value[][] } {
  const features = contract.columns.filter((column) => column.role === 'feature');
  const rows = Array.from({ length: count }, (_, row) =>
    features.map((column) => valueOf(column, row, count)),
  );
  return { names: features.map((column) => column.name), rows };
}

function valueOf(column: Column, row: number, count: number): Value {
  if (column.type === 'boolean') return row % 2 === 0;
  // A personal column's categories are not known; any text will do, as the model must bear unseen ones.
  if (column.type === 'category') return column.categories?.[row % column.categories.length] ?? 'other';
  const [min, max] = [column.min ?? 0, column.max ?? 1];
  const value = min + ((max - min) * (row + 1)) / (count + 1);
  return column.type === 'whole' ? Math.round(value) : Number(value.toPrecision(4));
}

/** Body of a request to the online endpoint: `{"data": [{column: value, …}, …]}`. */
export function sampleRequest(contract: Contract): string {
  const { names, rows } = sampleRows(contract, 2);
  const data = rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])));
  return JSON.stringify({ data }, null, 2) + '\n';
}

/** A CSV file for the batch endpoint, header first. */
export function sampleBatch(contract: Contract): string {
  const { names, rows } = sampleRows(contract, 5);
  return [names, ...rows].map((row) => row.map(cell).join(',') + '\n').join('');
}

function cell(value: Value): string {
  const text = String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
