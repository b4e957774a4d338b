import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer, Check, Context } from '../../src/doctor/check.js';
import { callerOn } from '../../src/doctor/program.js';
import { runChecks } from '../../src/doctor/run.js';
import { azmlops, write } from '../support/session.js';
import { machineOf, SET_UP } from './cloud.js';
import { bench, doctor, type Machine, repositoryOn, type Reply, WELL } from './stubs.js';

const OFFLINE =
  'error connecting to api.github.com\ncheck your internet connection or https://githubstatus.com\n';

/** The same programs, each reply but those in `but` replaced. */
const all = (machine: Machine, program: string, reply: Reply, but: readonly string[] = []): Machine => ({
  ...machine,
  [program]: Object.fromEntries(
    Object.entries(machine[program] ?? {}).map(([words, own]) => [words, but.includes(words) ? own : reply]),
  ),
});

describe.skipIf(process.platform === 'win32')('without a network', () => {
  it('what needs one is not asked, and said so; the rest is, and the exit is 0', async () => {
    const well = machineOf(SET_UP);
    const offline = all(
      all(well, 'gh', { exit: 1, err: OFFLINE }, ['--version']),
      'az',
      {
        exit: 1,
        err: "ERROR: HTTPSConnectionPool(host='management.azure.com'): Max retries exceeded with url\n",
      },
      ['version', 'account show'],
    );
    const stage = bench(offline);
    const { code, checks, of } = await doctor(await repositoryOn(stage, 4));
    const github = checks.filter(({ group }) => group === 'github');
    expect(github.map(({ id }) => id)).toEqual(['environments', 'reviewers', 'variables', 'subject']);
    for (const { label, says, mend } of github) {
      expect(label).toBe('warning');
      expect(says).toMatch(/^not asked: .*; the other side cannot be reached$/);
      expect(mend).toBe('azmlops doctor');
    }
    expect(of('gh-login').says).toMatch(/^not asked: /);
    expect(of('az-login').label).toBe('ok');
    expect(of('baseline').label).toBe('ok');
    expect(code).toBe(0);
  });

  it('with others that never answer it ends below 10 seconds, and leaves no program behind', async () => {
    const well = machineOf(SET_UP);
    // No other run has it.
    const seconds = 1_000_000 + process.pid;
    const silent = { sleep: seconds };
    const stage = bench(all(all(all(well, 'gh', silent), 'az', silent), 'uv', silent));
    const dir = await repositoryOn(stage, 4);
    const from = Date.now();
    const { code, checks, of } = await doctor(dir);
    expect(Date.now() - from).toBeLessThan(10_000);
    expect(code).toBe(0);
    for (const id of [
      'gh',
      'gh-login',
      'az',
      'az-ml',
      'az-login',
      'uv',
      'environments',
      'reviewers',
      'variables',
      'subject',
    ])
      expect(of(id)).toMatchObject({
        label: 'warning',
        says: expect.stringMatching(/^not asked: .* no answer within \d seconds$/) as string,
      });
    expect(
      checks
        .filter(({ id }) => ['git', 'python', 'baseline', 'names'].includes(id))
        .map(({ label }) => label),
    ).toEqual(['ok', 'ok', 'ok', 'ok']);
    // What a program started ends with it: az is a script that starts another one.
    expect(commandsWith(`sleep ${seconds}`)).toEqual([]);
  }, 30_000);
});

/** Processes of this machine whose command line holds this, by /proc. */
function commandsWith(text: string): string[] {
  if (!existsSync('/proc/self')) return [];
  return processes().flatMap((id) => {
    try {
      const line = readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return line.includes(text) ? [line] : [];
    } catch {
      return [];
    }
  });
}

const processes = (): string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

describe.skipIf(process.platform === 'win32')('without git', () => {
  it('that alone is wrong: no fault is found with a repository that nobody could look at', async () => {
    const stage = bench(machineOf(SET_UP));
    const dir = await repositoryOn(stage, 4);
    stage.set({ git: undefined });
    const { code, checks, of } = await doctor(dir);
    expect(code).toBe(1);
    expect(checks.filter(({ label }) => label === 'wrong').map(({ id }) => id)).toEqual(['git']);
    expect(of('manifest').says).toMatch(/^not asked: the manifest; git is not there$/);
    for (const { mend } of checks.filter(({ group }) => group === 'repository'))
      expect(mend).toBe(of('git').mend);
  });
});

describe('what is run', () => {
  it('is never a program that lies in the repository, whatever the PATH says', async () => {
    const stage = bench(WELL);
    const dir = await repositoryOn(stage, 1);
    const mark = join(dir, 'ran');
    const trap = `#!/bin/sh\necho "$0 $*" >> '${mark}'\n`;
    write(
      dir,
      Object.fromEntries(['az', 'gh', 'uv', 'python3', '.venv/bin/python'].map((path) => [path, trap])),
    );
    process.env.PATH = ['', '.', 'sub', stage.bin].join(delimiter);
    process.env.AZURE_CORE_OUTPUT = 'table';
    // A folder of the PATH that is not absolute is looked for from where one stands.
    const from = process.cwd();
    process.chdir(dir);
    const { of } = await doctor(dir).finally(() => process.chdir(from));
    expect(existsSync(mark)).toBe(false);
    expect(of('az').label).toBe('ok');
    // az, as pip installs it, reads modules from the folder it runs in.
    for (const { cwd } of stage.calls().filter(({ program }) => program === 'az'))
      expect(cwd).toBe(stage.bin);
  });

  it('sees neither another repository that the environment names, nor a terminal', async () => {
    const stage = bench({ ...WELL, gh: {} });
    writeFileSync(
      join(stage.bin, 'gh'),
      '#!/bin/sh\necho "${GH_REPO-none} ${GIT_DIR-none} ${GH_PROMPT_DISABLED-none}"; [ -t 0 ] || echo "no terminal"\n',
    );
    Object.assign(process.env, { GH_REPO: 'evil/other', GIT_DIR: '/elsewhere' });
    const asked = await callerOn()('gh', ['x'], { limit: 5 });
    expect(asked).toMatchObject({ kind: 'ran', stdout: 'none none 1\nno terminal' });
  });

  it('may say only so much', async () => {
    const stage = bench({ ...WELL, gh: {} });
    writeFileSync(
      join(stage.bin, 'gh'),
      '#!/bin/sh\nwhile :; do echo 0123456789012345678901234567890123456789012345678901234567890123456789; done\n',
    );
    const asked = await callerOn()('gh', ['x'], { limit: 20 });
    expect(asked).toEqual({ kind: 'silent', why: 'gh said more than is read' });
  });
});

describe('checks', () => {
  const check = (id: string, limit: number, ask: () => Promise<Answer>): Check => ({
    id,
    group: 'machine',
    asks: id,
    limit,
    ask,
  });
  const never = new Promise<Answer>(() => undefined);

  it('always all have a finding, in their order, whichever of them never answers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('answers', 'late', 'never'), { maxLength: 8 }),
        async (kinds) => {
          const checks = kinds.map((kind, at) =>
            check(`${at}`, 0.02, () =>
              kind === 'never'
                ? never
                : new Promise((done) =>
                    setTimeout(() => done({ label: 'ok', says: 'fine' }), kind === 'late' ? 500 : 0),
                  ),
            ),
          );
          const found = await runChecks(checks, {} as Context);
          expect(found.map(({ id, label }) => [id, label])).toEqual(
            kinds.map((kind, at) => [`${at}`, kind === 'answers' ? 'ok' : 'warning']),
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  it('that fail by a mistake of ours are no finding', async () => {
    const broken = check('broken', 1, () => Promise.reject(new TypeError('ours')));
    await expect(runChecks([broken], {} as Context)).rejects.toThrow('ours');
  });
});

describe('the report', () => {
  it('has one line for each finding, and below it the command that mends it', async () => {
    const stage = bench({ ...WELL, uv: {} });
    stage.set({ uv: undefined });
    const dir = await repositoryOn(stage, 1);
    const { out, code } = await azmlops(dir, 'doctor');
    expect(code).toBe(0);
    expect(out).toMatch(/^This machine$/m);
    expect(out).toMatch(/^ {2}ok {7}git \d/m);
    expect(out).toMatch(/^ {2}warning {2}uv is not there: .*\n(?: {11}\S.*\n)*? {11}> .*uv/m);
    expect(out).toMatch(/^\d+ warnings; nothing is wrong\.$/m);
  });

  it('is one document with --json, of the shape that others read', async () => {
    const stage = bench(WELL);
    const { out, err } = await azmlops(await repositoryOn(stage, 0), 'doctor', '--json');
    const document = JSON.parse(out) as { schema: number; checks: Record<string, unknown>[] };
    expect(Object.keys(document)).toEqual(['schema', 'checks']);
    expect(document.schema).toBe(1);
    expect(err).toBe('');
    for (const each of document.checks) {
      expect(Object.keys(each).filter((key) => key !== 'mend')).toEqual(['id', 'group', 'label', 'says']);
      expect(each.label).toMatch(/^(ok|warning|wrong)$/);
      expect(each.group).toMatch(/^(machine|repository|github)$/);
    }
    expect(new Set(document.checks.map(({ id }) => id)).size).toBe(document.checks.length);
  });

  it('with --quiet tells only what is not as it should be, on standard error', async () => {
    const stage = bench(WELL);
    const dir = await repositoryOn(stage, 1);
    const { out, err } = await azmlops(dir, 'doctor', '--quiet');
    expect(out).toBe('');
    expect(err).toMatch(/CODEOWNERS names nobody/);
    expect(err).not.toMatch(/^ {2}ok /m);
  });

  it('is refused for what is no folder', async () => {
    const stage = bench(WELL);
    const { code, err } = await azmlops(stage.dir, 'doctor', 'nowhere');
    expect(code).toBe(3);
    expect(err).toMatch(/nowhere is no folder/);
  });
});
