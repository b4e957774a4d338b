import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { files, home, temporary, write } from '../support/session.js';
import { atTerminal, type Step } from '../support/terminal.js';

const ENTER = '\r';
const DOWN = '\u001b[B';
const CTRL_C = '\u0003';

beforeEach(() => void home());

describe('at a terminal', () => {
  it('new asks four questions, and Enter takes what they propose', async () => {
    const dir = temporary();
    const { code, err } = await atTerminal(
      dir,
      ['new', 'customer-churn'],
      [
        ['Column to predict', ENTER],
        ['Level of the maturity model', DOWN, ENTER],
        ['Name of the project', ENTER],
        ['How the model is asked', ENTER],
      ],
    );
    expect([code, err.match(/✔/g)?.length]).toEqual([0, 4]);
    const manifest = files(join(dir, 'customer-churn'))['.azmlops.yml'];
    for (const line of ['level: 1', 'name: "customer-churn"', 'target: "species"', 'endpoint: "online"'])
      expect(manifest).toContain(line);
  });

  it('asks for no answer that is given, and shows every level that this version writes', async () => {
    const dir = temporary();
    const { code, err } = await atTerminal(
      dir,
      ['new', 'x', '--name', 'churn', '--endpoint=both', '--target', 'island', '--no-git'],
      [['Automated training', ENTER]],
    );
    expect([code, err.match(/✔/g)?.length]).toEqual([0, 1]);
    expect(err).toContain('4  Full MLOps automated retraining');
    expect(files(join(dir, 'x'))['.azmlops.yml']).toContain('level: 0');
  });

  it('the column decides the kind of model', async () => {
    const dir = temporary();
    await atTerminal(
      dir,
      ['new', 'churn', '--level=0', '--name=churn', '--endpoint=online', '--no-git'],
      [['body_mass_g (regression)', ...Array<string>(10).fill(DOWN), ENTER]],
    );
    expect(files(join(dir, 'churn'))['.azmlops.yml']).toMatch(/target: "\w+"\n {2}task: "regression"/);
  });

  it('a wrong value is told while it is typed', async () => {
    const dir = temporary();
    const { code, err } = await atTerminal(
      dir,
      ['new', 'churn', '--level=0', '--target=species', '--endpoint=online', '--no-git'],
      [
        ['Name of the project', 'A', 'B'],
        ['"AB": it is not lower-case', '\u007f', '\u007f', 'abc'],
        ['abc', ENTER],
      ],
    );
    expect(code).toBe(0);
    expect(err).toContain('Did you mean ml-ab?');
    expect(files(join(dir, 'churn'))['.azmlops.yml']).toContain('name: "abc"');
  });

  const named = async (...steps: Parameters<typeof atTerminal>[2]) => {
    const dir = temporary();
    const words = ['new', 'churn', '--level=0', '--target=species', '--endpoint=online', '--no-git'];
    const { code, err } = await atTerminal(dir, words, steps);
    expect(code, err).toBe(0);
    return /^ {2}name: "(.*)"$/m.exec(files(join(dir, 'churn'))['.azmlops.yml'] ?? '')?.[1];
  };

  it('Enter takes nothing that is wrong, and leaves it there to be mended', async () => {
    const name = await named(
      ['Name of the project', 'a', 'B', ENTER],
      ['"aB": it is not lower-case', '\u007f', 'bc', ENTER],
    );
    expect(name).toBe('abc');
  });

  it('what arrives together with its Enter is taken as it is', async () => {
    expect(await named(['Name of the project', 'pasted-name\r'])).toBe('pasted-name');
  });

  it('what is proposed can be deleted', async () => {
    expect(await named(['Name of the project', '\u007f'], ['it is not lower-case', 'own', ENTER])).toBe(
      'own',
    );
  });

  it('with --all asks every question of the level', async () => {
    const dir = temporary();
    const questions = [
      'Column to predict',
      'Kind of model',
      'Name of the project',
      'Title in the documentation',
      'What the model is for',
      'How the model is asked',
      'fairness',
      'Azure region',
      'Azure resource group',
      'Azure Machine Learning workspace',
      'Size of the virtual machines',
      'Version of Python',
    ];
    const { code, err } = await atTerminal(
      dir,
      ['new', 'churn', '--all', '--level=0', '--no-git'],
      questions.map((says) => [says, ENTER]),
    );
    expect([code, err.match(/✔/g)?.length]).toEqual([0, questions.length]);
  });

  it('what is given and wrong is told before anything is asked', async () => {
    const { code, err } = await atTerminal(temporary(), ['new', 'churn', '--task', 'x'], []);
    expect(code).toBe(2);
    expect(err).not.toContain('Column to predict');
  });

  it('with --yes asks nothing', async () => {
    const { code, err } = await atTerminal(temporary(), ['new', 'churn', '--level=0', '--yes'], []);
    expect([code, err]).toEqual([0, '']);
  });

  it('Ctrl-C writes nothing', async () => {
    const dir = temporary();
    const { code, err } = await atTerminal(dir, ['new', 'churn'], [['Column to predict', CTRL_C]]);
    expect(code).toBe(130);
    expect(err).toContain('Interrupted. Nothing was written.\nStart the command again');
    expect(readdirSync(dir)).toEqual([]);
  });
});

const ROWS = Array.from({ length: 40 }, (_, at) => at);

/** Rows of customers, some without a fee. */
const CUSTOMERS =
  'id,joined,plan,stars,months,fee,country,churned\n' +
  ROWS.map((at) => {
    const fee = at % 10 === 0 ? '' : `${at}.5`;
    return `C${at},2024-01-${10 + (at % 20)},${at % 2 ? 'gold' : 'basic'},${at % 5},${(at * 7) % 60},${fee},DE,${at % 4 === 0}\n`;
  }).join('');

describe('at a terminal, with own data', () => {
  const asking = async (csv: string, words: string[], ...steps: Step[]) => {
    const dir = write(temporary(), { 'c.csv': csv });
    const more = ['--data', 'c.csv', '--level=0', '--name=churn', '--endpoint=online', '--no-git'];
    const said = await atTerminal(dir, ['new', 'x', ...more, ...words], steps);
    return { ...said, manifest: files(dir)['x/.azmlops.yml'] ?? '' };
  };

  it('the target is chosen among the columns that can be one, each with what it would make', async () => {
    const { code, err, manifest } = await asking(CUSTOMERS, [], ['Column to predict', ENTER]);
    expect(code).toBe(0);
    expect(manifest).toMatch(/target: "churned"\n {2}task: "classification"/);
    for (const hint of [
      /churned +classification: boolean, 2 classes \(false 30, true 10\)/,
      /plan +classification: category, 2 classes \(basic 20, gold 20\)/,
      /stars +classification: whole, 5 classes/,
      /months +regression: whole, 0 to 59/,
      /fee +regression: decimal, 1.5 to 39.5; missing in 4 of 40 rows/,
    ])
      expect(err).toMatch(hint);
  });

  it('what cannot be predicted is told, and is no choice', async () => {
    const { err } = await asking(CUSTOMERS, [], ['Column to predict', ENTER]);
    expect(err).toContain('Cannot be predicted: id (id), joined (date), country (constant).');
    expect(err).not.toMatch(/joined +(classification|regression)/);
  });

  it('a task that is given leaves the columns that it can predict', async () => {
    const { err, manifest } = await asking(CUSTOMERS, ['--task=regression'], ['stars', DOWN, ENTER]);
    expect(err).not.toMatch(/churned +classification/);
    expect(manifest).toMatch(/target: "\w+"\n {2}task: "regression"/);
  });

  it('a task that no column fits is refused instead of an empty list', async () => {
    const csv = `a,b\n${ROWS.map((at) => `${at % 2 ? 'x' : 'y'},${at % 3 ? 'x' : 'y'}\n`).join('')}`;
    const { code, err } = await asking(csv, ['--task=regression']);
    expect(code).toBe(2);
    expect(err).toContain('No column of the data can be that of a regression: a, b.');
  });

  it('with --all the task is chosen among those of the column', async () => {
    const { manifest } = await asking(
      CUSTOMERS,
      ['--all', '--target=stars'],
      ['Kind of model', DOWN, ENTER],
      ...['Title', 'What the model', 'fairness', 'region', 'group', 'workspace', 'Size', 'Version'].map(
        (says): Step => [says, ENTER],
      ),
    );
    expect(manifest).toContain('task: "regression"');
  });

  it('of very many columns a part of the name is typed', async () => {
    const names = Array.from({ length: 300 }, (_, at) => `v${at}`);
    const csv = [names, ...ROWS.map((row) => names.map((_, at) => (row * (at + 7)) % 23))];
    const { code, manifest } = await asking(
      csv.map((row) => `${row.join(',')}\n`).join(''),
      [],
      ['Column to predict', ...'v217'],
      ['v217 ', ENTER],
    );
    expect(code).toBe(0);
    expect(manifest).toContain('target: "v217"');
  });
});
