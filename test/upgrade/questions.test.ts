import { beforeEach, expect, it } from 'vitest';
import { files, home } from '../support/session.js';
import { atTerminal } from '../support/terminal.js';
import { emitted, state } from './emitted.js';

const ENTER = '\r';
const DOWN = '\u001b[B';

beforeEach(() => void home());

/** A slow machine may say that it works. */
const asked = (said: string): boolean => /[?✔]/.test(said);

it('at a terminal, upgrade asks for answers of the new level that no default is good for', async () => {
  const dir = await emitted(2);
  const { code, err } = await atTerminal(dir, ['upgrade'], [['What guards production', DOWN, ENTER]]);
  expect([code, err.match(/✔/g)?.length]).toEqual([0, 1]);
  expect(files(dir)['.azmlops.yml']).toContain('gate: "pull-request"');
});

it('asks for none that is given, nor with --yes, nor for what the manifest has', async () => {
  for (const words of [['--gate', 'typed'], ['--yes']]) {
    const dir = await emitted(2);
    const { code, err } = await atTerminal(dir, ['upgrade', ...words], []);
    expect([code, asked(err)]).toEqual([0, false]);
  }
  const { code, err } = await atTerminal(await emitted(3), ['upgrade'], []);
  expect([code, asked(err)]).toEqual([0, false]);
});

it('interrupted at a question, nothing is written', async () => {
  const dir = await emitted(2);
  const before = state(dir);
  const { code } = await atTerminal(dir, ['upgrade'], [['What guards production', '\u0003']]);
  expect([code, state(dir)]).toEqual([130, before]);
});
