import type { DataPath } from '../answers/file.js';
import type { Output } from '../cli/output.js';
import { seen } from '../cli/seen.js';
import type { Watch } from '../data/types.js';
import type { OwnData } from './new.js';
import { readLine } from './report-data.js';

/** Reads the file, and says at once what was found: questions follow, or a refusal that it explains. */
export async function ownData({ path, shown }: DataPath, out: Output): Promise<OwnData> {
  const [{ readData }, { copyData, dataPathFor }] = await Promise.all([
    import('../data/read.js'),
    import('../data/copy.js'),
  ]);
  const read = await watched(`Reading ${shown}`, out, (watch) => readData(path, shown, watch));
  out.result(readLine(read));
  return {
    read,
    copy: (to) => watched(`Writing ${dataPathFor(read)}`, out, (watch) => copyData(read, to, watch)),
  };
}

const PATIENCE = 1000;
const EVERY = 200;

/** Does something long; after a second a terminal shows how far it is, in one line that is gone at the end. */
export async function watched<T>(what: string, out: Output, work: (watch?: Watch) => Promise<T>): Promise<T> {
  const { stderr, env } = out.io;
  if (stderr.isTTY !== true || out.manner.quiet || env.TERM === 'dumb') return work();
  let next = Date.now() + PATIENCE;
  let told = false;
  try {
    return await work((read, size) => {
      if (Date.now() < next) return;
      next = Date.now() + EVERY;
      told = true;
      stderr.write(`\r${seen(what).slice(-60)}: ${Math.floor((100 * read) / Math.max(size, 1))} %\u001b[K`);
    });
  } finally {
    if (told) stderr.write('\r\u001b[K');
  }
}
