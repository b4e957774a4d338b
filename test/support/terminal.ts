import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { run } from '../../src/cli/run.js';
import { type Said, Sink } from './session.js';

/** One prompt: what it must say, and the keys that are then typed, one after the other. */
export type Step = readonly [says: string, ...keys: string[]];

/** As process.stderr, which the prompts cannot end either. */
export class Terminal extends Sink {
  readonly isTTY = true;
  readonly columns = 200;
  readonly rows = 50;

  override end(): this {
    return this;
  }
}

/** Runs the program at a terminal and answers what it asks. */
export async function atTerminal(
  cwd: string,
  words: readonly string[],
  steps: readonly Step[],
): Promise<Said> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const [stdout, stderr] = [new Sink(), new Terminal()];
  const done = run(words, { cwd, stdin, stdout, stderr, env: process.env });
  const pause = () => new Promise((next) => setTimeout(next, 20));
  const screen = () => stripVTControlCharacters(stderr.text);
  for (const [says, ...keys] of steps) {
    const from = Date.now();
    while (!screen().includes(says)) {
      if (Date.now() - from > 10_000) throw new Error(`never said ${says}: ${screen()}`);
      await pause();
    }
    for (const key of keys) {
      await pause();
      stdin.write(key);
    }
  }
  return { code: await done, out: stdout.text, err: screen() };
}
