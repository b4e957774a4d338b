import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../errors.js';

/** Operations that another commit or merge would disturb, by what git keeps in its folder meanwhile. */
const OPEN: Readonly<Record<string, string>> = {
  MERGE_HEAD: 'a merge',
  CHERRY_PICK_HEAD: 'a cherry-pick',
  REVERT_HEAD: 'a revert',
  'rebase-merge': 'a rebase',
  'rebase-apply': 'a rebase',
  sequencer: 'a cherry-pick or revert of several commits',
};

/** @throws UserError (3) when one is open in the git folder, which is that of the work tree `dir`. */
export function refuseOpenOperation(gitDir: string, dir: string): void {
  const open = Object.keys(OPEN).find((name) => existsSync(join(gitDir, name)));
  if (!open) return;
  throw new UserError(
    `${OPEN[open]} is open in ${dir}.`,
    'Finish it (git status tells how), and run the command again.',
    EXIT.refused,
  );
}
