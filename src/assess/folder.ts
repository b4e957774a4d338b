import { realpathSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Model } from '../levels/model.js';
import { openFiles } from './files/open.js';
import { kept, type Keeper } from './kept.js';
import type { Assessment } from './types.js';

/**
 * A folder, assessed: nothing in it is run, nothing is fetched. What reads workflows, Python and rules is loaded only
 * where nothing was kept.
 *
 * @param today YYYY-MM-DD, against which what is retired is told
 * @throws UserError (2) when the folder is not there, or one of its files under `.azmlops/` is broken.
 */
export async function assessFolder(
  dir: string,
  ours: Model,
  today: string,
  keeper?: Keeper,
): Promise<{ assessment: Assessment; model: Model }> {
  const files = await openFiles(dir);
  const make = async (seen: typeof files) => (await import('./engine.js')).assessFiles(seen, ours, today);
  const { assessment, laid } = await (keeper ? kept(keeper, realpathSync(dir), files, make) : make(files));
  return { assessment: { name: basename(resolve(dir)) || dir, ...assessment }, model: laid ?? ours };
}
