import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { FileTree } from '../../../src/merge/types.js';
import { commit } from '../../merge/scenarios/stage.js';
import { place, said } from '../../merge/scenarios/trees.js';
import { azmlops, git, home, temporary } from '../../support/session.js';
import { project } from '../../support/tools.js';
import { holding, levelTree, upgraded } from '../random/levels.js';
import { told, treeOnDisk } from '../random/repository.js';

const MAIN = join(project, 'dist/src/cli/main.js');

beforeEach(() => void home());

/** A process group of its own, so that git can be killed along with its parent. */
const start = (dir: string, ...words: string[]): ChildProcess =>
  spawn(process.execPath, [MAIN, ...words], { cwd: dir, detached: true, stdio: 'ignore' });

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Files, and the index: what a person has in front of them. */
const state = (dir: string): { files: Record<string, string>; index: string } => ({
  files: told(treeOnDisk(dir)),
  index: git(dir, 'ls-files', '--stage'),
});

interface Scene {
  readonly source: string;
  readonly old: ReturnType<typeof state>;
  readonly fresh: ReturnType<typeof state>;
  /** What a run takes, in milliseconds. */
  readonly usual: number;
}

const all = Boolean(process.env.AZMLOPS_ALL);
const folder = mkdtempSync(join(tmpdir(), 'azmlops-scene-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A level 1 repository with edits of its team, and what its upgrade to level 4 comes to; each test kills runs in copies of it. */
async function scene(): Promise<Scene> {
  const base: FileTree = await levelTree(1);
  const source = holding(base, join(folder, 'source'));
  place(source, 'docs/ours.md', { content: Buffer.from('ours\n'), mode: '100644' });
  place(source, 'data/README.md', {
    content: Buffer.from(`${said(base.get('data/README.md')!).slice(7)}\nOurs.\n`),
    mode: '100644',
  });
  commit(source, 'the team');
  const old = state(source);
  const times: number[] = [];
  let fresh = old;
  for (let run = 0; run < 2; run++) {
    const dir = copyOf(source);
    const began = Date.now();
    const [code] = (await once(start(dir, 'upgrade', '--to', '4', '--yes'), 'exit')) as [number];
    times.push(Date.now() - began);
    expect(code).toBe(0);
    fresh = state(dir);
  }
  expect(fresh.files['docs/ours.md']).toBe('100644 ours\n');
  expect(fresh.files['data/README.md']).toContain('Ours.');
  expect(Object.keys(fresh.files).length).toBeGreaterThan(100);
  return { source, old, fresh, usual: Math.min(...times) };
}

let shown: Promise<Scene> | undefined;
const sharedScene = (): Promise<Scene> => (shown ??= scene());

function copyOf(source: string): string {
  const dir = join(temporary('azmlops-kill'), 'copy');
  cpSync(source, dir, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  return dir;
}

/** Kills the run, git with it every other time, and waits until whatever is left of it has ended. */
async function killed(dir: string, child: ChildProcess, withGit: boolean): Promise<void> {
  const exited = once(child, 'exit');
  try {
    process.kill(withGit ? -child.pid! : child.pid!, 'SIGKILL');
  } catch {
    // It was done already.
  }
  if (child.exitCode === null && child.signalCode === null) await exited;
  for (let tries = 0; tries < 200 && groupLives(child.pid!); tries++) await pause(10);
  expect(groupLives(child.pid!), `something of the run lives on in ${dir}`).toBe(false);
}

function groupLives(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

type Ending = 'old' | 'new' | 'mended';

/** The promise: wholly old, wholly new, or `--abort` makes it wholly old; and the next run works. */
async function recovers(dir: string, { old, fresh }: Scene): Promise<Ending> {
  const found = state(dir);
  const is = (other: typeof found) => JSON.stringify(found) === JSON.stringify(other);
  const ending: Ending = is(old) ? 'old' : is(fresh) ? 'new' : 'mended';
  const aborted = await azmlops(dir, 'upgrade', '--abort');
  if (ending === 'mended' || ending === 'new') expect([aborted.code, aborted.err]).toEqual([0, '']);
  else expect([0, 3], aborted.err).toContain(aborted.code);
  expect(state(dir)).toEqual(old);
  expect(git(dir, 'status', '--porcelain')).toBe('');
  expect(existsSync(join(dir, '.git/index.lock'))).toBe(false);
  const next = await upgraded(dir, 1, 4);
  expect([next.code, next.err]).toEqual([0, '']);
  expect(state(dir)).toEqual(fresh);
  return ending;
}

// Where a moment falls is chance; `npm run test:all` tries more of them.
const times = all ? { running: 30, writing: 15, aborting: 10 } : { running: 6, writing: 4, aborting: 3 };

describe('killed by SIGKILL', () => {
  it(`at ${times.running} moments of a run, the tree is wholly old or wholly new, or --abort makes it so; the next run works`, async () => {
    const made = await sharedScene();
    const endings: Ending[] = [];
    for (let moment = 0; moment < times.running; moment++) {
      const dir = copyOf(made.source);
      const child = start(dir, 'upgrade', '--to', '4', '--yes');
      await pause(((moment + Math.random()) / times.running) * made.usual);
      await killed(dir, child, moment % 2 === 0);
      endings.push(await recovers(dir, made));
    }
    expect(endings).toContain('old');
  }, 300_000);

  it(`while it writes, ${times.writing} times`, async () => {
    const made = await sharedScene();
    const endings: Ending[] = [];
    for (let moment = 0; moment < times.writing; moment++) {
      const dir = copyOf(made.source);
      const child = start(dir, 'upgrade', '--to', '4', '--yes');
      const journal = join(dir, '.git/azmlops');
      while (child.exitCode === null && !existsSync(journal)) await pause(1);
      await pause(Math.random() * made.usual * 0.3);
      await killed(dir, child, moment % 2 === 0);
      endings.push(await recovers(dir, made));
    }
    // Each of them began to write; where it got to is chance.
    expect(endings.filter((ending) => ending !== 'old')).not.toEqual([]);
  }, 300_000);

  it(`--abort itself, at ${times.aborting} moments: it can be run again`, async () => {
    const made = await sharedScene();
    const upgradedOnce = copyOf(made.source);
    expect((await upgraded(upgradedOnce, 1, 4)).code).toBe(0);
    for (let moment = 0; moment < times.aborting; moment++) {
      const dir = copyOf(upgradedOnce);
      const child = start(dir, 'upgrade', '--abort');
      await pause(((moment + Math.random()) / times.aborting) * made.usual);
      await killed(dir, child, moment % 2 === 0);
      const again = await azmlops(dir, 'upgrade', '--abort');
      expect([0, 3], again.err).toContain(again.code);
      expect(state(dir)).toEqual(made.old);
      expect(git(dir, 'status', '--porcelain')).toBe('');
    }
  }, 300_000);
});

describe.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s', (signal) => {
  it('while it writes leaves the old tree, the new one, or one that --abort mends', async () => {
    const made = await sharedScene();
    const dir = copyOf(made.source);
    const child = start(dir, 'upgrade', '--to', '4', '--yes');
    const exited = once(child, 'exit');
    while (child.exitCode === null && !existsSync(join(dir, '.git/azmlops'))) await pause(1);
    // As a terminal does: to all of them.
    process.kill(-child.pid!, signal);
    await exited;
    await killed(dir, child, false);
    await recovers(dir, made);
  }, 300_000);
});
