import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify, YAMLParseError } from 'yaml';
import { seen } from '../../cli/seen.js';
import { EXIT, UserError } from '../../errors.js';
import type { Model } from '../../levels/model.js';
import { reader } from '../../levels/read.js';
import { refusalOf } from '../../refusal.js';
import { replaceFile } from '../../replace-file.js';
import type { Files, Told } from '../types.js';

export const TOLD = '.azmlops/told.yml';

export type ToldRows = Readonly<Record<string, Told>>;

/**
 * What people said of the rows that files cannot show; empty without the file.
 *
 * @throws UserError (2) that names the place in the file.
 */
export function readTold(files: Files, model: Model): ToldRows {
  const path = `${files.within}${TOLD}`;
  if (!files.has(path)) return {};
  const text = files.text(path);
  if (text === undefined) return broken(`${path}: ${files.skipped.get(path) ?? 'it cannot be read as text'}`);
  try {
    return toldOf(text, path, model);
  } catch (error) {
    if (error instanceof YAMLParseError)
      return broken(`${path}:${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0] ?? ''}`);
    const what = error instanceof Error ? error.message : String(error);
    return broken(what.startsWith(path) ? what : `${path}: ${what}`);
  }
}

function broken(what: string): never {
  throw new UserError(seen(what), 'Correct it; docs/assess.md shows what stands there.');
}

function toldOf(text: string, path: string, model: Model): ToldRows {
  // Nothing in it needs an alias, and many of them would be a bomb.
  const top = reader(parse(text, { maxAliasCount: 0 }) ?? {}, path);
  top.keys(['version', 'rows']);
  if (top.number('version') !== 1) top.fail('version: 1 is the only schema known here');
  const rows = top.map('rows');
  rows.keys(model.characteristics.map(({ id }) => id));
  return Object.fromEntries(
    rows.names().map((id): [string, Told] => {
      const row = rows.map(id);
      row.keys(['holds', 'note', 'on']);
      return [
        id,
        {
          holds: row.levelNumber('holds'),
          ...(row.has('note') ? { note: row.text('note') } : {}),
          ...(row.has('on')
            ? { on: day(row.text('on'), () => row.fail('on: a day is expected, 2026-11-23')) }
            : {}),
        },
      ];
    }),
  );
}

const day = (text: string, fail: () => never): string => (/^\d{4}-\d\d-\d\d$/.test(text) ? text : fail());

/**
 * Writes what people said into the folder that is assessed.
 *
 * @throws UserError (3) when it cannot be written, or a link leads elsewhere.
 */
export function writeTold(dir: string, rows: ToldRows): void {
  const head =
    '# What people said in `azmlops assess --interview`: shown in its reports, and never counted.\n';
  for (const path of ['.azmlops', TOLD])
    if (lstatSync(join(dir, path), { throwIfNoEntry: false })?.isSymbolicLink())
      throw new UserError(
        `${path} is a link; nothing was written.`,
        'Put a folder or file of the repository there.',
        EXIT.refused,
      );
  try {
    mkdirSync(join(dir, '.azmlops'), { recursive: true });
    replaceFile(join(dir, TOLD), head + stringify({ version: 1, rows }, { lineWidth: 0 }));
  } catch (error) {
    throw refusalOf(error, join(dir, TOLD));
  }
}
