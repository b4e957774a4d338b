import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { have, programs, project, run } from '../support/tools.js';
import { treeOf } from '../support/trees.js';
import { Workspace } from '../support/workspace.js';

/** What a mistake in the code under test would look like; the emitted tests have to see each. */
interface Mutation {
  id: string;
  /** Below src/<package>, without .py; one that begins with / is of the repository's root. */
  file: string;
  function: string;
  mode?: 'wrap' | 'body';
  code: string;
  /** The test files that have to see it: the whole suite takes minutes. */
  tests: string[];
}

const mutations: Mutation[] = [
  {
    id: 'every prediction is the first one',
    file: 'scoring',
    function: 'predict',
    code: '[result[0]] * len(result)',
    tests: ['tests/test_scoring.py'],
  },
  {
    id: 'a column is dropped from the features',
    file: 'features',
    function: 'build_preprocessor',
    code: 'type(result)([(n, t, c[1:] if isinstance(c, list) else c) for n, t, c in result.transformers], remainder=result.remainder)',
    tests: ['tests/test_model.py'],
  },
  {
    id: 'the gate is skipped',
    file: 'gate',
    function: 'decide',
    code: '{**result, "verdict": "promote"}',
    tests: ['tests/test_gate.py'],
  },
  {
    id: 'the gate gives no reasons',
    file: 'gate',
    function: 'decide',
    code: '{**result, "reasons": []}',
    tests: ['tests/test_gate.py'],
  },
  {
    id: 'the gate refuses everything',
    file: 'gate',
    function: 'decide',
    code: '{**result, "verdict": "reject"}',
    tests: ['tests/test_gate.py'],
  },
  {
    id: 'the data contract is not checked',
    file: 'data',
    function: 'problems',
    code: '[]',
    tests: ['tests/test_data.py'],
  },
  {
    id: 'the model is tested on what it was trained on',
    file: 'data',
    function: 'split',
    code: '(result[0], result[0])',
    tests: ['tests/test_data.py'],
  },
  {
    id: 'the constant predictor is chosen',
    file: 'train',
    function: 'select',
    code: '{**result, "chosen": "constant"}',
    tests: ['tests/test_model.py'],
  },
  {
    id: 'all metrics are perfect',
    file: 'evaluate',
    function: 'metrics',
    code: '{name: 1.0 for name in result}',
    tests: ['tests/test_model.py'],
  },
  {
    id: 'slices are not measured',
    file: 'evaluate',
    function: 'evaluate',
    code: '{**result, "slices": []}',
    tests: ['tests/test_model.py'],
  },
  {
    id: 'fairness is called not applicable',
    file: 'evaluate',
    function: 'evaluate',
    code: '{**result, "fairness": {"status": "not applicable", "column": None, "gap": None, "groups": []}}',
    tests: ['tests/test_model.py'],
  },
  {
    id: 'requests are not checked',
    file: 'scoring',
    function: 'parse',
    mode: 'body',
    code: 'return pd.DataFrame(json.loads(body)["data"])',
    tests: ['tests/test_scoring.py'],
  },
  {
    id: 'the entry script answers in another form',
    file: '../score',
    function: 'run',
    code: '{"result": result}',
    tests: ['tests/test_entry_script.py'],
  },
  {
    id: 'batch scoring drops the last row',
    file: '../score_batch',
    function: 'run',
    code: 'result[:-1]',
    tests: ['tests/test_entry_script.py'],
  },
  {
    id: 'a model is registered without its commit',
    file: 'register',
    function: 'commit',
    code: '"none"',
    tests: ['tests/test_pipeline.py'],
  },
  {
    id: 'the gate never looks at rows that neither model knows',
    file: 'gate',
    function: 'on_unseen',
    code: 'None',
    tests: ['tests/test_gate.py'],
  },
  {
    id: 'rows that the champion learned from count as unseen',
    file: 'prepare',
    function: 'unseen',
    mode: 'body',
    code: 'return frame',
    tests: ['tests/test_pipeline.py::test_rows_of_other_data_are_unseen'],
  },
];

/** What releases, rolls out and decides; each with the tests that have to see it. */
const release: Mutation[] = [
  {
    id: 'model tests always pass',
    file: 'model_tests',
    function: 'run_tests',
    code: '{**result, "verdict": "pass"}',
    tests: ['tests/test_model_tests.py'],
  },
  {
    id: 'fairness always passes',
    file: 'responsible_ai',
    function: 'fairness_report',
    code: '{**result, "verdict": "pass"}',
    tests: ['tests/test_responsible_ai.py'],
  },
  {
    id: 'nothing drifts',
    file: 'drift',
    function: 'drift',
    code: '{**result, "violates": False}',
    tests: ['tests/test_drift.py'],
  },
  {
    id: 'traffic of an existing endpoint need not sum to 100',
    file: '/delivery/endpoints',
    function: 'Online.set_traffic',
    mode: 'body',
    code: 'text = " ".join(f"{name}={share // 2}" for name, share in shares.items())\nself.az("ml", "online-endpoint", "update", "--name", self.name, "--traffic", text)',
    tests: ['tests/test_release.py', 'tests/test_rollout.py'],
  },
  {
    id: 'mirroring is never stopped',
    file: '/delivery/endpoints',
    function: 'Online.set_mirror',
    mode: 'body',
    code: 'if shares:\n    text = " ".join(f"{name}={share}" for name, share in shares.items())\n    self.az("ml", "online-endpoint", "update", "--name", self.name, "--mirror-traffic", text)',
    tests: ['tests/test_rollout.py'],
  },
  {
    id: 'a failed release is not taken back',
    file: '/delivery/release',
    function: 'go_back',
    mode: 'body',
    code: 'return',
    tests: ['tests/test_release.py'],
  },
  {
    id: 'a rollout believes every metric',
    file: '/delivery/metrics',
    function: 'judge',
    code: '[]',
    // What comes before it in the file rolls out dozens of times.
    tests: ['tests/test_rollout.py::test_metrics_that_are_bad_or_missing_restore_the_old_one'],
  },
  {
    id: 'batch results are not compared',
    file: '/delivery/rollout',
    function: 'compare',
    code: '[]',
    tests: ['tests/test_rollout.py'],
  },
  {
    id: 'every window retrains',
    file: '/delivery/decide',
    function: 'decide',
    code: '{**result, "decision": "retrain"}',
    tests: ['tests/test_decide.py'],
  },
  {
    id: 'the breaker never opens',
    file: '/delivery/decide',
    function: 'breaker',
    code: 'None',
    tests: ['tests/test_decide.py'],
  },
  {
    id: 'every A/B test has a winner',
    file: '/delivery/ab_test',
    function: 'compare',
    code: '{**result, "verdict": "winner"}',
    tests: ['tests/test_ab_test.py'],
  },
  {
    id: 'the weekly data is not decided on',
    file: '/delivery/decide',
    function: 'together',
    mode: 'body',
    code: 'return dict(days)',
    tests: ['tests/test_decide.py::test_days_and_versions_are_decided_on_apart'],
  },
  {
    id: 'what a challenger answered counts for production',
    file: '/delivery/ab_test',
    function: 'trials',
    code: '[]',
    tests: ['tests/test_decide.py::test_what_a_challenger_got_wrong_starts_no_training'],
  },
];

/** Every third; all of them with AZMLOPS_ALL, as each runs a test suite. */
const some = <T>(rows: readonly T[]): readonly T[] =>
  rows.filter((_, n) => process.env.AZMLOPS_ALL || n % 3 === 0);

describe.skipIf(!have('python', 'uv')).each([
  { level: 2 as const, rows: some(mutations) },
  { level: 4 as const, rows: some(release) },
])('the tests of an emitted repository of level $level notice when', ({ level, rows }) => {
  let workspace: Workspace;
  const tree = () => treeOf(level);
  beforeAll(() => {
    workspace = new Workspace(tree());
  });
  afterAll(() => workspace.remove());

  const pytest = (...args: string[]) =>
    workspace.py(['-m', 'pytest', '-x', '-q', '--no-header', '-p', 'no:cacheprovider', ...args], 600);

  // At level 4 as-told.ts runs the whole suite, in a copy of this very tree.
  it.skipIf(level === 4)('nothing is changed, by passing', () => {
    // The pipeline's own tests take a minute; own-data.test.ts runs them.
    const ran = pytest('tests', '--ignore=tests/test_pipeline.py', '--ignore=tests/test_server.py');
    expect(ran.status, ran.said.slice(-4000)).toBe(0);
  });

  it.each(rows)('$id', ({ file, function: name, mode = 'wrap', code, tests }) => {
    const path = file.startsWith('/')
      ? join(workspace.dir, `${file}.py`)
      : join(workspace.dir, 'src', tree().package, `${file}.py`);
    const before = readFileSync(path, 'utf8');
    const patched = run(programs.checkPython, [
      join(project, 'test/tools/mutate.py'),
      path,
      name,
      mode,
      code,
    ]);
    expect(patched.said).toBe('');
    try {
      expect(readFileSync(path, 'utf8')).not.toBe(before);
      const ran = pytest(...tests);
      // 1: tests ran and some failed. Anything else is a broken patch, which any suite would notice.
      expect(ran.status, ran.said.slice(-2000)).toBe(1);
      expect(ran.said).toMatch(/\d+ failed/);
      expect(ran.said).not.toMatch(/SyntaxError|_as_written/);
    } finally {
      writeFileSync(path, before);
    }
  });
});
