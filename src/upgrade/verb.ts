import { resolve as resolvePath } from 'node:path';
import { givenByFlags } from '../answers/given.js';
import type { Output } from '../cli/output.js';
import type { Words } from '../cli/parse.js';
import { UserError } from '../errors.js';
import { highestLevel, ownRoot } from '../render/own.js';
import { levelFrom } from '../new/level.js';
import type { OwnData } from '../new/new.js';
import { checkFlags } from './flags.js';
import { inFolders } from './folders.js';
import { askerFor, givenByWords } from './given.js';
import type { Outcome } from './outcome.js';
import { runUpgrade } from './upgrade.js';

/** `azmlops upgrade [DIR…]`, `update [DIR…]` and `set KEY=VALUE…`. */
export async function upgradeVerb(words: Words, out: Output): Promise<number> {
  const { switches, values, operands } = words;
  const command = words.verb as Outcome['command'];
  checkFlags(words);
  const { cwd } = out.io;
  const start = resolvePath(cwd, values.get('dir') ?? '.');
  const named = command === 'set' ? [] : operands;
  // A folder named twice is moved once.
  const dirs = [...new Set((named.length ? named : ['.']).map((dir) => resolvePath(start, dir)))];
  if (switches.has('status') || switches.has('abort')) {
    const { standingVerb } = await import('./standing.js');
    if (command === 'set' && operands.length)
      throw new UserError(`${JSON.stringify(operands[0])} is one word too many.`, 'Give --dir DIR.');
    return standingVerb(dirs, switches.has('abort') ? 'abort' : 'status', switches.has('force'), out);
  }
  const roots = [await ownRoot()];
  const to = levelFrom(values.get('to'), '--to', highestLevel(roots));
  const { given, data } =
    command === 'set' ? givenByWords(operands) : { given: await givenByFlags(words, cwd), data: undefined };
  const ask = command === 'upgrade' && !switches.has('yes') ? askerFor(out, dirs.length > 1) : undefined;
  const branch = values.get('branch');
  const diff = switches.has('diff');
  return inFolders(command, dirs, { diff, out }, (dir) =>
    runUpgrade({
      command,
      dir,
      roots,
      given,
      dryRun: switches.has('dry-run') || diff,
      rebase: switches.has('rebase'),
      commit: switches.has('commit'),
      pullRequest: switches.has('pr'),
      ...(to === undefined ? {} : { to }),
      ...(branch === undefined ? {} : { branch }),
      ...(ask && { ask }),
      ...(data !== undefined && { data: () => ownData(cwd, data, out) }),
    }),
  );
}

async function ownData(cwd: string, shown: string, out: Output): Promise<OwnData> {
  const [{ readData }, { copyData, dataPathFor }, { watched }] = await Promise.all([
    import('../data/read.js'),
    import('../data/copy.js'),
    import('../new/own-data.js'),
  ]);
  const path = resolvePath(cwd, shown);
  const read = await watched(`Reading ${shown}`, out, (watch) => readData(path, shown, watch));
  return {
    read,
    copy: (to) => watched(`Writing ${dataPathFor(read)}`, out, (watch) => copyData(read, to, watch)),
  };
}
