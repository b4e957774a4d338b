import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { azmlops, files, git, temporary, write } from '../support/session.js';
import { project } from '../support/tools.js';
import { notebooks, teams } from './repositories.js';

const WORDS = ['adopt', '--level', '0', '--yes', '--name', 'churn'];
const MAIN = join(project, 'dist/src/cli/main.js');

/** Ended before its change of the disk of this number, as SIGKILL ends it; whether it was. */
function cutOff(dir: string, at: number): boolean {
  const { signal, status, stderr } = spawnSync(
    process.execPath,
    ['--import', join(project, 'test/adopt/cut-off.mjs'), MAIN, ...WORDS],
    { cwd: dir, env: { ...process.env, CUT_OFF_AT: String(at) }, encoding: 'utf8' },
  );
  if (signal === null) expect([status, stderr]).toEqual([0, '']);
  return signal === 'SIGKILL';
}

const stagingIn = (dir: string): string[] => readdirSync(dir).filter((name) => /^\.azmlops-/.test(name));

it('cut off before any of its writes, adopt goes on when it is run again, and doctor says so', async () => {
  const tree = notebooks();
  const source = teams(tree);
  const copyOf = () => {
    const dir = join(temporary(), 'churn');
    cpSync(source, dir, { recursive: true, preserveTimestamps: true });
    return dir;
  };
  const whole = copyOf();
  expect((await azmlops(whole, ...WORDS)).code).toBe(0);
  const fresh = files(whole);
  const met = { none: 0, some: 0, all: 0 };
  for (let at = 0; ; at++) {
    const dir = copyOf();
    if (!cutOff(dir, at)) break;
    const found = files(dir);
    for (const [path, text] of Object.entries(tree)) expect(found[path], path).toBe(text);
    expect(git(dir, 'diff', '--stat', 'HEAD')).toBe('');
    const stage =
      found['.azmlops.yml'] !== undefined ? 'all' : found['.azmlops/baseline.gz'] ? 'some' : 'none';
    met[stage]++;
    if (stage === 'all' && met.all === 1) {
      // Only the folder is left, which is none of the repository: what is to be done is to commit.
      expect(stagingIn(dir)).toHaveLength(1);
      const { out } = await azmlops(dir, 'doctor');
      expect(out).toContain('is not committed');
      expect(out).not.toContain('cut off');
      await azmlops(dir, ...WORDS, '--dry-run');
      expect(stagingIn(dir), 'a dry run takes nothing away').toHaveLength(1);
    }
    if (stage === 'some') expect((await azmlops(dir, 'doctor')).out).toContain('An adopt was cut off in it');
    const again = await azmlops(dir, ...WORDS);
    expect(again.code, again.err).toBe(stage === 'all' ? 3 : 0);
    expect(files(dir)).toEqual(fresh);
    expect(stagingIn(dir), stage).toEqual([]);
  }
  for (const many of Object.values(met)) expect(many).toBeGreaterThan(0);
}, 300_000);

it('what somebody else put where it was cut off is not overwritten, and no folder of theirs is taken away', async () => {
  const dir = teams(notebooks());
  write(dir, { '.azmlops-0123abcd/new/.azmlops.yml': 'x', '.azmlops-0123abcd/ours.txt': 'y' });
  expect((await azmlops(dir, ...WORDS)).code).toBe(0);
  expect(files(dir)['.azmlops-0123abcd/ours.txt']).toBe('y');
  expect((await azmlops(dir, ...WORDS)).code).toBe(3);
  expect(files(dir)['.azmlops-0123abcd/ours.txt']).toBe('y');
});
