import { describe, expect, it } from 'vitest';
import { filesOf } from '../../../src/assess/files/index.js';
import { findingsOf } from '../../../src/assess/findings/findings.js';
import { ENDPOINTS, LEVELS, TASKS } from '../../support/trees.js';
import { emitted } from '../assessed.js';
import { factsIn } from './facts.js';

const rows = LEVELS.flatMap((level) =>
  TASKS.flatMap((task) => ENDPOINTS.map((endpoint) => ({ level, task, endpoint }))),
);

describe('what azmlops writes', () => {
  it.each(rows)('has nothing to mend but what its level leaves out: $level $task $endpoint', (row) => {
    const { level, task, endpoint } = row;
    const facts = factsIn(filesOf(emitted(level, endpoint, { task })));
    // Below level 4 nothing is collected, and an online deployment says so.
    const expected = level < 4 && endpoint !== 'batch' ? ['deployment-without-collection'] : [];
    expect(findingsOf(facts, '2026-11-23').map(({ id }) => id)).toEqual(expected);
  });
});
