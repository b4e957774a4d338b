import { beforeEach, describe, it } from 'vitest';
import { home } from '../support/session.js';
import { NOTEBOOKS } from './scenarios/notebooks.js';
import { play } from './scenarios/play.js';
import { STRUCTURED } from './scenarios/structured.js';
import { TEXT } from './scenarios/text.js';

beforeEach(() => void home());

describe.each([
  ['lines', TEXT],
  ['YAML, JSON and TOML', STRUCTURED],
  ['notebooks', NOTEBOOKS],
])('%s', (_, rows) => {
  it.each(rows)('$id', play);
});
