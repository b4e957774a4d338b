import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { seen } from '../cli/seen.js';
import { EXIT, UserError } from '../errors.js';
import { MANIFEST } from '../render/render.js';
import { openRepository, type Repository } from '../repository/open.js';
import type { Context, Ours } from './check.js';
import { githubBy } from './github/asked.js';
import { callerOn } from './program.js';
import { type Files, filesIn } from './repository/files.js';
import { writtenPaths } from './repository/sound.js';

/**
 * What the checks are told of a folder, and the machine it lies on.
 *
 * @throws UserError (3) when it is none
 */
export async function contextFor(from: string): Promise<Context> {
  const ours = await oursIn(from);
  const dir = ours?.dir ?? from;
  const call = callerOn();
  return {
    dir,
    today: new Date().toISOString().slice(0, 10),
    platform: process.platform,
    node: process.version,
    call,
    ours,
    github: githubBy(call, dir, process.platform),
  };
}

/** The repository of ours that a folder lies in; undefined when it lies in none. */
async function oursIn(from: string): Promise<Ours | undefined> {
  if (!statSync(from, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(
      `${seen(from)} is no folder.`,
      'Name the folder of a repository, or none.',
      EXIT.refused,
    );
  const root = rootOf(from);
  const dir = root ?? from;
  const opened = await openRepository(dir).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  if (root === undefined && opened instanceof UserError) return undefined;
  let files: Promise<Files> | undefined;
  return { dir, opened, files: () => (files ??= listed(dir, opened)) };
}

async function listed(dir: string, opened: Repository | UserError): Promise<Files> {
  return filesIn(dir, 'manifest' in opened ? await writtenPaths(opened) : []);
}

/** The nearest folder, upward from here, that has a manifest. */
function rootOf(from: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    if (existsSync(join(at, MANIFEST))) return at;
    if (dirname(at) === at) return undefined;
  }
}
