import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { azmlops, git, home, type Said, temporary, write } from '../support/session.js';
import { commit, emitted, executable } from './emitted.js';

beforeEach(() => void home());

/** Paints everything red, rings, and hides what stands before it. */
const HOSTILE = 'a\u001b[31mb\u0007c\rd\u202ee';
const SHOWN = 'a\\u{1b}[31mb\\u{7}c\\u{d}d\\u{202e}e';

/** What a terminal would obey in what was said, other than the end of a line. */
const obeyed = ({ out, err }: Said): string[] => (out + err).match(/[^\P{Cc}\n\t]|\p{Cf}/gu) ?? [];

it('a tracked file whose name a terminal would obey is told by its characters', async () => {
  const dir = await emitted(1);
  write(dir, { [HOSTILE]: 'ours\n' });
  commit(dir, {});
  write(dir, { [HOSTILE]: 'edited\n' });
  const said = await azmlops(dir, 'upgrade');
  expect([said.code, obeyed(said)]).toEqual([3, []]);
  expect(said.err).toContain(SHOWN);
  expect((JSON.parse((await azmlops(dir, 'upgrade', '--json')).out) as Refused).error.message).toContain(
    HOSTILE,
  );
});

interface Refused {
  readonly error: { readonly message: string };
}

it('folders of such a name are told by their characters, moved, refused, looked at and taken back', async () => {
  const top = temporary();
  const dir = join(top, HOSTILE);
  cpSync(await emitted(1), dir, { recursive: true });
  mkdirSync(join(top, `none-${HOSTILE}`));
  for (const words of [['upgrade'], ['upgrade', '--status'], ['upgrade', '--abort']]) {
    const said = await azmlops(top, ...words, HOSTILE, `none-${HOSTILE}`);
    expect([words, obeyed(said)]).toEqual([words, []]);
    expect(said.out).toContain(SHOWN);
    expect(said.err).toContain(`none-${SHOWN}`);
  }
  expect(git(dir, 'status', '--porcelain')).toBe('');
});

it('what a hook says is passed on, and commands nothing', async () => {
  const dir = await emitted(1);
  executable(dir, '.git/hooks/pre-commit', "#!/bin/sh\nprintf '\\033[2J\\tno\\r\\n' >&2\nexit 1\n");
  const said = await azmlops(dir, 'upgrade', '--commit');
  expect([said.code, obeyed(said)]).toEqual([1, []]);
  expect(said.err).toContain('\\u{1b}[2J\tno');
});
