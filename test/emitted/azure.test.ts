import { describe, expect, it } from 'vitest';
import { checker, have } from '../support/tools.js';
import { digest, distinctTrees, NAMES, trees } from '../support/trees.js';

// Azure is the judge of names, and a name's length is what it judges: both ends.
// What guards production changes no file of Azure ML and no Python (format.test.ts); scripts and workflows it does.
const all = trees((tree) => tree.length !== 'usual' && tree.gate === 'reviewers');
const everyGate = trees((tree) => tree.length === 'long');
const dirs = distinctTrees([...all, ...everyGate], (path) => !/\.(csv|gz|png)$/.test(path)).map(
  ({ dir }) => dir,
);
/** What Azure ML is given stands in these folders alone. */
const definitions = distinctTrees(
  all,
  (path) => !/^(\.|docs|tests|scripts)/.test(path) && /\.ya?ml$/.test(path),
);
interface Report {
  files: number;
  kinds: string[];
  problems: Finding[];
}

describe.skipIf(!have('checkPython'))('Azure', () => {
  it('every Azure ML YAML loads, converts to the body of its request and breaks none of our rules', () => {
    // A model is registered by a script or a workflow, never by a file.
    const given = [NAMES.short, NAMES.long].flatMap(({ name }) =>
      [
        `model:${name}`,
        // What the monitor compares is named after the deployment that is live (delivery/monitoring.py fills it in).
        ...['reference', 'outcomes', 'online-blue-model_outputs'].map((data) => `data:${name}-${data}`),
      ].flatMap((asset) => ['--given', asset]),
    );
    const ran = checker('azureml_yaml', [
      '--closed',
      '--strict',
      '--json',
      ...given,
      ...definitions.map(({ dir }) => dir),
    ]);
    expect(ran.stderr).toBe('');
    const report = JSON.parse(ran.stdout) as Report;
    expect(digest(report.problems.map(({ file, message, code }) => `${file}: ${message} [${code}]`))).toEqual(
      [],
    );
    expect(report.kinds).toEqual(
      expect.arrayContaining([
        'compute',
        'online_endpoint',
        'online_deployment',
        'batch_endpoint',
        'model_batch_deployment',
      ]),
    );
    expect(report.kinds).toEqual(
      expect.arrayContaining(['workspace', 'datastore', 'data', 'environment', 'component', 'job']),
    );
    expect(report.files).toBeGreaterThan(definitions.length * 3);
  });

  it('every az call exists, with these flags and these values, wherever it stands', () => {
    const ran = checker('az_calls', ['--assume', 'group,workspace', '--root', '--json', ...dirs]);
    expect(ran.stderr).toBe('');
    const report = JSON.parse(ran.stdout) as { calls: { calls: number }; findings: Finding[] };
    const bad = report.findings.filter(({ level }) => level !== 'note');
    expect(digest(bad.map(({ file, line, message }) => `${file}:${line}: ${message}`))).toEqual([]);
    expect(report.calls.calls).toBeGreaterThan(dirs.length * 4);
    // A call that cannot be read proves nothing: there is none whose command hides in a variable.
    const hidden = report.findings.filter(
      ({ code, message, file }) =>
        code === 'unverifiable' &&
        /command/.test(message) &&
        // It hands the double what az would refuse.
        !file.endsWith('tests/test_local_azure.py'),
    );
    expect(digest(hidden.map(({ file, line }) => `${file}:${line}`))).toEqual([]);
  });
});

interface Finding {
  file: string;
  line: number;
  level: string;
  code: string;
  message: string;
}
