import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DataTold } from '../../src/new/report-data.js';
import { azmlops, files, git, home, temporary, write } from '../support/session.js';
import { customers } from './customers.js';
import { atTerminal } from '../support/terminal.js';

const CSV = customers();
const wordsFor = (data: string, level = 1) => [
  ...['--level', String(level), '--yes'],
  ...['--data', data, '--target', 'churned'],
];
const NEW = wordsFor('churn.csv');
const RAW = 'data/raw/churn.csv';

/** A folder with the file of customers, and what else is given. */
const folder = (tree: Record<string, string> = {}) => write(temporary(), { 'churn.csv': CSV, ...tree });

/** What `--json` says of the data. */
async function told(dir: string, ...words: string[]): Promise<DataTold> {
  const { out } = await azmlops(dir, 'new', 'churn', ...words, '--json');
  return (JSON.parse(out) as { data: DataTold }).data;
}

beforeEach(() => void home());

describe('new with --data', () => {
  it.each([0, 1, 2, 3, 4])(
    'writes at level %d a repository about that data, its rows beside what git knows',
    async (level) => {
      const dir = folder();
      const { code, err } = await azmlops(dir, 'new', 'churn', ...wordsFor('churn.csv', level));
      expect([code, err]).toEqual([0, '']);
      const churn = join(dir, 'churn');
      expect(files(churn)[RAW]).toBe(CSV);
      expect(Object.keys(files(join(churn, 'data/raw')))).toEqual(['churn.csv']);
      expect(files(churn)['.azmlops/profile.json']).toContain('"tenure"');
      expect(files(churn)['.azmlops.yml']).toContain('target: "churned"');
      git(churn, 'add', '--all');
      expect(git(churn, 'status', '--porcelain')).toBe('');
      expect(git(churn, 'ls-files')).not.toMatch(/\.csv$/m);
      expect(git(churn, 'log', '--format=%s')).toMatch(/^Start at level/);
      expect(files(dir)['churn.csv']).toBe(CSV);
    },
  );

  it('says what was read, what is set aside, whose fairness might matter, and where the rows are', async () => {
    const { out } = await azmlops(folder(), 'new', 'churn', ...NEW);
    expect(out.split('\n')[0]).toBe('churn.csv: 120 rows, 7 columns; comma, double quotes, UTF-8');
    expect(out).toMatch(/Set aside, not fed to the model:\n {2}customer_id: \S.*\n {2}region: \S.*\n/);
    expect(out).toMatch(/groups of people: gender\..*azmlops set sensitive=gender/);
    expect(out).toContain('The rows are copied to data/raw/churn.csv, byte for byte; git ignores them.');
    const next = out.trimEnd().split('\n').slice(-3);
    expect(next.map((line) => line.trim())).toEqual(['cd churn', 'make setup', 'make test']);
  });

  it('says how the file is written, and why its copy is not', async () => {
    const dir = temporary();
    const text = customers(120, ';').replaceAll('.', ',').replaceAll('family', 'Großfamilie');
    writeFileSync(join(dir, 'churn.csv.gz'), gzipSync(Buffer.from(text, 'latin1')));
    const { code, out } = await azmlops(dir, 'new', 'churn', ...wordsFor('churn.csv.gz'));
    expect(code).toBe(0);
    expect(out).toContain(
      'churn.csv.gz: 120 rows, 7 columns; semicolon, double quotes, Latin-1, gzip, decimal comma\n',
    );
    expect(out).toContain('rewritten to data/raw/churn.csv in UTF-8, with commas and double quotes');
    expect(out).toContain('(the file has: gzip, Latin-1, semicolon, decimal commas)');
    expect(files(join(dir, 'churn'))[RAW]).toBe(CSV.replaceAll('family', 'Großfamilie'));
  });

  it('says it all as data with --json', async () => {
    expect(await told(folder(), ...NEW)).toEqual({
      file: 'churn.csv',
      rows: 120,
      columns: 7,
      format: { gzip: false, encoding: 'utf-8', delimiter: ',', quote: '"', decimalComma: false },
      setAside: [
        { column: 'customer_id', why: expect.stringMatching(/\.$/) as string },
        { column: 'region', why: expect.stringMatching(/\.$/) as string },
      ],
      flagged: [],
      mayBeSensitive: ['gender'],
      notes: [],
      copied: { path: RAW, rewritten: false, reasons: [], there: false },
    });
  });

  it('--dry-run says it all, and writes nothing', async () => {
    const dir = folder();
    const { code, out } = await azmlops(dir, 'new', 'churn', ...NEW, '--dry-run');
    expect(code).toBe(0);
    expect(out).toContain('120 rows');
    expect(out).toContain('customer_id');
    expect(out).toContain('The rows would be copied to data/raw/churn.csv');
    expect(readdirSync(dir)).toEqual(['churn.csv']);
    expect((await told(dir, ...NEW, '--dry-run')).copied.path).toBe(RAW);
  });

  it('--quiet is silent', async () => {
    expect(await azmlops(folder(), 'new', 'churn', ...NEW, '--quiet')).toEqual({ code: 0, out: '', err: '' });
  });

  it('takes the file from the answers file, from its folder on, and from the flag before it', async () => {
    const dir = write(temporary(), {
      'conf/a.yml': 'data: rows/mine.csv\ntarget: churned\n',
      'conf/rows/mine.csv': CSV,
      'other.csv': CSV,
    });
    const words = ['--level', '0', '--yes', '--no-git', '--answers', 'conf/a.yml'];
    await azmlops(dir, 'new', 'one', ...words);
    await azmlops(dir, 'new', 'two', ...words, '--data', 'other.csv');
    expect(readdirSync(join(dir, 'one/data/raw'))).toEqual(['mine.csv']);
    expect(readdirSync(join(dir, 'two/data/raw'))).toEqual(['other.csv']);
  });

  it('takes the penguins as it takes any file', async () => {
    const dir = temporary();
    await azmlops(dir, 'new', 'example', '--level', '0', '--yes');
    const words = ['--level', '0', '--yes', '--data', 'example/data/raw/penguins.csv', '--target', 'species'];
    expect((await azmlops(dir, 'new', 'own', ...words)).code).toBe(0);
    const own = join(dir, 'own');
    expect(files(own)['data/raw/penguins.csv']).toBe(files(join(dir, 'example'))['data/raw/penguins.csv']);
    expect(git(own, 'ls-files')).not.toContain('penguins.csv');
    expect(git(own, 'status', '--porcelain')).toBe('');
  });

  it('warns of few rows, and of a class with one', async () => {
    const dir = write(temporary(), { 'churn.csv': customers(20).replace(/no$/m, 'maybe') });
    const { code, err } = await azmlops(dir, 'new', 'churn', ...NEW);
    expect(code).toBe(0);
    expect(err).toContain('churn.csv has only 20 rows');
    expect(err).toMatch(/churned has a class that one row has: "maybe"/);
  });

  it('folds what is set aside when it is much', async () => {
    const constants = (line: string, first: boolean) =>
      `${line},${Array.from({ length: 30 }, (_, at) => (first ? `k${at}` : 'z')).join(',')}`;
    const [header = '', ...rows] = CSV.trimEnd().split('\n');
    const text = [constants(header, true), ...rows.map((row) => constants(row, false)), ''].join('\n');
    const { out } = await azmlops(write(temporary(), { 'churn.csv': text }), 'new', 'churn', ...NEW);
    expect(out.split('\n').filter((line) => /^ {2}\w+: /.test(line))).toHaveLength(8);
    expect(out).toContain('and 24 more: src/churn/contract.json says it of each column');
  });

  it('folds what is common, and shows the leak behind it', async () => {
    const wide = CSV.trimEnd()
      .split('\n')
      .map((line, row) => {
        const gone = row === 0 ? 'gone' : line.endsWith('yes') ? 'left' : 'stayed';
        return `${line},${Array.from({ length: 20 }, (_, at) => (row === 0 ? `k${at}` : 'z')).join(',')},${gone}`;
      });
    const dir = write(temporary(), { 'churn.csv': `${wide.join('\n')}\n` });
    const { out } = await azmlops(dir, 'new', 'churn', ...NEW);
    expect(out).toMatch(/^ {2}gone: .*"churned", the target/m);
    expect(out).toMatch(/^ {2}customer_id: /m);
  });

  it('names the chosen sensitive columns beside those that may be, in the command that sets them all', async () => {
    const { out } = await azmlops(folder(), 'new', 'churn', ...NEW, '--sensitive', 'plan');
    expect(out).toMatch(/azmlops set sensitive=plan,gender$/m);
  });

  it.each([
    ['a line end', '"re\ngion"', 0],
    ['what turns text around', 're\u202egion', 0],
    ['what colors text', 're\u001b[31mgion', 2],
  ])('shows a name with %s so that no terminal obeys it', async (_, name, exit) => {
    const dir = write(temporary(), { 'churn.csv': CSV.replace('region', name) });
    const { code, out, err } = await azmlops(dir, 'new', 'churn', ...NEW);
    expect(code).toBe(exit);
    expect(out + err).toMatch(/re\\(n|u)\S*gion/);
    expect(out + err).not.toMatch(/[\u001b\u202e]|re\n/);
  });

  it('loads nothing of it without', async () => {
    vi.doMock('../../src/data/read.js', () => {
      throw new Error('loaded');
    });
    vi.doMock('../../src/data/copy.js', () => {
      throw new Error('loaded');
    });
    const { code } = await azmlops(temporary(), 'new', 'churn', '--level', '0', '--yes');
    vi.doUnmock('../../src/data/read.js');
    vi.doUnmock('../../src/data/copy.js');
    expect(code).toBe(0);
  });
});

describe('is refused with exit 2, nothing written,', () => {
  it.each([
    ['a file that is not there', ['--data', 'chrun.csv', '--target', 'churned'], 'chrun.csv'],
    ['a folder', ['--data', '.', '--target', 'churned'], 'folder'],
    ['no file', ['--data=', '--target', 'churned'], '--data names no file'],
    ['an empty file', ['--data', 'empty.csv', '--target', 'x'], 'empty'],
    ['a column that is not there', ['--data', 'churn.csv', '--target', 'churnd'], 'churned'],
    ['a target that is none', ['--data', 'churn.csv', '--target', 'customer_id'], 'customer_id'],
    ['no target, and nobody to ask', ['--data', 'churn.csv'], 'target'],
    ['a wrong answer', ['--data', 'churn.csv', '--target', 'churned', '--endpoint', 'x'], 'endpoint'],
    [
      'a sensitive column that is not there',
      ['--data', 'churn.csv', '--target', 'churned', '--sensitive', 'sex'],
      'sex',
    ],
    [
      'a sensitive target',
      ['--data', 'churn.csv', '--target', 'churned', '--sensitive', 'churned'],
      'sensitive',
    ],
  ])('%s', async (_, words, says) => {
    const dir = folder({ 'empty.csv': '' });
    const { code, err } = await azmlops(dir, 'new', 'churn', '--level', '1', '--yes', ...words);
    expect(code).toBe(2);
    expect(err).toContain(says);
    expect(readdirSync(dir).sort()).toEqual(['churn.csv', 'empty.csv']);
    const { out } = await azmlops(dir, 'new', 'churn', '--level', '1', '--yes', ...words, '--json');
    expect(JSON.parse(out)).toMatchObject({ error: { exitCode: 2, message: expect.any(String) as string } });
  });

  it('what is wrong without looking at the data is told before the file is read', async () => {
    const words = ['--level', '1', '--yes', '--data', 'none.csv'];
    const dir = folder({ 'full/notes.txt': 'mine' });
    expect((await azmlops(dir, 'new', 'churn', ...words, '--endpoint', 'x')).err).toContain('--endpoint');
    expect((await azmlops(dir, 'new', 'full', ...words)).err).toContain('is not empty');
    expect((await azmlops(dir, 'new', 'churn', ...words)).err).toContain('none.csv');
  });
});

describe('a folder that is there', () => {
  it.each([
    [
      'other rows under that name',
      { [`churn/${RAW}`]: 'mine\n' },
      'churn.csv',
      'is not what churn.csv holds',
    ],
    ['a file where the rows go', { 'churn/data/raw': 'mine' }, 'churn.csv', 'data/raw is no folder'],
    [
      'the file itself where the emitted code looks, written as it cannot read it',
      { [`churn/${RAW}`]: CSV.replaceAll(',', ';') },
      `churn/${RAW}`,
      'semicolon',
    ],
  ])('with %s is refused, and stays as it was', async (_, tree, data, says) => {
    const dir = folder(tree);
    const before = files(dir);
    const { code, err } = await azmlops(dir, 'new', 'churn', '--force', ...wordsFor(data));
    expect(code).toBe(2);
    expect(err).toContain(says);
    expect(files(dir)).toEqual(before);
  });

  it('with a link where the rows go is refused, and nothing is written through it', async () => {
    const dir = folder();
    const outside = temporary();
    mkdirSync(join(dir, 'churn/data'), { recursive: true });
    symlinkSync(outside, join(dir, 'churn/data/raw'));
    expect((await azmlops(dir, 'new', 'churn', '--force', ...NEW)).code).toBe(2);
    expect(readdirSync(outside)).toEqual([]);
  });

  it.each([
    ['under the name of the copy', RAW],
    ['under another name', 'data/raw/my churn (2).csv'],
  ])('and holds the file where the rows belong, %s, leaves it there', async (_, path) => {
    const dir = write(temporary(), { [path]: CSV });
    const { code, out, err } = await azmlops(dir, 'new', '--name', 'churn', '--force', ...wordsFor(path));
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`The rows stay in ${path}`);
    expect(Object.keys(files(join(dir, 'data/raw')))).toEqual([path.slice('data/raw/'.length)]);
    expect(files(dir)[path]).toBe(CSV);
    git(dir, 'add', '--all');
    expect(git(dir, 'status', '--porcelain')).toBe('');
  });

  it('with the same rows in place is not copied over', async () => {
    const dir = folder({ [`churn/${RAW}`]: CSV });
    const { code, out } = await azmlops(dir, 'new', 'churn', '--force', ...NEW);
    expect(code).toBe(0);
    expect(out).toContain(`The rows stay in ${RAW}`);
  });

  it('with other tables beside the rows says that all are read', async () => {
    const dir = folder({ 'churn/data/raw/old.csv': 'a,b\n' });
    const { code, err } = await azmlops(dir, 'new', 'churn', '--force', ...NEW);
    expect(code).toBe(0);
    expect(err).toContain('data/raw/old.csv');
    expect(files(dir)['churn/data/raw/old.csv']).toBe('a,b\n');
  });

  it('and holds the file elsewhere says that git would take it', async () => {
    const dir = folder();
    const { code, err } = await azmlops(dir, 'new', '.', '--name', 'churn', '--force', ...NEW);
    expect(code).toBe(0);
    expect(err).toMatch(/churn\.csv holds rows, and git does not ignore it/);
    expect(files(dir)[RAW]).toBe(CSV);
    expect(git(dir, 'status', '--porcelain')).toBe('?? churn.csv');
  });

  it('and ignores the file already hears nothing of it', async () => {
    const dir = folder({ '.gitignore': '*.csv\n' });
    const { err } = await azmlops(dir, 'new', '.', '--name', 'churn', '--force', ...NEW);
    expect(err).toBe('');
  });
});

describe('rows never enter git', () => {
  /** What git holds and would take after `git add --all`. */
  const taken = (dir: string) => {
    git(dir, 'add', '--all');
    return git(dir, 'ls-files', '--cached')
      .split('\n')
      .filter((path) => path.endsWith('.csv'));
  };

  it.each([
    ['nothing', ''],
    ['something else', '*.pyc\n'],
    ['what calls the rows back', '!data/raw\n!*.csv\n'],
  ])('with a .gitignore of the team that ignores %s', async (_, ignore) => {
    const dir = folder({ 'churn/.gitignore': ignore });
    const { code, err } = await azmlops(dir, 'new', 'churn', ...NEW);
    expect([code, err]).toEqual([0, '']);
    const churn = join(dir, 'churn');
    expect(files(churn)['.gitignore']).toBe(ignore);
    expect(files(churn)[RAW]).toBe(CSV);
    expect(taken(churn)).toEqual([]);
    expect(git(churn, 'status', '--porcelain', '--ignored')).not.toContain('?? data');
  });

  it('with a list of the user that ignores nothing of it', async () => {
    home('[user]\n\tname = t\n\temail = t@localhost\n[core]\n\texcludesFile = ~/ignored\n');
    write(process.env.HOME ?? '', { ignored: '!*.csv\n!data/raw/*\n' });
    const dir = folder();
    await azmlops(dir, 'new', 'churn', ...NEW);
    expect(taken(join(dir, 'churn'))).toEqual([]);
  });

  it("in a subfolder of somebody's work tree, which ignores nothing", async () => {
    const outer = temporary();
    git(outer, 'init', '--quiet');
    write(outer, { '.gitignore': '!*.csv\n' });
    const dir = folder();
    const { code } = await azmlops(outer, 'new', 'ml', ...wordsFor(join(dir, 'churn.csv')));
    expect(code).toBe(0);
    expect(files(outer)[`ml/${RAW}`]).toBe(CSV);
    expect(taken(outer)).toEqual([]);
  });

  it('in a clone, in the commit least of all', async () => {
    const clone = temporary();
    git(clone, 'init', '--quiet');
    write(clone, { 'README.md': '# x' });
    git(clone, 'add', '--all');
    git(clone, 'commit', '--quiet', '--message=x');
    const dir = folder();
    expect((await azmlops(clone, 'new', '--name', 'churn', ...wordsFor(join(dir, 'churn.csv')))).code).toBe(
      0,
    );
    expect(files(clone)[RAW]).toBe(CSV);
    expect(git(clone, 'status', '--porcelain')).toBe('');
    expect(taken(clone)).toEqual([]);
  });

  it('where git had them before, it says so', async () => {
    const clone = write(temporary(), { [RAW]: CSV });
    git(clone, 'init', '--quiet');
    git(clone, 'add', '--all');
    git(clone, 'commit', '--quiet', '--message=x');
    const { code, out, err } = await azmlops(clone, 'new', '--name', 'churn', '--force', ...wordsFor(RAW));
    expect(code).toBe(0);
    expect(err).toContain(`${RAW} holds rows, and git does not ignore it`);
    expect(out).not.toContain('git ignores them');
  });

  it('with --no-git either, whoever runs git init later', async () => {
    const dir = folder();
    await azmlops(dir, 'new', 'churn', ...NEW, '--no-git');
    git(join(dir, 'churn'), 'init', '--quiet');
    expect(taken(join(dir, 'churn'))).toEqual([]);
  });
});

describe('at a terminal', () => {
  const ENTER = '\r';

  it('shows what was read, then asks for the target from the columns that can be it', async () => {
    const dir = folder();
    const { code, out, err } = await atTerminal(
      dir,
      ['new', 'churn', '--data', 'churn.csv', '--level=1', '--name=churn', '--endpoint=online'],
      [['Column to predict', ...Array<string>(2).fill('\u001b[B'), ENTER]],
    );
    expect(code).toBe(0);
    expect(out).toContain('120 rows, 7 columns');
    expect(err).toMatch(/Cannot be predicted: customer_id .*\n\? Column to predict\n❯ churned /);
    expect(files(join(dir, 'churn'))['.azmlops.yml']).toContain('target: "plan"');
    expect(files(join(dir, 'churn'))[RAW]).toBe(CSV);
  });

  it('asks for no target that is given, and for nothing with --yes', async () => {
    const dir = folder();
    const { code, err } = await atTerminal(dir, ['new', 'churn', ...NEW], []);
    expect([code, err]).toEqual([0, '']);
    expect(existsSync(join(dir, 'churn', RAW))).toBe(true);
  });

  it('a target that is wrong is told before anything is asked', async () => {
    const words = ['new', 'churn', '--data', 'churn.csv', '--target', 'none'];
    const { code, err } = await atTerminal(folder(), words, []);
    expect(code).toBe(2);
    expect(err).not.toContain('Level of the maturity model');
  });

  it('Ctrl-C at the target writes nothing', async () => {
    const dir = folder();
    const words = ['new', 'churn', '--data', 'churn.csv'];
    expect((await atTerminal(dir, words, [['Column to predict', '\u0003']])).code).toBe(130);
    expect(readdirSync(dir)).toEqual(['churn.csv']);
  });
});

it('when the disk refuses the copy, nothing is left', async () => {
  const copy = await import('../../src/data/copy.js');
  const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' });
  const spy = vi.spyOn(copy, 'copyData').mockRejectedValue(full);
  const dir = folder({ 'there/README.md': '# x' });
  const before = files(dir);
  const results = [await azmlops(dir, 'new', 'churn', ...NEW), await azmlops(dir, 'new', 'there', ...NEW)];
  spy.mockRestore();
  for (const { code, err } of results) {
    expect(code).toBe(3);
    expect(err).toContain('the disk is full');
  }
  expect(files(dir)).toEqual(before);
  expect(existsSync(join(dir, 'there/.git'))).toBe(false);
  expect(readFileSync(join(dir, 'churn.csv'), 'utf8')).toBe(CSV);
});
