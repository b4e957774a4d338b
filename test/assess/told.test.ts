import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFiles } from '../../src/assess/files/index.js';
import { readTold, writeTold } from '../../src/assess/told/file.js';
import { askedRows } from '../../src/assess/told/interview.js';
import { loadModel } from '../../src/levels/load.js';
import { temporary } from '../support/session.js';
import { assessmentOf } from './report/made-up.js';

const model = await loadModel();

async function told(text: string) {
  const dir = temporary();
  mkdirSync(join(dir, '.azmlops'));
  writeFileSync(join(dir, '.azmlops/told.yml'), text);
  return readTold(await openFiles(dir), model);
}

describe('.azmlops/told.yml', () => {
  it('reads back as it was written, also hostile notes', async () => {
    const dir = temporary();
    const rows = { 'people.data-engineers': { holds: 2, note: 'a: "b"\n# c\u202e', on: '2026-11-23' } };
    writeTold(dir, rows);
    expect(readTold(await openFiles(dir), model)).toEqual(rows);
    expect(readTold(await openFiles(temporary()), model)).toEqual({});
    expect(readdirSync(join(dir, '.azmlops'))).toEqual(['told.yml']);
  });

  it('that cannot be written is refused, and nothing is left beside it', () => {
    const dir = temporary();
    mkdirSync(join(dir, '.azmlops/told.yml'), { recursive: true });
    expect(() => writeTold(dir, {})).toThrow(expect.objectContaining({ exitCode: 3 }) as Error);
    expect(readdirSync(join(dir, '.azmlops'))).toEqual(['told.yml']);
  });

  it.each([
    ['rows: {}', 'version is missing'],
    ['version: 2\nrows: {}', 'version: 1 is the only schema'],
    ['version: 1\nrows: { people.cooks: { holds: 1 } }', 'people.cooks'],
    ['version: 1\nrows: { people.data-engineers: { holds: 5 } }', 'holds'],
    ['version: 1\nrows: { people.data-engineers: { holds: 1, on: today } }', 'a day is expected'],
    ['version: 1\nrows: [', 'told.yml:\\d'],
    ['version: 1\na: &a [1]\nrows: { x: *a }', 'Alias'],
  ])('%j is refused with the place', async (text, says) => {
    await expect(told(text)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(new RegExp(`told\\.yml.*${says}|^[^ ]*${says}`)) as string,
    });
  });

  it('is never written through a link', () => {
    const [dir, elsewhere] = [temporary(), temporary()];
    writeFileSync(join(elsewhere, 'told.yml'), 'theirs');
    symlinkSync(elsewhere, join(dir, '.azmlops'));
    expect(() => writeTold(dir, {})).toThrow('is a link');
    expect(readFileSync(join(elsewhere, 'told.yml'), 'utf8')).toBe('theirs');
  });
});

it('people are asked what files cannot show, and who owns the release up to level 2', () => {
  const { rows } = assessmentOf();
  expect(askedRows(model, rows).map(({ id }) => id)).toEqual([
    'people.data-scientists',
    'people.data-engineers',
    'people.software-engineers',
    'release.owner',
    'app.expertise',
    'app.releases',
  ]);
});
