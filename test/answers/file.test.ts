import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAnswers } from '../../src/answers/file.js';
import type { UserError } from '../../src/errors.js';
import { temporary, write } from '../support/session.js';

const read = (text: string) => readAnswers(`${write(temporary(), { 'a.yml': text })}/a.yml`, 'a.yml');

const values = async (text: string) =>
  Object.fromEntries([...(await read(text)).given].map(([key, { value }]) => [key, value]));

describe('an answers file', () => {
  it.each([
    ['', {}],
    ['# nothing\n', {}],
    ['name: churn\n', { name: 'churn' }],
    ['python: 3.10\n', { python: '3.10' }],
    ['title: 007\n', { title: '007' }],
    ['title: "a: b # c"\n', { title: 'a: b # c' }],
    ['title: yes\n', { title: 'yes' }],
    ['owner:\n', { owner: '' }],
    ['sensitive: [sex, "a,b"]\n', { sensitive: ['sex', 'a,b'] }],
    ['sensitive: sex\n', { sensitive: 'sex' }],
    ['sensitive: []\n', { sensitive: [] }],
    ['teams:\n  data-science: o/ds\n', { 'teams.data-science': 'o/ds' }],
    ['teams.data-science: o/ds\n', { 'teams.data-science': 'o/ds' }],
    ['\ufeffname: churn\r\ntask: regression\r\n', { name: 'churn', task: 'regression' }],
    ['title: >-\n  folded\n  text\n', { title: 'folded text' }],
  ])('%j gives %j', async (text, expected) => {
    expect(await values(text)).toEqual(expected);
  });

  it.each([
    ['name: churn\nnme: x\n', ['a.yml:2', 'nme', 'Did you mean name?', 'endpoint']],
    ['name: churn\n\nlevel: 2\n', ['a.yml:3', '--level']],
    ['name: [a]\n', ['a.yml:1', 'name', 'text']],
    ['sensitive: [[a]]\n', ['a.yml:1', 'sensitive']],
    ['name: a\nname: b\n', ['a.yml:2', 'unique']],
    ['teams.data-science: a\nteams:\n  data-science: b\n', ['a.yml:3', 'teams.data-science is given twice']],
    ['teams:\n  ds: b\n', ['a.yml:2', 'teams.ds']],
    ['teams: x\n', ['a.yml:1', 'teams']],
    ['name: "open\n', ['a.yml:']],
    ['- name\n', ['a.yml:1', 'key: value']],
    ['x: 1\ny: 2\n', ['a.yml:1', 'a.yml:2']],
    ['name: churn\ndata: churn.csv\n', ['a.yml:2', 'data is no answer', 'azmlops set data=FILE']],
    ['name: &a churn\ntitle: *a\n', ['a.yml:2', 'title']],
  ])('%j is refused, naming file and line', async (text, says) => {
    const error = (await read(text).catch((thrown: unknown) => thrown)) as UserError;
    expect(error.exitCode).toBe(2);
    for (const part of says) expect(error.message).toContain(part);
  });

  it('that is not there, or is a folder, is refused by name', async () => {
    const dir = temporary();
    await expect(readAnswers(`${dir}/none.yml`, 'none.yml')).rejects.toThrow(
      'none.yml: there is no such file',
    );
    await expect(readAnswers(dir, 'dir')).rejects.toThrow('dir: it is a folder');
  });

  it('of a new repository may name data, from the folder of the file on', async () => {
    const dir = write(temporary(), { 'answers/a.yml': 'data: ../raw/churn 1.csv\ntarget: churned\n' });
    const { data, given } = await readAnswers(`${dir}/answers/a.yml`, 'answers/a.yml', true);
    expect(data).toEqual({ path: join(dir, 'raw/churn 1.csv'), shown: '../raw/churn 1.csv' });
    expect([...given.keys()]).toEqual(['target']);
  });

  it.each(['data:\n', 'data: [a.csv]\n', 'data: ""\n'])('%j names no data', async (text) => {
    const file = `${write(temporary(), { 'a.yml': text })}/a.yml`;
    await expect(readAnswers(file, 'a.yml', true)).rejects.toThrow('a.yml:1: data must be the path');
  });
});
