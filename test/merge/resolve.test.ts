import { describe, expect, test } from 'vitest';
import { resolve } from '../../src/merge/resolve.js';
import { textMerger } from '../../src/merge/text.js';
import type { Merged } from '../../src/merge/types.js';
import { home } from '../support/session.js';
import { lines } from './trees.js';

const LABELS = { ours: 'yours', base: 'level 1 template', theirs: 'level 2 template' };

interface Read {
  kind: Merged['kind'];
  text: string;
  beside: string | undefined;
  reason: string;
}

async function merge(path: string, base: string | undefined, ours: string, theirs: string): Promise<Read> {
  home();
  const bytes = (text: string) => Buffer.from(text, 'latin1');
  const sides = {
    ...(base !== undefined && { base: bytes(base) }),
    ours: bytes(ours),
    theirs: bytes(theirs),
  };
  const merged = await resolve(path, sides, textMerger(LABELS));
  const text = (content: Uint8Array) => Buffer.from(content).toString('latin1');
  const beside = merged.kind === 'conflict' && merged.beside ? text(merged.beside) : undefined;
  return { kind: merged.kind, text: text(merged.content), beside, reason: merged.reason };
}

describe('text', () => {
  test('changed in different lines holds both changes', async () => {
    const merged = await merge('a.md', lines(30), lines(30, { 3: 'mine' }), lines(30, { 25: 'theirs' }));
    expect(merged).toMatchObject({ kind: 'clean', text: lines(30, { 3: 'mine', 25: 'theirs' }) });
  });

  test('changed in the same line holds all three versions between markers with the names of the sides', async () => {
    const merged = await merge('a.md', 'x\nwas\ny\n', 'x\nmine\ny\n', 'x\ntheirs\ny\n');
    expect(merged.kind).toBe('conflict');
    expect(merged.text.split('\n')).toEqual([
      'x',
      '<<<<<<< yours',
      'mine',
      '||||||| level 1 template',
      'was',
      '=======',
      'theirs',
      '>>>>>>> level 2 template',
      'y',
      '',
    ]);
  });

  test('changed in three places at once loses none of them', async () => {
    const at = (who: string) => lines(40, { 3: `${who} 3`, 18: `${who} 18`, 35: `${who} 35` });
    const merged = await merge('train.py', lines(40), at('mine'), at('theirs'));
    expect(merged.kind).toBe('conflict');
    expect(merged.reason).toContain('3 places');
    for (const line of ['mine 3', 'mine 18', 'mine 35', 'theirs 3', 'theirs 18', 'theirs 35'])
      expect(merged.text.split('\n')).toContain(line);
  });

  test('added by both holds both', async () => {
    const merged = await merge('a.md', undefined, 'mine\nsame\n', 'theirs\nsame\n');
    expect(merged.kind).toBe('conflict');
    expect(merged.text).toMatch(/<<<<<<< yours\nmine\n/);
    expect(merged.text).toMatch(/\ntheirs\n/);
  });

  test('that is not UTF-8 keeps its bytes', async () => {
    const base = lines(20, { 1: 'caf\xe9', 10: '\xff\xfe' });
    const merged = await merge(
      'a.md',
      base,
      base.replace('caf\xe9', 'th\xe9'),
      base.replace('line 15', '\xfcber'),
    );
    expect(merged).toMatchObject({ kind: 'clean' });
    expect(merged.text).toBe(base.replace('caf\xe9', 'th\xe9').replace('line 15', '\xfcber'));
  });

  test('without a line break at its end keeps both ends', async () => {
    const merged = await merge('a.md', 'x\n', 'x\nmine', 'x\ntheirs');
    expect(merged.kind).toBe('conflict');
    expect(merged.text).toMatch(/^mine$/m);
    expect(merged.text).toMatch(/^theirs$/m);
  });

  test('that shows a marker of its own is merged like any other', async () => {
    const base = lines(30, { 10: '=======', 11: '>>>>>>> q' });
    const merged = await merge(
      'a.md',
      base,
      base.replace('line 3\n', 'mine\n'),
      base.replace('line 25', 'theirs'),
    );
    expect(merged.kind).toBe('clean');
    expect(merged.text).toBe(base.replace('line 3\n', 'mine\n').replace('line 25', 'theirs'));
  });

  test('of more than 127 conflicts is still a conflict with every line of both', async () => {
    const every = (who: string) => Array.from({ length: 150 }, (_, i) => `${who} ${i}\n${lines(8)}`).join('');
    const merged = await merge('a.md', every('was'), every('mine'), every('theirs'));
    expect(merged.kind).toBe('conflict');
    const found = new Set(merged.text.split('\n'));
    for (let i = 0; i < 150; i++) expect(found.has(`mine ${i}`) && found.has(`theirs ${i}`)).toBe(true);
  });

  test('in CRLF has markers in CRLF', async () => {
    const merged = await merge('a.md', 'x\r\nwas\r\n', 'x\r\nmine\r\n', 'x\r\ntheirs\r\n');
    expect(merged.text.split('\n').filter((line) => line && !line.endsWith('\r'))).toEqual([]);
  });
});

test('what is no text stays as the team has it, with the template’s beside', async () => {
  const merged = await merge('logo.bin', 'a\0', 'mine\0', 'theirs\0');
  expect(merged).toMatchObject({ kind: 'conflict', text: 'mine\0', beside: 'theirs\0' });
});

test('a notebook never gets markers', async () => {
  const merged = await merge('train.ipynb', '{"was": 1}\n', '{"mine": 1}\n', '{"theirs": 1}\n');
  expect(merged).toMatchObject({ kind: 'conflict', text: '{"mine": 1}\n', beside: '{"theirs": 1}\n' });
});

test('two jobs added at the same place of a workflow are both there', async () => {
  const workflow = (...jobs: string[]) =>
    `jobs:\n${['test', ...jobs].map((job) => `  ${job}:\n    runs-on: ubuntu-24.04\n`).join('')}`;
  const merged = await merge('ci.yml', workflow(), workflow('mine'), workflow('theirs'));
  expect(merged.kind).toBe('clean');
  expect(merged.text).toMatch(/^ {2}mine:$/m);
  expect(merged.text).toMatch(/^ {2}theirs:$/m);
});

describe('what a merge by lines would break', () => {
  const between = Array.from({ length: 12 }, (_, n) => `k${n}: ${n}`);
  const table = between.map((line) => line.replace(': ', ' = '));
  const members = between.map((line) => `  "${line.replace(': ', '": ')},`);
  const rows: [string, string[], string, string][] = [
    ['ci.yml', between, 'timeout: 5', 'timeout: 9'],
    ['a.toml', table, 'timeout = 5', 'timeout = 9'],
    ['a.json', ['{', ...members, '  "last": 0', '}'], '  "timeout": 5,', '  "timeout": 9,'],
  ];

  test.each(rows)(
    '%s with one key added by each side in another place is a conflict',
    async (path, base, mine, other) => {
      const text = (at: number, line: string) =>
        [...base.slice(0, at), line, ...base.slice(at), ''].join('\n');
      const ours = text(2, mine);
      const theirs = text(10, other);
      const merged = await merge(path, [...base, ''].join('\n'), ours, theirs);
      expect(merged).toMatchObject({ kind: 'conflict', text: ours, beside: theirs });
      expect(merged.reason).toContain('can no longer be read');
    },
  );

  test.each(rows)('%s that the team broke itself is merged by lines', async (path, base, mine) => {
    const text = [...base, ''].join('\n');
    const ours = [...base.slice(0, 2), mine, mine, ...base.slice(2), ''].join('\n');
    const theirs = text.replace(/\b9$/m, '99').replace('9,', '99,');
    expect(await merge(path, text, ours, theirs)).toMatchObject({ kind: 'clean' });
  });
});

describe('a list of patterns', () => {
  const base = lines(5);

  test('that both added to at one place holds the lines of both, the same one once', async () => {
    const merged = await merge(
      'a/.gitignore',
      base,
      `${base}# ours\n.idea/\n*.pkl\n`,
      `${base}build/\n*.pkl\n`,
    );
    expect(merged).toMatchObject({ kind: 'clean', text: `${base}# ours\n.idea/\n*.pkl\nbuild/\n` });
    expect(merged.reason).toContain('it holds both');
  });

  test('whose template takes some back holds both, and the team has the last word', async () => {
    const merged = await merge('.gitignore', base, `${base}*.csv\n`, `${base}raw/*\n!raw/rows.csv\n`);
    expect(merged).toMatchObject({ kind: 'clean', text: `${base}raw/*\n!raw/rows.csv\n*.csv\n` });
  });

  test.each([
    ['a pattern was changed', 'mine\n', 'theirs\n', 'was\n'],
    ['the order matters', '!mine\n', 'theirs\n', ''],
  ])('stays a conflict where %s', async (_, ours, theirs, was) => {
    const merged = await merge('.gitignore', base + was, base + ours, base + theirs);
    expect(merged.kind).toBe('conflict');
  });
});
