import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { temporary, write } from '../../support/session.js';

export const HOOKS = [
  'applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit prepare-commit-msg commit-msg',
  'post-commit pre-rebase post-checkout post-merge pre-push post-rewrite pre-auto-gc reference-transaction',
  'post-index-change fsmonitor-watchman sendemail-validate update pre-receive',
].flatMap((names) => names.split(' '));

export type During = (dir: string) => () => void;

/** A program that leaves a trace and fails, and a check that it was never run. */
export function trap(): { readonly program: string; readonly sprung: () => string } {
  const dir = temporary('azmlops-trap');
  const program = join(dir, 'trap.sh');
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> '${dir}/trace'\nexit 1\n`, { mode: 0o755 });
  const trace = join(dir, 'trace');
  return { program, sprung: () => (existsSync(trace) ? readFileSync(trace, 'utf8') : '') };
}

/** A folder in which every hook is such a program. */
export function hooks(folder = temporary('azmlops-hooks')): { folder: string; sprung: () => string } {
  const { program, sprung } = trap();
  write(
    folder,
    Object.fromEntries(HOOKS.map((name) => [name, `#!/bin/sh\nexec '${program}' ${name} "$@"\n`])),
  );
  return { folder, sprung };
}

export const nothingRan =
  (sprung: () => string, undo: () => void = () => undefined) =>
  (): void => {
    undo();
    expect(sprung(), 'what ran').toBe('');
  };

/** More lines in a file of configuration, which must be the same afterwards, and are gone then. */
function added(file: string, lines: string): () => void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  appendFileSync(file, `\n${lines}\n`);
  const during = readFileSync(file, 'utf8');
  return () => {
    expect(readFileSync(file, 'utf8')).toBe(during);
    writeFileSync(file, before);
  };
}

export const globally =
  (lines: string): During =>
  () =>
    added(join(process.env.HOME ?? '', '.gitconfig'), lines);

export const locally =
  (lines: string): During =>
  (dir) =>
    added(join(dir, '.git/config'), lines);

export const all =
  (...parts: readonly During[]): During =>
  (dir) => {
    const ends = parts.map((part) => part(dir)).reverse();
    return () => ends.forEach((end) => end());
  };

export const environment =
  (set: Readonly<Record<string, string | undefined>>): During =>
  () => {
    const before = { ...process.env };
    for (const [name, value] of Object.entries(set))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    return () => {
      process.env = before;
    };
  };

/** Attributes of every path, from a file that the user's configuration names. */
export const attributes = (line: string, config: string): During => {
  return (dir) => {
    const file = join(temporary('azmlops-attributes'), 'attributes');
    writeFileSync(file, `${line}\n`);
    return globally(`[core]\n\tattributesFile = ${file}\n${config}`)(dir);
  };
};
