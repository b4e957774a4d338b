import { beforeEach, describe, it } from 'vitest';
import { home } from '../support/session.js';
import { MOVES } from './scenarios/moves.js';
import { PATHS } from './scenarios/paths.js';
import { play } from './scenarios/play.js';

beforeEach(() => void home());

describe.each([
  ['files that come, go and change their kind', PATHS],
  ['moves and lifts', MOVES],
])('%s', (_, rows) => {
  it.each(rows)('$id', play);
});
