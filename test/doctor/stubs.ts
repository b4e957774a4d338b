import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { checksFor } from '../../src/doctor/checks.js';
import { contextFor } from '../../src/doctor/context.js';
import { type Finding, runChecks } from '../../src/doctor/run.js';
import { azmlops, home, temporary, type Said } from '../support/session.js';

/** What a stub answers: text on standard output, or all of it; nothing for so many seconds. */
export type Reply =
  string | { readonly out?: string; readonly err?: string; readonly exit?: number; readonly sleep?: number };

/** Programs of a machine: for each the beginning of its words, and the reply to it; the longest that fits counts. */
export type Machine = Readonly<Record<string, Readonly<Record<string, Reply>>>>;

const GIT = execFileSync('/bin/sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();

export interface Bench {
  readonly bin: string;
  readonly dir: string;
  /** The calls so far: program, folder it ran in, words. */
  readonly calls: () => { program: string; cwd: string; words: string }[];
  /** Puts other programs in place of, or beside, those that are there; undefined takes one away. */
  readonly set: (machine: Readonly<Record<string, Machine[string] | undefined>>) => void;
}

/** A PATH and a HOME of one's own, with these programs and git, and an empty folder `dir` to work in. */
export function bench(machine: Machine): Bench {
  const root = temporary('azmlops-doctor');
  home();
  const [bin, log] = [join(root, 'bin'), join(root, 'calls')];
  mkdirSync(bin);
  symlinkSync(GIT, join(bin, 'git'));
  process.env.PATH = bin;
  const set: Bench['set'] = (programs) => {
    for (const [program, replies] of Object.entries(programs)) {
      rmSync(join(bin, program), { force: true });
      if (replies) install(program, replies);
    }
  };
  const install = (program: string, replies: Machine[string]) => {
    const answers = join(root, `${program}.answers`);
    mkdirSync(answers, { recursive: true });
    const branches = Object.entries(replies)
      .sort(([a], [b]) => b.length - a.length)
      .map(([words, reply], at) => {
        const {
          out = '',
          err = '',
          exit = 0,
          sleep = 0,
        } = typeof reply === 'string' ? { out: reply } : reply;
        writeFileSync(join(answers, `${at}.out`), out);
        writeFileSync(join(answers, `${at}.err`), err);
        return [
          `'${words}'*)`,
          // A program below the one that was started, as az is.
          ...(sleep ? [`  /bin/sleep ${sleep}`] : []),
          `  /bin/cat '${answers}/${at}.out'`,
          `  /bin/cat '${answers}/${at}.err' >&2`,
          `  exit ${exit} ;;`,
        ].join('\n');
      });
    const script = [
      '#!/bin/sh',
      `printf '%s\\t%s\\t%s\\n' '${program}' "$PWD" "$*" >> '${log}'`,
      ...(program === 'git'
        ? []
        : ['case "$*" in', ...branches, 'esac', `echo "${program}: unknown: $*" >&2; exit 64`]),
      ...(program === 'git' ? ['case "$*" in', ...branches, 'esac', `exec '${GIT}' "$@"`] : []),
    ];
    writeFileSync(join(bin, program), `${script.join('\n')}\n`);
    chmodSync(join(bin, program), 0o755);
  };
  set(machine);
  const calls = () =>
    (existsSync(log) ? readFileSync(log, 'utf8') : '')
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [program = '', cwd = '', words = ''] = line.split('\t');
        return { program, cwd, words };
      });
  const dir = join(root, 'work');
  mkdirSync(dir);
  return { bin, dir, calls, set };
}

const kept = mkdtempSync(join(tmpdir(), 'azmlops-doctor-made-'));
afterAll(() => rmSync(kept, { recursive: true, force: true }));

/** A repository on that machine; what `new` writes is made once, and copied. */
export async function repositoryOn({ dir }: Bench, level: number, ...answers: string[]): Promise<string> {
  const made = join(kept, [level, ...answers].join('_'), 'churn');
  if (!existsSync(made)) {
    const { code, err } = await azmlops('/', 'new', made, '--level', String(level), '--yes', ...answers);
    if (code !== 0) throw new Error(err);
  }
  const at = join(dir, 'churn');
  cpSync(made, at, { recursive: true });
  return at;
}

export interface Report {
  readonly code: number;
  readonly checks: readonly Finding[];
  /** The finding of this id. */
  readonly of: (id: string) => Finding;
}

export async function doctor(cwd: string, ...words: string[]): Promise<Report> {
  const said: Said = await azmlops(cwd, 'doctor', '--json', ...words);
  const { schema, checks } = JSON.parse(said.out) as { schema: number; checks: Finding[] };
  if (schema !== 1) throw new Error(`schema ${schema}`);
  return { code: said.code, checks, of: among(checks) };
}

const among = (checks: readonly Finding[]) => (id: string) => {
  const found = checks.find((each) => each.id === id);
  if (!found) throw new Error(`no ${id} among ${checks.map((each) => each.id).join(', ')}`);
  return found;
};

/** The findings of these checks only, which are asked as the verb asks them: the whole takes thirty programs. */
export async function ask(dir: string, ...ids: string[]): Promise<Omit<Report, 'code'>> {
  const context = await contextFor(dir);
  const checks = await runChecks(
    checksFor(context).filter(({ id }) => ids.includes(id)),
    context,
  );
  return { checks, of: among(checks) };
}

const ML = '2.44.1';
export const SUBSCRIPTION = '00000000-0000-0000-0000-000000000001';

/** Rows as it.each takes them with their whole names. */
export const named = <T extends { readonly it: string; readonly label: string }>(rows: readonly T[]) =>
  rows.map((row) => [row.it, row.label, row] as const);

/** A machine that has everything and is signed in everywhere. */
export const WELL: Machine = {
  python3: { '--version': 'Python 3.12.4\n' },
  uv: { '--version': 'uv 0.9.1\n' },
  az: {
    version: JSON.stringify({ 'azure-cli': '2.91.0', 'azure-cli-core': '2.91.0', extensions: { ml: ML } }),
    'account show': JSON.stringify({
      id: SUBSCRIPTION,
      name: 'Research',
      user: { name: 'ada@contoso.com', type: 'user' },
    }),
  },
  gh: {
    '--version': 'gh version 2.80.0 (2026-01-01)\nhttps://github.com/cli/cli/releases/tag/v2.80.0\n',
    'auth status':
      'github.com\n  ✓ Logged in to github.com account ada (keyring)\n  - Active account: true\n',
  },
};
