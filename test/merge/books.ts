import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { mergeNotebook } from '../../src/merge/notebook.js';
import type { Merged } from '../../src/merge/types.js';
import { temporary } from '../support/session.js';

export interface Cell {
  readonly id?: string | undefined;
  readonly source: string;
  readonly type?: 'code' | 'markdown';
  readonly tags?: readonly string[];
  readonly outputs?: readonly unknown[];
  readonly count?: number;
  readonly metadata?: object;
}

export interface Book {
  readonly minor?: number;
  readonly indent?: number;
  readonly metadata?: object;
}

/** As nbformat writes it. */
export function book(cells: readonly Cell[], { minor = 5, indent = 1, metadata = {} }: Book = {}): string {
  const value = {
    cells: cells.map(({ id, source, type = 'code', tags, outputs = [], count = null, metadata: more }) => ({
      cell_type: type,
      ...(type === 'code' && { execution_count: count }),
      ...(id !== undefined && { id }),
      metadata: { ...(tags && { tags }), ...more },
      ...(type === 'code' && { outputs }),
      source: source.split(/(?<=\n)/).filter(Boolean),
    })),
    metadata,
    nbformat: 4,
    nbformat_minor: minor,
  };
  return `${JSON.stringify(value, null, indent)}\n`;
}

export interface Json {
  cells: {
    id?: string;
    cell_type: string;
    source: string | string[];
    outputs?: unknown[];
    metadata: { tags?: string[] };
  }[];
  metadata: Record<string, unknown>;
}
export const read = (content: Uint8Array) => JSON.parse(Buffer.from(content).toString()) as Json;
export const sources = (content: Uint8Array) =>
  read(content).cells.map(({ source }) => [source].flat().join(''));
export const output = (value: string) => [{ output_type: 'stream', name: 'stdout', text: [value] }];

function merger(): (base: string, ours: string, theirs: string) => Promise<string | undefined> {
  const dir = temporary();
  return (...texts) => {
    const names = ['base', 'ours', 'theirs'].map((name) => join(dir, name));
    names.forEach((name, i) => writeFileSync(name, texts[i]!));
    const [base, ours, theirs] = names as [string, string, string];
    const { status, stdout } = spawnSync('git', ['merge-file', '-p', ours, base, theirs], {
      encoding: 'utf8',
    });
    return Promise.resolve(status === 0 ? stdout : undefined);
  };
}

export const merge = (base: string | undefined, ours: string, theirs: string): Promise<Merged> =>
  mergeNotebook(
    {
      ...(base !== undefined && { base: Buffer.from(base) }),
      ours: Buffer.from(ours),
      theirs: Buffer.from(theirs),
    },
    merger(),
  );

export async function clean(base: string, ours: string, theirs: string): Promise<Uint8Array> {
  const merged = await merge(base, ours, theirs);
  expect(merged).toMatchObject({ kind: 'clean' });
  return merged.content;
}

export async function conflict(base: string | undefined, ours: string, theirs: string): Promise<string> {
  const merged = await merge(base, ours, theirs);
  expect(merged.kind).toBe('conflict');
  if (merged.kind !== 'conflict') throw new Error();
  expect(Buffer.from(merged.content).toString(), "the team's bytes stay").toBe(ours);
  expect(Buffer.from(merged.beside!).toString(), "the template's lie beside").toBe(theirs);
  return merged.reason;
}
