import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { azmlops, files, temporary } from '../support/session.js';
import { atTerminal } from '../support/terminal.js';

/** A repository in which a notebook trains, and nothing else happens. */
const NOTEBOOK = JSON.stringify(
  {
    cells: [
      { cell_type: 'code', source: ['import sklearn\n', 'model.fit(x, y)'], outputs: [], metadata: {} },
    ],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  },
  null,
  1,
);

function folder(tree: Readonly<Record<string, string>> = { 'train.ipynb': NOTEBOOK }): string {
  const dir = temporary('assess');
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

describe('azmlops assess', () => {
  it('says the level on one screen, and with --all the evidence', async () => {
    const dir = folder({ 'train.ipynb': NOTEBOOK, 'requirements.txt': 'pandas\n' });
    const { code, out, err } = await azmlops(dir, 'assess');
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')[0]).toMatch(/: level 0, No MLOps/);
    expect(out.split('\n').length).toBeLessThan(40);
    const all = (await azmlops(dir, 'assess', '--all')).out;
    const [head = ''] = out.split('\nFindings:');
    expect(all.startsWith(head)).toBe(true);
    expect(all).toContain('The road to level 1');
    // Nothing is told twice, and there is no more to ask for.
    expect(all.match(/^Findings: /gm)).toHaveLength(1);
    expect(all).not.toContain('--all');
  });

  it.each([['--json'], ['--format', 'json'], ['--format=json']])('as JSON by %s %s', async (...words) => {
    const { code, out } = await azmlops(folder(), 'assess', ...words);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ schema: 1, ml: true, level: 0 });
  });

  it('as Markdown and as a page', async () => {
    const dir = folder();
    expect((await azmlops(dir, 'assess', '--format', 'markdown')).out).toMatch(/^## `assess-/);
    expect((await azmlops(dir, 'assess', '--format', 'html')).out).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
  });

  it.each([
    ['0', 0],
    ['1', 1],
  ])('--min-level %s exits %d at level 0', async (least, expected) => {
    const { code, err } = await azmlops(folder(), 'assess', '--min-level', least);
    expect(code).toBe(expected);
    expect(err.includes('--min-level asks for 1')).toBe(expected === 1);
  });

  it('a folder without machine learning is said to be one, and is below every level', async () => {
    const dir = folder({ 'README.md': 'Notes about azure machine learning' });
    const { code, out } = await azmlops(dir, 'assess', '--min-level', '0');
    expect([code, out]).toEqual([1, expect.stringContaining('no machine learning was found')]);
    expect(JSON.parse((await azmlops(dir, 'assess', '--json')).out)).toMatchObject({
      ml: false,
      level: null,
    });
  });

  it('many folders are a table; one that is not there does not hide the others', async () => {
    const [dir, one, two] = [temporary(), folder(), folder({ 'a.txt': 'a' })];
    const { code, out, err } = await azmlops(dir, 'assess', one, two, 'gone');
    expect(code).toBe(2);
    expect(out).toMatch(/0, *\d|\b0\b/);
    expect(out).toContain('no machine learning');
    expect(err).toContain('gone');
    const data = JSON.parse((await azmlops(dir, 'assess', one, two, '--json')).out) as {
      repositories: unknown[];
    };
    expect(data).toMatchObject({
      schema: 1,
      repositories: [
        { dir: one, level: 0 },
        { dir: two, level: null },
      ],
    });
  });

  it.each([
    [['--format', 'pdf'], 'Formats: text, json, markdown, html'],
    [['--min-level', '5'], 'Levels: 0, 1, 2, 3, 4'],
    [['--json', '--format', 'html'], 'two formats'],
    [['--interview'], 'no terminal'],
    [['gone'], 'gone'],
  ])('%j is refused with exit 2', async (words, says) => {
    const { code, out, err } = await azmlops(folder(), 'assess', ...words);
    expect([code, words.includes('--json') ? '' : out]).toEqual([2, '']);
    expect(err).toContain(says);
  });

  it.each(['.azmlops/told.yml', '.azmlops/maturity.yml'])(
    'a broken %s is one message, with its place',
    async (path) => {
      const { code, err } = await azmlops(
        folder({ 'train.ipynb': NOTEBOOK, [path]: 'version: 7\n' }),
        'assess',
      );
      expect(code).toBe(2);
      expect(err).toContain(path);
      expect(err.trimEnd().split('\n').length).toBe(2);
    },
  );

  it('takes the files that docs/assess.md shows', async () => {
    const docs = readFileSync(new URL('../../docs/assess.md', import.meta.url), 'utf8');
    const [told = '', maturity = ''] = [...docs.matchAll(/```yaml\n([^]*?)```/g)].map(
      ([, text = '']) => text,
    );
    const dir = folder({
      'train.ipynb': NOTEBOOK,
      '.azmlops/told.yml': told,
      '.azmlops/maturity.yml': maturity,
    });
    const { code, out, err } = await azmlops(dir, 'assess', '--all');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('told: Both teams review');
    expect(out).toContain('.azmlops/maturity.yml asks for more of app.code-tests.');
  });

  it('--interview asks what files cannot show, keeps it, and marks it as told', async () => {
    const dir = folder();
    const enter = '\r';
    const before = files(dir);
    const { code, out, err } = await atTerminal(
      dir,
      ['assess', '--interview'],
      [
        ['data scientists: what is true', '\u001b[B', enter],
        ['How can others see', 'We pair.', enter],
        ['data engineers: what is true', enter],
        ['How can others see', enter],
        ...['software engineers', 'owner', 'expertise', 'releases'].flatMap((row) => [
          [`${row}: what is true`, '\u001b[B', '\u001b[B', '\u001b[B', '\u001b[B', enter] as const,
        ]),
      ],
    );
    expect([code, err.includes('Written to .azmlops/told.yml')]).toEqual([0, true]);
    expect(out).toMatch(/People +level 1, as told/);
    const text = readFileSync(join(dir, '.azmlops/told.yml'), 'utf8');
    expect(text).toMatch(/people\.data-scientists:\n +holds: 3\n +note: We pair\.\n +on: \d{4}-\d\d-\d\d/);
    expect(text).not.toContain('release.owner');
    const { told, level } = JSON.parse((await azmlops(dir, 'assess', '--json')).out) as Record<
      string,
      unknown
    >;
    expect([told, level]).toMatchObject([{ 'people.data-scientists': { holds: 3, note: 'We pair.' } }, 0]);
    expect(Object.keys(files(dir))).toEqual(['.azmlops/told.yml', ...Object.keys(before)]);
    expect(files(dir)).toMatchObject(before);
  });

  it('--interview that is interrupted leaves what was told before as it was, and says so', async () => {
    const told = 'version: 1\nrows:\n  people.data-engineers:\n    holds: 1\n';
    const dir = folder({ 'train.ipynb': NOTEBOOK, '.azmlops/told.yml': told });
    const before = files(dir);
    const { code, err } = await atTerminal(
      dir,
      ['assess', '--interview'],
      [
        ['data scientists: what is true', '\u001b[B', '\r'],
        ['How can others see', 'We pair.', '\r'],
        ['data engineers: what is true', '\u0003'],
      ],
    );
    expect(code).toBe(130);
    expect(err).toContain('Answers are kept after the last one');
    expect(err).toContain('Interrupted. Nothing was written.');
    expect(files(dir)).toEqual(before);
  });
});
