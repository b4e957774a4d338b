import { UserError } from '../errors.js';
import type { Seen } from './see.js';

export interface LevelFound {
  readonly level: number;
  /** In a few words: what said so. */
  readonly from: string;
}

/**
 * The level that a repository is at, by what its files show.
 *
 * @throws UserError (2) when they show no machine learning
 */
export async function levelOf(_dir: string, seen: Seen): Promise<LevelFound> {
  if (!seen.trains.length && !seen.scores.length)
    throw new UserError(
      'Nothing here shows machine learning, so it has no level.',
      'Say which one it is to be taken for: --level N.',
    );
  return Promise.resolve({ level: seen.tests.length ? 1 : 0, from: 'its files' });
}
