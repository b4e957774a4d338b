import { existsSync, lstatSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, UserError } from '../errors.js';
import { GIT_PID, type Journal } from './journal.js';
import { type Project, refuseLock } from './project.js';

/**
 * Waits until nobody writes any more, and takes away the lock of a git of ours that was killed.
 *
 * @throws UserError (3) when the write still runs, or somebody else holds the index.
 */
export async function settle(project: Project, { state, pid }: Journal, force: boolean): Promise<void> {
  if (state !== 'written' && pid !== process.pid && alive(pid) && !force)
    throw new UserError(
      `The upgrade is still being written by process ${pid}.`,
      'Wait for it. If that process is some other program: azmlops upgrade --abort --force',
      EXIT.refused,
    );
  const file = join(project.journalDir, GIT_PID);
  if (!existsSync(file)) return refuseLock(project);
  await gitEnded(file, force);
  if (await isStale(`${project.index}.lock`)) rmSync(`${project.index}.lock`, { force: true });
  refuseLock(project);
  rmSync(file, { force: true });
}

/** Git outlives the program that started it when only that was killed. */
async function gitEnded(file: string, force: boolean): Promise<void> {
  // Between its start and the note of its number lie microseconds.
  if (readFileSync(file, 'utf8') === 'starting') await sleep(500);
  const pid = Number(readFileSync(file, 'utf8'));
  if (!(pid > 0)) return;
  for (let waited = 0; alive(pid); waited += 100) {
    if (force) return;
    if (waited >= 10_000)
      throw new UserError(
        `git (process ${pid}) still writes.`,
        'Wait for it. If that process is some other program: azmlops upgrade --abort --force',
        EXIT.refused,
      );
    await sleep(100);
  }
}

/** A lock that stays the same for a second, after the git that it was taken by is gone. */
async function isStale(lock: string): Promise<boolean> {
  const look = () => lstatSync(lock, { throwIfNoEntry: false });
  const first = look();
  for (let waited = 0; first && waited < 1000; waited += 100) {
    await sleep(100);
    const now = look();
    if (!now || now.ino !== first.ino || now.mtimeMs !== first.mtimeMs || now.size !== first.size)
      return false;
  }
  return first !== undefined;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
