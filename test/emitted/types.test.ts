import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { have, programs, run } from '../support/tools.js';
import { trees } from '../support/trees.js';

// Shared, so that the types of pandas and scikit-learn are read once.
const cache = mkdtempSync(join(tmpdir(), 'azmlops-mypy-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

// Endpoints share their files: what there is of one is there of both. Tasks differ in the modelling code, which all
// levels from 1 on have.
const all = Boolean(process.env.AZMLOPS_ALL);
const chosen = trees(
  ({ level, length, gate, endpoint, task }) =>
    length === 'usual' &&
    gate === 'reviewers' &&
    level > 0 &&
    (all ||
      (task === 'regression' ? endpoint === 'batch' && level % 2 > 0 : endpoint === 'both' && level !== 3)),
);

describe.skipIf(!have('mypy'))('types', () => {
  it.each(chosen)('mypy finds nothing in $id', (tree) => {
    const ran = run(programs.mypy, ['--cache-dir', cache], { cwd: tree.dir });
    expect(ran.said).toMatch(/^Success: no issues found in \d+ source files\n$/);
  });
});
