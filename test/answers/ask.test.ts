import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { files, home, temporary } from '../support/session.js';
import { atTerminal } from '../support/terminal.js';

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
    expect(err).toContain('Interrupted. Nothing was written.');
    expect(readdirSync(dir)).toEqual([]);
  });
});
