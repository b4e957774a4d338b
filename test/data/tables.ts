import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { readData } from '../../src/data/read.js';
import type { DataRead, Gatherer } from '../../src/data/types.js';
import { UserError } from '../../src/errors.js';

export interface Table {
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const folder = mkdtempSync(join(tmpdir(), 'azmlops-data-'));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true }));

/** A file with this content, and its path. */
export function fileOf(content: string | Uint8Array, name = `${(files += 1)}.csv`): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Keeps each row as the reader gave it. */
class Kept implements Gatherer {
  readonly rows: string[][] = [];
  add(row: readonly string[]): void {
    this.rows.push([...row]);
  }
  finish() {
    const profile = { version: 1, rows: this.rows.length, columns: [] } as const;
    return { profile, counts: new Map(), sensitive: [], notes: [], decimalComma: false };
  }
}

/** What the reader makes of a file: its format, and its rows. */
export async function tableIn(
  content: string | Uint8Array,
  chunk?: number,
): Promise<Table & Pick<DataRead, 'format'>> {
  let names: readonly string[] = [];
  let kept = new Kept();
  const path = fileOf(content);
  const { format } = await readData(path, 'churn.csv', undefined, {
    ...(chunk ? { chunk } : {}),
    gather: (header) => {
      names = [...header];
      kept = new Kept();
      return kept;
    },
  }).finally(() => rmSync(path));
  return { names, rows: kept.rows, format };
}

/** How a file is refused; an error that is no refusal is thrown. */
export async function refusalOf(content: string | Uint8Array, chunk?: number): Promise<UserError> {
  return refusedBy(() => tableIn(content, chunk));
}

export async function refusedBy(run: () => Promise<unknown>): Promise<UserError> {
  try {
    await run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

/** A line said as often as rows are needed. */
export const eight = (line: string): string => line.repeat(8);
