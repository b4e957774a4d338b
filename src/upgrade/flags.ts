import type { Words } from '../cli/parse.js';
import { UserError } from '../errors.js';

/** Flags that say to look only, or to write in a way of its own; each pair that contradicts itself. */
const APART: readonly (readonly [string, readonly string[], string])[] = [
  [
    'status',
    ['abort', 'dry-run', 'diff', 'commit', 'branch', 'pr', 'rebase', 'to', 'answers'],
    '--status only looks.',
  ],
  ['abort', ['dry-run', 'diff', 'commit', 'branch', 'pr', 'rebase', 'to', 'answers'], '--abort only undoes.'],
  ['diff', ['commit', 'branch', 'pr'], '--diff only looks.'],
];

/** @throws UserError (2) for flags that contradict or need each other */
export function checkFlags({ switches, values }: Words): void {
  const has = (flag: string) => switches.has(flag) || values.has(flag);
  for (const [flag, others, why] of APART) {
    const other = has(flag) ? others.find(has) : undefined;
    if (other) throw new UserError(`--${flag} and --${other} do not go together.`, why);
  }
  if (has('force') && !has('abort'))
    throw new UserError(
      '--force goes with --abort only.',
      'A refusal names what stands in the way: settle that, and run the command again.',
    );
  if (has('pr') && !has('branch')) throw new UserError('--pr needs --branch.', 'Add --branch NAME.');
}
